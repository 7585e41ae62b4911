"""The table of chats: what must still be known after a crash."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from vestnik.bot.store import Database
from vestnik.bridge.channel.choice import Choice
from vestnik.bridge.channel.model import ChannelChat, ChatState, Ending
from vestnik.errors import BadRequest
from vestnik.ids import AccountId, ChatId, ContactId, OwnerId

__all__ = ["ChannelRows"]

_COLUMNS = (
    "account, chat, owner, state, reason, link, created, expires, member, choice, muted_until,"
    " skipped, epoch, position, planned"
)
_SELECT = f"SELECT {_COLUMNS} FROM channel_chat WHERE account = ?"  # noqa: S608
_UPDATE = "UPDATE channel_chat SET {} WHERE account = ? AND chat = ?"
_HINT = """
    INSERT INTO channel_hint VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET at = excluded.at WHERE at <= excluded.at - ?
"""


class ChannelRows:
    """Reads and writes the chats of service bots."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, account: AccountId, chat: ChatId) -> ChannelChat | None:
        """Return a chat."""
        found = await self._read(f"{_SELECT} AND chat = ?", account, chat)
        return found[0] if found else None

    async def all(self, account: AccountId) -> Sequence[ChannelChat]:
        """Return all chats of an account, oldest first."""
        return await self._read(f"{_SELECT} ORDER BY chat", account)

    async def of_owner(self, account: AccountId, owner: OwnerId) -> Sequence[ChannelChat]:
        """Return an owner's chats, oldest first."""
        return await self._read(f"{_SELECT} AND owner = ? ORDER BY chat", account, owner)

    async def add(
        self,
        account: AccountId,
        chat: ChatId,
        owner: OwnerId,
        *,
        link: str,
        created: int,
        expires: int,
    ) -> None:
        """Note a chat that waits for somebody of an owner."""
        values = (account, chat, owner, ChatState.WAITING.value, link, created, expires)
        await self._run(
            "INSERT INTO channel_chat (account, chat, owner, state, link, created, expires)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            *values,
        )

    async def check_room(self, account: AccountId, owner: OwnerId, most: int) -> None:
        """Refuse more chats than an owner may have.

        Raises:
            BadRequest: There are so many already.
        """
        chats = await self.of_owner(account, owner)
        if sum(chat.state is not ChatState.ENDING for chat in chats) >= most:
            raise BadRequest(
                f"An owner has at most {most} chats, invitations included: remove one of them."
            )

    async def join(
        self, account: AccountId, chat: ChatId, member: ContactId, epoch: str, position: int
    ) -> None:
        """Note that somebody has come, and from where on is told."""
        await self._change(
            "state = ?, member = ?, epoch = ?, position = ?",
            (ChatState.JOINED.value, member, epoch, position),
            account,
            chat,
            "state = 'waiting'",
        )

    async def greeted(self, account: AccountId, chat: ChatId) -> None:
        """Note that who has come was greeted."""
        values = (ChatState.OPEN.value,)
        await self._change("state = ?", values, account, chat, "state = 'joined'")

    async def end(self, account: AccountId, chat: ChatId, reason: Ending) -> None:
        """Note that a chat is over; the first reason stays."""
        values = (ChatState.ENDING.value, reason.value)
        await self._change("state = ?, reason = ?", values, account, chat, "state <> 'ending'")

    async def choose(self, account: AccountId, chat: ChatId, choice: Choice) -> None:
        """Note which types are told."""
        spelled = msgspec.json.encode(choice, order="deterministic").decode()
        await self._change("choice = ?", (spelled,), account, chat)

    async def mute(self, account: AccountId, chat: ChatId, until: int) -> None:
        """Note until when nothing is told."""
        await self._change("muted_until = ?", (until,), account, chat)

    async def unmute(self, account: AccountId, chat: ChatId, until: int) -> None:
        """Note that a silence is over, unless there is another one by now."""
        await self._run(
            f"{_UPDATE.format('muted_until = NULL, skipped = 0')} AND muted_until = ?",
            account,
            chat,
            until,
        )

    async def plan(self, account: AccountId, chat: ChatId, up_to: int) -> None:
        """Note that everything up to an offset is about to be told in one message."""
        await self._change("planned = ?", (up_to,), account, chat)

    async def move(
        self, account: AccountId, chat: ChatId, epoch: str, position: int, skipped: int = 0
    ) -> None:
        """Note that everything up to an offset is done with."""
        await self._change(
            "epoch = ?, position = ?, planned = NULL, skipped = skipped + ?",
            (epoch, position, skipped),
            account,
            chat,
        )

    async def forget(self, account: AccountId, chat: ChatId) -> None:
        """Forget a chat."""
        await self._run("DELETE FROM channel_chat WHERE account = ? AND chat = ?", account, chat)

    async def forget_all(self, account: AccountId) -> None:
        """Forget everything of an account."""
        await self._run("DELETE FROM channel_chat WHERE account = ?", account)
        await self._run("DELETE FROM channel_hint WHERE account = ?", account)

    async def may_hint(self, account: AccountId, contact: ContactId, now: int, every: int) -> bool:
        """Tell whether a stranger may be told how to get an invitation, and note it."""
        return await self._run(_HINT, account, contact, now, every) > 0

    async def forget_hints(self, account: AccountId, before: int) -> None:
        """Forget whom there is no need to remember."""
        await self._run("DELETE FROM channel_hint WHERE account = ? AND at < ?", account, before)

    async def _change(
        self,
        what: str,
        values: tuple[object, ...],
        account: AccountId,
        chat: ChatId,
        only_if: str = "1",
    ) -> None:
        await self._run(f"{_UPDATE.format(what)} AND {only_if}", *values, account, chat)

    async def _run(self, statement: str, *values: object) -> int:
        return await self._database.transact(
            lambda db: db.execute(statement, values).rowcount, is_single=True
        )

    async def _read(self, statement: str, *values: object) -> list[ChannelChat]:
        rows = await self._database.transact(lambda db: db.execute(statement, values).fetchall())
        return [_chat_of(row) for row in rows]


def _chat_of(row: tuple[object, ...]) -> ChannelChat:
    fields = dict(zip(_COLUMNS.split(", "), row, strict=True))
    kept = str(fields.pop("choice"))
    choice = msgspec.json.decode(kept, type=Choice)
    return msgspec.convert(fields | {"choice": choice}, ChannelChat)
