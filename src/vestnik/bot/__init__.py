"""The bot framework: no message lost, none answered twice.

::

    from vestnik.bot import Bot, Message

    bot = Bot()

    @bot.on_message()
    async def echo(message: Message) -> None:
        await message.reply(message.text)

    if __name__ == "__main__":
        bot.run()
"""

from vestnik.bot.bot import Bot
from vestnik.bot.contexts import (
    Call,
    CallStage,
    Context,
    Deletion,
    Edit,
    Failure,
    Join,
    LocationUpdate,
    MemberChange,
    Membership,
    Message,
    Problem,
    RawEvent,
    Reaction,
    Shutdown,
    Startup,
    WebxdcNotification,
    WebxdcUpdate,
)
from vestnik.bot.host import Host, HostOptions, Witness, memory_file
from vestnik.bot.intake.intake import Arrival
from vestnik.bot.jobs import Job
from vestnik.bot.objects import Account, Attachment, Chat, Contact, QrCode, Services, Webxdc
from vestnik.bot.outbox import Pace
from vestnik.bot.routing import CONTINUE, CallNext, Router
from vestnik.bot.schedule import Daily, Weekday, Weekly
from vestnik.bot.settings import Setting, Settings
from vestnik.bot.states import State, States
from vestnik.bot.store import Database

__all__ = [
    "CONTINUE",
    "Account",
    "Arrival",
    "Attachment",
    "Bot",
    "Call",
    "CallNext",
    "CallStage",
    "Chat",
    "Contact",
    "Context",
    "Daily",
    "Database",
    "Deletion",
    "Edit",
    "Failure",
    "Host",
    "HostOptions",
    "Job",
    "Join",
    "LocationUpdate",
    "MemberChange",
    "Membership",
    "Message",
    "Pace",
    "Problem",
    "QrCode",
    "RawEvent",
    "Reaction",
    "Router",
    "Services",
    "Setting",
    "Settings",
    "Shutdown",
    "Startup",
    "State",
    "States",
    "Webxdc",
    "WebxdcNotification",
    "WebxdcUpdate",
    "Weekday",
    "Weekly",
    "Witness",
    "memory_file",
]
