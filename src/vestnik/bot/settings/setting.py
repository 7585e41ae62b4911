"""How an author declares what can be set."""

from __future__ import annotations

from collections.abc import Sequence
from types import NoneType
from typing import Any, Generic, TypeVar, cast, get_args, get_type_hints

from vestnik.bot.settings.kind import Kind, Limits
from vestnik.bot.words import Words
from vestnik.errors import BadBot

__all__ = ["Setting", "Settings"]

T = TypeVar("T")


class Setting(Generic[T]):
    """Something that can be set: on or off, a number, a text, or a choice.

    Its name is that of the attribute, and its type that of the default, or of the hint:
    ``city: Setting[str | None] = Setting(None, "Where I look at the weather.")``.

    Args:
        default: What holds until somebody sets it.
        description: A sentence for the list of settings, or the key of one among the bot's words.
        least: The smallest number.
        most: The greatest number, or the length of the longest text.
        choices: The texts there are to choose from.
        admin_only: Whether only the bot's admins may change it.
        whole_bot: Whether there is one value for all chats of an account; for admins only.
    """

    def __init__(
        self,
        default: T,
        description: str = "",
        *,
        least: float | None = None,
        most: float | None = None,
        choices: Sequence[str] = (),
        admin_only: bool = False,
        whole_bot: bool = False,
    ) -> None:
        self.default = default
        self.description = description
        self.name = ""
        self.admin_only = admin_only or whole_bot
        self.whole_bot = whole_bot
        self._limits = Limits(least, most, tuple(choices))
        self._kind: Kind | None = None

    def __set_name__(self, owner: type[object], name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"Setting({self.name})"

    @property
    def kind(self) -> Kind:
        """What can be set.

        Raises:
            BadBot: It stands outside of a class of settings.
        """
        if self._kind is None:
            raise BadBot("A Setting stands in a class of Settings: class Mine(Settings): …")
        return self._kind

    def declare(self, hint: object | None) -> None:
        """Find out what can be set, and that the default is such a thing.

        Raises:
            BadBot: There is no such kind of setting, or the default is none of it.
        """
        if hint is None and self.default is None:
            raise BadBot(
                f"The setting {self.name!r} needs a type: {self.name}: Setting[str | None]"
            )
        self._kind = Kind(self.name, type(self.default) if hint is None else hint, self._limits)
        if not self._kind.allows(self.default):
            raise BadBot(f"The default of the setting {self.name!r} is not what it may be set to.")

    def read(self, text: str, words: Words) -> T:
        """Read what a person wrote.

        Raises:
            ValueError: It is nothing to set this to.
        """
        return cast("T", self.kind.read(text, words))

    def pack(self, value: T) -> str:
        """Write a value down."""
        return self.kind.pack(value)

    def unpack(self, raw: str) -> T:
        """Read a value that was written down.

        Raises:
            ValueError: It was written when something else could be set.
        """
        return cast("T", self.kind.unpack(raw))


class Settings:
    """A class of settings, such as those of one plugin."""

    _declared: tuple[Setting[Any], ...] = ()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        own = [value for value in vars(cls).values() if isinstance(value, Setting)]
        hints = _hints(cls)
        for setting in own:
            setting.declare(next(iter(get_args(hints.get(setting.name, NoneType))), None))
        cls._declared = (*cls._declared, *own)


def _hints(owner: type[Settings]) -> dict[str, object]:
    try:
        return get_type_hints(owner)
    except NameError as error:
        raise BadBot(
            f"The types of {owner.__name__} cannot be found ({error}): "
            "import them where the class stands."
        ) from error
