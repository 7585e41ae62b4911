"""The list of all commands, and what each of them waits for."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.cli.conftest import Outcome
from vestnik.cli import COMMANDS
from vestnik.cli._later import LaterCommand

HEAVY = {
    "aiohttp",
    "alembic",
    "prometheus_client",
    "sqlalchemy",
    "starlette",
    "structlog",
    "uvicorn",
    "vestnik.bot",
    "vestnik.chatmail",
    "vestnik.gateway.service",
    "vestnik.relay",
}


@pytest.mark.parametrize(("name", "help"), COMMANDS.items())
def test_the_list_says_what_the_command_says_of_itself(name: str, help: str) -> None:
    said = LaterCommand(name, help).load().help
    assert said is not None
    assert said.split("\n\n")[0].replace("\n", " ") == help


@pytest.mark.parametrize(
    "arguments", [("--help",), ("token", "list", "--help"), ("owner", "list", "--url", "x")]
)
def test_a_command_waits_for_nothing_that_it_does_not_use(arguments: tuple[str, ...]) -> None:
    program = (
        "import sys\n"
        "from vestnik.cli import main\n"
        f"sys.argv = {['vestnik', *arguments]}\n"
        "try:\n    main()\n"
        "finally:\n    print('loaded', *sys.modules)\n"
    )
    made = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    lines = made.stdout.splitlines()
    (loaded,) = (set(line.split()) for line in lines if line.startswith("loaded "))
    # Who has no connection needs the client's library only to make one.
    assert not loaded & (HEAVY - {"aiohttp"} if "--url" in arguments else HEAVY)


def test_a_command_that_is_mistyped_is_guessed(vestnik: Callable[..., Outcome]) -> None:
    outcome = vestnik("tokn")
    assert outcome.exit_code == 2
    assert "Did you mean 'token'?" in outcome.err
