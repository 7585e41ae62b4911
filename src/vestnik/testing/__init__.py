"""Tools for those who test programs on the core: a fake one, a real one on a relay, a clock.

The pytest plugin of this package is loaded by every run of pytest where Vestnik is installed, so
that importing it must cost nothing: the names below are found when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vestnik.lazily import brought_in

if TYPE_CHECKING:
    from vestnik.testing.bot_tester import BotTester as BotTester
    from vestnik.testing.broker_checks import BROKER_CHECKS as BROKER_CHECKS
    from vestnik.testing.broker_checks import check_broker as check_broker
    from vestnik.testing.clock import FakeClock as FakeClock
    from vestnik.testing.fake.account import FakeAccount as FakeAccount
    from vestnik.testing.fake.chat import FakeChat as FakeChat
    from vestnik.testing.fake.contact import FakeContact as FakeContact
    from vestnik.testing.fake.core import FakeCore as FakeCore
    from vestnik.testing.fake.held import HeldAnswers as HeldAnswers
    from vestnik.testing.fake.message import FakeMessage as FakeMessage
    from vestnik.testing.fake.message import MessageState as MessageState
    from vestnik.testing.fake.wire import Refusal as Refusal
    from vestnik.testing.live import LiveAccount as LiveAccount
    from vestnik.testing.live import add_live_account as add_live_account
    from vestnik.testing.live import introduce as introduce
    from vestnik.testing.sender_checks import WEBHOOK_SENDER_CHECKS as WEBHOOK_SENDER_CHECKS
    from vestnik.testing.sender_checks import SenderBench as SenderBench
    from vestnik.testing.sender_checks import check_webhook_sender as check_webhook_sender
    from vestnik.testing.stage.person import Person as Person
    from vestnik.testing.stage.play import Group as Group
    from vestnik.testing.stage.play import Reply as Reply
    from vestnik.testing.store_checks import STORE_CHECKS as STORE_CHECKS
    from vestnik.testing.store_checks import StoreBench as StoreBench
    from vestnik.testing.store_checks import check_store as check_store
    from vestnik.testing.transport_checks import CORE_TRANSPORT_CHECKS as CORE_TRANSPORT_CHECKS
    from vestnik.testing.transport_checks import TransportBench as TransportBench
    from vestnik.testing.transport_checks import check_core_transport as check_core_transport

_HOMES = {
    "BROKER_CHECKS": "broker_checks",
    "CORE_TRANSPORT_CHECKS": "transport_checks",
    "STORE_CHECKS": "store_checks",
    "WEBHOOK_SENDER_CHECKS": "sender_checks",
    "BotTester": "bot_tester",
    "FakeAccount": "fake.account",
    "FakeChat": "fake.chat",
    "FakeClock": "clock",
    "FakeContact": "fake.contact",
    "FakeCore": "fake.core",
    "FakeMessage": "fake.message",
    "Group": "stage.play",
    "HeldAnswers": "fake.held",
    "LiveAccount": "live",
    "MessageState": "fake.message",
    "Person": "stage.person",
    "Refusal": "fake.wire",
    "Reply": "stage.play",
    "SenderBench": "sender_checks",
    "StoreBench": "store_checks",
    "TransportBench": "transport_checks",
    "add_live_account": "live",
    "check_broker": "broker_checks",
    "check_core_transport": "transport_checks",
    "check_store": "store_checks",
    "check_webhook_sender": "sender_checks",
    "introduce": "live",
}

__all__ = [
    "BROKER_CHECKS",
    "CORE_TRANSPORT_CHECKS",
    "STORE_CHECKS",
    "WEBHOOK_SENDER_CHECKS",
    "BotTester",
    "FakeAccount",
    "FakeChat",
    "FakeClock",
    "FakeContact",
    "FakeCore",
    "FakeMessage",
    "Group",
    "HeldAnswers",
    "LiveAccount",
    "MessageState",
    "Person",
    "Refusal",
    "Reply",
    "SenderBench",
    "StoreBench",
    "TransportBench",
    "add_live_account",
    "check_broker",
    "check_core_transport",
    "check_store",
    "check_webhook_sender",
    "introduce",
]

__getattr__ = brought_in(__name__, _HOMES)
