"""Answers of the core without the paths of the server's files; pure.

An answer that can hold none is passed on as the core wrote it. In the others a message's file
becomes a link to download it, and pictures of contacts and chats become null.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TypeAlias

import msgspec

from vestnik.bridge.calls.conforming import Schema, reference
from vestnik.bridge.calls.signatures import core_schemas, core_signatures
from vestnik.ids import MessageId

__all__ = ["BLANKED", "LINKED", "LinkOf", "hidden", "holds_paths"]

LinkOf: TypeAlias = Callable[[MessageId], str]
"""Makes the link to the file of a message."""

BLANKED = frozenset(
    {
        "authorProfileImage",
        "avatarPath",
        "chatProfileImage",
        "profileImage",
    }
)
"""The members that are paths of pictures."""

LINKED: Mapping[str, tuple[str, ...]] = {"file": ("id",), "image": ("messageId", "id")}
"""The members that are paths of messages' files, and which member beside them names the message."""

_VCARD = "vcardContact"
"""A contact as text of a message: its picture is in there, and no path."""

_OWN_PREFIX = "ui.vestnik."


def holds_paths(method: str) -> bool:
    """Tell whether the answers of a method have members that are paths, or keys of the server's."""
    return method in _methods_with_paths()


def hidden(answer: bytes | msgspec.Raw, link: LinkOf) -> bytes:
    """Return an answer without what is the server's own business.

    Args:
        answer: What the core wrote.
        link: Makes the links that stand instead.
    """
    return msgspec.json.encode(_cleaned(msgspec.json.decode(answer), link))


def _cleaned(value: object, link: LinkOf) -> object:
    if isinstance(value, dict):
        return {
            name: one if name == _VCARD else _member(name, one, value, link)
            for name, one in value.items()
        }
    if isinstance(value, list):
        return [_cleaned(one, link) for one in value if not _is_own_key(one)]
    return value


def _member(name: str, value: object, around: dict[str, object], link: LinkOf) -> object:
    if name in BLANKED:
        return None
    if name in LINKED and isinstance(value, str):
        message = next((around[one] for one in LINKED[name] if one in around), None)
        return link(MessageId(message)) if isinstance(message, int) else None
    return _cleaned(value, link)


def _is_own_key(value: object) -> bool:
    return isinstance(value, str) and value.startswith(_OWN_PREFIX)


@cache
def _methods_with_paths() -> frozenset[str]:
    found = {name for name, one in core_signatures().items() if _reaches(one.result, set())}
    return frozenset(found | {"get_all_ui_config_keys"})


def _reaches(schema: object, seen: set[str]) -> bool:
    """Tell whether a value of a schema can have one of the members."""
    if isinstance(schema, list):
        return any(_reaches(one, seen) for one in schema)
    if not isinstance(schema, dict):
        return False
    if name := reference(schema):
        if name in seen:
            return False
        return _reaches(core_schemas()[name], seen | {name})
    members = schema.get("properties")
    if isinstance(members, dict) and _has_path(members):
        return True
    return any(_reaches(one, seen) for one in _inside(schema))


def _has_path(members: Schema) -> bool:
    return not BLANKED.isdisjoint(members) or not LINKED.keys().isdisjoint(members)


def _inside(schema: dict[str, object]) -> list[object]:
    members = schema.get("properties")
    named = list(members.values()) if isinstance(members, dict) else []
    return [
        *named,
        *(schema.get(one) for one in ("items", "additionalProperties", "anyOf", "oneOf")),
    ]
