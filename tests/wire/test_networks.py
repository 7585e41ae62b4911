"""Whom an address belongs to, and what to believe of X-Forwarded-For."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.errors import BadInput
from vestnik.wire.networks import (
    BOTICORD_NETWORK,
    address_of,
    attempt_key,
    client_address,
    is_within,
    network_of,
)

PROXIES = (network_of("10.0.0.0/8"), network_of("fd00::/8"))


@pytest.mark.parametrize(
    ("peer", "header", "client"),
    [
        # Nobody else's word counts.
        ("192.0.2.1", "198.51.100.7", "192.0.2.1"),
        ("192.0.2.1", "", "192.0.2.1"),
        # One proxy, several, and what a client made up.
        ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "198.51.100.7, 10.0.0.2", "198.51.100.7"),
        ("10.0.0.1", "203.0.113.9, 198.51.100.7,10.0.0.2 , fd00::3", "198.51.100.7"),
        ("10.0.0.1", "unknown, 198.51.100.7", "198.51.100.7"),
        ("::ffff:10.0.0.1", "2001:DB8::0:1", "2001:db8::1"),
        ("fd00::1", "::ffff:198.51.100.7", "198.51.100.7"),
        # All are ours: the one that began.
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "", "10.0.0.1"),
        # With ports.
        ("10.0.0.1", "198.51.100.7:4711", "198.51.100.7"),
        ("10.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"),
        ("10.0.0.1", "[2001:db8::1]", "2001:db8::1"),
        # Something else on the way.
        ("10.0.0.1", "198.51.100.7, unknown", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.7, _hidden, 10.0.0.2", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.7,", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.007", "10.0.0.1"),
        ("10.0.0.1", "[2001:db8::1", "2001:db8::1"),
        # No address at all, as behind a Unix socket.
        ("", "198.51.100.7", ""),
        ("testclient", "198.51.100.7", "testclient"),
    ],
)
def test_a_client_is_the_nearest_address_that_is_no_proxy(
    peer: str, header: str, client: str
) -> None:
    assert client_address(peer, header, PROXIES) == client


def test_without_trusted_proxies_the_peer_is_the_client() -> None:
    assert client_address("10.0.0.1", "198.51.100.7", ()) == "10.0.0.1"


@given(st.text(), st.text())
def test_any_header_gives_the_peer_or_an_address(peer: str, header: str) -> None:
    assert client_address(peer, header, PROXIES) == peer
    client = client_address("10.0.0.1", header, PROXIES)
    assert client == "10.0.0.1" or address_of(client) is not None


@given(st.text(), st.ip_addresses())
def test_what_a_client_puts_before_its_own_address_changes_nothing(
    made_up: str, client: object
) -> None:
    header = f"{made_up}, {client}"

    plain = client_address("10.0.0.1", str(client), PROXIES)

    if not is_within(str(client), PROXIES):
        assert client_address("10.0.0.1", header, PROXIES) == plain


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("64:ff9b::c000:201", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("testclient", "testclient"),
    ],
)
def test_attempts_are_counted_by_customer(address: str, key: str) -> None:
    assert attempt_key(address) == key


@given(st.ip_addresses(v=6), st.integers(0, 2**64 - 1))
def test_all_addresses_of_a_64_are_one_customer(address: object, host: int) -> None:
    first = address_of(str(address))
    assert first is not None
    if first.version == 6:
        second = type(first)(int(first) >> 64 << 64 | host)
        assert attempt_key(str(first)) == attempt_key(str(second)) or "." in attempt_key(
            str(second)
        )


def test_the_network_of_the_document_is_the_one_of_the_document() -> None:
    assert str(BOTICORD_NETWORK) == "2a06:98c0::/29"
    assert is_within("2a06:98c0:3600::103", [BOTICORD_NETWORK])
    assert is_within("2a06:98c7:ffff::1", [BOTICORD_NETWORK])
    assert not is_within("2a06:98c8::1", [BOTICORD_NETWORK])
    assert not is_within("104.16.0.1", [BOTICORD_NETWORK])


@pytest.mark.parametrize(
    ("text", "network"),
    [
        ("10.0.0.0/8", "10.0.0.0/8"),
        (" 192.0.2.1 ", "192.0.2.1/32"),
        ("fd00::/8", "fd00::/8"),
        ("2001:db8::1", "2001:db8::1/128"),
        ("::ffff:10.0.0.0/104", "10.0.0.0/8"),
        ("::ffff:0:0/96", "0.0.0.0/0"),
        ("::/0", "::/0"),
    ],
)
def test_a_network_is_read(text: str, network: str) -> None:
    assert str(network_of(text)) == network


@pytest.mark.parametrize("text", ["", "10.0.0.1/8", "10.0.0.0/33", "localhost", "10.0.0.0/8/8"])
def test_what_is_no_network_is_said_in_a_sentence(text: str) -> None:
    with pytest.raises(BadInput, match="is no network: write it like"):
        network_of(text)


def test_ipv4_and_ipv6_are_not_mixed_up() -> None:
    assert not is_within("0.0.0.1", [network_of("::/8")])
    assert not is_within("not an address", [network_of("0.0.0.0/0"), network_of("::/0")])
