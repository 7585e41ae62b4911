"""What uploads and downloads over HTTP share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from starlette.types import Scope

from vestnik.bridge.files.links import Links
from vestnik.bridge.files.uploads import Uploads
from vestnik.bridge.registry import Registry
from vestnik.errors import CoreError, NoRoom, TooLarge
from vestnik.web.http import Answer, Problem
from vestnik.web.problems import answer_to, problem_answer

if TYPE_CHECKING:
    from vestnik.chatmail import Core

__all__ = ["RETRY", "FileDesk", "check_method", "refusal"]

RETRY = ((b"retry-after", b"30"),)


class FileDesk(Protocol):
    """What a host of bots has for files."""

    @property
    def uploads(self) -> Uploads:
        """What was sent here to be sent on."""

    @property
    def links(self) -> Links:
        """Makes and reads links to attachments."""

    @property
    def registry(self) -> Registry:
        """The bots."""

    @property
    def core(self) -> Core | None:
        """The core that has their messages, if one runs."""


def check_method(scope: Scope, allowed: tuple[str, ...]) -> None:
    """Refuse what cannot be done at an address.

    Raises:
        Problem: It is none of the methods that are allowed.
    """
    if scope["method"] not in allowed:
        allow = (b"allow", ", ".join(allowed).encode())
        raise Problem(405, f"{scope['method']} is not possible here.", (allow,))


def refusal(error: Exception) -> Answer:
    """Tell an error, also one that only files have."""
    match error:
        case TooLarge():
            return problem_answer(413, str(error), code="too_large")
        case NoRoom():
            return problem_answer(507, str(error), RETRY, "no_room")
        case CoreError():
            return problem_answer(503, "The core cannot answer now: try again soon.", RETRY)
        case Problem(status=411):
            return problem_answer(411, error.message, code="length_required")
    return answer_to(error)
