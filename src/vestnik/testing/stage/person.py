"""Somebody who talks to a tested bot."""

from __future__ import annotations

from collections.abc import Awaitable
from pathlib import Path

from vestnik.testing.stage.play import Actor, Group, Mark, Reply
from vestnik.testing.stage.stage import Stage

__all__ = ["Person"]


class Person:
    """Somebody who talks to the bot.

    What a person does returns when the bot has handled it, with what the bot has said to that
    person meanwhile.
    """

    def __init__(self, stage: Stage, actor: Actor) -> None:
        self._stage = stage
        self._actor = actor
        self._read = 0
        self._has_met = False

    @property
    def inbox(self) -> list[Reply]:
        """Everything that the bot has ever said to this person, also in groups."""
        return list(self._actor.inbox)

    async def scans(self, link: str | None = None) -> list[Reply]:
        """Scan the code of the bot, or that of a group or channel of the bot.

        Whoever has not is made to scan the bot's before anything else.
        """
        if link is not None:
            await self._meet()
        self._has_met = True
        return await self._do(self._actor.scan(link))

    async def says(
        self,
        text: str = "",
        *,
        to: Group | None = None,
        file: Path | None = None,
        quote: Reply | None = None,
    ) -> list[Reply]:
        """Write to the bot.

        Args:
            text: What to say.
            to: A group to say it in; on the real core its maker is the first to speak there.
            file: What to attach.
            quote: The message of the bot that is answered.
        """
        await self._meet()
        return await self._do(self._actor.write(text, to, file, quote))

    async def reacts(self, reply: Reply, *emoji: str) -> list[Reply]:
        """React to what the bot has said; without emoji the reaction is taken back."""
        return await self._do(self._actor.react(reply, emoji))

    async def uses(self, reply: Reply, payload: object) -> list[Reply]:
        """Let the webxdc app that the bot has sent send an update; only on the real core.

        Args:
            reply: The message of the bot that holds the app.
            payload: What the app puts into the update: any JSON value.
        """
        return await self._do(self._actor.use(reply, payload))

    async def updates_of(self, reply: Reply) -> list[object]:
        """Return the payloads of all updates of a webxdc app; only on the real core.

        Args:
            reply: The message of the bot that holds the app.
        """
        return await self._actor.updates(reply)

    async def hears(self, count: int = 1) -> list[Reply]:
        """Wait until the bot has said so much of its own accord, and return what is new."""
        await self._stage.until(
            lambda: len(self._actor.inbox) >= self._read + count, "The bot has not said anything"
        )
        return await self._news()

    async def sees(self, reply: Reply) -> Reply:
        """Look again at what the bot has said: it may have edited it."""
        return await self._actor.look(reply)

    async def makes_group(self, name: str, *others: Person) -> Group:
        """Make a group with the bot and others in it."""
        for person in (self, *others):
            await person._meet()
        return await self._actor.make_group(name, [person._actor for person in others])

    async def adds(self, person: Person, group: Group) -> list[Reply]:
        """Add somebody to a group."""
        await person._meet()
        return await self._do(self._actor.add(group, person._actor))

    async def leaves(self, group: Group) -> list[Reply]:
        """Leave a group; what the bot says then this person does not hear."""
        await self._stage.until_done(self._actor.leave(group))
        return []

    async def _meet(self) -> None:
        if not self._has_met:
            await self.scans()

    async def _do(self, deed: Awaitable[Mark]) -> list[Reply]:
        await self._actor.catch_up()
        self._read = len(self._actor.inbox)
        await self._stage.until_done(deed)
        return await self._news()

    async def _news(self) -> list[Reply]:
        await self._actor.catch_up()
        news = self._actor.inbox[self._read :]
        self._read += len(news)
        return news
