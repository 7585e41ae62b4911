"""The events of the chatmail core as notify types.

scripts/generate_notify_types.py writes this from vestnik.chatmail.event_table; no one edits it.
"""

__all__ = ["CORE_TYPES"]

CORE_TYPES: tuple[tuple[int, str, str], ...] = (
    (100, "info", "A line for the log, of no interest to users."),
    (101, "smtp_connected", "The login for sending has worked."),
    (102, "imap_connected", "The login for receiving has worked."),
    (
        103,
        "smtp_message_sent",
        "The relay has taken a mail; for messages of chats `MsgDelivered` is the one to wait for.",
    ),
    (104, "imap_message_deleted", "A mail was marked as deleted on the relay."),
    (106, "imap_inbox_idle", "The core now waits for new mail in the inbox."),
    (150, "new_blob_file", "A file came into being in the account's directory of attachments."),
    (151, "deleted_blob_file", "A file is gone from the account's directory of attachments."),
    (300, "warning", "A warning for the log: something did not work at once, or was odd."),
    (400, "error", "Something went wrong that a person should hear of; the text is always there."),
    (
        410,
        "error_self_not_in_group",
        "A group could not be changed or written to because this account is not a member of it.",
    ),
    (
        2000,
        "msgs_changed",
        "Messages or chats have changed: one was sent or edited, a draft set, a download ended.",
    ),
    (2001, "reactions_changed", "The reactions to a message have changed."),
    (
        2002,
        "incoming_reaction",
        "Somebody has reacted to an own message; a `ReactionsChanged` comes with it.",
    ),
    (2003, "incoming_webxdc_notify", "A webxdc app wants the user to be notified."),
    (2005, "incoming_msg", "A new message has arrived; ask for it by its id."),
    (
        2006,
        "incoming_msg_bunch",
        "A batch of mail has been fetched, so that one notification may stand for all of it.",
    ),
    (
        2008,
        "msgs_noticed",
        "Messages of a chat were noticed or read, here or on another device of the account.",
    ),
    (
        2010,
        "msg_delivered",
        "The relay has taken an own message, which is not to say that somebody has got it.",
    ),
    (
        2012,
        "msg_failed",
        "The core has given up sending an own message; its field `error` says why.",
    ),
    (2015, "msg_read", "The first read receipt for an own message."),
    (
        2016,
        "msg_deleted",
        "A message is no longer to be shown: it was deleted, has expired or was hidden.",
    ),
    (
        2018,
        "msg_read_count_changed",
        "One more read receipt for an own message, the first one included.",
    ),
    (
        2020,
        "chat_modified",
        "A chat's name, picture, description, members or mute setting has changed.",
    ),
    (2021, "chat_ephemeral_timer_modified", "A chat's messages now disappear after another time."),
    (2023, "chat_deleted", "A chat was deleted, on this device or on another one."),
    (2030, "contacts_changed", "Contacts were added, renamed, blocked or deleted."),
    (2035, "location_changed", "A contact is at another place."),
    (2041, "configure_progress", "How far the login to a relay is."),
    (2051, "imex_progress", "How far a backup or import is."),
    (
        2052,
        "imex_file_written",
        "A file of a backup or export is complete; one export may write several.",
    ),
    (
        2060,
        "securejoin_inviter_progress",
        "Somebody has come by way of an invitation of this account.",
    ),
    (
        2061,
        "securejoin_joiner_progress",
        "How far this account is in following somebody's invitation.",
    ),
    (
        2100,
        "connectivity_changed",
        "The connection to the relay is better or worse than before; ask `get_connectivity`.",
    ),
    (2110, "selfavatar_changed", "The account's own picture has changed."),
    (
        2111,
        "config_synced",
        "A setting that the devices of an account share has a new value, which is not told here.",
    ),
    (
        2120,
        "webxdc_status_update",
        "A webxdc app has a new status update, from others or from this account.",
    ),
    (2121, "webxdc_instance_deleted", "The message that held a webxdc app was deleted."),
    (2150, "webxdc_realtime_data", "Bytes from another member of a webxdc app's realtime channel."),
    (
        2151,
        "webxdc_realtime_advertisement_received",
        "Somebody has opened a webxdc app's realtime channel; a bot may join in now.",
    ),
    (
        2200,
        "accounts_background_fetch_done",
        "A background fetch is over, and all of its events came before this one.",
    ),
    (2300, "chatlist_changed", "The chat list has other chats or another order now."),
    (2301, "chatlist_item_changed", "The entry of a chat in the chat list has changed."),
    (2302, "accounts_changed", "An account was added or removed."),
    (
        2303,
        "accounts_item_changed",
        "What a list of accounts shows of this one has changed: name, picture, being configured.",
    ),
    (
        2400,
        "event_channel_overflow",
        "Events were lost because nobody read them in time: look for fresh messages everywhere.",
    ),
    (2550, "incoming_call", "Somebody is calling."),
    (
        2560,
        "incoming_call_accepted",
        "A call was taken by this account, so that it need not ring on any device any more.",
    ),
    (2570, "outgoing_call_accepted", "The called side has taken the call."),
    (2580, "call_ended", "A call is over: hung up, declined, or nobody took it."),
    (2600, "transports_modified", "The account has other relays than before."),
    (
        9000,
        "pinned_messages_changed",
        "The list of pinned messages of a chat has changed, by anyone's doing.",
    ),
)
