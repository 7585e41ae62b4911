"""Played: the core itself, its accounts and their I/O."""

from __future__ import annotations

from uuid import NAMESPACE_OID, uuid5

from vestnik.chatmail.events import (
    ConnectivityChanged,
    ImapConnected,
    ImapInboxIdle,
    Warning,
)
from vestnik.chatmail.types import Account
from vestnik.ids import AccountId
from vestnik.testing.fake.account import FakeAccount
from vestnik.testing.fake.answers import account_answer
from vestnik.testing.fake.methods.topic import Topic
from vestnik.testing.fake.wire import Refusal

__all__ = ["VERSION", "AccountMethods", "start_io"]

VERSION = "v2.65.0"

NOT_CONNECTED, CONNECTED = 1000, 4000


def start_io(account: FakeAccount) -> None:
    """Let an account receive and send from now on."""
    if account.transports and not account.io_running:
        account.io_running = True
        account.emit(ConnectivityChanged())
        account.emit(ImapConnected(msg=f"IMAP-LOGIN as {account.address}"))
        account.emit(ImapInboxIdle())
        account.flush_outbox()
    elif not account.transports:
        account.emit(Warning(msg="can not start io on a context that is not configured"))


class AccountMethods(Topic):
    """What there is, and whether it runs."""

    def get_system_info(self) -> dict[str, str]:
        return {"deltachat_core_version": VERSION, "level": "awesome", "arch": "64"}

    def add_account(self) -> AccountId:
        return self._world.add_account().id

    def remove_account(self, account_id: AccountId) -> None:
        if account_id not in self._world.accounts:
            raise Refusal(f"no account with id {account_id}")
        self._world.remove_account(account_id)

    def get_all_account_ids(self) -> list[AccountId]:
        return list(self._world.accounts)

    def get_all_accounts(self) -> list[Account]:
        return [account_answer(account) for account in self._world.accounts.values()]

    def get_blob_dir(self, account_id: AccountId) -> str | None:
        self._world.account(account_id)
        return f"/fake/accounts/{uuid5(NAMESPACE_OID, str(account_id))}/dc.db-blobs"

    def get_account_info(self, account_id: AccountId) -> Account:
        if account_id not in self._world.accounts:
            raise Refusal(f"account with id {account_id} doesn't exist anymore")
        return account_answer(self._world.account(account_id))

    def select_account(self, id: AccountId) -> None:
        if id not in self._world.accounts:
            raise Refusal(f"invalid account id: {id}")
        self._world.selected = id

    def get_selected_account_id(self) -> AccountId | None:
        return self._world.selected

    def is_configured(self, account_id: AccountId) -> bool:
        return bool(self._world.account(account_id).transports)

    def start_io(self, account_id: AccountId) -> None:
        start_io(self._world.account(account_id))

    def stop_io(self, account_id: AccountId) -> None:
        account = self._world.account(account_id)
        account.io_running = False
        account.emit(ConnectivityChanged())

    def start_io_for_all_accounts(self) -> None:
        for account in self._world.accounts.values():
            start_io(account)

    def stop_io_for_all_accounts(self) -> None:
        for account_id in self._world.accounts:
            self.stop_io(account_id)

    def get_connectivity(self, account_id: AccountId) -> int:
        return CONNECTED if self._world.account(account_id).io_running else NOT_CONNECTED

    def maybe_network(self) -> None:
        pass
