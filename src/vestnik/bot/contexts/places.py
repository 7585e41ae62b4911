"""Where people are."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import ClassVar

from vestnik.bot.contexts.base import Context
from vestnik.bot.happening import Happening
from vestnik.bot.objects.contact import ContactRef
from vestnik.chatmail import types
from vestnik.ids import ChatId

__all__ = ["LocationUpdate"]

_AHEAD_SECONDS = 86_400
"""How far the clock of somebody who shares a place may be ahead of ours."""


@dataclass(eq=False, repr=False, kw_only=True)
class LocationUpdate(Context):
    """Somebody is at another place.

    Attributes:
        contact: Who; ``None`` when it is several.
    """

    happening: ClassVar[Happening] = Happening.LOCATION

    contact: ContactRef | None

    async def locations(
        self, *, chat_id: ChatId | None = None, seconds: int = 86_400
    ) -> list[types.Location]:
        """Return where the contact was lately, the latest place first.

        Args:
            chat_id: Only what was shared in this chat.
            seconds: How far to look back.
        """
        now = int(time.time())
        contact_id = self.contact.id if self.contact else None
        return await self.core.get_locations(
            self.account_id, chat_id, contact_id, now - seconds, now + _AHEAD_SECONDS
        )
