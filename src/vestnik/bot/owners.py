"""Which bot an account belongs to."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from vestnik.bot.bot import Bot
from vestnik.bot.runtime import BotRuntime
from vestnik.chatmail import Core, Event
from vestnik.errors import BadBot, BadInput
from vestnik.ids import AccountId

__all__ = ["Owners", "claims_of"]


class Owners(Mapping[AccountId, BotRuntime]):
    """The accounts that are served, and by whom.

    Args:
        runtimes: Of the bots; an account belongs to the one that claims its address, or else to
            the one that claims none.
        claims: Which bot claims which address.
        only: Serve only these, whatever address the first bot claims, by that one.
    """

    def __init__(
        self,
        runtimes: Sequence[BotRuntime],
        claims: Mapping[str, Bot],
        only: Collection[AccountId] | None = None,
    ) -> None:
        self._runtimes = runtimes
        self._claims = claims
        self._only = only
        self._found: dict[AccountId, BotRuntime] = {}

    def __getitem__(self, account_id: AccountId) -> BotRuntime:
        return self._found[account_id]

    def __iter__(self) -> Iterator[AccountId]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    async def find(self, core: Core) -> None:
        """Look for all configured accounts that belong to somebody.

        Raises:
            BadInput: There is none.
        """
        for account_id in await core.get_all_account_ids():
            if await core.is_configured(account_id):
                owner = await self._owner(core, account_id)
                if owner is not None:
                    self._found[account_id] = owner
        if not self._found:
            raise BadInput(
                "There is no account to serve: make one with `init` and an account code."
            )

    def first_of(self, runtime: BotRuntime) -> AccountId | None:
        """Return the first account of a bot, if it has any."""
        return next((id_ for id_, owner in self._found.items() if owner is runtime), None)

    def concerned(self, event: Event) -> Sequence[BotRuntime]:
        """Return who hears of an event; those of account 0 concern all."""
        if event.account_id == 0:
            return self._runtimes
        owner = self._found.get(event.account_id)
        return [owner] if owner else []

    async def _owner(self, core: Core, account_id: AccountId) -> BotRuntime | None:
        if self._only is not None:
            return self._runtimes[0] if account_id in self._only else None
        address = await core.get_config(account_id, "configured_addr") or ""
        claimed = self._claims.get(address, self._claims.get(""))
        return next((one for one in self._runtimes if one.bot is claimed), None)


def claims_of(bots: Sequence[Bot]) -> dict[str, Bot]:
    """Map the addresses that bots claim to them; the empty one stands for all others.

    Raises:
        BadBot: Two bots claim the same.
    """
    claims: dict[str, Bot] = {}
    for bot in bots:
        for address in bot.accounts or {""}:
            if address in claims:
                what = address or "all accounts that no other bot claims"
                raise BadBot(f"Two bots want to serve {what}: name their accounts.")
            claims[address] = bot
    return claims
