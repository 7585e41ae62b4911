"""Which changes of messages were told to handlers already.

The core says only that something about a message has changed: an edited one that is pinned later
looks as if it had been edited again.
"""

from __future__ import annotations

import hashlib
import sqlite3

from vestnik.bot.objects.scope import Services
from vestnik.ids import AccountId, MessageId

__all__ = ["is_news"]

_DAYS_KEPT = 30

_TOLD = "SELECT content FROM told_change WHERE account = ? AND message = ?"
_TELL = "INSERT OR REPLACE INTO told_change (account, message, content) VALUES (?, ?, ?)"
_FORGET = "DELETE FROM told_change WHERE at < strftime('%s', 'now') - ? * 86400"


async def is_news(
    services: Services, account_id: AccountId, message_id: MessageId, content: str
) -> bool:
    """Tell whether a message was not yet told of with this content, and keep in mind that it is."""
    # What people wrote is not kept a second time.
    digest = hashlib.blake2b(content.encode(), digest_size=16).digest()

    def note(connection: sqlite3.Connection) -> bool:
        told = connection.execute(_TOLD, (account_id, message_id)).fetchone()
        if told is not None and told[0] == digest:
            return False
        connection.execute(_FORGET, (_DAYS_KEPT,))
        connection.execute(_TELL, (account_id, message_id, digest))
        return True

    return await services.database.transact(note)
