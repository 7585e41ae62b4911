"""How a message leaves: put together, named for the second run, and given to the outbox."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TypedDict

from vestnik.bot.objects.files import FileContent, as_path, shown_name
from vestnik.bot.objects.scope import Scope
from vestnik.chatmail.types import MessageData, Viewtype
from vestnik.errors import BadInput
from vestnik.ids import ChatId, MessageId

__all__ = ["SendOptions", "post_message", "send_message"]


class SendOptions(TypedDict, total=False):
    """What a message can have besides its text.

    Attributes:
        file: What is attached: the path of a file, or its content.
        name: What the attachment is called; bytes need one.
        view_type: What the message is; by default what the core makes of the attachment.
        html: What is shown to those who ask for the whole message.
        sender_name: A name to be shown instead of the bot's own.
        location: A place, as latitude and longitude.
    """

    file: FileContent | None
    name: str | None
    view_type: Viewtype | None
    html: str | None
    sender_name: str | None
    location: tuple[float, float] | None


async def send_message(
    scope: Scope,
    chat_id: ChatId,
    text: str,
    options: SendOptions,
    quoted: MessageId | None = None,
) -> MessageId:
    """Send a message and return its id once the core has it.

    Raises:
        BadInput: There is nothing in it.
        CallFailed: The core refuses it for good.
    """
    key = scope.next_key()
    async with AsyncExitStack() as files:
        data = await _compose(scope, text, options, quoted, files)
        outbox = scope.services.outbox
        return await outbox.send(scope.account_id, chat_id, data, key=key)


async def post_message(scope: Scope, chat_id: ChatId, text: str, options: SendOptions) -> None:
    """Put a message into the outbox, to be sent when its turn comes.

    Raises:
        BadInput: There is nothing in it.
    """
    key = scope.next_key()
    async with AsyncExitStack() as files:
        data = await _compose(scope, text, options, None, files)
        await scope.services.outbox.post(scope.account_id, chat_id, data, key=key)


async def _compose(
    scope: Scope,
    text: str,
    options: SendOptions,
    quoted: MessageId | None,
    files: AsyncExitStack,
) -> MessageData:
    file, name = await _attach(scope, options, files)
    if not (text or file or options.get("html") or options.get("location")):
        raise BadInput("An empty message would not be shown to anybody: give a text or a file.")
    return MessageData(
        text=text or None,
        file=file,
        filename=name,
        viewtype=options.get("view_type"),
        html=options.get("html"),
        override_sender_name=options.get("sender_name"),
        location=options.get("location"),
        quoted_message_id=quoted,
    )


async def _attach(
    scope: Scope, options: SendOptions, files: AsyncExitStack
) -> tuple[str | None, str | None]:
    content = options.get("file")
    if content is None:
        return None, None
    name = shown_name(content, options.get("name"))
    path = await files.enter_async_context(as_path(content, name, scope.services.files))
    return str(path), name
