"""The typed async client of the chatmail core.

::

    async with open_core(Path("accounts")) as core:
        account = await add_account(core, parse_login("dcaccount:nine.testrun.org"))
        async with core.events(account) as events:
            await core.start_io(account)
            async for event in events:
                print(event.payload)
"""

from vestnik.chatmail import events, types
from vestnik.chatmail._decoding import encode_event
from vestnik.chatmail._generated.methods import METHODS, CoreMethods
from vestnik.chatmail._open import OpenEnum, UnknownEvent, UnknownVariant
from vestnik.chatmail.accounts import (
    Progress,
    add_account,
    back_up_account,
    configure_account,
    restore_account,
)
from vestnik.chatmail.core import Core, open_core
from vestnik.chatmail.event_table import EVENT_TABLE
from vestnik.chatmail.events import CoreRestarted, Event
from vestnik.chatmail.hub import EventStream
from vestnik.chatmail.joining import join_by_code
from vestnik.chatmail.logins import AccountCode, AddressLogin, Login, parse_login
from vestnik.chatmail.memory import CorePeer, MemoryTransport
from vestnik.chatmail.method import Method, Param
from vestnik.chatmail.restarts import Backoff
from vestnik.chatmail.specification import core_specification
from vestnik.chatmail.stdio import StdioTransport, find_core_binary
from vestnik.chatmail.transport import CoreReceiver, CoreTransport

__all__ = [
    "EVENT_TABLE",
    "METHODS",
    "AccountCode",
    "AddressLogin",
    "Backoff",
    "Core",
    "CoreMethods",
    "CorePeer",
    "CoreReceiver",
    "CoreRestarted",
    "CoreTransport",
    "Event",
    "EventStream",
    "Login",
    "MemoryTransport",
    "Method",
    "OpenEnum",
    "Param",
    "Progress",
    "StdioTransport",
    "UnknownEvent",
    "UnknownVariant",
    "add_account",
    "back_up_account",
    "configure_account",
    "core_specification",
    "encode_event",
    "events",
    "find_core_binary",
    "join_by_code",
    "open_core",
    "parse_login",
    "restore_account",
    "types",
]
