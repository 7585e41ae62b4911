"""What sends: by the outbox, which keeps order and pace, and knows what it has sent by keys."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from vestnik.bridge.calls.hiding import hidden
from vestnik.bridge.calls.problems import Problem, RpcCode
from vestnik.bridge.calls.unpacking import Unpacking
from vestnik.chatmail.types import MessageData, Viewtype
from vestnik.ids import AccountId, ChatId, MessageId

if TYPE_CHECKING:
    from vestnik.bot.outbox import Outbox
    from vestnik.bridge.files.links import Links
    from vestnik.chatmail import Core

__all__ = ["OutboxOf", "Sending", "answer_key", "compose", "key_of"]

SEND_SECONDS = 300.0
"""How long a program is kept waiting for its turn in the outbox."""

OutboxOf = Callable[[AccountId], "Outbox"]


class Sending:
    """Sends the messages of bots' programs.

    Args:
        core: Where to look at what was sent.
        outbox_of: Gives the outbox of an account.
        links: Makes links to files of messages.
        unpacking: Looks at apps before the core does.
    """

    def __init__(self, core: Core, outbox_of: OutboxOf, links: Links, unpacking: Unpacking) -> None:
        self._core = core
        self._unpacking = unpacking
        self._outbox_of = outbox_of
        self._links = links

    async def send(
        self, account: AccountId, chat: ChatId, data: MessageData, key: str | None
    ) -> MessageId:
        """Send a message, and return its id; by the same key again, the id of the first.

        Raises:
            Problem: Its turn did not come in time, or what it quotes would do harm.
            VestnikError: As the outbox has it.
        """
        await self._unpacking.check_quoted(account, data.quoted_message_id)
        try:
            async with asyncio.timeout(SEND_SECONDS):
                return await self._outbox_of(account).send(account, chat, data, key=key)
        except TimeoutError:
            raise Problem(
                RpcCode.UNKNOWN_OUTCOME,
                "The message waits for its turn and will be sent: give the same key again to "
                "learn its id.",
            ) from None

    async def call(
        self, account: AccountId, method: str, arguments: list[object], key: str | None, name: str
    ) -> bytes:
        """Send by one of the core's own methods, and return what the core would have said.

        Args:
            account: The account that sends.
            method: One of those that send.
            arguments: As the core takes them, with the path of a file.
            key: As the outbox takes it.
            name: What the file is called, if the arguments do not say it.
        """
        chat, data = compose(method, arguments, name)
        message = await self.send(account, chat, data, key)
        if method != "misc_send_msg":
            return b"%d" % message
        shown = await self._core.request_raw("get_message", (account, message))
        return b"[%d,%b]" % (message, hidden(shown, lambda one: self._links.link(account, one)))

    def note(self, account: AccountId, mails: int) -> None:
        """Count mails that go past the outbox, so that the pace is kept."""
        if mails:
            self._outbox_of(account).note_spent(account, mails)


def key_of(key: str | None) -> str | None:
    """Return a program's key as the outbox has it, where others have theirs, too."""
    return None if key is None else f"rpc:{key}"


def answer_key(message: MessageId) -> str:
    """Return the key of the one answer that a message has when its program names no key."""
    return f"answer:{message}"


def compose(method: str, arguments: list[object], name: str) -> tuple[ChatId, MessageData]:
    """Make the message of what a method that sends was given.

    Raises:
        Problem: It is no message.
    """
    members: object
    match method, arguments:
        case "send_msg", [_, chat, dict() as data]:
            members = data
        case "misc_send_text_message", [_, chat, text]:
            members = {"text": text}
        case "send_sticker", [_, chat, path]:
            members = {"file": path, "viewtype": Viewtype.STICKER.value}
        case _:
            _, chat, text, file, filename, location, quoted = arguments
            members = {
                "text": text,
                "file": file,
                "filename": filename,
                "location": location,
                "quotedMessageId": quoted,
            }
    assert isinstance(chat, int)
    return ChatId(chat), named(_message(members), name)


def named(data: MessageData, name: str) -> MessageData:
    """Give a message's file the name that it came with, unless it has one."""
    if data.file is None or data.filename:
        return data
    return msgspec.structs.replace(data, filename=name)


def _message(members: object) -> MessageData:
    try:
        return msgspec.convert(members, MessageData)
    except msgspec.ValidationError as problem:
        raise Problem(RpcCode.BAD_PARAMS, f"This is no message: {problem}.") from None
