"""`vestnik service-bot` and `vestnik owner invite`, with a server and without one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Outcome, Running, RunningRelay
from tests.cli.gateways import objects, said, serve

Vestnik = Callable[..., Outcome]


@pytest.fixture(params=["offline", "served"])
def gateway(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    start: Callable[..., Running],
    vestnik: Vestnik,
) -> Path:
    """A gateway's folder with an owner, once with and once without a server."""
    for name in ("VESTNIK_CONFIG", "VESTNIK_URL", "VESTNIK_TOKEN", "VESTNIK_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    data = tmp_path / "data"
    monkeypatch.setenv("VESTNIK_DATA", str(data))
    said(vestnik, "owner", "add", "Ann", "--id", "ann")
    if request.param == "served":
        serve(start, data)
    return data


def test_a_service_bot_is_made_invites_and_goes(
    gateway: Path, vestnik: Vestnik, relay_command: RunningRelay
) -> None:
    assert "service-bot init" in vestnik("owner", "invite", "ann").sentence
    made = said(vestnik, "service-bot", "init", "--code", relay_command.code, "--name", "Post")
    assert f"address\t{relay_command.address}" in made
    again = vestnik("service-bot", "init", "--code", relay_command.code)
    assert "already" in again.sentence
    link = said(vestnik, "owner", "invite", "ann")
    assert link.startswith("https://i.delta.chat/#")
    assert "█" in said(vestnik, "owner", "invite", "ann", "--qr")
    (invitation,) = objects(vestnik, "owner", "invite", "ann")
    assert invitation["link"] != link
    assert invitation["svg"].startswith("<svg")
    assert "no owner" in vestnik("owner", "invite", "nobody").sentence
    (shown,) = objects(vestnik, "service-bot", "show")
    assert (shown["name"], shown["chats"]) == ("Post", 3)
    assert vestnik("service-bot", "remove", "--yes").exit_code == 0
    assert "service-bot init" in vestnik("service-bot", "show").sentence
