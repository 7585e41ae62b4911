"""What a bot does with what its intake takes in: each message once, each event as it comes."""

from __future__ import annotations

from collections.abc import Sequence

from vestnik.bot.contexts import (
    ChatContext,
    Context,
    Join,
    MemberChange,
    Message,
    RawEvent,
)
from vestnik.bot.intake.intake import Arrival
from vestnik.bot.intake.seen import SeenMarker
from vestnik.bot.ledger import Ledger, Taken
from vestnik.bot.listening import Listening
from vestnik.bot.objects import Services
from vestnik.bot.translate import context_of, context_of_message
from vestnik.chatmail import Event
from vestnik.ids import AccountId, ContactId, MessageId

__all__ = ["Handling"]

LAST_SPECIAL_CONTACT = ContactId(9)
"""Contacts up to this id are the account itself, the core's own information and the device."""


class Handling:
    """The work of one bot on the messages and events of its accounts."""

    def __init__(
        self,
        services: Services,
        ledger: Ledger,
        listening: Listening,
        seen: SeenMarker,
        *,
        answer_bots: bool = False,
    ) -> None:
        """Prepare to work.

        Args:
            services: What contexts reach.
            ledger: What is known of earlier runs.
            listening: Who the contexts are for.
            seen: Who tells the core that a message is done with.
            answer_bots: Handle messages of other bots, too.
        """
        self._services = services
        self._ledger = ledger
        self._listening = listening
        self._seen = seen
        self._answer_bots = answer_bots

    def is_interesting(self, event: Event) -> bool:
        """Tell whether anybody wants this event."""
        return self._listening.wants_event(event)

    async def unfinished(self, account_id: AccountId) -> Sequence[MessageId]:
        """Return what was begun and not finished before a crash, oldest first."""
        return [message_id for message_id, _ in await self._ledger.unfinished(account_id)]

    async def handle_message(self, arrival: Arrival) -> None:
        """Handle a message unless it was; marking it as seen comes last."""
        account_id, message_id = arrival.account_id, arrival.message_id
        taken = await self._ledger.take(account_id, message_id, arrival.chat_id)
        if taken is Taken.AGAIN and self._services.states is not None:
            # What the interrupted run did to the conversation would be found by the second one.
            await self._services.states.rewind(account_id, message_id)
        if taken is not Taken.DONE:
            await self._handle(arrival)
            await self._ledger.finish(account_id, message_id)
        self._seen.mark(account_id, message_id)

    async def _handle(self, arrival: Arrival) -> None:
        context = await context_of_message(self._services, arrival.account_id, arrival.message_id)
        if context is not None and self._is_for_handlers(context):
            await self._tell(context)

    async def handle_event(self, event: Event) -> None:
        """Tell handlers of an event, as what it means and as it came."""
        if self._listening.wants(RawEvent):
            await self._listening.tell(RawEvent(self._services, event.account_id, event))
        wanted = self._listening.wanted
        context = await context_of(event, self._services, wanted=wanted)
        if context is None or isinstance(context, Message | RawEvent):
            return
        if not isinstance(context, Join) or await self._is_welcome(context):
            await self._tell(context)

    async def _tell(self, context: Context) -> None:
        languages = self._services.languages
        if languages is not None and isinstance(context, ChatContext):
            context.language = await languages.of(context.account_id, context.chat_id)
        await self._listening.tell(context)
        await context.finish()

    def _is_for_handlers(self, context: Message | MemberChange) -> bool:
        if isinstance(context, MemberChange):
            return True
        if context.raw.from_id <= LAST_SPECIAL_CONTACT:
            return False
        return self._answer_bots or not context.is_from_bot

    async def _is_welcome(self, join: Join) -> bool:
        """Tell whether it is a person who was not greeted before; directories scan all the time."""
        if join.sender.is_bot and not self._answer_bots:
            return False
        return await self._ledger.greet(join.account_id, join.sender.id)
