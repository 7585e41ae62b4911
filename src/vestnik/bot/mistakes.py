"""Mistakes in an author's code, told with the place where they stand."""

from __future__ import annotations

import importlib
import sys
import traceback
from pathlib import Path
from types import TracebackType

from vestnik.errors import BadBot

__all__ = ["authors_frame", "placed", "tell_mistakes_in_main_as_sentences"]

_OURS = str(Path(__file__).parents[1])
_NOT_THE_AUTHORS = (_OURS, "<frozen", str(Path(importlib.__file__ or "").parent))


def authors_frame(trace: TracebackType | None) -> traceback.FrameSummary | None:
    """Find where in the author's code an error arose, or what is nearest to that."""
    frames = traceback.extract_tb(trace)
    authors = [frame for frame in frames if not frame.filename.startswith(_NOT_THE_AUTHORS)]
    return authors[-1] if authors else None


def placed(mistake: BadBot) -> BadBot:
    """Add file and line to a mistake that does not say them."""
    frame = authors_frame(mistake.__traceback__)
    if frame is None or frame.filename in str(mistake):
        return mistake
    words = str(mistake).removesuffix(".")
    return BadBot(f"{words} ({frame.filename}, line {frame.lineno}).")


def tell_mistakes_in_main_as_sentences(creator: str) -> None:
    """Let a `BadBot` in the file that Python was given end it by a sentence, not a traceback.

    A bot's decorators run before its command line does, which says all others.

    Args:
        creator: The name of the module that makes a bot; nothing is done but for the main one.
    """
    if creator != "__main__" or getattr(sys.excepthook, "is_for_bots", False):
        return
    former = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if not isinstance(error, BadBot):
            former(kind, error, trace)
            return
        sys.stderr.write(f"{Path(sys.argv[0]).name}: {placed(error)}\n")
        # Python would exit with 1.
        sys.exit(error.exit_code)

    vars(hook)["is_for_bots"] = True
    sys.excepthook = hook
