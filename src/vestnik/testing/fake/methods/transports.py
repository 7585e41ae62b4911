"""Played: logging in."""

from __future__ import annotations

import re
from urllib.parse import unquote

from vestnik.chatmail.events import (
    AccountsItemChanged,
    ConfigureProgress,
    TransportsModified,
)
from vestnik.chatmail.types import EnteredLoginParam
from vestnik.ids import AccountId
from vestnik.testing.fake.account import FakeAccount
from vestnik.testing.fake.methods.accounts import start_io
from vestnik.testing.fake.methods.topic import Topic
from vestnik.testing.fake.wire import Refusal

__all__ = ["LOGIN_METHODS", "TransportMethods", "tell_failed_login"]

LOGIN_METHODS = frozenset(("add_or_update_transport", "add_transport", "add_transport_from_qr"))
"""The methods whose failure is also told by a ``ConfigureProgress`` of 0."""

_STEPS_TO_LOGIN = (1, 200, 500, 550, 600)
_STEPS_FROM_LOGIN = (850, 900, 910, 920, 940)
DONE = 1000

_LOGIN_CODE = re.compile(r"dclogin:(?://)?([^/?]+)/?\?(?:.*&)?p=([^&]*)", re.IGNORECASE)
_ACCOUNT_CODE = re.compile(r"dcaccount:(?:https?://)?([^/?]+)", re.IGNORECASE)


def tell_failed_login(account: FakeAccount, reason: str) -> None:
    """Tell of a login as the core tells of one that fails."""
    for step in _STEPS_TO_LOGIN:
        account.emit(ConfigureProgress(progress=step))
    account.emit(ConfigureProgress(progress=0, comment=reason))


class TransportMethods(Topic):
    """The mailboxes that an account uses."""

    def add_or_update_transport(self, account_id: AccountId, param: EnteredLoginParam) -> None:
        account = self._world.account(account_id)
        others = [known for known in account.transports if known.addr != param.addr]
        account.io_running = False
        for step in _STEPS_TO_LOGIN + _STEPS_FROM_LOGIN:
            account.emit(ConfigureProgress(progress=step))
        account.transports = [*others, param]
        account.emit(TransportsModified())
        account.emit(AccountsItemChanged())
        account.emit(ConfigureProgress(progress=DONE))
        start_io(account)

    def add_transport(self, account_id: AccountId, param: EnteredLoginParam) -> None:
        self.add_or_update_transport(account_id, param)

    def add_transport_from_qr(self, account_id: AccountId, qr: str) -> None:
        self._world.account(account_id)
        self.add_or_update_transport(account_id, _login_by(qr, account_id))

    def list_transports(self, account_id: AccountId) -> list[EnteredLoginParam]:
        return self._world.account(account_id).transports

    def delete_transport(self, account_id: AccountId, addr: str) -> None:
        account = self._world.account(account_id)
        account.transports = [known for known in account.transports if known.addr != addr]


def _login_by(code: str, account_id: AccountId) -> EnteredLoginParam:
    if login := _LOGIN_CODE.match(code):
        return EnteredLoginParam(addr=unquote(login[1]), password=unquote(login[2]))
    if account := _ACCOUNT_CODE.match(code):
        return EnteredLoginParam(addr=f"fake{account_id:05}@{account[1]}", password="fake")  # noqa: S106
    raise Refusal("QR code does not contain account")
