"""What a fake core remembers from one life to the next, and where its events go now."""

from __future__ import annotations

from collections.abc import Mapping

from vestnik.chatmail import UnknownEvent, encode_event
from vestnik.chatmail.events import AccountsChanged, Event, EventPayload
from vestnik.ids import AccountId
from vestnik.testing.fake.account import FakeAccount
from vestnik.testing.fake.channel import EventChannel
from vestnik.testing.fake.wire import Refusal
from vestnik.testing.waiting import Changes

__all__ = ["ACCOUNT_MANAGER", "World"]

ACCOUNT_MANAGER = AccountId(0)


class World:
    """The accounts, which outlive crashes, and the channel of events, which does not.

    Attributes:
        channel: Takes the events while a core runs.
        losing: Whether events vanish before they reach the channel.
    """

    def __init__(self) -> None:
        self.accounts: dict[AccountId, FakeAccount] = {}
        self.selected: AccountId | None = None
        self.channel: EventChannel | None = None
        self.losing = False
        self.changes = Changes()
        self._last_id = 0

    def account(self, account_id: AccountId) -> FakeAccount:
        """Give an account.

        Raises:
            Refusal: There is none of that id.
        """
        if account_id not in self.accounts:
            raise Refusal(f"account with id {account_id} not found")
        return self.accounts[account_id]

    def add_account(self) -> FakeAccount:
        """Add an empty account, which becomes the selected one."""
        self._last_id += 1
        account = FakeAccount(self, AccountId(self._last_id))
        self.accounts[account.id] = account
        self.selected = account.id
        self.emit(ACCOUNT_MANAGER, AccountsChanged())
        return account

    def remove_account(self, account_id: AccountId) -> None:
        """Forget an account with all that it has."""
        del self.accounts[self.account(account_id).id]
        if self.selected == account_id:
            self.selected = next(iter(self.accounts), None)
        self.emit(ACCOUNT_MANAGER, AccountsChanged())

    def emit(self, account_id: AccountId, payload: EventPayload | Mapping[str, object]) -> None:
        """Tell the reader of the events, if there is a core now that could."""
        if self.channel is None or self.losing:
            return
        if isinstance(payload, Mapping):
            payload = UnknownEvent(kind=str(payload.get("kind", "")), raw=dict(payload))
        self.channel.put(encode_event(Event(account_id=account_id, payload=payload)))

    def lose_life(self) -> None:
        """Forget what a core that ends forgets: unread events and running I/O."""
        self.channel = None
        for account in self.accounts.values():
            account.io_running = False
