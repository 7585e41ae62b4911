"""Writes the events of the core, one struct for each kind."""

from __future__ import annotations

from core_generator.ids import ID_TYPES
from core_generator.model import Core, names_in
from core_generator.struct_source import HEADER, all_source, struct_source

__all__ = ["render_events"]

# What else can be the payload of an event.
_HAND_WRITTEN = ("CoreRestarted", "UnknownEvent")

_EVENT = '''
class Event(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename={
    "account_id": "contextId", "payload": "event"
}):
    """Something that happened, and the account to which it happened."""

    account_id: AccountId
    """The account; 0 is the account manager itself."""

    payload: EventPayload
'''


def render_events(core: Core, source: str) -> str:
    """Write the module: every kind, the union of them, and the envelope."""
    kinds = [event.name for event in core.events]
    parts = [
        HEADER.format(title="Everything the core tells on its own.", source=source),
        _imports(core) + all_source([*kinds, *_HAND_WRITTEN, "Event", "EventPayload"]),
        *map(struct_source, core.events),
        f"EventPayload = {' | '.join([*kinds, *_HAND_WRITTEN])}",
        _EVENT,
    ]
    return "\n\n\n".join(parts)


def _imports(core: Core) -> str:
    mentioned = {
        name for event in core.events for field in event.fields for name in names_in(field.type)
    }
    schemas = sorted(mentioned & core.schema_names)
    ids = sorted((mentioned & set(ID_TYPES)) | {"AccountId"})
    return f"""from __future__ import annotations

from typing import ClassVar

import msgspec

from vestnik.chatmail._generated.types import {", ".join(schemas)}
from vestnik.chatmail._open import UnknownEvent
from vestnik.chatmail._own_events import CoreRestarted
from vestnik.ids import {", ".join(ids)}

"""
