"""A webxdc app in a chat: what its users do in it, and what the bot tells it."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field

import msgspec

from vestnik.bot.objects.once import do_once
from vestnik.bot.objects.scope import Scope
from vestnik.bot.objects.webxdc_memory import WebxdcMemory
from vestnik.chatmail import types
from vestnik.errors import BadInput, CallFailed
from vestnik.ids import MessageId

__all__ = ["StatusUpdate", "Webxdc"]


class StatusUpdate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A status update of a webxdc app.

    Attributes:
        payload: What the app put into it: any JSON value.
        info: What the chat is told.
        document: The name of the document that is edited in the app.
        summary: What the app shows of itself in the chat.
        href: Where in the app a tap on the info leads.
        notify: Whom to notify with what, by their addresses in the app; ``*`` is everybody.
        serial: Its number in this account.
    """

    payload: object
    info: str | None = None
    document: str | None = None
    summary: str | None = None
    href: str | None = None
    notify: dict[str, str] | None = None
    serial: int = 0


_DECODER = msgspec.json.Decoder(list[StatusUpdate])


@dataclass(frozen=True)
class Webxdc:
    """A webxdc app that was sent to a chat.

    Attributes:
        message_id: The message that holds it.
    """

    scope: Scope = field(repr=False)
    message_id: MessageId

    async def send_update(
        self,
        payload: object,
        *,
        info: str | None = None,
        document: str | None = None,
        summary: str | None = None,
        href: str | None = None,
        notify: Mapping[str, str] | None = None,
    ) -> None:
        """Send a status update to all who have the app; for the arguments see `StatusUpdate`.

        Raises:
            BadInput: The payload is nothing that JSON can say.
            CallFailed: The core refuses it, for instance because the message holds no app.
        """
        key = self.scope.next_key()
        update = StatusUpdate(
            payload=payload,
            info=info,
            document=document,
            summary=summary,
            href=href,
            notify=dict(notify) if notify else None,
        )
        content = _encode(update)
        name = await self._memory.begin_sending(key, _canonical(content))
        await do_once(
            self.scope, key, lambda: self._send(name, content), lambda: self._was_sent(name)
        )

    async def updates(self, *, after: int = 0) -> list[StatusUpdate]:
        """Return all updates with a serial greater than `after`, the bot's own included."""
        core, account_id = self.scope.core, self.scope.account_id
        answer = await core.get_webxdc_status_updates(account_id, self.message_id, after)
        return _DECODER.decode(answer)

    async def new_updates(self) -> AsyncGenerator[StatusUpdate, None]:
        """Iterate over what others have sent since the last that was handled.

        An update counts as handled when the next one is asked for, so that none is missed: one
        during which the bot ends comes again.
        """
        for update in await self.unhandled():
            yield update
            await self.note_handled(update.serial)

    async def unhandled(self) -> list[StatusUpdate]:
        """Return what others have sent since the last that was handled."""
        updates = await self.updates(after=await self._memory.handled())
        own = await self._memory.recognise_own(
            [(one.serial, _canonical(_encode(one))) for one in updates]
        )
        return [update for update in updates if update.serial not in own]

    async def note_handled(self, serial: int) -> None:
        """Remember that all updates up to this serial are handled."""
        await self._memory.note_handled(serial)

    async def info(self) -> types.WebxdcMessageInfo:
        """Tell what the app says about itself."""
        return await self.scope.core.get_webxdc_info(self.scope.account_id, self.message_id)

    async def read_file(self, path: str) -> bytes:
        """Read a file of the app's archive, such as ``manifest.toml``.

        Raises:
            CallFailed: It has none of that name.
        """
        core, account_id = self.scope.core, self.scope.account_id
        # The core leaves out the padding, which is only needed up to a multiple of four.
        return base64.b64decode(
            await core.get_webxdc_blob(account_id, self.message_id, path) + "=="
        )

    @property
    def _memory(self) -> WebxdcMemory:
        scope = self.scope
        return WebxdcMemory(scope.services.database, scope.account_id, self.message_id)

    async def _send(self, name: str, content: str) -> None:
        core, account_id = self.scope.core, self.scope.account_id
        try:
            await core.send_webxdc_status_update(account_id, self.message_id, content, None)
        except CallFailed:
            await self._memory.forget_sending(name)
            raise
        self.scope.note_mails(1)

    async def _was_sent(self, name: str) -> bool:
        await self.unhandled()
        return await self._memory.was_recognised(name)


def _encode(update: StatusUpdate) -> str:
    """Write an update without its serial."""
    bare = msgspec.structs.replace(update, serial=0)
    try:
        return msgspec.json.encode(bare).decode()
    except (TypeError, ValueError) as problem:
        raise BadInput(f"The payload of a status update must be JSON: {problem}.") from problem


def _canonical(content: str) -> str:
    """Write what was sent and what came back alike: the core keeps numbers in 64 bits."""

    def as_number(digits: str) -> float | int:
        number = int(digits)
        return number if -(2**63) <= number < 2**64 else as_float(digits)

    def as_float(digits: str) -> float:
        return float(f"{float(digits):.14g}")

    plain = json.loads(content, parse_int=as_number, parse_float=as_float)
    return json.dumps(plain, sort_keys=True)
