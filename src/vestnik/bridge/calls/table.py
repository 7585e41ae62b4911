"""The allow-list: what a bot's program may ask of the core, and why not the rest.

Every method of the core stands here, and what does not stand here is refused: a newer core's new
method may do anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

__all__ = ["ALLOWED", "REFUSED", "SENDS", "Allowed"]


class Allowed(msgspec.Struct, frozen=True, kw_only=True):
    """A method that a bot's program may call.

    Attributes:
        mails: How many mails it makes the account send, or the name of the parameter that lists
            the messages of which each becomes one.
        is_send: Whether it goes through the outbox, which keeps its place, its pace and its key.
        chat: The parameter that names its chat.
        message: The parameter that names its message.
    """

    mails: int | str = 0
    is_send: bool = False
    chat: str | None = None
    message: str | None = None


SENDS = frozenset({"misc_send_msg", "misc_send_text_message", "send_msg", "send_sticker"})
"""They go through the outbox; all others go to the core directly."""

_WITHOUT_PLACE = """
    batch_get_config batch_set_config block_contact change_contact_name check_email_validity
    check_qr create_broadcast create_broadcast_list create_chat_by_contact_id create_contact
    create_group_chat create_group_chat_unencrypted create_qr_svg delete_contact delete_messages
    delete_messages_for_all estimate_auto_deletion_count get_account_file_size get_account_info
    get_all_ui_config_keys get_blocked_contacts get_chat_id_by_contact_id get_chatlist_entries
    get_chatlist_items_by_entries get_config get_connectivity get_connectivity_html get_contact
    get_contact_encryption_info get_contact_ids get_contacts get_contacts_by_ids
    get_existing_msg_ids get_fresh_msgs get_messages get_storage_usage_report_string
    get_system_info ice_servers import_vcard_contents is_configured is_sending_locations
    lookup_contact_id_by_addr make_vcard message_ids_to_search_results resend_messages save_msgs
    secure_join secure_join_with_ux_info set_config set_config_from_qr unblock_contact
"""

_OF_A_CHAT = """
    accept_chat add_contact_to_chat block_chat can_send delete_chat forward_messages
    get_basic_chat_info get_chat_contacts get_chat_description get_chat_encryption_info
    get_chat_ephemeral_timer get_chat_media get_chat_securejoin_qr_code
    get_chat_securejoin_qr_code_svg get_draft get_first_unread_message_of_chat get_fresh_msg_cnt
    get_full_chat_by_id get_locations get_message_ids get_message_list_items
    get_past_chat_contacts get_pinned_messages get_similar_chat_ids is_chat_muted
    is_sending_locations_to_chat leave_group misc_send_draft misc_send_msg misc_send_text_message
    misc_set_draft place_outgoing_call remove_contact_from_chat remove_draft search_messages
    send_msg send_sticker set_chat_description set_chat_ephemeral_timer set_chat_name
    set_chat_profile_image set_chat_visibility
