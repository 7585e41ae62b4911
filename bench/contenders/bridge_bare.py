"""Play the bridge bench without a bridge: a loop on the core's own pipes.

It asks for the message and its chat, which is what a notification of the bridge has in it, or, with
``--event-only``, is content with the event.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence

from bridge_memory import bare_memory
from bridge_pipes import Pipes
from bridge_play import Heard, Order, play
from bridge_stage import Task, staged
from bridge_tap import Span
from meter import report


class Bare:
    """A bot's program right on the core."""

    def __init__(self, pipes: Pipes, account: int, *, is_whole: bool) -> None:
        self._pipes = pipes
        self._account = account
        self._is_whole = is_whole
        self.ways = ("websocket", "http") if is_whole else ()
        self.invite: str = pipes.call("get_chat_securejoin_qr_code", account, None)

    def cpu_ms(self) -> float:
        """Count all that this process does."""
        return 1000 * time.process_time()

    def hear(self, count: int, begin: Callable[[], None]) -> list[Heard]:
        """Hear by events, in the order in which they come."""
        heard = list[Heard]()
        begin()
        for event in self._pipes.events():
            if event["kind"] == "IncomingMsg":
                heard.append(self._take(len(heard), event["chatId"], event["msgId"]))
            if len(heard) == count:
                break
        return heard

    def _take(self, number: int, chat: int, message: int) -> Heard:
        if self._is_whole:
            self._pipes.calls(
                ("get_message", (self._account, message)),
                ("get_basic_chat_info", (self._account, chat)),
            )
        return Heard(number, message, time.monotonic_ns())

    def read(self, message: int) -> Order:
        """Ask for a message."""
        return {"get_message": (self._account, message)}

    def answer(self, message: int) -> Order:
        """Send with a quote, which is all that an answer is to the core."""
        chat = self._pipes.call("get_message", self._account, message)["chatId"]
        data = {"text": "an answer", "quotedMessageId": message}
        return {"send_msg": (self._account, chat, data)}

    def order(self, way: str, orders: Sequence[Order]) -> list[Span]:
        """Call, each time after the answer to the one before."""
        return [self._timed(*call) for order in orders for call in order.items()]

    def _timed(self, method: str, params: object) -> Span:
        assert isinstance(params, tuple)
        began = time.monotonic_ns()
        self._pipes.call(method, *params)
        return Span(began, time.monotonic_ns())


def main() -> None:
    """Play, and then make many accounts."""
    task = Task()
    is_whole = "--event-only" not in sys.argv
    environment = {**task.environment, "DC_ACCOUNTS_PATH": str(task.directory / "accounts")}
    with staged(task) as stage, Pipes(task.tap, environment) as pipes:
        (account,) = pipes.make_accounts([stage.code])
        pipes.call("start_io", account)
        numbers = play(task, Bare(pipes, account, is_whole=is_whole), stage.sender)
    report(numbers | bare_memory(task) if is_whole else numbers)


if __name__ == "__main__":
    main()
