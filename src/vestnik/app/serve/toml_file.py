"""A file of settings as it stands on the disk, and where in it something is."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from vestnik.errors import BadConfig

__all__ = ["in_one_line", "line_of", "parse_toml", "read_file"]

MOST_BYTES = 1024 * 1024


def read_file(path: Path, *, must_exist: bool) -> bytes:
    """Return the bytes of a file; none if it is not there and need not be."""
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


def parse_toml(content: bytes, path: Path) -> tuple[str, dict[str, object]]:
    """Return the text, and what TOML reads in it."""
    try:
        text = content.decode()
        return text, tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadConfig(
            f"{path}, line {line}: this is not UTF-8; save the file as such."
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise BadConfig(f"{path} is no TOML: {in_one_line(str(error))}.") from error
    except RecursionError as error:
        raise BadConfig(f"{path} is nested too deeply for a file of settings.") from error


def line_of(path: Path, text: str, section: str, name: str | None) -> str:
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


def in_one_line(text: str) -> str:
    """Make words of whatever it is fit into a sentence."""
    return " ".join(text.encode("utf-8", "backslashreplace").decode().split())
