"""The allow-list knows every method, and says why not."""

from __future__ import annotations

import pytest

from vestnik.bridge.calls.conforming import Schema, reference
from vestnik.bridge.calls.convenient import CONVENIENT
from vestnik.bridge.calls.signatures import core_schemas, core_signatures
from vestnik.bridge.calls.table import ALLOWED, REFUSED, SENDS
from vestnik.chatmail import METHODS


def test_every_method_of_the_core_is_either_allowed_or_refused() -> None:
    assert set(ALLOWED) | set(REFUSED) == set(METHODS)
    assert not set(ALLOWED) & set(REFUSED)


def test_the_signatures_are_those_of_all_methods() -> None:
    signatures = core_signatures()

    assert set(signatures) == set(METHODS)
    for name, method in METHODS.items():
        assert len(signatures[name].parameters) == len(method.params), name


def test_calls_of_our_own_are_no_methods_of_the_core() -> None:
    assert not set(CONVENIENT) & set(METHODS)


@pytest.mark.parametrize("method", REFUSED)
def test_a_refusal_has_a_reason_that_is_a_sentence(method: str) -> None:
    assert REFUSED[method][0].isupper()
    assert REFUSED[method].endswith(".")


@pytest.mark.parametrize("method", ALLOWED)
def test_what_is_said_of_parameters_is_about_parameters_that_there_are(method: str) -> None:
    names = [one.name for one in core_signatures()[method].parameters]
    allowed = ALLOWED[method]

    for name in (allowed.chat, allowed.message, allowed.mails):
        assert not isinstance(name, str) or name in names
    assert (allowed.chat == "chatId") == ("chatId" in names)


@pytest.mark.parametrize("method", ALLOWED)
def test_an_account_is_named_by_the_first_parameter_and_by_no_other(method: str) -> None:
    first, *others = [one.name for one in core_signatures()[method].parameters] or [""]

    assert not [name for name in others if "account" in name.lower()]
    assert first == "accountId" or method in {
        "check_email_validity",
        "create_qr_svg",
        "get_system_info",
    }
    for one in core_signatures()[method].parameters[1:]:
        assert not _names_an_account(one.schema)


def test_what_makes_a_message_of_its_own_goes_through_the_outbox() -> None:
    assert {name for name in ALLOWED if name.startswith(("send_msg", "misc_send_", "send_st"))} == {
        *SENDS,
        "misc_send_draft",
    }
    assert {name for name, one in ALLOWED.items() if one.is_send} == SENDS


def _names_an_account(schema: object) -> bool:
    if isinstance(schema, dict):
        inner: Schema = schema
        if name := reference(inner):
            return _names_an_account(core_schemas()[name])
        members = inner.get("properties")
        named = isinstance(members, dict) and any("account" in one.lower() for one in members)
        return named or any(_names_an_account(one) for one in inner.values())
    return isinstance(schema, list) and any(_names_an_account(one) for one in schema)
