"""What a bot does later, or again and again, also after a restart.

::

    await schedule.later(timedelta(hours=1), "remind", Reminder(chat_id, "tea"))
    await schedule.every(Daily(time(9), ZoneInfo("Europe/Moscow")), "digest")
"""

from vestnik.bot.schedule.recurrence import Daily, Interval, Recurrence, Weekday, Weekly
from vestnik.bot.schedule.run import Job, JobId, Run
from vestnik.bot.schedule.schedule import Schedule

__all__ = [
    "Daily",
    "Interval",
    "Job",
    "JobId",
    "Recurrence",
    "Run",
    "Schedule",
    "Weekday",
    "Weekly",
]
