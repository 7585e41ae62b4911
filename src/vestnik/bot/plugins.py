"""What other packages add to a bot: entry points of the group ``vestnik.bots``.

::

    [project.entry-points."vestnik.bots"]
    weather = "weather_for_bots:router"
"""

from __future__ import annotations

from collections.abc import Collection
from importlib.metadata import EntryPoint, entry_points

from vestnik.bot.routing import Router
from vestnik.errors import BadBot, BadInput, VestnikError

__all__ = ["GROUP", "load_plugins"]

GROUP = "vestnik.bots"


def load_plugins(bot: Router, names: Collection[str] | None = None) -> list[str]:
    """Add installed plugins to a bot: a router is included, a function is called with the bot.

    Args:
        bot: What they are added to.
        names: Those to take; by default all that are installed.

    Returns:
        The names of those that were added.

    Raises:
        BadBot: A plugin cannot be loaded, or is neither a router nor a function.
        BadInput: A named one is not installed.
    """
    found = {point.name: point for point in sorted(entry_points(group=GROUP))}
    wanted = list(found if names is None else names)
    for name in wanted:
        if name not in found:
            there_are = f"there are {', '.join(found)}" if found else "none is installed"
            raise BadInput(f"There is no plugin {name!r}: {there_are}.")
        _add(bot, found[name])
    return wanted


def _add(bot: Router, point: EntryPoint) -> None:
    try:
        plugin = point.load()
        if isinstance(plugin, Router):
            bot.include(plugin)
        elif callable(plugin):
            plugin(bot)
        else:
            raise BadBot(f"{point.value} is neither a router nor a function that takes the bot")
    except Exception as error:
        what = error if isinstance(error, VestnikError) else f"{type(error).__name__}: {error}"
        words = " ".join(str(what).split()).removesuffix(".")
        raise BadBot(f"The plugin {_called(point)} cannot be used: {words}.") from error


def _called(point: EntryPoint) -> str:
    package = point.dist
    return f"{point.name!r} of {package.name} {package.version}" if package else repr(point.name)
