"""Links that open one file for a while, and nothing else."""

from __future__ import annotations

import base64
import hmac
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.bridge.files.keys import KEY_BYTES, LINKS, derive_key
from vestnik.bridge.files.links import LINK_PATH, NO_SUCH_FILE, Link, Links
from vestnik.errors import NotFound
from vestnik.ids import AccountId, MessageId
from vestnik.testing import FakeClock

KEY = derive_key(b"k" * 32, LINKS)
numbers = st.integers(0, 2**32 - 1)


def links(
    clock: FakeClock | None = None, key: bytes = KEY, base: str = "https://x.example"
) -> Links:
    return Links(key, lambda: base, 3600, clock or FakeClock())


def text_of(made: str) -> str:
    return made.rpartition("/")[2]


def refusal(some: Links, text: str) -> str:
    with pytest.raises(NotFound) as refused:
        some.open(text)
    return str(refused.value)


@given(account=numbers, message=numbers)
def test_what_was_made_can_be_opened(account: int, message: int) -> None:
    clock = FakeClock()
    made = links(clock).link(AccountId(account), MessageId(message))
    assert links(clock).open(text_of(made)) == Link(
        AccountId(account), MessageId(message), int(clock.now()) + 3600
    )


@pytest.mark.parametrize("base", ["https://x.example/base", "https://x.example/base/"])
def test_an_address_stands_under_the_one_of_the_gateway(base: str) -> None:
    made = links(base=base).link(AccountId(1), MessageId(12))
    assert made.startswith(f"https://x.example/base{LINK_PATH}")
    assert len(text_of(made)) == 60


def test_the_address_of_the_gateway_is_asked_for_each_time() -> None:
    bases = iter(["http://one", "http://two"])
    made = Links(KEY, lambda: next(bases), 60, FakeClock())
    assert made.link(AccountId(1), MessageId(1)).startswith("http://one/api/")
    assert made.link(AccountId(1), MessageId(1)).startswith("http://two/api/")


@given(bit=st.integers(0, 45 * 8 - 1))
def test_any_bit_that_is_flipped_spoils_it(bit: int) -> None:
    raw = bytearray(base64.urlsafe_b64decode(text_of(links().link(AccountId(3), MessageId(77)))))
    raw[bit // 8] ^= 1 << bit % 8
    assert refusal(links(), base64.urlsafe_b64encode(raw).decode()) == NO_SUCH_FILE


@given(
    text=st.one_of(
        st.text(),
        st.binary(min_size=45, max_size=45).map(lambda raw: base64.urlsafe_b64encode(raw).decode()),
        st.text(alphabet="ABCabc-_019", min_size=60, max_size=60),
    )
)
def test_whatever_else_comes_is_no_link(text: str) -> None:
    assert refusal(links(), text) == NO_SUCH_FILE


@given(cut=st.integers(0, 59))
def test_a_link_that_was_cut_is_none(cut: int) -> None:
    text = text_of(links().link(AccountId(3), MessageId(77)))
    assert refusal(links(), text[:cut]) == NO_SUCH_FILE
    assert refusal(links(), text + "A" * (cut + 1)) == NO_SUCH_FILE


def test_other_spellings_of_the_same_bytes_are_no_links() -> None:
    clock = FakeClock()
    made = (text_of(links(clock).link(AccountId(1), MessageId(n))) for n in range(100))
    text = next(one for one in made if "-" in one or "_" in one)
    assert refusal(links(clock), text.replace("-", "+").replace("_", "/")) == NO_SUCH_FILE


def test_a_link_of_another_server_looks_like_a_forged_one() -> None:
    other = derive_key(b"o" * 32, LINKS)
    text = text_of(links(key=other).link(AccountId(1), MessageId(12)))
    assert refusal(links(), text) == NO_SUCH_FILE


def test_a_link_of_another_version_is_none() -> None:
    body = struct.pack("!BIII", 2, 1, 12, 2**32 - 1)
    text = base64.urlsafe_b64encode(body + hmac.digest(KEY, body, "sha256")).decode()
    assert refusal(links(), text) == NO_SUCH_FILE


async def test_it_is_good_until_its_time_is_over_and_then_says_so() -> None:
    clock = FakeClock()
    text = text_of(links(clock).link(AccountId(1), MessageId(12)))
    await clock.advance(3599.9)
    links(clock).open(text)
    await clock.advance(0.1)
    assert "expired" in refusal(links(clock), text)


async def test_one_that_is_both_forged_and_too_old_is_only_forged() -> None:
    clock = FakeClock()
    text = text_of(links(clock, key=bytes(32)).link(AccountId(1), MessageId(12)))
    await clock.advance(7200)
    assert refusal(links(clock), text) == NO_SUCH_FILE


def test_a_key_for_one_purpose_is_not_that_for_another() -> None:
    keys = {
        derive_key(b"k" * 32, LINKS),
        derive_key(b"k" * 32, "other"),
        derive_key(b"l" * 32, LINKS),
    }
    assert len(keys) == 3
    assert {len(key) for key in keys} == {KEY_BYTES}
    assert derive_key(b"k" * 32, LINKS) == KEY
