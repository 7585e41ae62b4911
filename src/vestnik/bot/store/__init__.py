"""What a bot remembers: one SQLite file, or the same in memory."""

from vestnik.bot.store.database import Database
from vestnik.bot.store.wall_time import WallTime

__all__ = ["Database", "WallTime"]
