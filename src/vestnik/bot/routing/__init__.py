"""Routing: from what happens to the handler that an author wrote for it.

::

    router = Router("calculator")

    @router.command("add", description="Adds two numbers.")
    async def add(message: Message, a: int, b: int = 1) -> None:
        await message.reply(str(a + b))

    bot.include(router)
"""

from vestnik.bot.happening import Happening
from vestnik.bot.routing.command_rules import CommandRules
from vestnik.bot.routing.dispatcher import Dispatcher
from vestnik.bot.routing.middleware import CONTINUE, CallNext, Continue, Middleware
from vestnik.bot.routing.observer import Observer
from vestnik.bot.routing.plan import check
from vestnik.bot.routing.router import Router

__all__ = [
    "CONTINUE",
    "CallNext",
    "CommandRules",
    "Continue",
    "Dispatcher",
    "Happening",
    "Middleware",
    "Observer",
    "Router",
    "check",
]
