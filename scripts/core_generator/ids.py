"""Which of the specification's plain numbers are ids, and of what."""

from __future__ import annotations

import re

from core_generator.names import snake_case

__all__ = ["ID_TYPES", "id_of_key", "id_of_name", "id_of_result"]

ID_TYPES = ("AccountId", "ChatId", "ContactId", "MessageId")

_BY_NAME = (
    (re.compile(r"(^|_)(account|context)_ids?$"), "AccountId"),
    (re.compile(r"(^|_)chat_ids?$"), "ChatId"),
    (re.compile(r"(^|_)(msg|message|parent)_ids?$"), "MessageId"),
    (re.compile(r"(^|_)(contact|from|author)_ids?$|^dm_chat_contact$"), "ContactId"),
)

# Names that only tell together with their owner (a schema or a method) what they number.
_BY_OWNER = {
    "Account.id": "AccountId",
    "BasicChat.id": "ChatId",
    "ChatListItemFetchResult.id": "ChatId",
    "Contact.id": "ContactId",
    "FullChat.id": "ChatId",
    "Message.id": "MessageId",
    "MessageLoadResult.id": "MessageId",
    "MessageNotificationInfo.id": "MessageId",
    "MessageSearchResult.id": "MessageId",
    "get_chatlist_items_by_entries.entries": "ChatId",
    "get_contacts_by_ids.ids": "ContactId",
    "make_vcard.contacts": "ContactId",
    "select_account.id": "AccountId",
    "set_accounts_order.order": "AccountId",
}

# JSON object names are strings; these maps have ids for names.
_KEYS = {
    "Reactions.reactionsByContact": "ContactId",
    "get_chatlist_items_by_entries": "ChatId",
    "get_contacts_by_ids": "ContactId",
    "get_messages": "MessageId",
    "message_ids_to_search_results": "MessageId",
}

_RESULTS = {
    "add_account": "AccountId",
    "add_device_message": "MessageId",
    "create_broadcast": "ChatId",
    "create_broadcast_list": "ChatId",
    "create_chat_by_contact_id": "ChatId",
    "create_contact": "ContactId",
    "create_group_chat": "ChatId",
    "create_group_chat_unencrypted": "ChatId",
    "get_all_account_ids": "AccountId",
    "get_chat_contacts": "ContactId",
    "get_chat_id_by_contact_id": "ChatId",
    "get_chat_media": "MessageId",
    "get_chatlist_entries": "ChatId",
    "get_contact_ids": "ContactId",
    "get_existing_msg_ids": "MessageId",
    "get_first_unread_message_of_chat": "MessageId",
    "get_fresh_msgs": "MessageId",
    "get_message_ids": "MessageId",
    "get_next_msgs": "MessageId",
    "get_past_chat_contacts": "ContactId",
    "get_pinned_messages": "MessageId",
    "get_selected_account_id": "AccountId",
    "get_similar_chat_ids": "ChatId",
    "import_vcard": "ContactId",
    "import_vcard_contents": "ContactId",
    "init_webxdc_integration": "MessageId",
    "lookup_contact_id_by_addr": "ContactId",
    "migrate_account": "AccountId",
    "misc_send_draft": "MessageId",
    "misc_send_msg": "MessageId",
    "misc_send_text_message": "MessageId",
    "place_outgoing_call": "MessageId",
    "search_messages": "MessageId",
    "secure_join": "ChatId",
    "secure_join_with_ux_info": "ChatId",
    "send_msg": "MessageId",
    "send_reaction": "MessageId",
    "send_sticker": "MessageId",
    "wait_next_msgs": "MessageId",
}


def id_of_name(owner: str, json_name: str) -> str | None:
    """Give the id type of a field or parameter, if its numbers are ids."""
    if own := _BY_OWNER.get(f"{owner}.{json_name}"):
        return own
    name = snake_case(json_name)
    return next((id_type for pattern, id_type in _BY_NAME if pattern.search(name)), None)


def id_of_key(place: str) -> str | None:
    """Give the id type of the names of a map, found at a field or in a method's result."""
    return _KEYS.get(place)


def id_of_result(method: str) -> str | None:
    """Give the id type of the numbers in a method's result, if they are ids."""
    return _RESULTS.get(method)
