"""Echo what people write, and answer /time: VESTNIK_TOKEN=... python echo_over_the_bridge.py"""

import asyncio
import json
import os
from datetime import UTC, datetime
from pathlib import Path

from vestnik.errors import AnswerLost, GatewayUnreachable, OrderFailed
from vestnik.sdk import Notification, Notifications, Position, connect

URL = os.environ.get("VESTNIK_URL", "http://127.0.0.1:8080")
PLACE = Path(os.environ.get("VESTNIK_PLACE", f"{__file__}.place"))
TRY_AGAIN = (-32002, -32003)


def kept() -> Position | None:
    return Position(**json.loads(PLACE.read_text())) if PLACE.exists() else None


def keep(place: Position | None) -> None:
    if place is not None:
        new = PLACE.with_name(f"{PLACE.name}.new")
        new.write_text(json.dumps({"epoch": place.epoch, "offset": place.offset}))
        new.replace(PLACE)


async def answer(stream: Notifications, id: int, text: str) -> str:
    """Answer a message; however often that is said, it is sent once."""
    while True:
        try:
            await stream.call("answer", messageId=id, text=text)
            return "answered"
        except (AnswerLost, GatewayUnreachable):
            continue
        except OrderFailed as failure:
            if failure.code not in TRY_AGAIN:
                return str(failure)
            await asyncio.sleep(1)


async def handle(stream: Notifications, n: Notification) -> None:
    match n.payload:
        case {
            "kind": "IncomingMsg",
            "message": {"id": int(id), "text": str(text), "isBot": False, "isInfo": False},
        } if text:
            reply = datetime.now(UTC).isoformat() if text == "/time" else text
            print(f"message {id}: {await answer(stream, id, reply)}", flush=True)


async def main() -> None:
    async with connect(os.environ["VESTNIK_TOKEN"], URL, after=kept()) as stream:
        keep(stream.position)
        async for n in stream:
            await handle(stream, n)
            # Killed before this line, it answers again, which sends nothing.
            keep(n.position)


if __name__ == "__main__":
    asyncio.run(main())
