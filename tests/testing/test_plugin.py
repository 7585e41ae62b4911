"""The plugin lets a bot's author test offline, against a fake core and against the real one."""

import subprocess
import sys
from pathlib import Path

import pytest

from vestnik.chatmail.events import IncomingMsg
from vestnik.testing.plugin import CoreFactory, Introduce, NewAccount

OPTIONS = ("-q", "-W", "error", "-o", "asyncio_default_fixture_loop_scope=function")

WITHOUT_PYTEST_ASYNCIO = """
from importlib import util
find = util.find_spec
util.find_spec = lambda name, *rest: None if name == "pytest_asyncio" else find(name, *rest)
import pytest
pytest.main(["-q", "-W", "error", "-p", "no:asyncio"])
"""

AUTHORS_TEST = """
import pytest
from vestnik.chatmail.events import IncomingMsg

@pytest.mark.asyncio
async def test_the_bot_hears(new_account, introduce):
    bot, user = await new_account(bot=True, name="Echo"), await new_account(name="User")
    chat, users_chat = await introduce(bot, user)
    async with bot.core.events(bot.id) as events:
        await user.core.misc_send_text_message(user.id, users_chat, "hello")
        while not isinstance(event := (await anext(events)).payload, IncomingMsg): pass
    assert (await bot.core.get_message(bot.id, event.msg_id)).text == "hello"
"""

AUTHORS_FAKE_TEST = """
import pytest
from vestnik.chatmail import Core

@pytest.mark.asyncio
async def test_it_answers(fake_core):
    bot = fake_core.account("Echo")
    async with Core(fake_core.transport) as core:
        await core.misc_send_text_message(bot.id, bot.contact("a@b.org").chat.id, "hello")
    assert [message.text for message in await bot.until_sent()] == ["hello"]
"""


def run_pytest(directory: Path, source: str, program: str = "") -> str:
    """Run a test file in an empty project, as its author would; gives what pytest prints."""
    (directory / "test_of_the_author.py").write_text(source)
    how = ["-c", program] if program else ["-m", "pytest", *OPTIONS]
    command = [sys.executable, *how]
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.mark.parametrize("source", [AUTHORS_TEST, AUTHORS_FAKE_TEST], ids=["real", "fake"])
def test_ten_lines_of_an_author_pass_offline(source: str, tmp_path: Path) -> None:
    assert len([line for line in source.splitlines() if line]) <= 10
    assert "1 passed" in run_pytest(tmp_path, source)


def test_an_author_whose_test_is_wrong_is_told(tmp_path: Path) -> None:
    wrong = AUTHORS_FAKE_TEST.replace('== ["hello"]', '== ["goodbye"]')
    assert "1 failed" in run_pytest(tmp_path, wrong)


def test_without_pytest_asyncio_a_fixture_says_what_is_missing(tmp_path: Path) -> None:
    source = "def test_one(relay): pass\ndef test_other(fake_core, fake_clock): pass\n"
    told = run_pytest(tmp_path, source, WITHOUT_PYTEST_ASYNCIO)
    assert "1 passed, 1 error" in told
    assert "The fixture 'relay' of Vestnik needs pytest-asyncio" in told


async def test_accounts_on_two_real_cores_write_to_each_other(
    new_account: NewAccount, introduce: Introduce, core_factory: CoreFactory
) -> None:
    bot = await new_account(bot=True, name="Echo")
    user = await new_account(name="User", core=await core_factory())
    assert bot.core is not user.core
    bots_chat, users_chat = await introduce(bot, user)
    async with bot.core.events(bot.id) as events:
        sent = await user.core.misc_send_text_message(user.id, users_chat, "hello")
        async for event in events:
            if isinstance(event.payload, IncomingMsg):
                break
    assert isinstance(event.payload, IncomingMsg)
    message = await bot.core.get_message(bot.id, event.payload.msg_id)
    assert (message.text, message.chat_id) == ("hello", bots_chat)
    assert (message.sender.display_name, message.is_bot) == ("User", False)
    assert (await user.core.get_message(user.id, sent)).show_padlock
    assert await bot.core.get_config(bot.id, "bot") == "1"
    assert await user.core.get_config(user.id, "bot") == "0"


async def test_accounts_share_a_core_unless_they_are_told_otherwise(
    new_account: NewAccount,
) -> None:
    first, second = await new_account(), await new_account()
    assert first.core is second.core
    assert first.address != second.address
    assert await first.core.get_all_account_ids() == [first.id, second.id]
