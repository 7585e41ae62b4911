"""Every example of the documentation runs, and stands in it as it is."""

import asyncio
import re
import subprocess
import sys
from pathlib import Path

import pytest
from examples.echo_on_the_core import echo

from tests.e2e.witness import witnessing
from vestnik.chatmail import join_by_code
from vestnik.relay import Relay
from vestnik.testing.plugin import NewAccount

ROOT = Path(__file__).parents[2]
READMES = [path for path in (ROOT / "README.md", ROOT / "README.ru.md") if path.exists()]


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_the_readmes_python_is_the_example_that_runs(readme: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", readme.read_text(), re.DOTALL)
    assert blocks == [(ROOT / "examples/bots/echo.py").read_text()]


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_the_readmes_javascript_is_the_example_that_runs(readme: Path) -> None:
    blocks = re.findall(r"```js\n(.*?)```", readme.read_text(), re.DOTALL)
    about, _, program = (ROOT / "examples/bridge/hello.mjs").read_text().partition("\n")
    assert about.startswith("// ")
    assert blocks == [program]


@pytest.mark.parametrize("name", ["Try it", "Test"])
def test_the_readme_has_a_command_under_the_heading(name: str) -> None:
    readme = (ROOT / "README.md").read_text()
    _, _, rest = readme.partition(f"## {name}\n")
    block = re.search(r"```sh\n(.*?)```", rest, re.DOTALL)
    assert block is not None
    assert block[1] == {"Try it": "make demo\n", "Test": "make test\n"}[name]


async def test_the_echo_bot_on_the_bare_core_echoes(
    new_account: NewAccount, relay: Relay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = await new_account(name="User")
    code = relay.new_account().login_code
    printed: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    monkeypatch.setattr("builtins.print", printed.set_result)
    running = asyncio.create_task(echo(tmp_path / "accounts", code))
    link = await asyncio.wait_for(printed, 30)
    async with witnessing(user) as (user_sees,):
        chat = await join_by_code(user.core, user.id, link)
        await user_sees.send(chat, "Привет!")
        await user_sees.until(lambda: user_sees.texts == ["Привет!"])
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


def test_the_examples_of_tests_pass_as_a_bot_author_runs_them(tmp_path: Path) -> None:
    examples = sorted((ROOT / "examples").glob("test_*.py"))
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-o",
        "asyncio_mode=auto",
        "-p",
        "no:cacheprovider",
    ]
    ended = subprocess.run(
        [*command, f"--rootdir={tmp_path}", *map(str, examples)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert f"{len(examples)} passed" in ended.stdout
