"""From a file and the environment to a `Config`, or to one sentence about what is wrong."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from vestnik.app.serve.config import Config, PythonBot
from vestnik.app.serve.folder import CONFIG_NAME
from vestnik.app.serve.settings import BOTS, Setting, of_a_bot, sections, settings
from vestnik.app.serve.toml_file import in_one_line, line_of, parse_toml, read_file
from vestnik.errors import BadConfig

__all__ = ["CONFIG_NAME", "load_config", "parse_config"]

VARIABLE = re.compile(r"VESTNIK_([A-Z]+)__([A-Z_]+)")

Values = dict[str, dict[str, object]]


def load_config(
    data: Path,
    file: Path | None = None,
    environment: Mapping[str, str] | None = None,
    *,
    listen: str | None = None,
    allow_networks: Sequence[str] = (),
) -> Config:
    """Read the settings of a gateway; without any file all are the default.

    Args:
        data: The folder of the gateway, where ``vestnik.toml`` may be.
        file: Another file, which must be there.
        environment: Variables such as ``VESTNIK_SERVER__LISTEN``, which win over the file.
        listen: Wins over both.
        allow_networks: Private networks for webhooks; wins over both, too, if there are any.

    Raises:
        BadConfig: A setting cannot work.
    """
    path = file or data / CONFIG_NAME
    content = read_file(path, must_exist=file is not None)
    options = {}
    if listen is not None:
        options["--listen"] = "VESTNIK_SERVER__LISTEN", listen
    if allow_networks:
        # A JSON list of texts is one of TOML.
        networks = msgspec.json.encode(allow_networks).decode()
        options["--allow-network"] = "VESTNIK_WEBHOOKS__ALLOW_NETWORKS", networks
    overrides = dict(environment or {}) | dict(options.values())
    names = {variable: option for option, (variable, _) in options.items()}
    return parse_config(content, path, overrides, names)


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
    text, tables = parse_toml(content, path)
    bots = _bots(tables.pop(BOTS, []), text, path)
    values: Values = {name: {} for name in sections()}
    for setting, value in _from_file(tables, text, path):
        values[setting.section][setting.name] = value
    for setting, value in _from_environment(environment or {}, names or {}):
        values[setting.section][setting.name] = value
    built = {name: struct(**values[name]) for name, struct in sections().items()}
    config = msgspec.structs.replace(Config(), **built, bots=bots)
    _check_together(config, path)
    return config


def _from_file(
    tables: Mapping[str, object], text: str, path: Path
) -> Iterable[tuple[Setting, object]]:
    for section, table in tables.items():
        where = line_of(path, text, section, None)
        if section not in sections():
            raise BadConfig(
                f"{where}: there is no section [{section}]; {_meant(section, sections())}"
            )
        if not isinstance(table, dict):
            raise BadConfig(f"{where}: {section} is a section; write [{section}] on a line.")
        for name, value in table.items():
            where = line_of(path, text, section, name)
            setting = _setting(section, str(name), where)
            yield setting, _convert(setting, value, f"{where}: {section}.{name}", path.parent)


def _bots(tables: object, text: str, path: Path) -> tuple[PythonBot, ...]:
    """Read the bots that run in this process; each is said to be in the file's first of them."""
    where = line_of(path, text, BOTS, None)
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise BadConfig(f"{where}: write [[bots]] on a line, once for each bot.")
    bots = tuple(_bot(table, where, path.parent) for table in tables)
    if len({bot.id for bot in bots}) < len(bots):
        raise BadConfig(f"{where}: two of [[bots]] have the same id; a bot has one file.")
    return bots


def _bot(table: Mapping[str, object], where: str, base: Path) -> PythonBot:
    known, found = of_a_bot(), {}
    for name, value in table.items():
        if name not in known:
            raise BadConfig(f"{where}: [[bots]] has no setting {name}; {_meant(name, known)}")
        found[name] = str(_convert(known[name], value, f"{where}: bots.{name}", base))
    for name in known.keys() - found.keys():
        raise BadConfig(f"{where}: a bot of [[bots]] needs {name}.")
    # A module, such as shop:bot, is found by Python itself.
    is_file = ".py" in found["file"] or "/" in found["file"]
    return PythonBot(id=found["id"], file=str(base / found["file"]) if is_file else found["file"])


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
    text = in_one_line(repr(value))
    return text if len(text) <= 60 else f"{text[:57]}…"


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
