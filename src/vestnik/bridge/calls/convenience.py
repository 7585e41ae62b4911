"""Carries out the calls of our own."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import nullcontext
from typing import TYPE_CHECKING, Protocol, cast

import msgspec

from vestnik.bridge.calls.arguments import check_filename
from vestnik.bridge.calls.problems import Problem, RpcCode
from vestnik.bridge.calls.sending import Sending, answer_key, key_of, named
from vestnik.bridge.calls.unpacking import Unpacking
from vestnik.bridge.model import BotCommand, BotRecord, Hosted
from vestnik.chatmail.types import MessageData
from vestnik.ids import ChatId, MessageId

if TYPE_CHECKING:
    from vestnik.bridge.files.links import Links
    from vestnik.bridge.files.uploads import Uploads
    from vestnik.chatmail import Core

__all__ = ["Convenience", "Records", "commands_of"]

MOST_COMMANDS = 100
LONGEST_DESCRIPTION = 200

_COMMAND = re.compile(r"/?([\w-]{1,32})")
_CONTENT = ("text", "file", "filename", "html", "viewtype")


class Records(Protocol):
    """Where it is kept what makes an account a bot."""

    async def change(self, hosted: Hosted, change: Callable[[BotRecord], BotRecord]) -> None:
        """Keep what `change` makes of the record of a bot that is kept now."""

    async def invite(self, hosted: Hosted) -> str:
        """Return the link that opens a chat with a bot; the same one each time."""


class _Order(msgspec.Struct, frozen=True):
    """One call: whose it is, what was given, and by which key."""

    hosted: Hosted
    given: Mapping[str, object]
    key: str | None

    def number(self, name: str) -> int:
        return cast("int", self.given[name])

    def text(self, name: str) -> str | None:
        return cast("str | None", self.given.get(name))


class Convenience:
    """Carries out the calls of our own, once their parameters are checked.

    Args:
        core: What knows of messages and profiles.
        sending: What sends.
        uploads: The files that can be sent.
        links: Makes links to files of messages.
        records: Where the commands are kept.
        unpacking: Looks at apps before the core does.
    """

    def __init__(
        self,
        core: Core,
        sending: Sending,
        uploads: Uploads,
        links: Links,
        records: Records,
        unpacking: Unpacking,
    ) -> None:
        self._core = core
        self._sending = sending
        self._uploads = uploads
        self._links = links
        self._records = records
        self._unpacking = unpacking
        self._calls: Mapping[str, Callable[[_Order], Awaitable[object]]] = {
            "getMe": self._get_me,
            "sendMessage": self._send_message,
            "answer": self._answer,
            "getFile": self._get_file,
            "setProfile": self._set_profile,
            "setCommands": self._set_commands,
        }

    async def call(
        self, method: str, hosted: Hosted, given: Mapping[str, object], key: str | None
    ) -> bytes:
        """Carry out a call, and return its result as JSON.

        Raises:
            Problem: It cannot be done.
            VestnikError: Something else keeps it from being done.
        """
        return msgspec.json.encode(await self._calls[method](_Order(hosted, given, key)))

    async def _get_me(self, order: _Order) -> object:
        hosted = order.hosted
        profile = await self._core.batch_get_config(hosted.account, ["displayname", "selfstatus"])
        return {
            "bot": hosted.bot,
            "accountId": hosted.account,
            "address": hosted.address,
            "name": profile.get("displayname") or "",
            "status": profile.get("selfstatus") or "",
            "invite": await self._records.invite(hosted),
            "events": hosted.record.events,
            "commands": hosted.record.commands,
        }

    async def _send_message(self, order: _Order) -> object:
        data = await self._message(
            order,
            quotedMessageId=order.given.get("quotedMessageId"),
            overrideSenderName=order.text("senderName"),
        )
        return await self._send(order, ChatId(order.number("chatId")), data, key_of(order.key))

    async def _answer(self, order: _Order) -> object:
        message = MessageId(order.number("messageId"))
        quoted = message if order.given.get("quote") else None
        data = await self._message(order, quotedMessageId=quoted)
        answered = await self._core.get_message(order.hosted.account, message)
        key = key_of(order.key) or answer_key(message)
        return await self._send(order, answered.chat_id, data, key)

    async def _send(
        self, order: _Order, chat: ChatId, data: MessageData, key: str | None
    ) -> object:
        sent = await self._sending.send(order.hosted.account, chat, data, key)
        return {"messageId": sent, "chatId": chat}

    async def _message(self, order: _Order, **others: object) -> MessageData:
        members = {name: order.given.get(name) for name in _CONTENT}
        if not (members["text"] or members["file"] or members["html"]):
            raise _bad("An empty message would not be shown to anybody: give a text or a file.")
        check_filename(members["filename"])
        file = order.text("file")
        if file is None:
            return msgspec.convert(members | others, MessageData)
        upload = await self._uploads.find(order.hosted.bot, file)
        await self._unpacking.check_upload(upload, members["filename"], members["viewtype"])
        data = msgspec.convert(members | others | {"file": str(upload.path)}, MessageData)
        return named(data, upload.name)

    async def _get_file(self, order: _Order) -> object:
        account, message = order.hosted.account, MessageId(order.number("messageId"))
        found = await self._core.get_message(account, message)
        if found.file is None:
            raise Problem(RpcCode.NO_FILE, "The message has no file, or it is not here yet.")
        return {
            "url": self._links.link(account, message),
            "name": found.file_name or "",
            "mime": found.file_mime or "application/octet-stream",
            "bytes": found.file_bytes,
        }

    async def _set_profile(self, order: _Order) -> object:
        asked = {"displayname": order.text("name"), "selfstatus": order.text("status")}
        changes = {key: value for key, value in asked.items() if value is not None}
        avatar = order.text("avatar")
        config: dict[str, str | None] = dict(changes)
        if avatar is not None:
            config["selfavatar"] = await self._picture(order.hosted, avatar)
        if not config:
            raise _bad("Nothing is to be changed: give a name, a status or an avatar.")
        async with self._unpacking.turn(order.hosted.account) if avatar else nullcontext():
            await self._core.batch_set_config(order.hosted.account, config)
        return None

    async def _picture(self, hosted: Hosted, avatar: str) -> str | None:
        if not avatar:
            return None
        return str((await self._uploads.find(hosted.bot, avatar)).path)

    async def _set_commands(self, order: _Order) -> object:
        commands = commands_of(cast("list[dict[str, str]]", order.given["commands"]))
        await self._records.change(
            order.hosted, lambda kept: msgspec.structs.replace(kept, commands=commands)
        )
        return None


def commands_of(given: list[dict[str, str]]) -> tuple[BotCommand, ...]:
    """Read what commands a bot understands.

    Raises:
        Problem: It cannot be told to people like that.
    """
    if len(given) > MOST_COMMANDS:
        raise _bad(f"A bot has at most {MOST_COMMANDS} commands, not {len(given)}.")
    commands = tuple(map(_command, given))
    names = [one.command for one in commands]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise _bad(f"The command {twice!r} is there twice.")
    return commands


def _command(given: dict[str, str]) -> BotCommand:
    name = _COMMAND.fullmatch(given["command"])
    description = " ".join(given["description"].split())
    if name is None:
        raise _bad(
            f"{given['command'][:50]!r} is no command: it has 1 to 32 letters, digits, '_' or '-'."
        )
    if not 0 < len(description) <= LONGEST_DESCRIPTION:
        raise _bad(f"A description has 1 to {LONGEST_DESCRIPTION} characters.")
    return BotCommand(name[1], description)


def _bad(sentence: str) -> Problem:
    return Problem(RpcCode.BAD_PARAMS, sentence)
