"""The work of an intake for hosted bots: what it takes in, their programs are told.

Rules:

- A message is a stored notification before it is marked as seen; its key makes the repeat, that
  a crash in between brings, none.
- What cannot be stored now is asked for again: a message by the intake, an event here, for a
  while.
- Messages of a bot that is paused or gone stay as they are.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from vestnik.bot.intake.intake import Arrival
from vestnik.bot.intake.seen import SeenMarker
from vestnik.bridge.forwarding.choosing import is_for_programs, is_subscribed, wants_messages
from vestnik.bridge.forwarding.events import notification_of, number_of_event
from vestnik.bridge.forwarding.help import HelpDesk
from vestnik.bridge.forwarding.loading import Loaded, load, load_edited
from vestnik.bridge.forwarding.message import told_message
from vestnik.bridge.forwarding.ports import LinksToFiles, Post
from vestnik.bridge.forwarding.telling import Telling
from vestnik.bridge.forwarding.told import ToldMessage
from vestnik.bridge.model import Hosted
from vestnik.bridge.registry import Registry
from vestnik.chatmail import Core, Event, UnknownEvent, events
from vestnik.errors import CoreError
from vestnik.gateway import Gateway, Resource
from vestnik.ids import AccountId, MessageId

__all__ = ["Forwarding"]

log = logging.getLogger("vestnik.bridge")

_MOST_KINDS_NOTED = 100
"""How many unknown kinds are remembered as told to the log."""


class Forwarding:
    """The work of an intake for the hosted bots of a gateway."""

    def __init__(
        self,
        core: Core,
        gateway: Gateway,
        registry: Registry,
        links: LinksToFiles,
        seen: SeenMarker,
        post: Post,
    ) -> None:
        """Prepare to tell.

        Args:
            core: Has the accounts.
            gateway: Tells the owners' programs; it must have been entered.
            registry: Says which account is which bot.
            links: Knows where files can be fetched.
            seen: Tells the core that a message is done with.
            post: Sends the answer to ``/help``.
        """
        self._core = core
        self._gateway = gateway
        self._telling = Telling(gateway)
        self._registry = registry
        self._links = links
        self._seen = seen
        self._help = HelpDesk(core, post)
        self._noted: set[str] = set()

    # What an intake asks for.

    def is_interesting(self, event: Event) -> bool:
        """Tell whether the bot's program is to hear of such events."""
        hosted = self._registry.of_account(event.account_id)
        payload = event.payload
        if hosted is None or isinstance(payload, events.IncomingMsg):
            return False
        # All that is unknown is one type to those who ask, so that each has to be looked at.
        return isinstance(payload, UnknownEvent) or is_subscribed(hosted.record, payload)

    async def unfinished(self, account_id: AccountId) -> Sequence[MessageId]:
        """Return nothing: what was begun and not stored is still fresh."""
        return ()

    async def handle_message(self, arrival: Arrival) -> None:
        """Store the notification of a message, and then mark it as seen.

        Raises:
            CoreError: The core could not give it.
            Overloaded: Too much waits to be stored.
            StoreFailed: It was not stored.
        """
        found = self._active(arrival.account_id)
        if found is None:
            return
        hosted, _ = found
        if wants_messages(hosted.record) or hosted.record.commands:
            loaded = await self._tell(arrival, *found)
            if loaded is not None and hosted.record.commands:
                await self._help.serve(hosted, loaded.message)
        self._seen.mark(arrival.account_id, arrival.message_id)

    async def tell_message(self, arrival: Arrival) -> None:
        """Store the notification of a message that somebody else answers and marks as seen.

        Raises:
            CoreError: The core could not give it.
            Overloaded: Too much waits to be stored.
            StoreFailed: It was not stored.
        """
        found = self._active(arrival.account_id)
        if found is not None and wants_messages(found[0].record):
            await self._tell(arrival, *found)

    async def handle_event(self, event: Event) -> None:
        """Tell anything else that happened."""
        found = self._active(event.account_id)
        if found is None:
            return
        hosted, resource = found
        payload = event.payload
        if not self._has_number(payload) or not is_subscribed(hosted.record, payload):
            return
        edited = await self._edited(event)
        if edited is None and payload.kind not in hosted.record.events:
            return  # only edits are wanted of that kind
        notification = notification_of(event, hosted.bot, self._now(), edited)
        if notification is not None:
            await self._telling.tell_patiently(resource.owner, notification)

    # How it is done.

    def _active(self, account_id: AccountId) -> tuple[Hosted, Resource] | None:
        """Return the bot of an account, unless it is paused or gone."""
        hosted = self._registry.of_account(account_id)
        resource = self._gateway.roster.resource(hosted.bot) if hosted else None
        if hosted is None or resource is None or not resource.notify:
            return None
        return hosted, resource

    async def _tell(self, arrival: Arrival, hosted: Hosted, resource: Resource) -> Loaded | None:
        """Store the notification of a message; ``None`` if there is nothing to tell of."""
        account_id, chat_id, message_id = arrival.account_id, arrival.chat_id, arrival.message_id
        loaded = await load(self._core, account_id, chat_id, message_id)
        if loaded is None or not is_for_programs(loaded.message):
            return None
        if wants_messages(hosted.record):
            payload = events.IncomingMsg(chat_id=loaded.message.chat_id, msg_id=message_id)
            event = Event(account_id=account_id, payload=payload)
            told = self._told(account_id, loaded)
            notification = notification_of(event, hosted.bot, self._now(), told)
            assert notification is not None
            key = f"msg:{account_id}:{message_id}"
            await self._telling.tell(resource.owner, notification, key)
        return loaded

    async def _edited(self, event: Event) -> ToldMessage | None:
        """Return the message that somebody else has edited, if that is what an event tells."""
        payload = event.payload
        if not isinstance(payload, events.MsgsChanged) or not payload.msg_id:
            return None
        try:
            loaded = await load_edited(self._core, event.account_id, payload.msg_id)
        except CoreError as problem:
            log.info("message %d may have been edited, unseen: %s", payload.msg_id, problem)
            return None
        if loaded is None or not is_for_programs(loaded.message):
            return None
        return self._told(event.account_id, loaded)

    def _told(self, account_id: AccountId, loaded: Loaded) -> ToldMessage:
        message = loaded.message
        url = self._links.link(account_id, message.id) if message.file else ""
        return told_message(message, loaded.chat, url=url, webxdc=loaded.webxdc)

    def _has_number(self, payload: events.EventPayload) -> bool:
        if number_of_event(payload) is not None:
            return True
        if payload.kind not in self._noted and len(self._noted) < _MOST_KINDS_NOTED:
            self._noted.add(payload.kind)
            log.debug("events of kind %.50r have no number: nobody is told", payload.kind)
        return False

    def _now(self) -> int:
        return int(self._gateway.clock.now() * 1000)
