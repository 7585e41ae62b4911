"""The bot's process and its core's are killed in turn; each message is answered once."""

import asyncio
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

import pytest

from tests.e2e.witness import Witness, witnessing
from vestnik.chatmail import open_core
from vestnik.relay import Relay
from vestnik.testing.live import LiveAccount, add_live_account, introduce
from vestnik.testing.plugin import NewAccount

pytestmark = pytest.mark.timeout(180)

PROGRAM = Path(__file__).with_name("echo_bot.py")
MESSAGES = 200
KILLS = 8
SEED = 1


class Service:
    """Starts a bot whenever it does not run, as a service manager does."""

    def __init__(self, accounts_dir: Path) -> None:
        self._accounts_dir = accounts_dir
        self._process: asyncio.subprocess.Process | None = None
        self.starts = 0

    async def run(self) -> None:
        while True:
            self.starts += 1
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                str(PROGRAM),
                str(self._accounts_dir),
                stderr=asyncio.subprocess.DEVNULL,
            )
            await self._process.wait()

    def kill_bot(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()

    def kill_core(self) -> None:
        if self._process is None:
            return
        pid = self._process.pid
        with suppress(OSError):  # it may be between two lives
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            for child in children:
                os.kill(int(child), signal.SIGKILL)


@asynccontextmanager
async def running(service: Service) -> AsyncIterator[None]:
    task = asyncio.create_task(service.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        service.kill_bot()


def sees_answers(witness: Witness, count: int) -> bool:
    return len(witness.texts) >= count


@pytest.fixture
async def user(new_account: NewAccount) -> LiveAccount:
    return await new_account(name="User")


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds the core in /proc")
async def test_each_of_200_messages_is_answered_once_whoever_is_killed(
    relay: Relay, user: LiveAccount, tmp_path: Path
) -> None:
    accounts_dir = tmp_path / "accounts"
    async with open_core(accounts_dir) as core:
        bot = await add_live_account(core, relay, bot=True)
        _, chat = await introduce(bot, user)
    dice = random.Random(SEED)
    moments = sorted(dice.sample(range(5, MESSAGES - 20), KILLS))
    service = Service(accounts_dir)
    questions = [f"question {n}" for n in range(MESSAGES)]
    async with running(service), witnessing(user) as (sees,):
        for text in questions:
            await sees.send(chat, text)
        for number, moment in enumerate(moments):
            await sees.until(partial(sees_answers, sees, moment))
            (service.kill_core, service.kill_bot)[number % 2]()
        await sees.until(lambda: len(set(sees.texts)) == MESSAGES)
        # What would be sent a second time comes before the answer to the last word.
        await sees.send(chat, "the last word")
        await sees.until_text("the last word")
    assert Counter(sees.texts) == Counter([*questions, "the last word"])
    assert service.starts > KILLS // 2
