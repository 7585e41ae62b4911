"""What a person can give to log in with: an account code, or an address and a password."""

from __future__ import annotations

import re

import msgspec

from vestnik.errors import BadAccountCode

__all__ = ["AccountCode", "AddressLogin", "Login", "parse_login"]

_CODE = re.compile(r"(dcaccount|dclogin):\S+", re.IGNORECASE)
_ADDRESS = re.compile(r"[^@\s:]+@[^@\s]+")

_WHAT_WORKS = (
    "give a code such as dcaccount:nine.testrun.org, DCACCOUNT:https://…/new or dclogin:…, "
    "or an address such as bot@example.org with a password."
)


class AccountCode(msgspec.Struct, frozen=True):
    """A ``dcaccount:``, ``DCACCOUNT:https…`` or ``dclogin:`` code.

    The first two make a new address on a relay; the last holds an address and its password.
    """

    text: str


class AddressLogin(msgspec.Struct, frozen=True):
    """An address and the password of its mailbox; the core finds the servers by itself."""

    address: str
    password: str


Login = AccountCode | AddressLogin


def parse_login(text: str, password: str | None = None) -> Login:
    """Understand what a person gave to log in with.

    Args:
        text: An account code or an address.
        password: The password, when `text` is an address.

    Raises:
        BadAccountCode: It is neither, or the address came without a password.
    """
    text = text.strip()
    if _CODE.fullmatch(text):
        return AccountCode(text)
    if not _ADDRESS.fullmatch(text):
        shown = _shortened(text)
        raise BadAccountCode(f"{shown!r} is no account code and no address: {_WHAT_WORKS}")
    if not password:
        raise BadAccountCode(f"The address {text} needs a password: give it with --password.")
    return AddressLogin(text, password)


def _shortened(text: str) -> str:
    """Keep a mistyped code recognisable without printing a password that it may hold."""
    return text if len(text) <= 20 else text[:12] + "…"
