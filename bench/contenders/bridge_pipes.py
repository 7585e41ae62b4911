"""No bridge and no library: lines of JSON to a core and back, as a loop of twenty lines has it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

__all__ = ["Pipes"]

Event = dict[str, Any]


class Pipes(AbstractContextManager["Pipes"]):
    """A core, or what stands in front of it."""

    def __init__(self, program: str, environment: Mapping[str, str]) -> None:
        self._core = subprocess.Popen(
            (program,), stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
        )
        self._issued = 0
        self._listening: int | None = None
        self._unread: list[Event] = []

    @property
    def process(self) -> int:
        """The number of the process."""
        return self._core.pid

    def __exit__(self, *_: object) -> None:
        assert self._core.stdin is not None
        self._core.stdin.close()
        self._core.wait()

    def call(self, method: str, *params: object) -> Any:
        """Make one call, and wait for its answer."""
        return self.calls((method, params))[0]

    def calls(self, *calls: tuple[str, Sequence[object]]) -> list[Any]:
        """Make calls at once; gives their results in their order."""
        wanted = [self._begin(method, params) for method, params in calls]
        results: dict[int, Any] = {}
        while len(results) < len(wanted):
            answer = self._read()
            if answer["id"] == self._listening:
                self._listening = None
                self._unread += answer["result"]
            else:
                results[answer["id"]] = answer["result"]
        return [results[id] for id in wanted]

    def events(self) -> Iterator[Event]:
        """Give events for ever."""
        while True:
            while self._unread:
                yield self._unread.pop(0)["event"]
            if self._listening is None:
                self._listening = self._begin("get_next_event_batch", ())
            answer = self._read()
            assert answer["id"] == self._listening
            self._listening = None
            self._unread += answer["result"]

    def wait_for(self, kind: str, count: int) -> None:
        """Wait for so many events of a kind."""
        for event in self.events():
            count -= event["kind"] == kind
            if not count:
                return

    def make_accounts(self, codes: Sequence[str]) -> list[int]:
        """Make accounts of bots, all at once."""
        ids: list[int] = self.calls(*(("add_account", ()) for _ in codes))
        self.calls(*(("set_config", (id, "bot", "1")) for id in ids))
        pairs = zip(ids, codes, strict=True)
        self.calls(*(("add_transport_from_qr", pair) for pair in pairs))
        return ids

    def _begin(self, method: str, params: Sequence[object]) -> int:
        assert self._core.stdin is not None
        self._issued += 1
        request = {"jsonrpc": "2.0", "id": self._issued, "method": method, "params": params}
        self._core.stdin.write(json.dumps(request, separators=(",", ":")).encode() + b"\n")
        self._core.stdin.flush()
        return self._issued

    def _read(self) -> Any:
        assert self._core.stdout is not None
        line = self._core.stdout.readline()
        if not line:
            raise RuntimeError("the core has ended")
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer
