from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.relay.mail import PKESK, armored, encrypted, join_request, plain, seipd
from vestnik.relay import policy
from vestnik.relay.limiter import Limiter
from vestnik.relay.openpgp import PacketWalk, is_encrypted_message

ME = "me@relay.localhost"
NEEDS = "523 Encryption Needed: Invalid Unencrypted Mail"


def test_encrypted_mail_under_ones_own_name_is_taken() -> None:
    assert policy.check_message(encrypted(ME), ME) is None
    assert policy.check_message(encrypted("Me@Relay.localhost"), ME) is None


@pytest.mark.parametrize("step", ["vc-request", "vg-request"])
def test_requests_to_join_are_taken_unencrypted(step: str) -> None:
    assert policy.check_message(join_request(ME, step), ME) is None


@pytest.mark.parametrize(
    "message",
    [
        plain(ME),
        join_request(ME, "vc-auth-required"),
        join_request(ME, text="Secure-Join: vc-request and a letter besides"),
        encrypted(ME, version=b"2"),
        encrypted(ME, payload=b"hello\r\n"),
        encrypted(ME, payload=armored(seipd(b"x") + seipd(b"y"))),
        encrypted(ME, payload=armored(PKESK)),
        encrypted(ME, payload=armored(PKESK + bytes((0xCB, 2)) + b"hi")),
        encrypted(ME, payload=armored(seipd(b"x") + b"more")),
        encrypted(ME, payload=armored(seipd(b"x")[:-1])),
        encrypted(
            ME, payload=armored(seipd(b"x")).replace(b"\r\n\r\n", b"\r\nComment: hi\r\n\r\n", 1)
        ),
        encrypted(ME).replace(b"--b1--", b"--b1\r\nContent-Type: text/plain\r\n\r\nhi\r\n--b1--"),
        encrypted(ME).replace(b"--b1--", b""),
        encrypted(ME).replace(b'boundary="b1"', b"x=y"),
        encrypted(ME).replace(b"multipart/encrypted", b"multipart/mixed"),
        encrypted(ME).replace(b"application/octet-stream", b"text/plain"),
    ],
)
def test_everything_else_must_be_encrypted(message: bytes) -> None:
    assert policy.check_message(message, ME) == NEEDS


def test_a_delivery_report_in_the_relays_name_is_refused() -> None:
    report = plain(f"MAILER-DAEMON@{ME.partition('@')[2]}")
    refusal = policy.check_message(report, ME)
    assert refusal is not None
    assert refusal.startswith("500 Invalid FROM")


@pytest.mark.parametrize(
    "header",
    [
        *(b"From: other@relay.localhost", b"Subject: none"),
        *(b"From: %s\r\nFrom: x@y" % ME.encode(), b"From: %s, x@y" % ME.encode()),
    ],
)
def test_the_from_header_is_one_and_the_senders(header: bytes) -> None:
    message = header + b"\r\n" + encrypted(ME).partition(b"\r\n")[2]
    refusal = policy.check_message(message, ME)
    assert refusal is not None
    assert refusal.startswith("500")


def test_a_sender_other_than_the_login_is_refused() -> None:
    assert policy.check_sender(ME, ME.upper()) is None
    assert (policy.check_sender(ME, "other@relay.localhost") or "").startswith("553")


@pytest.mark.parametrize(
    ("address", "known", "room", "code"),
    [
        ("a@relay.localhost", True, True, None),
        ("a@example.org", True, True, "550"),
        ("a@relay.localhost", False, True, "550"),
        ("a@relay.localhost", True, False, "552"),
    ],
)
def test_recipients_are_users_with_room(
    address: str, known: bool, room: bool, code: str | None
) -> None:
    refusal = policy.check_recipient(address, "relay.localhost", known, room)
    assert (refusal and refusal[:3]) == code


@given(st.text())
def test_what_strangers_write_stays_on_one_line_of_the_answer(text: str) -> None:
    assert (policy.check_sender(ME, text + "!") or "").isprintable()


@given(st.binary(max_size=200))
def test_any_message_is_judged_without_an_error(message: bytes) -> None:
    policy.check_message(b"From: <me@relay.localhost>\r\n" + message, ME)


@given(st.binary(min_size=1, max_size=80), st.integers(1, 5), st.booleans())
def test_packets_are_judged_the_same_whole_and_byte_by_byte(
    data: bytes, step: int, real: bool
) -> None:
    data = PKESK + seipd(data) if real else data
    whole, pieces = PacketWalk(), PacketWalk()
    whole.feed(data)
    for at in range(0, len(data), step):
        pieces.feed(data[at : at + step])
    assert whole.complete is pieces.complete
    assert whole.complete or not real


def test_packets_may_come_in_partial_lengths() -> None:
    packet = bytes((0xD2, 224 + 2)) + b"four" + bytes((2,)) + b"xy"
    assert is_encrypted_message(memoryview(armored(PKESK + packet)))
    assert not is_encrypted_message(memoryview(armored(PKESK + packet[:-3])))


@pytest.mark.parametrize("checksum", [True, False])
@pytest.mark.parametrize("size", [0, 1, 2, 3, 300_000])
def test_armor_of_any_length_is_read_with_and_without_checksum(checksum: bool, size: int) -> None:
    assert is_encrypted_message(memoryview(armored(PKESK + seipd(b"x" * size), checksum)))


def test_base64_after_its_padding_is_refused() -> None:
    text = armored(seipd(b"xx")).replace(b"=\r\n", b"=\r\nAAAA\r\n", 1)
    assert not is_encrypted_message(memoryview(text))


def test_a_sender_may_burst_and_then_goes_at_the_rate() -> None:
    limiter = Limiter(per_minute=60, burst=10)
    assert [limiter.allows("a", 0.0) for _ in range(11)] == [True] * 10 + [False]
    assert limiter.allows("b", 0.0)
    assert [limiter.allows("a", at) for at in (0.9, 1.0, 1.1, 2.0)] == [False, True, False, True]
    assert [limiter.allows("a", 100.0) for _ in range(11)] == [True] * 10 + [False]


def test_senders_who_rest_are_forgotten() -> None:
    limiter = Limiter(per_minute=60, burst=1)
    assert all(limiter.allows(f"{n}", n / 1000) for n in range(30_000))
    assert not limiter.allows("29999", 30.0)
