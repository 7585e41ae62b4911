"""Which requests are worth a line of the log."""

from __future__ import annotations

import pytest
from starlette.types import Message, Receive, Scope, Send

from vestnik.app.serve import access_log
from vestnik.app.serve.access_log import AccessLog


class Lines:
    """Stands for the log."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, dict[str, object]]] = []

    def debug(self, event: str, **fields: object) -> None:
        self.kept.append(("debug", fields))

    def info(self, event: str, **fields: object) -> None:
        self.kept.append(("info", fields))


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Lines:
    kept = Lines()
    monkeypatch.setattr(access_log, "log", kept)
    return kept


async def ask(method: str, path: str, status: int) -> None:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": status, "headers": []})

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        """Let it go."""

    app = AccessLog(answer, lambda scope: "local")
    await app({"type": "http", "method": method, "path": path}, receive, send)


@pytest.mark.parametrize(
    ("method", "path", "status", "level"),
    [
        ("GET", "/healthz", 200, "debug"),
        ("GET", "/readyz", 503, "info"),
        ("GET", "/api/v1/owners", 200, "debug"),
        ("HEAD", "/api/v1/owners", 200, "debug"),
        ("GET", "/api/v1/owners/nobody", 404, "info"),
        ("POST", "/api/v1/owners", 201, "info"),
        ("DELETE", "/api/v1/owners/ann", 204, "info"),
        ("POST", "/api/v1/notifications", 202, "debug"),
        ("POST", "/api/v1/notifications", 429, "info"),
    ],
)
async def test_what_only_reads_or_publishes_is_a_line_when_it_fails(
    lines: Lines, method: str, path: str, status: int, level: str
) -> None:
    await ask(method, path, status)

    ((told, fields),) = lines.kept
    assert (told, fields["status"], fields["who"]) == (level, status, "local")


@pytest.mark.parametrize("status", [200, 404, 503])
async def test_a_link_to_a_file_never_stands_in_it(lines: Lines, status: int) -> None:
    await ask("GET", "/api/v1/files/AQAAAAEAAAAM", status)

    ((_, fields),) = lines.kept
    assert fields["path"] == "/api/v1/files/…"
