"""The tree of routers as it is walked: checked, and without what has nothing to say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from vestnik.bot.commands.command import Command
from vestnik.bot.commands.registry import CommandRegistry
from vestnik.bot.happening import Happening
from vestnik.bot.routing.middleware import Middleware
from vestnik.bot.routing.observer import Handler
from vestnik.bot.routing.router import Router

__all__ = ["Branch", "check", "commands_of", "plan", "plan_errors", "seal"]


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    """What one router has to say to one kind of thing that happens.

    Attributes:
        router: Whose branch it is.
        outer: The middlewares around all of it, the outermost first.
        inner: The middlewares around each of its handlers, those of routers above included.
        handlers: In order.
        children: The branches below that have anything to say, in order.
    """

    router: Router
    outer: tuple[Middleware[Any], ...]
    inner: tuple[Middleware[Any], ...]
    handlers: tuple[Handler[Any], ...]
    children: tuple[Branch, ...]

    def path_to(self, router: Router) -> tuple[Branch, ...]:
        """Return the branches from this one down to a router's."""
        if self.router is router:
            return (self,)
        for child in self.children:
            if path := child.path_to(router):
                return (self, *path)
        return ()


def check(root: Router) -> CommandRegistry[Router]:
    """Find what the declarations of a tree have wrong together, and return its commands.

    Raises:
        BadBot: Two commands are in each other's way, or a declaration has no handler.
    """
    for router in root.walk():
        for happening in Happening:
            router.observer(happening).check()
    return CommandRegistry(commands_of(root))


def commands_of(root: Router) -> Iterator[tuple[Command, Router]]:
    """Go through the commands of a tree in their order."""
    for router in root.walk():
        for command in router.commands:
            yield command, router


def seal(root: Router) -> None:
    """Refuse later declarations: they would not be in the plan."""
    for router in root.walk():
        for happening in Happening:
            router.observer(happening).is_sealed = True


def plan(root: Router, happening: Happening) -> Branch | None:
    """Plan the walk for one kind of thing that happens; ``None`` if nobody would hear of it.

    For messages there is always a plan: commands may be hinted at where there are none.
    """
    return _branch(root, happening, ()) or _bare(root, happening)


def plan_errors(root: Router) -> dict[Router, Branch]:
    """Plan where errors are taken: every router for itself, since the nearest is asked first.

    Only an observer's own middlewares run around error handlers: those of a router expect what
    happens to the bot, not what happens to its code.
    """
    planned: dict[Router, Branch] = {}
    for router in root.walk():
        observer = router.on_error
        if observer.handlers:
            outer, inner = tuple(observer.outer), tuple(observer.inner)
            planned[router] = Branch(router, outer, inner, tuple(observer.handlers), ())
    return planned


def _branch(
    router: Router, happening: Happening, inherited: tuple[Middleware[Any], ...]
) -> Branch | None:
    observer = router.observer(happening)
    inner = (*inherited, *router.inner, *observer.inner)
    planned = (_branch(child, happening, inner) for child in router.children)
    children = tuple(child for child in planned if child is not None)
    has_commands = happening is Happening.MESSAGE and bool(router.commands)
    if not (observer.handlers or children or has_commands):
        return None
    outer = (*router.outer, *observer.outer)
    return Branch(router, outer, inner, tuple(observer.handlers), children)


def _bare(root: Router, happening: Happening) -> Branch | None:
    if happening is not Happening.MESSAGE:
        return None
    outer = (*root.outer, *root.on_message.outer)
    inner = (*root.inner, *root.on_message.inner)
    return Branch(root, outer, inner, (), ())
