"""The composition root of the notification gateway: settings, wiring, server, metrics, backup."""

from typing import TYPE_CHECKING

from vestnik.lazily import brought_in

if TYPE_CHECKING:
    from vestnik.app.serve.config import Config
    from vestnik.app.serve.describing import (
        commented_defaults,
        reference_page,
        warnings_about,
        what_it_does,
    )
    from vestnik.app.serve.folder import DataFolder, LocalAccess
    from vestnik.app.serve.loading import load_config, parse_config
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

_HOMES = {
    "Config": "config",
    "DataFolder": "folder",
    "LocalAccess": "folder",
    "Serving": "running",
    "commented_defaults": "describing",
    "load_config": "loading",
    "parse_config": "loading",
    "reference_page": "describing",
    "serving": "running",
    "warnings_about": "describing",
    "what_it_does": "describing",
}

# Most commands need the folder and no server.
__getattr__ = brought_in(__name__, _HOMES)
