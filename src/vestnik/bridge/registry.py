"""Which account of the core is which bot, in memory."""

from __future__ import annotations

from collections.abc import Sequence

from vestnik.bridge.model import Hosted
from vestnik.ids import AccountId, ResourceId

__all__ = ["Registry"]


class Registry:
    """The hosted bots, by account and by resource; pure, so that every part may look."""

    def __init__(self) -> None:
        self._by_account: dict[AccountId, Hosted] = {}
        self._by_bot: dict[ResourceId, Hosted] = {}

    def put(self, hosted: Hosted) -> None:
        """Add a bot, or replace what is known of it."""
        self.remove(hosted.account)
        self._by_account[hosted.account] = hosted
        self._by_bot[hosted.bot] = hosted

    def remove(self, account: AccountId) -> None:
        """Forget a bot, if it is there."""
        gone = self._by_account.pop(account, None)
        if gone is not None:
            self._by_bot.pop(gone.bot, None)

    def of_account(self, account: AccountId) -> Hosted | None:
        """Return the bot that has an account."""
        return self._by_account.get(account)

    def of_bot(self, bot: ResourceId) -> Hosted | None:
        """Return the bot that a resource stands for."""
        return self._by_bot.get(bot)

    def all(self) -> Sequence[Hosted]:
        """Return all bots, in the order of their accounts."""
        return [self._by_account[account] for account in sorted(self._by_account)]
