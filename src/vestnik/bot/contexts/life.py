"""The life of the bot itself, and what has no nicer name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from vestnik.bot.contexts.base import Context
from vestnik.bot.happening import Happening

__all__ = ["Problem", "RawEvent", "Shutdown", "Startup"]


@dataclass(eq=False, repr=False)
class RawEvent(Context):
    """An event of the core as it came; account 0 is the account manager."""

    happening: ClassVar[Happening] = Happening.EVENT

    @property
    def kind(self) -> str:
        """What the core calls it."""
        return self.event.payload.kind if self.event else ""

    @classmethod
    def of(cls, context: Context) -> RawEvent:
        """Make one of the event that is behind another context."""
        return cls(context.services, context.account_id, context.event)


@dataclass(eq=False, repr=False, kw_only=True)
class Problem(Context):
    """A handler, filter or middleware has raised an error.

    Attributes:
        error: What was raised.
        context: What was being handled.
        router: The name of the router whose it was.
    """

    happening: ClassVar[Happening] = Happening.ERROR

    error: Exception
    context: Context
    router: str = ""

    @classmethod
    def of(cls, error: Exception, context: Context, router: str = "") -> Problem:
        """Make one of an error and its context; what is sent then counts as sent by that."""
        return cls(
            context.services,
            context.account_id,
            context.event,
            context.cause,
            context.scope.keys,
            context.language,
            error=error,
            context=context,
            router=router,
        )

    def log_fields(self) -> dict[str, object]:
        """Tell what a line of the log should say of this context; never what people wrote."""
        return {**self.context.log_fields(), "router": self.router}


@dataclass(eq=False, repr=False)
class Startup(Context):
    """The bot has started with an account, and is about to look for what it missed."""

    happening: ClassVar[Happening] = Happening.STARTUP


@dataclass(eq=False, repr=False)
class Shutdown(Context):
    """The bot is about to end; what is sent now is still sent."""

    happening: ClassVar[Happening] = Happening.SHUTDOWN