"""

_OF_A_MESSAGE = {
    "msgId": "accept_incoming_call call_info end_call get_message send_edit_request",
    "messageId": """
        download_full_message get_message_html get_message_info_object
        get_message_notification_info get_message_reactions get_message_read_receipt_count
        get_message_read_receipts get_message_summary_text send_reaction set_pinned_message_state
    """,
    "instanceMsgId": """
        get_webxdc_blob get_webxdc_info get_webxdc_status_updates
        send_webxdc_realtime_advertisement send_webxdc_realtime_data send_webxdc_status_update
    """,
    "instanceMessageId": "leave_webxdc_realtime",
    "infoMsgId": "get_webxdc_href",
}

_MAILS: dict[str, int | str] = {
    "accept_incoming_call": 1,
    "add_contact_to_chat": 1,
    "delete_messages_for_all": 1,
    "end_call": 1,
    "forward_messages": "messageIds",
    "leave_group": 1,
    "misc_send_draft": 1,
    "place_outgoing_call": 1,
    "remove_contact_from_chat": 1,
    "resend_messages": "messageIds",
    "secure_join": 2,
    "secure_join_with_ux_info": 2,
    "send_edit_request": 1,
    "send_reaction": 1,
    "send_webxdc_realtime_advertisement": 1,
    "send_webxdc_status_update": 1,
    "set_chat_description": 1,
    "set_chat_ephemeral_timer": 1,
    "set_chat_name": 1,
    "set_chat_profile_image": 1,
    "set_pinned_message_state": 1,
}

_WHY_NOT = {
    "The server itself reads the events of the core, and tells them as notifications.": (
        "get_next_event get_next_event_batch"
    ),
    "It would take messages away from the server, which tells each of them and marks it as seen "
    "afterwards.": (
        "get_next_msgs markfresh_chat marknoticed_all_chats marknoticed_chat markseen_msgs "
        "wait_next_msgs"
    ),
    "After a crash the server would not find the messages of a muted chat again.": (
        "set_chat_mute_duration"
    ),
    "It is about other accounts of the server.": (
        "add_account background_fetch forward_messages_to_account get_all_account_ids "
        "get_all_accounts get_app_version get_selected_account_id is_sending_finished "
        "maybe_network migrate_account remove_account select_account set_accounts_order "
        "set_stock_strings start_io_for_all_accounts stop_background_fetch "
        "stop_io_for_all_accounts"
    ),
    "It would tell or change the position of all accounts of the server.": (
        "send_locations_to_chat set_location stop_sending_locations"
    ),
    "The operator decides when the account is online.": "start_io stop_io",
    "It changes or tells how the account logs in, passwords included.": (
        "add_or_update_transport add_pseudo_transport add_transport add_transport_from_qr "
        "configure delete_transport init_transports list_transports"
    ),
    "It gives the keys or all messages of the account away, or replaces them.": (
        "export_backup export_self_keys get_backup get_backup_qr get_backup_qr_svg import_backup "
        "import_self_keys provide_backup"
    ),
    "It reads a file of the server: `send_msg` with an upload does what it is for.": (
        "copy_to_blob_dir"
    ),
    "It reads a file of the server: `import_vcard_contents` takes the text itself.": (
        "import_vcard parse_vcard"
    ),
    "It writes a file of the server: `getFile` gives a link to download it.": "save_msg_file",
    "It is about folders and files of the server.": (
        "get_blob_dir get_info get_migration_error misc_get_sticker_folder misc_get_stickers "
        "misc_save_sticker"
    ),
    "Its text names files of the server: `get_message_info_object` tells the rest.": (
        "get_message_info"
    ),
    "It is for apps with windows, which a hosted bot has not.": (
        "add_device_message init_webxdc_integration set_webxdc_integration"
    ),
    "It would let the server fetch any address for a stranger.": "get_http_response",
    "It would stop what the operator does with the account.": "stop_ongoing_process",
    "It is for tests of the core.": "sleep wait_for_all_work_done",
}


def _allowed() -> dict[str, Allowed]:
    places: dict[str, tuple[str | None, str | None]] = {}
    places |= dict.fromkeys(_WITHOUT_PLACE.split(), (None, None))
    places |= dict.fromkeys(_OF_A_CHAT.split(), ("chatId", None))
    for parameter, names in _OF_A_MESSAGE.items():
        places |= dict.fromkeys(names.split(), (None, parameter))
    return {
        name: Allowed(mails=_MAILS.get(name, 0), is_send=name in SENDS, chat=chat, message=message)
        for name, (chat, message) in sorted(places.items())
    }


ALLOWED: Mapping[str, Allowed] = MappingProxyType(_allowed())
"""What a bot's program may call."""

REFUSED: Mapping[str, str] = MappingProxyType(
    {name: reason for reason, names in _WHY_NOT.items() for name in names.split()}
)
"""What it may not, and why: one sentence each."""
