"""What can be known of a core's accounts without starting it."""

from __future__ import annotations

import tomllib
from pathlib import Path

__all__ = ["has_accounts"]


def has_accounts(folder: Path) -> bool:
    """Tell whether a core has accounts in a folder; a list that cannot be read counts as some."""
    try:
        listed = tomllib.loads((folder / "accounts.toml").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return False
    except (OSError, ValueError):
        return True
    return bool(listed.get("accounts"))
