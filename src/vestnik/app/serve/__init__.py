"""The composition root of the notification gateway: settings, wiring, server, metrics, backup."""

from typing import TYPE_CHECKING

from vestnik.app.serve.config import Config
from vestnik.app.serve.describing import (
    commented_defaults,
    reference_page,
    warnings_about,
    what_it_does,
)
from vestnik.app.serve.folder import DataFolder, LocalAccess
from vestnik.app.serve.loading import load_config, parse_config

if TYPE_CHECKING:
    from vestnik.app.serve.running import Serving, serving

__all__ = [
    "Config",
    "DataFolder",
    "LocalAccess",
    "Serving",
    "commented_defaults",
    "load_config",
    "parse_config",
    "reference_page",
    "serving",
    "warnings_about",
    "what_it_does",
]


def __getattr__(name: str) -> object:
    """Bring in the store, the server and the rest when somebody serves, not for ``--help``."""
    if name in ("Serving", "serving"):
        from vestnik.app.serve import running

        return getattr(running, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
