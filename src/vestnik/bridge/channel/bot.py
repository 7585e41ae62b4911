"""The service bot: what people can say to it."""

from __future__ import annotations

from collections.abc import Iterable

from vestnik.bot import Bot, CallNext, Context, MemberChange, Membership, Message, Router
from vestnik.bot.builtin import settings_router
from vestnik.bot.contexts import ChatContext
from vestnik.bridge.channel.choice import UnknownType, changed_choice
from vestnik.bridge.channel.desk import Desk
from vestnik.bridge.channel.model import ChannelChat, Ending
from vestnik.bridge.channel.sayings import (
    say_muted,
    say_status,
    say_test,
    say_types,
)
from vestnik.bridge.channel.spans import read_span
from vestnik.bridge.channel.texts import TEXTS

__all__ = ["service_bot"]


def service_bot(desk: Desk, *, accounts: Iterable[str] = (), language: str = "en") -> Bot:
    """Make the bot that tells owners what happens.

    Args:
        desk: What it can do for them.
        accounts: The addresses that it answers at; by default all that no other bot claims.
        language: What it speaks where nobody has chosen another language.
    """
    bot = Bot("service", accounts=accounts, language=language)
    for spoken, texts in TEXTS.items():
        bot.dictionary.add_texts(spoken, texts)
    bot.outer_middleware(_OnlyOwners(desk))
    bot.include(_commands(desk), settings_router())
    _follow_members(bot, desk)
    return bot


class _OnlyOwners:
    """Lets messages of the owners' chats through; others are told how one gets such a chat."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def __call__(self, context: Context, call_next: CallNext) -> object:
        if isinstance(context, Message) and await _chat_of(self._desk, context) is None:
            if await self._desk.may_hint(context.account_id, context.sender.id):
                await context.answer(context.words.say("channel.hint"))
            return None
        return await call_next()


def _follow_members(bot: Bot, desk: Desk) -> None:
    """Note who comes to chats, and when the last one has gone."""

    @bot.on_member_change()
    async def follow(change: MemberChange) -> None:
        if change.change is Membership.ADDED:
            if change.is_by_me and not change.is_about_me:
                await _welcome(change, desk)
        elif await _is_deserted(change):
            await desk.forget(change.account_id, change.chat_id)


async def _welcome(change: MemberChange, desk: Desk) -> None:
    """Give the chat to the first who comes; who was let in by the same code at once goes again."""
    if await desk.come_in(change.account_id, change.chat_id, change.member.id):
        return
    chat = await desk.rows.get(change.account_id, change.chat_id)
    if chat is not None and chat.member not in (None, change.member.id):
        await change.chat.remove(change.member)


async def _is_deserted(change: MemberChange) -> bool:
    if change.is_about_me:
        return True
    return not [member for member in await change.chat.members() if not member.is_me]


def _commands(desk: Desk) -> Router:
    router = Router("channel")

    @router.command("status", description="channel.command.status")
    async def status(message: Message) -> None:
        chat = await _own(desk, message)
        await message.reply(await say_status(desk, chat, message.words))

    @router.command("types", description="channel.command.types")
    async def types(message: Message, wish: str = "") -> None:
        chat, words = await _own(desk, message), message.words
        try:
            choice = changed_choice(chat.choice, wish)
        except UnknownType as unknown:
            word = str(unknown)[:50]
            await message.reply(words.say("channel.types.unknown", word=word))
            return
        await desk.choose(chat, choice)
        await message.reply(say_types(choice, words))

    @router.command("mute", description="channel.command.mute")
    async def mute(message: Message, time: str = "") -> None:
        chat, words = await _own(desk, message), message.words
        try:
            span = read_span(time)
        except ValueError:
            await message.reply(words.say("channel.mute.how"))
            return
        until = await desk.mute(chat, span)
        await message.reply(words.say("channel.mute.done", until=say_muted(until, words)))

    @router.command("unmute", description="channel.command.unmute")
    async def unmute(message: Message) -> None:
        chat = await _own(desk, message)
        if chat.muted_until is None:
            await message.reply(message.words.say("channel.unmute.not"))
            return
        await desk.unmute(chat)

    @router.command("test", description="channel.command.test")
    async def test(message: Message) -> None:
        chat = await _own(desk, message)
        await message.answer(say_test(desk, chat, message.words))

    @router.command("stop", description="channel.command.stop")
    async def stop(message: Message) -> None:
        await desk.end(await _own(desk, message), Ending.STOPPED)

    return router


async def _chat_of(desk: Desk, context: ChatContext) -> ChannelChat | None:
    return await desk.open_chat(context.account_id, context.chat_id)


async def _own(desk: Desk, message: Message) -> ChannelChat:
    """Return the chat of a message that was let through."""
    chat = await _chat_of(desk, message)
    assert chat is not None
    return chat
