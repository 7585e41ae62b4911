"""``python bot.py serve``, on the real core and a relay."""

import asyncio
import json
import os
import re
import signal
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.bot.command_line.conftest import BotFile, Start
from tests.cli.conftest import Running, RunningRelay, children_of
from vestnik.chatmail import add_account, join_by_code, open_core, parse_login
from vestnik.chatmail.types import MessageData

SLOW = """
import asyncio
from pathlib import Path

from vestnik.bot import Bot, Message

bot = Bot("slow")


@bot.on_message()
async def slow(message: Message) -> None:
    print("begun", flush=True)
    if message.text == "for ever":
        await asyncio.Event().wait()
    # Opens only when somebody writes.
    await asyncio.to_thread(Path(__file__).with_name("go").read_text)
    await message.reply(message.text)
    print("replied", flush=True)


if __name__ == "__main__":
    bot.run()
"""


@pytest.fixture
def serve(start: Start) -> Callable[..., Running]:
    """Starts a bot, and returns once it serves."""

    def run(bot: BotFile, *options: str) -> Running:
        running = start("serve", *options, *bot.options, program=(str(bot.path),))
        while "serving 1 account" not in (line := running.error_line()):
            assert line, running.end()
        return running

    return run


Serve = Callable[..., Running]


@pytest.mark.parametrize(("by", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_without_a_process_left(
    echo_bot: BotFile, serve: Serve, by: signal.Signals, exit_code: int
) -> None:
    running = serve(echo_bot)
    children = children_of(running.process.pid)
    assert len(children) == 1
    ended = running.end(by)
    assert ended.exit_code == exit_code
    assert "Traceback" not in ended.err
    assert not any(Path(f"/proc/{child}").exists() for child in children)


def test_a_second_one_on_the_same_accounts_is_refused(echo_bot: BotFile, serve: Serve) -> None:
    serve(echo_bot)
    said = echo_bot.sentence("serve", exit_code=1)
    assert "another program uses it, perhaps the same bot: end that one first" in said
    said = echo_bot.sentence("link", exit_code=1)
    assert "Another program already uses the accounts in" in said


def test_metrics_and_health_are_shown_and_the_log_is_json(echo_bot: BotFile, start: Start) -> None:
    options = ["--metrics-port", "0", "--log-json"]
    running = start("serve", *options, *echo_bot.options, program=(str(echo_bot.path),))
    first = json.loads(running.error_line())
    found = re.fullmatch(r"metrics and health on (http://127\.0\.0\.1:\d+)", first["event"])
    assert found is not None
    assert json.loads(running.error_line())["event"] == "serving 1 account(s)"
    metrics = urllib.request.urlopen(f"{found[1]}/metrics").read()
    assert b"vestnik_accounts 1.0" in metrics
    try:
        status = urllib.request.urlopen(f"{found[1]}/health").status
    except urllib.error.HTTPError as answer:
        status = answer.code  # it connects just now
    assert status in (200, 503)
    assert running.end().exit_code == 143


def test_a_metrics_port_in_use_is_one_sentence(
    echo_bot: BotFile, relay_command: RunningRelay
) -> None:
    port = str(relay_command.http_port)
    said = echo_bot.sentence("serve", "--metrics-port", port, exit_code=1)
    assert said.startswith(f"Port {port} on 127.0.0.1 is taken")


def test_without_a_configured_account_it_says_what_to_do(bot_file: BotFile) -> None:
    words = "There is no account to serve: make one with `init` and an account code."
    assert bot_file.sentence("serve", exit_code=2) == words
    assert not bot_file.accounts.exists()
    bot_file("list")  # makes the folder
    assert bot_file.sentence("serve", exit_code=2) == words


def test_a_damaged_memory_is_one_sentence(echo_bot: BotFile) -> None:
    memory = echo_bot.folder / "accounts.vestnik.sqlite"
    memory.write_bytes(b"this is not a database, whatever it is called " * 100)
    said = echo_bot.sentence("serve", exit_code=1)
    assert str(memory) in said
    assert "move it away, and the bot begins a new one" in said


def another_code(relay: RunningRelay) -> str:
    url = f"http://127.0.0.1:{relay.http_port}/new"
    with urllib.request.urlopen(url, data=b"") as answer:
        return str(json.load(answer)["dclogin_url"])


@asynccontextmanager
async def handling(
    bot: BotFile, relay: RunningRelay, serve: Serve, text: str
) -> AsyncIterator[Running]:
    """Run a bot and write to it; its handler has begun when the block does.

    It waits for the file ``go``, or for ever.
    """
    bot.path.write_text(SLOW)
    os.mkfifo(bot.folder / "go")
    link = (await asyncio.to_thread(bot, "link")).out.strip()
    code = await asyncio.to_thread(another_code, relay)
    running = await asyncio.to_thread(serve, bot, "--drain-seconds", "300")
    async with open_core(bot.folder / "user") as core:
        user = await add_account(core, parse_login(code), bot=False)
        async with asyncio.timeout(50):
            chat = await join_by_code(core, user, link)
            await core.send_msg(user, chat, MessageData(text=text))
            assert await asyncio.to_thread(running.line) == "begun"
            yield running


async def test_what_a_handler_has_begun_is_finished_after_sigterm(
    echo_bot: BotFile, relay_command: RunningRelay, serve: Serve
) -> None:
    async with handling(echo_bot, relay_command, serve, "please") as running:
        running.process.send_signal(signal.SIGTERM)
        await asyncio.to_thread((echo_bot.folder / "go").write_text, "go")
        # The core has it then; whether it leaves now or at the next start is the core's to say.
        assert await asyncio.to_thread(running.line) == "replied"
        assert await asyncio.to_thread(running.process.wait, 30) == 143


@pytest.mark.parametrize(("by", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
async def test_a_second_signal_does_not_wait_for_handlers(
    echo_bot: BotFile,
    relay_command: RunningRelay,
    serve: Serve,
    by: signal.Signals,
    exit_code: int,
) -> None:
    async with handling(echo_bot, relay_command, serve, "for ever") as running:
        children = children_of(running.process.pid)
        running.process.send_signal(by)
        assert "finishing what has begun" in await asyncio.to_thread(running.error_line)
        running.process.send_signal(by)
        assert await asyncio.to_thread(running.process.wait, 30) == exit_code
    assert not any(Path(f"/proc/{child}").exists() for child in children)
