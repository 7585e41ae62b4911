"""What the commands of the service bot answer."""

from __future__ import annotations

import msgspec

from vestnik.bot.words import Words
from vestnik.bridge.channel.choice import FIRST_OF_THE_CORE, Choice
from vestnik.bridge.channel.desk import Desk
from vestnik.bridge.channel.model import FOREVER, ChannelChat
from vestnik.bridge.channel.rendering import moment, write_notification
from vestnik.gateway.model import Resource
from vestnik.ids import ResourceId
from vestnik.wire import Notification
from vestnik.wire.types import NOTIFY_TYPES, OWN_TYPES, name_of

__all__ = ["say_muted", "say_status", "say_test", "say_types"]

_TEST = 0
_MOST_NAMED = 5


async def say_status(desk: Desk, chat: ChannelChat, words: Words) -> str:
    """Say who is told what here, and how far."""
    owner = desk.gateway.roster.owner(chat.owner)
    bots = desk.gateway.roster.resources_of(chat.owner)
    end = await desk.end_for(chat)
    muted = words.say("channel.muted.no")
    if chat.muted_until is not None:
        muted = say_muted(chat.muted_until, words)
    lines = [
        words.say(
            "channel.status",
            owner=owner.name if owner else chat.owner,
            bots=len(bots),
            types=chat.choice.spelled(),
            muted=muted,
            position=chat.position,
            end=end,
            waiting=max(0, end - chat.position),
        )
    ]
    if chat.skipped:
        lines.append(words.say("channel.status.skipped", number=chat.skipped))
    if paused := [bot for bot in bots if not bot.notify]:
        lines.append(words.say("channel.status.paused", bots=_names(paused)))
    return "\n".join(lines)


def say_types(choice: Choice, words: Words) -> str:
    """Say which types are told here."""
    own = (
        f"{_mark(is_on=choice.wants(row.number))} {row.name}: {_meaning(row.number, words)}"
        for row in OWN_TYPES
    )
    others = (f"{_mark(is_on=True)} {name_of(type)}" for type in _added_events(choice))
    events = sum(choice.wants(type) for type in NOTIFY_TYPES if type >= FIRST_OF_THE_CORE)
    return words.say("channel.types", list="\n".join((*own, *others)), events=events)


def say_muted(until: int, words: Words) -> str:
    """Say until when it is muted."""
    if until >= FOREVER:
        return words.say("channel.muted.forever")
    return words.say("channel.muted.until", when=moment(until))


def say_test(desk: Desk, chat: ChannelChat, words: Words) -> str:
    """Write a notification of type 0 that nobody else gets."""
    owner = desk.gateway.roster.owner(chat.owner)
    bots = desk.gateway.roster.resources_of(chat.owner)
    name = bots[0].name if bots else (owner.name if owner else chat.owner)
    text = msgspec.json.encode({"text": words.say("channel.test.text")})
    now = desk.now()
    resource = bots[0].id if bots else ResourceId(chat.owner)
    told = Notification(_TEST, resource, resource, "", now, msgspec.Raw(text))
    return write_notification(told, name, words, now)


def _mark(*, is_on: bool) -> str:
    return "✓" if is_on else "✗"


def _meaning(number: int, words: Words) -> str:
    return words.say(f"channel.type.{number}")


def _added_events(choice: Choice) -> list[int]:
    return sorted(type for type in choice.added if type >= FIRST_OF_THE_CORE)


def _names(bots: list[Resource]) -> str:
    names = [bot.name for bot in bots[:_MOST_NAMED]]
    return ", ".join((*names, "…") if len(bots) > _MOST_NAMED else names)
