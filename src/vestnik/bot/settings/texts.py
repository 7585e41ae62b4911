"""What `/settings` answers; pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vestnik.bot.settings.setting import Setting
from vestnik.bot.words import Words

__all__ = ["Change", "find_setting", "list_settings", "read_change", "say_changed"]

_LONGEST_QUOTE = 60


@dataclass(frozen=True)
class Change:
    """What somebody asks for.

    Attributes:
        setting: What to set.
        value: What to set it to.
        to_default: Whether to go back to the default instead.
    """

    setting: Setting[Any]
    value: object = None
    to_default: bool = False


def list_settings(
    settings: Sequence[Setting[Any]],
    values: Mapping[str, object],
    words: Words,
    *,
    is_admin: bool,
    command: str = "/settings",
) -> str:
    """List what there is to set, and how; settings of the whole bot are shown to admins."""
    of_chat = [setting for setting in settings if not setting.whole_bot]
    of_bot = [setting for setting in settings if setting.whole_bot and is_admin]
    parts = [
        "\n".join((heading, *(_line(setting, values, words) for setting in part)))
        for heading, part in (
            (words.say("settings.heading"), of_chat),
            (words.say("settings.heading_bot"), of_bot),
        )
        if part
    ]
    open_to_all = (setting for setting in (*of_chat, *of_bot) if is_admin or not setting.admin_only)
    if (example := next(open_to_all, None)) is not None:
        shown = f"{command} {example.name} {_shown(example, values, words)}"
        parts.append(words.say("settings.how", example=shown))
    return "\n\n".join(parts) or words.say("settings.none")


def read_change(
    text: str,
    settings: Sequence[Setting[Any]],
    words: Words,
    *,
    is_admin: bool,
    command: str = "/settings",
) -> Change | str:
    """Read ``name value``; returns what is wrong with it in words, if something is."""
    name, value = _split(text)
    setting = find_setting(name, settings)
    if setting is None:
        return _unknown(name, settings, words, command)
    if setting.admin_only and not is_admin:
        return words.say("settings.admin_only", name=setting.name)
    if value.casefold() in ("default", words.say("value.default").casefold()):
        return Change(setting, to_default=True)
    try:
        return Change(setting, setting.read(value, words))
    except ValueError:
        return _invalid(setting, value, words)


def find_setting(name: str, settings: Sequence[Setting[Any]]) -> Setting[Any] | None:
    """Find a setting by its name as a person may write it."""
    wanted = name.strip().casefold().replace("-", "_")
    return next((setting for setting in settings if setting.name.casefold() == wanted), None)


def say_changed(change: Change, words: Words) -> str:
    """Tell what was changed."""
    value = change.setting.default if change.to_default else change.value
    shown = change.setting.kind.show(value, words)
    if change.to_default:
        return words.say("settings.reset", name=change.setting.name, value=shown)
    return words.say("settings.changed", name=change.setting.name, value=shown)


def _split(text: str) -> tuple[str, str]:
    """Take ``hour 9``, ``hour=9`` and ``hour: 9``."""
    name, _, value = re.sub(r"^\s*([\w-]+)\s*[=:\s]\s*", r"\1 ", text, count=1).partition(" ")
    return name.strip(), value.strip()


def _unknown(name: str, settings: Sequence[Setting[Any]], words: Words, command: str) -> str:
    quoted = _shortened(name)
    names = [setting.name for setting in settings if not setting.admin_only]
    near = difflib.get_close_matches(quoted.casefold(), names, n=1)
    if near:
        return words.say("settings.unknown_similar", name=quoted, suggestion=near[0])
    return words.say("settings.unknown", name=quoted, command=command)


def _invalid(setting: Setting[Any], given: str, words: Words) -> str:
    expected = setting.kind.expected(words)
    quoted = _shortened(given)
    return words.say("settings.invalid", name=setting.name, expected=expected, given=quoted)


def _line(setting: Setting[Any], values: Mapping[str, object], words: Words) -> str:
    about = [words.translated(setting.description)] if setting.description else []
    about.append(f"({setting.kind.expected(words)})")
    if setting.admin_only:
        about.append(f"[{words.say('settings.admins')}]")
    return f"{setting.name}: {_shown(setting, values, words)} – {' '.join(about)}"


def _shown(setting: Setting[Any], values: Mapping[str, object], words: Words) -> str:
    return setting.kind.show(values.get(setting.name, setting.default), words)


def _shortened(given: str) -> str:
    return given if len(given) <= _LONGEST_QUOTE else f"{given[:_LONGEST_QUOTE]}…"
