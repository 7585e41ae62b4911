"""What the specification leaves out: how long calls take, and words where it has none."""

from __future__ import annotations

__all__ = ["METHOD_SUMMARIES", "SCHEMA_SUMMARIES", "deadline"]

_NORMAL = 60.0
_SLOW = 15 * 60.0

# These talk to servers we do not know, or move whole databases.
_SLOW_METHODS = frozenset(
    {
        "add_or_update_transport",
        "add_transport",
        "add_transport_from_qr",
        "background_fetch",
        "configure",
        "delete_transport",
        "export_backup",
        "export_self_keys",
        "get_backup",
        "get_http_response",
        "import_backup",
        "import_self_keys",
        "init_transports",
        "migrate_account",
        "provide_backup",
        "set_config_from_qr",
        "wait_for_all_work_done",
    }
)

# These wait for something to happen, or for as long as their caller says.
_ENDLESS_METHODS = frozenset({"get_next_event", "get_next_event_batch", "sleep", "wait_next_msgs"})

# The core gives up on its own after 60 s; its words are better than our deadline.
_OWN_DEADLINES = {"get_backup_qr": 90.0, "get_backup_qr_svg": 90.0}


def deadline(method: str) -> float | None:
    """Give the seconds a call may take by default; ``None`` is as long as it likes."""
    if method in _ENDLESS_METHODS:
        return None
    if method in _SLOW_METHODS:
        return _SLOW
    return _OWN_DEADLINES.get(method, _NORMAL)


METHOD_SUMMARIES = {
    "accept_chat": "Accepts a contact request, so that the chat becomes a normal one.",
    "add_account": "Creates an empty, unconfigured account and returns its id.",
    "add_transport": "Configures an account and adds it as a transport.",
    "batch_get_config": "Returns the values of several configuration keys.",
    "block_chat": "Blocks a chat; for a one-to-one chat this blocks the contact.",
    "block_contact": "Blocks a contact, whose messages are then no longer shown.",
    "check_qr": "Tells what a QR code or link means, without acting on it.",
    "create_broadcast_list": "Creates a channel and returns its id.",
    "delete_contact": "Deletes a contact, or hides it as long as chats refer to it.",
    "export_backup": (
        "Writes a backup of the account into a directory.\n\n"
        "`ImexProgress` events tell how far it is and `ImexFileWritten` the name of the file."
    ),
    "export_self_keys": "Writes the account's own keys into a directory.",
    "get_all_account_ids": "Returns the ids of all accounts, configured or not.",
    "get_blocked_contacts": "Returns all blocked contacts.",
    "get_chat_ephemeral_timer": (
        "Returns after how many seconds the chat's messages disappear, 0 for never."
    ),
    "get_chatlist_entries": (
        "Returns the ids of the chats of the chat list, in the order in which it is shown.\n\n"
        "The list can be narrowed by flags, by a search text and by a contact."
    ),
    "get_chatlist_items_by_entries": "Returns what a chat list shows of each of the given chats.",
    "get_contacts_by_ids": "Returns several contacts by their ids.",
    "get_full_chat_by_id": "Returns everything about one chat, with its members.",
    "get_locations": "Returns the locations of a chat or contact within a span of time.",
    "get_message": "Returns one message; fails if it does not exist any more.",
    "get_message_html": "Returns the original HTML of a message, or nothing if it had none.",
    "get_webxdc_status_updates": (
        "Returns, as a JSON text, the status updates of a webxdc app after the given serial."
    ),
    "import_backup": (
        "Fills an unconfigured account from a backup file.\n\n"
        "`ImexProgress` events tell how far it is."
    ),
    "import_self_keys": "Reads the account's own keys from a file or directory.",
    "leave_group": "Leaves a group and tells its members so.",
    "message_ids_to_search_results": "Returns what a search result shows of each of the messages.",
    "misc_get_sticker_folder": "Returns the folder in which the account's stickers are kept.",
    "misc_send_draft": "Sends the draft of a chat and returns the id of the message.",
    "misc_set_draft": "Sets the draft of a chat.",
    "remove_account": "Deletes an account with all its messages and files from this device.",
    "remove_draft": "Deletes the draft of a chat.",
    "save_msgs": "Copies messages into the chat with oneself.",
    "send_edit_request": "Replaces the text of an own message, for all its readers.",
    "send_msg": (
        "Sends a message to a chat and returns its id.\n\n"
        "It returns when the message is in the sending queue, not when it has been delivered;"
        " `MsgDelivered` and `MsgFailed` tell how that ends."
    ),
    "send_sticker": "Sends an image as a sticker and returns the id of the message.",
    "send_webxdc_realtime_advertisement": (
        "Tells the other members that this device takes part in a webxdc app's realtime channel."
    ),
    "send_webxdc_realtime_data": "Sends bytes to the other members of a realtime channel.",
    "send_webxdc_status_update": "Sends a status update of a webxdc app to all chat members.",
    "set_chat_ephemeral_timer": (
        "Sets after how many seconds the chat's messages disappear, 0 for never."
    ),
    "set_chat_visibility": "Pins or archives a chat, or undoes it.",
    "set_stock_strings": "Replaces the texts that the core writes itself, for translations.",
    "unblock_contact": "Unblocks a contact.",
}

SCHEMA_SUMMARIES = {
    "AccountConfigured": "An account that can send and receive.",
    "AccountUnconfigured": "An account without a transport yet.",
    "CallInfo": "What is known about a call.",
    "ChatListItemFetchResultArchiveLink": "The entry that leads to the archived chats.",
    "ChatListItemFetchResultChatListItem": "A chat as the chat list shows it.",
    "ChatListItemFetchResultError": "A chat that could not be loaded.",
    "ChatType": "What sort of chat it is.",
    "ChatVisibility": "Where the chat list shows a chat.",
    "Contact": "A contact, or oneself.",
    "DownloadState": "How much of a message is on this device.",
    "EnteredCertificateChecks": "How strictly TLS certificates are checked.",
    "FullChat": "Everything about a chat.",
    "HttpResponse": "The answer of a web server.",
    "Location": "A place at which a contact was.",
    "Message": "A message, whole or as far as it is downloaded.",
    "MessageData": "A message to be sent; what is not given is left out.",
    "MessageInfo": "Technical details of a message.",
    "MessageListItemMessage": "A message in the list of a chat.",
    "MessageLoadResultLoadingError": "A message that could not be loaded.",
    "MessageLoadResultMessage": "A message, whole or as far as it is downloaded.",
    "MessageNotificationInfo": "What a notification about a message shows.",
    "MessageQuoteJustText": "A quote of which only the text is known.",
    "MessageQuoteWithMessage": "A quote of a message that is on this device.",
    "MessageReadReceipt": "Who has read a message, and when.",
    "MessageSearchResult": "What a search result shows of a message.",
    "MuteDurationForever": "Muted until it is undone.",
    "MuteDurationNotMuted": "Not muted.",
    "MuteDurationUntil": "Muted for some seconds.",
    "QrBackupTooNew": "A backup of a newer core, which this one cannot read.",
    "SecurejoinSource": "Where an invitation came from.",
    "SecurejoinUiPath": "How the user got to the screen that scans.",
    "Socket": "How a connection to a mail server is secured.",
    "SystemMessageType": "What an info message is about.",
    "VcardContact": "A contact as a vCard describes it.",
    "Viewtype": "What a message contains.",
    "WebxdcMessageInfo": "What a message with a webxdc app says about the app.",
    "WebxdcStatusUpdate": "A status update of a webxdc app has arrived or was sent from here.",
}
