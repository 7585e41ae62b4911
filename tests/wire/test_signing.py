"""Signatures of webhooks, also against the package of those who wrote the specification."""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from vestnik.errors import BadInput, BadSignature
from vestnik.wire.signing import (
    ID_HEADER,
    SIGNATURE_HEADER,
    TIMESTAMP_HEADER,
    check_secret,
    new_secret,
    sign,
    signature_headers,
    verify,
)

# The example of the specification.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
MOMENT = 1614265330
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
OTHER = "whsec_" + "b3RoZXIg" * 4


def check(
    *secrets: str,
    id: str = ID,
    timestamp: str = str(MOMENT),
    signature: str = SIGNATURE,
    body: bytes = BODY,
    now: float = MOMENT,
) -> None:
    verify(
        secrets or (SECRET,), id=id, timestamp=timestamp, signature=signature, body=body, now=now
    )


def refusal(**changed: str | bytes | float) -> str:
    with pytest.raises(BadSignature) as caught:
        check(**changed)  # type: ignore[arg-type]  # each name has one of these types
    return str(caught.value)


def test_the_example_of_the_specification_is_signed_like_that() -> None:
    assert sign(SECRET, ID, MOMENT, BODY) == SIGNATURE
    check()


def test_a_new_secret_has_256_bits_and_is_never_the_same() -> None:
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", new_secret())
    assert new_secret() != new_secret()
    check_secret(new_secret())


def test_the_header_fields_have_the_names_of_the_specification() -> None:
    assert signature_headers([SECRET], ID, MOMENT, BODY) == {
        "webhook-id": ID,
        "webhook-timestamp": str(MOMENT),
        "webhook-signature": SIGNATURE,
    }


@given(st.binary(min_size=1), st.text(min_size=1, max_size=30))
def test_what_is_signed_is_verified_and_nothing_else(body: bytes, id: str) -> None:
    signature = sign(SECRET, id, MOMENT, body)

    check(id=id, body=body, signature=signature)
    with pytest.raises(BadSignature):
        check(id=id, body=body + b" ", signature=signature)
    with pytest.raises(BadSignature):
        check(id=f"{id}x", body=body, signature=signature)
    with pytest.raises(BadSignature):
        check(OTHER, id=id, body=body, signature=signature)


def test_the_moment_is_signed_too() -> None:
    assert "changed" in refusal(timestamp=str(MOMENT + 1))


def test_while_a_secret_is_replaced_either_one_will_do() -> None:
    both = signature_headers([OTHER, SECRET], ID, MOMENT, BODY)[SIGNATURE_HEADER]

    check(SECRET, signature=both)
    check(OTHER, signature=both)
    check(OTHER, SECRET)
    check(SECRET, OTHER)


@pytest.mark.parametrize(
    "others", ["v1a,AAAA", "v2,x", "garbage", "v1,", "v1,not base64!", "v1,ÿ", ",", " "]
)
def test_signatures_that_we_do_not_understand_are_passed_over(others: str) -> None:
    check(signature=f"{others} {SIGNATURE}")
    refusal(signature=others)


def test_a_signature_of_another_version_does_not_count() -> None:
    refusal(signature=SIGNATURE.replace("v1,", "v1a,"))


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_clocks_may_differ_by_five_minutes(seconds: int) -> None:
    check(now=MOMENT + seconds)


@pytest.mark.parametrize(("seconds", "words"), [(-301, "301 s ahead"), (301.4, "301 s ago")])
def test_a_request_from_another_time_is_refused(seconds: float, words: str) -> None:
    assert words in refusal(now=MOMENT + seconds)


@pytest.mark.parametrize("field", ["id", "timestamp", "signature"])
def test_a_request_without_a_signature_is_refused(field: str) -> None:
    assert "no signature" in refusal(**{field: ""})


@pytest.mark.parametrize(
    "timestamp", ["now", "-1614265330", "1614265330.0", "1e9", "١٦١٤٢٦٥٣٣٠", "9" * 5000, " "]
)
def test_a_moment_is_given_in_seconds(timestamp: str) -> None:
    assert "seconds since 1970" in refusal(timestamp=timestamp)


@given(st.text(), st.text(), st.text())
def test_any_header_fields_are_refused_and_nothing_worse(id: str, ts: str, sig: str) -> None:
    refusal(id=id, timestamp=ts, signature=sig)
    refusal(id=id, signature=f"v1,{sig}")
    refusal(id=f"\ud800{id}")


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "whsec_",
        "whsec_c2hvcnQ=",
        "whsec_ÿ",
        "whsec_Q",
        "whsec_" + "QUFB" * 22,
        "hunter2",
        f"{SECRET} ",
    ],
)
def test_a_secret_has_24_to_64_bytes_and_is_not_repeated_in_the_error(secret: str) -> None:
    with pytest.raises(BadInput) as caught:
        check_secret(secret)

    key = secret.removeprefix("whsec_")
    assert not key or key not in str(caught.value)


@pytest.mark.parametrize(("size", "is_good"), [(23, False), (24, True), (64, True), (65, False)])
def test_the_size_of_a_secret_has_its_bounds(size: int, is_good: bool) -> None:
    secret = f"whsec_{b64encode(bytes(size)).decode()}"

    if is_good:
        check_secret(secret)
    else:
        with pytest.raises(BadInput, match="24 to 64 bytes"):
            check_secret(secret)


def test_so_many_signatures_are_looked_at_and_no_more() -> None:
    check(signature="v1,AAAA " * 19 + SIGNATURE)
    refusal(signature="v1,AAAA " * 20 + SIGNATURE)


def test_prefix_and_padding_of_a_secret_may_be_left_out() -> None:
    secret = new_secret()
    bare = secret.removeprefix("whsec_").rstrip("=")

    assert sign(bare, ID, MOMENT, BODY) == sign(secret, ID, MOMENT, BODY)


# The package of the specification reads the clock itself.


def test_their_package_accepts_what_we_sign() -> None:
    secret = new_secret()
    now = int(datetime.now(UTC).timestamp())
    body = '{"payload":"Привет"}'.encode()

    headers = signature_headers([new_secret(), secret], "7", now, body)

    assert Webhook(secret).verify(body, headers) == {"payload": "Привет"}
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(body, headers)


def test_we_accept_what_their_package_signs() -> None:
    secret = new_secret()
    moment = datetime.fromtimestamp(MOMENT, UTC)
    body = '{"payload":"Привет"}'

    signature = Webhook(secret).sign("7", moment, body)

    check(secret, id="7", signature=signature, body=body.encode())


def test_the_names_of_the_fields_are_in_small_letters_as_frameworks_give_them() -> None:
    for name in (ID_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER):
        assert name == name.lower()
