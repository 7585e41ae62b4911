"""From a file and the environment to a `Config`, or to one sentence about what is wrong."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from vestnik.app.serve.config import Config
from vestnik.app.serve.settings import Setting, sections, settings
from vestnik.errors import BadConfig

__all__ = ["CONFIG_NAME", "load_config", "parse_config"]

CONFIG_NAME = "vestnik.toml"
MOST_BYTES = 1024 * 1024
VARIABLE = re.compile(r"VESTNIK_([A-Z]+)__([A-Z_]+)")

Values = dict[str, dict[str, object]]


def load_config(
    data: Path,
    file: Path | None = None,
    environment: Mapping[str, str] | None = None,
    *,
    listen: str | None = None,
) -> Config:
    """Read the settings of a gateway; without any file all are the default.

    Args:
        data: The folder of the gateway, where ``vestnik.toml`` may be.
        file: Another file, which must be there.
        environment: Variables such as ``VESTNIK_SERVER__LISTEN``, which win over the file.
        listen: Wins over both.

    Raises:
        BadConfig: A setting cannot work.
    """
    path = file or data / CONFIG_NAME
    content = _read(path, must_exist=file is not None)
    overrides = dict(environment or {})
    if listen is not None:
        overrides["VESTNIK_SERVER__LISTEN"] = listen
    named = {"VESTNIK_SERVER__LISTEN": "--listen"} if listen is not None else {}
    return parse_config(content, path, overrides, named)


def parse_config(
    content: bytes,
    path: Path = Path(CONFIG_NAME),
    environment: Mapping[str, str] | None = None,
    names: Mapping[str, str] | None = None,
) -> Config:
    """Read the settings from the bytes of a file.

    Args:
        content: TOML.
        path: How the file is called in sentences, and where relative paths begin.
        environment: Variables that win over the file.
        names: How a variable is called in sentences, if not by its name.

    Raises:
        BadConfig: A setting cannot work.
    """
    text, tables = _parse(content, path)
    values: Values = {name: {} for name in sections()}
    for setting, value in _from_file(tables, text, path):
        values[setting.section][setting.name] = value
    for setting, value in _from_environment(environment or {}, names or {}):
        values[setting.section][setting.name] = value
    built = {name: struct(**values[name]) for name, struct in sections().items()}
    config = msgspec.structs.replace(Config(), **built)
    _check_together(config, path)
    return config


def _read(path: Path, *, must_exist: bool) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError) as error:
        if not must_exist:
            return b""
        raise BadConfig(f"There is no file {path}: `vestnik config show` prints one.") from error
    except OSError as error:
        raise BadConfig(f"{path} cannot be read ({error.strerror}).") from error
    if len(content) > MOST_BYTES:
        raise BadConfig(f"{path} is longer than 1 MiB: it cannot be a file of settings.")
    return content


def _parse(content: bytes, path: Path) -> tuple[str, dict[str, object]]:
    try:
        text = content.decode()
        return text, tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadConfig(
            f"{path}, line {line}: this is not UTF-8; save the file as such."
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise BadConfig(f"{path} is no TOML: {_in_one_line(str(error))}.") from error
    except RecursionError as error:
        raise BadConfig(f"{path} is nested too deeply for a file of settings.") from error


def _from_file(
    tables: Mapping[str, object], text: str, path: Path
) -> Iterable[tuple[Setting, object]]:
    for section, table in tables.items():
        where = _where(path, text, section, None)
        if section not in sections():
            raise BadConfig(
                f"{where}: there is no section [{section}]; {_meant(section, sections())}"
            )
        if not isinstance(table, dict):
            raise BadConfig(f"{where}: {section} is a section; write [{section}] on a line.")
        for name, value in table.items():
            where = _where(path, text, section, name)
            setting = _setting(section, str(name), where)
            yield setting, _convert(setting, value, f"{where}: {section}.{name}", path.parent)


def _from_environment(
    environment: Mapping[str, str], names: Mapping[str, str]
) -> Iterable[tuple[Setting, object]]:
    for variable, text in environment.items():
        found = VARIABLE.fullmatch(variable)
        if not found:
            continue
        section, name = found[1].lower(), found[2].lower()
        if section not in sections():
            raise BadConfig(
                f"{variable}: there is no section {section}; {_meant(section, sections())}"
            )
        setting = _setting(section, name, variable)
        shown = names.get(variable, variable)
        yield setting, _convert(setting, _value(setting, text), shown, Path())


def _value(setting: Setting, text: str) -> object:
    """Read a variable as TOML would, unless the setting is a text."""
    if setting.is_text:
        return text
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (tomllib.TOMLDecodeError, RecursionError):
        return text


def _setting(section: str, name: str, where: str) -> Setting:
    known = settings().get((section, name))
    if known is None:
        names = [other for of, other in settings() if of == section]
        raise BadConfig(f"{where}: [{section}] has no setting {name}; {_meant(name, names)}")
    return known


def _meant(name: str, known: Iterable[str]) -> str:
    known = list(known)
    close = difflib.get_close_matches(name.lower(), known, n=1)
    return f"did you mean {close[0]}?" if close else f"there are {', '.join(known)}."


def _convert(setting: Setting, value: object, shown: str, base: Path) -> object:
    def hook(kind: type, raw: object) -> object:
        if kind is Path and isinstance(raw, str) and raw and "\0" not in raw:
            return base / raw
        raise ValueError("no path")

    try:
        converted = msgspec.convert(value, setting.annotation, dec_hook=hook)
        if value is None:
            raise ValueError("TOML has no null")
        if setting.check is not None:
            for text in (converted,) if isinstance(converted, str) else converted:
                setting.check(text)
    except (msgspec.ValidationError, ValueError) as error:
        raise BadConfig(f"{shown} is {_shown(value)}: it must be {setting.wants}.") from error
    return converted


def _shown(value: object) -> str:
    text = _in_one_line(repr(value))
    return text if len(text) <= 60 else f"{text[:57]}…"


def _in_one_line(text: str) -> str:
    return " ".join(text.encode("utf-8", "backslashreplace").decode().split())


def _where(path: Path, text: str, section: str, name: str | None) -> str:
    """Name the file, and the line where that is easily found."""
    current, header = "", re.compile(r"\s*\[+\s*([\w-]+)\s*\]+")
    for number, line in enumerate(text.splitlines(), 1):
        found = header.match(line)
        if found:
            current = found[1]
        if (found and name is None and current == section) or (
            name is not None and current == section and re.match(rf"\s*{re.escape(name)}\s*=", line)
        ):
            return f"{path}, line {number}"
    return str(path)


def _check_together(config: Config, path: Path) -> None:
    server = config.server
    if (server.tls_certificate is None) != (server.tls_key is None):
        have, lack = ("tls_certificate", "tls_key")[:: 1 if server.tls_key is None else -1]
        raise BadConfig(f"{path}: server.{have} is of no use without server.{lack}: set both.")
    live = config.websocket
    if live.pong_seconds >= live.ping_seconds:
        raise BadConfig(
            f"{path}: websocket.pong_seconds is {live.pong_seconds:g}: it must be less than "
            f"websocket.ping_seconds, which is {live.ping_seconds:g}."
        )
    if config.metrics.listen == server.listen and server.address.port:
        raise BadConfig(
            f"{path}: metrics.listen is the address of the gateway itself: choose another port."
        )
