"""The way in for programs with a loop."""

from __future__ import annotations

from vestnik.sdk.duplicates import Duplicates
from vestnik.sdk.options import Options
from vestnik.sdk.stream import Notifications
from vestnik.wire import Position

__all__ = ["connect"]


def connect(
    token: str,
    url: str,
    *,
    resume: bool = True,
    after: Position | None = None,
    duplicates: Duplicates | None = None,
    give_up_after: float | None = None,
    most_waiting: int = 1000,
) -> Notifications:
    """Follow what happens, over every loss of the connection.

    ``async with`` waits until the gateway has let us in. A gateway that cannot be reached is tried
    again and again, and the log says so; only an address where something else answers, or a
    certificate that cannot be verified, ends the first attempt at once.

    Args:
        token: From the settings where the notifications are switched on.
        url: Of the gateway, such as `BOTICORD_URL` or ``ws://127.0.0.1:8080``.
        resume: Ask the server for what was missed; those that cannot do it take no notice.
        after: Go on from this place, which an earlier run has kept.
        duplicates: Drop what is in it; share it with a `WebhookReceiver`.
        give_up_after: Seconds without a connection after which to raise `GatewayUnreachable`.
        most_waiting: How many may wait for the program; then nothing more is read from the server.

    Raises:
        BadInput: The token is empty, or the URL is none.
        AuthenticationFailed: The gateway refuses the token, now or after a loss (from ``async
            with``, or when the next notification is asked for).
        GatewayUnreachable: It is not a gateway that answers there, or not surely the right one, or
            `give_up_after` has passed.
    """
    options = Options(
        resume=resume,
        after=after,
        duplicates=duplicates,
        give_up_after=give_up_after,
        most_waiting=most_waiting,
    )
    return Notifications(token, url, options)
