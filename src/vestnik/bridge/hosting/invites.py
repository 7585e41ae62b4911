"""The link that opens a chat with a bot: one for each, so that it can be published."""

from __future__ import annotations

import asyncio

import msgspec

from vestnik.chatmail import Core
from vestnik.chatmail.types import QrWithdrawVerifyContact
from vestnik.ids import AccountId

__all__ = ["INVITE_KEY", "Invite", "Invites"]

INVITE_KEY = "ui.vestnik.invite"

NAME_KEY = "displayname"


class Invite(msgspec.Struct, frozen=True):
    """A link, and the name of the bot that stands in it."""

    name: str
    link: str


class Invites:
    """Gives every bot its link; the same one until its name changes, or the link is withdrawn.

    The core makes another secret each time that it is asked for a link, and keeps all of them for
    ever. So its answer is kept with the account, and asked for again only when it is not good any
    more; a bot's program may withdraw it at any time.
    """

    def __init__(self, core: Core) -> None:
        self._core = core
        # Two who ask at once are to be told the same.
        self._turn = asyncio.Lock()

    async def of(self, account: AccountId) -> Invite:
        """Return the link of an account, and its name of now.

        Raises:
            CoreError: The core does not say.
        """
        if (found := await self._kept(account)).link:
            return found
        async with self._turn:
            if (found := await self._kept(account)).link:
                return found
            link = await self._core.get_chat_securejoin_qr_code(account, None)
            made = Invite(found.name, link)
            await self._core.set_config(account, INVITE_KEY, msgspec.json.encode(made).decode())
            return made

    async def _kept(self, account: AccountId) -> Invite:
        """Return the name with the link that is kept, if that is good; else with none."""
        values = await self._core.batch_get_config(account, [NAME_KEY, INVITE_KEY])
        name, before = values.get(NAME_KEY) or "", _read(values.get(INVITE_KEY))
        if before is not None and before.name == name and await self._is_good(account, before):
            return before
        return Invite(name, "")

    async def _is_good(self, account: AccountId, invite: Invite) -> bool:
        code = await self._core.check_qr(account, invite.link)
        return isinstance(code, QrWithdrawVerifyContact)


def _read(kept: str | None) -> Invite | None:
    try:
        return msgspec.json.decode(kept or "", type=Invite)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return None
