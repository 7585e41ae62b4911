"""From ``bot.py`` or ``module:attribute`` to the bot, or to a sentence that says what is wrong."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import NoReturn

from vestnik.bot.bot import Bot
from vestnik.bot.mistakes import authors_frame, placed
from vestnik.errors import BadBot, BadInput, VestnikError

__all__ = ["Target", "load_bot", "refuse_to_run_while_loading"]

_now_loading: list[str] = []


class Target:
    """What a person typed to name a bot.

    Attributes:
        text: ``bot.py``, ``bot.py:shop``, ``package.module`` or ``package.module:shop``.
        place: The file or module.
        attribute: The name of the bot in it; empty to take the only one.
    """

    def __init__(self, text: str) -> None:
        """Understand the text."""
        place, colon, attribute = text.rpartition(":")
        if not (colon and attribute.isidentifier()):
            place, attribute = text, ""
        self.text = text
        self.place = place
        self.attribute = attribute

    @property
    def file(self) -> Path | None:
        """The file that is meant, there or not; ``None`` for a module."""
        looks_like_a_file = self.place.endswith(".py") or "/" in self.place or "\\" in self.place
        return Path(self.place) if looks_like_a_file or Path(self.place).is_file() else None

    @property
    def folder(self) -> Path:
        """Where its code lies: the folder to watch."""
        return self.file.absolute().parent if self.file else Path.cwd()


def load_bot(text: str) -> Bot:
    """Import what a person typed and find the bot in it.

    Args:
        text: A file such as ``bot.py``, or ``module:attribute``.

    Raises:
        BadBot: It cannot be imported, or there is not exactly one bot in it.
        BadInput: There is no such file or module.
    """
    target = Target(text)
    with _loading(text):
        module = _import_file(target.file) if target.file else _import_module(target.place)
    return _bot_in(module, target)


def refuse_to_run_while_loading() -> None:
    """Refuse to be a command line inside of another one.

    Raises:
        BadBot: A file that is being loaded calls `Bot.run`.
    """
    if _now_loading:
        raise BadBot(
            f"{_now_loading[-1]} runs its bot while it is imported: "
            'write `if __name__ == "__main__":` above `bot.run()`.'
        )


@contextmanager
def _loading(text: str) -> Iterator[None]:
    """Turn whatever the code of the bot raises into a sentence."""
    _now_loading.append(text)
    try:
        yield
    except BadBot as mistake:
        raise placed(mistake) from mistake
    except VestnikError:
        raise
    except SyntaxError as error:
        place = f"{error.filename}, line {error.lineno}"
        raise BadBot(f"{text} is not Python: {error.msg} ({place}).") from error
    except (Exception, SystemExit) as error:
        raise BadBot(f"{text} cannot be loaded: {_said(error)}") from error
    finally:
        _now_loading.pop()


def _said(error: BaseException) -> str:
    """Say what was raised, and where in the code that is not ours."""
    what = " ".join(f"{type(error).__name__}: {error}".split())
    frame = authors_frame(error.__traceback__)
    return f"{what} ({frame.filename}, line {frame.lineno})." if frame else f"{what}."


def _import_file(file: Path) -> ModuleType:
    if not file.is_file():
        raise BadInput(f"There is no file {file}: give the file that your bot is in.")
    # What stands beside it can be imported, as if Python had been given the file.
    sys.path.insert(0, str(file.absolute().parent))
    importlib.invalidate_caches()
    name = file.stem if file.stem not in sys.modules else f"vestnik_loaded_{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise BadInput(f"{file} is no Python file: give the file that your bot is in.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _import_module(name: str) -> ModuleType:
    sys.path.insert(0, str(Path.cwd()))
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        missing = error.name or ""
        if name == missing or name.startswith(f"{missing}."):
            _no_module(name)
        raise
    except (ValueError, TypeError):
        _no_module(name)


def _no_module(name: str) -> NoReturn:
    raise BadInput(
        f"There is no module {name!r} here: give a file such as bot.py, or module:attribute."
    ) from None


def _bot_in(module: ModuleType, target: Target) -> Bot:
    if target.attribute:
        return _named_bot(module, target)
    bots = {name: thing for name, thing in vars(module).items() if isinstance(thing, Bot)}
    if not bots:
        raise BadBot(f"There is no bot in {target.text}: write `bot = Bot()` in it.")
    if len({id(bot) for bot in bots.values()}) > 1:
        names = ", ".join(bots)
        example = f"{target.place}:{next(iter(bots))}"
        raise BadBot(f"There are several bots in {target.text} ({names}): say which, {example}.")
    return next(iter(bots.values()))


def _named_bot(module: ModuleType, target: Target) -> Bot:
    found = getattr(module, target.attribute, None)
    if not isinstance(found, Bot):
        what = "nothing" if found is None else f"no bot but {type(found).__name__}"
        raise BadBot(f"{target.place} has {what} under the name {target.attribute!r}.")
    return found
