"""The steps of the seed for one's own server, and the server."""

from __future__ import annotations

import socket

import pytest

from vestnik.app.receiving import Facts, examine, handing_on, serve
from vestnik.app.receiving.examining import probe
from vestnik.app.serve.addresses import Address
from vestnik.errors import AddressInUse
from vestnik.sdk import Notification, WebhookReceiver

PUBLIC = {socket.AF_INET: "8.8.8.8", socket.AF_INET6: "2a00:1450::1"}
PRIVATE = {socket.AF_INET: "192.168.1.5", socket.AF_INET6: "fe80::1"}
ALL_GOOD = Facts("::", 443, has_tls=True)

TABLE = [
    (ALL_GOOD, PUBLIC, [True, True, True, True]),
    (Facts("::", 80, has_tls=False), PUBLIC, [True, True, False, True]),
    (Facts("::", 8081, has_tls=True), PUBLIC, [False, True, True, True]),
    (Facts("0.0.0.0", 443, has_tls=True), PUBLIC, [True, False, True, True]),
    (Facts("127.0.0.1", 443, has_tls=True), PUBLIC, [True, False, True, False]),
    (Facts("localhost", 443, has_tls=True), PUBLIC, [True, False, True, False]),
    (Facts("host.example", 443, has_tls=True), PUBLIC, [True, False, True, True]),
    (ALL_GOOD, PRIVATE, [True, False, True, False]),
    (ALL_GOOD, {}, [True, False, True, False]),
    (ALL_GOOD, {socket.AF_INET: "8.8.8.8"}, [True, False, True, True]),
]


@pytest.mark.parametrize(("facts", "addresses", "good"), TABLE)
def test_each_step_of_the_seed_is_looked_into(
    facts: Facts, addresses: dict[socket.AddressFamily, str], good: list[bool]
) -> None:
    findings = examine(facts, addresses.get)
    assert [finding.is_good for finding in findings] == good
    assert all(finding.sentence.endswith(".") for finding in findings)


def test_a_probe_sends_nothing_and_never_fails() -> None:
    for family in (socket.AF_INET, socket.AF_INET6):
        address = probe(family)
        assert address is None or address


async def test_it_hears_itself_and_tells_nobody_of_that() -> None:
    receiver = WebhookReceiver("token")
    taken: list[Notification] = []

    class Keeps:
        async def take(self, notification: Notification) -> None:
            taken.append(notification)

    handing_on(receiver, [Keeps()])
    async with serve(receiver, Address("127.0.0.1", 0), "token") as door:
        assert (await door.knock()).is_good
    finding = await door.knock()
    assert (finding.is_good, taken) == (False, [])
    assert "does not hear itself" in finding.sentence


async def test_a_port_in_use_is_told() -> None:
    receiver = WebhookReceiver("token")
    async with serve(receiver, Address("127.0.0.1", 0), "token") as door:
        with pytest.raises(AddressInUse):
            async with serve(WebhookReceiver("token"), door.address, "token"):
                raise AssertionError("two have the same port")
