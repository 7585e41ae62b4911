"""What an operator can set about the bots that a gateway hosts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from msgspec import Meta

from vestnik.app.serve.section import Section

__all__ = ["Hosting", "PythonBot"]

YEAR_HOURS = 24.0 * 365
GIGABYTE_MEGABYTES = 1024


class Hosting(Section, frozen=True, kw_only=True):
    """The bots that are hosted beside the gateway."""

    messages_per_minute: Annotated[
        float,
        Meta(
            description=(
                "How many messages a bot may send, which is what chatmail relays take; 0 for a "
                "relay without limits."
            ),
            ge=0,
            le=1_000_000,
        ),
    ] = 60.0
    burst: Annotated[
        int, Meta(description="How many of them may go at once after a rest.", ge=1, le=1_000_000)
    ] = 10
    most_upload_megabytes: Annotated[
        int,
        Meta(
            description="The largest file that a bot's program may upload.",
            ge=1,
            le=4 * GIGABYTE_MEGABYTES,
        ),
    ] = 25
    upload_megabytes_per_bot: Annotated[
        int,
        Meta(
            description="What all uploads of one bot may take together.",
            ge=1,
            le=1024 * GIGABYTE_MEGABYTES,
        ),
    ] = 250
    upload_hours: Annotated[
        float, Meta(description="How long an upload can be used.", gt=0, le=YEAR_HOURS)
    ] = 24.0
    link_hours: Annotated[
        float,
        Meta(
            description="How long the link to a file in a notification is good.",
            gt=0,
            le=YEAR_HOURS,
        ),
    ] = 24.0
    core: Annotated[
        Path | None,
        Meta(
            description="The core to run; by default the one that was installed with Vestnik.",
            examples=["/usr/local/bin/deltachat-rpc-server"],
        ),
    ] = None


class PythonBot(Section, frozen=True, kw_only=True):
    """A hosted bot whose messages a bot in Python answers in this process; any number of these."""

    id: Annotated[
        str,
        Meta(
            description="The hosted bot, as `vestnik bot host add` has made it.",
            examples=["echo"],
            min_length=1,
            max_length=128,
        ),
    ]
    file: Annotated[
        str,
        Meta(
            description="The file that the bot is in, or module:attribute.",
            examples=["bots/echo.py"],
            min_length=1,
        ),
    ]
