"""A router: handlers, commands and middleware that belong together, in a tree with others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Protocol, TypeVar

from vestnik.bot.commands.command import Command, declare_command
from vestnik.bot.happening import Happening
from vestnik.bot.routing.middleware import Middleware, check_middleware
from vestnik.bot.routing.observer import Observer
from vestnik.chatmail.types import ChatType
from vestnik.errors import BadBot

if TYPE_CHECKING:
    from vestnik.bot.contexts import (
        Call,
        Context,
        Deletion,
        Edit,
        Failure,
        Join,
        LocationUpdate,
        MemberChange,
        Message,
        Problem,
        RawEvent,
        Reaction,
        Shutdown,
        Startup,
        WebxdcNotification,
        WebxdcUpdate,
    )

__all__ = ["CommandDeclaration", "Router"]

P = ParamSpec("P")
R = TypeVar("R")


class Router:
    """Declares what a bot does; routers are put together with `include`.

    Commands come first, in the whole tree. Then handlers are tried in the order of their
    declaration, a router's own before those of the routers it includes; the first whose filters
    match has the context, unless it returns `CONTINUE`. Raw events, the start and the end are
    told to every handler that matches.

    Args:
        name: What it is called in error messages and the log.
    """

    on_message: Observer[Message]
    """A message came."""
    on_edit: Observer[Edit]
    """A message was edited."""
    on_delete: Observer[Deletion]
    """A message was deleted."""
    on_reaction: Observer[Reaction]
    """Somebody reacted to a message, or took it back."""
    on_member_change: Observer[MemberChange]
    """Somebody came to a group, or left it."""
    on_join: Observer[Join]
    """Somebody scanned the bot's code, for the first time."""
    on_call: Observer[Call]
    """Somebody calls, or a call ends."""
    on_webxdc_update: Observer[WebxdcUpdate]
    """An app was used."""
    on_webxdc_notification: Observer[WebxdcNotification]
    """An app wants the bot's attention."""
    on_location: Observer[LocationUpdate]
    """Somebody who shares their location has moved."""
    on_failure: Observer[Failure]
    """A message of the bot could not be delivered."""
    on_event: Observer[RawEvent]
    """Any event of the core, told to all."""
    on_error: Observer[Problem]
    """A handler, filter or middleware here or below raised an error that nobody nearer took."""
    on_startup: Observer[Startup]
    """The bot has started; told to all."""
    on_shutdown: Observer[Shutdown]
    """The bot is about to end; told to all."""

    def __init__(self, name: str = "router") -> None:
        self.name = name
        self.commands: list[Command] = []
        self.inner: list[Middleware[Context]] = []
        self.outer: list[Middleware[Context]] = []
        self._parent: Router | None = None
        self._children: list[Router] = []
        for happening in Happening:
            setattr(self, f"on_{happening}", Observer(f"on_{happening}"))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r}>"

    @property
    def parent(self) -> Router | None:
        """The router that includes this one."""
        return self._parent

    @property
    def children(self) -> tuple[Router, ...]:
        """The routers that this one includes, in order."""
        return tuple(self._children)

    def observer(self, happening: Happening) -> Observer[Context]:
        """Return the observer of a kind of thing that happens."""
        found: Observer[Context] = getattr(self, f"on_{happening}")
        return found

    def include(self, *routers: Router) -> None:
        """Add routers below this one.

        Raises:
            BadBot: A router is included somewhere already, or would contain itself.
        """
        for router in routers:
            self._check_inclusion(router)
            self.on_event.require_open(router)
            router._parent = self
            self._children.append(router)

    def command(
        self,
        name: str,
        *,
        description: str = "",
        aliases: tuple[str, ...] = (),
        admin_only: bool = False,
        hidden: bool = False,
        chats: tuple[ChatType, ...] | None = None,
    ) -> CommandDeclaration:
        """Declare a command; its arguments are read by the type hints of the handler.

        A last parameter of type `str` takes the rest of the line, ``*words: str`` any number of
        words.

        Args:
            name: What is typed behind the prefix.
            description: One sentence for the help; may be a key of the bot's words.
            aliases: Other names.
            admin_only: Whether only admins of the bot may use it.
            hidden: Whether the help keeps silent about it.
            chats: The types of chats in which it works; all by default.

        Raises:
            BadBot: A name cannot be typed, or a type hint cannot be read from words.
        """

        def declare(
            handler: Callable[Concatenate[Message, P], Awaitable[R]], /
        ) -> Callable[Concatenate[Message, P], Awaitable[R]]:
            self.on_message.require_open(handler)
            self.commands.append(
                declare_command(
                    handler,
                    name,
                    description=description,
                    aliases=aliases,
                    admin_only=admin_only,
                    hidden=hidden,
                    chats=chats,
                )
            )
            return handler

        return declare

    def middleware(self, function: Middleware[Context]) -> Middleware[Context]:
        """Run a function around each handler here and below, once its filters have matched."""
        self.on_event.require_open(function)
        check_middleware(function)
        self.inner.append(function)
        return function

    def outer_middleware(self, function: Middleware[Context]) -> Middleware[Context]:
        """Run a function around everything here and below, before any filter is asked."""
        self.on_event.require_open(function)
        check_middleware(function)
        self.outer.append(function)
        return function

    def walk(self) -> Iterator[Router]:
        """Go through this router and all below, each before those it includes."""
        yield self
        for child in self._children:
            yield from child.walk()

    def lineage(self) -> Iterator[Router]:
        """Go through this router and all above it, the nearest first."""
        router: Router | None = self
        while router is not None:
            yield router
            router = router.parent

    def _check_inclusion(self, router: Router) -> None:
        if not isinstance(router, Router):
            raise BadBot(f"{router!r} is no router and cannot be included in {self.name!r}.")
        if router in self.lineage():
            raise BadBot(
                f"The router {router.name!r} cannot be included in {self.name!r}: "
                "it would contain itself."
            )
        if router.parent is not None:
            raise BadBot(
                f"The router {router.name!r} is included in {router.parent.name!r} already: "
                f"it cannot be in {self.name!r} as well, make a second one."
            )


class CommandDeclaration(Protocol):
    """What is written above the handler of a command: it takes a message and the arguments."""

    def __call__(
        self, handler: Callable[Concatenate[Message, P], Awaitable[R]], /
    ) -> Callable[Concatenate[Message, P], Awaitable[R]]:
        """Declare the handler; it stays what it was."""
