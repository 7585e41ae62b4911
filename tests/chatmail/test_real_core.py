"""The client on the real core: what only a real process can show."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from vestnik.chatmail import Backoff, Core, CoreRestarted, StdioTransport, open_core
from vestnik.chatmail.events import ConfigSynced
from vestnik.errors import CallFailed, CallTimedOut, CoreDied, UnexpectedAnswer
from vestnik.ids import AccountId


class Lives:
    """Makes the transports of a core and remembers them, so that a test can kill the process."""

    def __init__(self, accounts: Path) -> None:
        self.accounts = accounts
        self.transports: list[StdioTransport] = []
        self.launched = asyncio.Event()

    def launch(self) -> StdioTransport:
        self.launched.set()
        self.transports.append(StdioTransport(self.accounts))
        return self.transports[-1]

    def kill(self) -> None:
        pid = self.transports[-1].pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)

    def all_gone(self) -> bool:
        return not any(Path(f"/proc/{transport.pid}").exists() for transport in self.transports)


@pytest.fixture
def lives(tmp_path: Path) -> Lives:
    return Lives(tmp_path / "accounts")


@pytest.fixture
async def core(lives: Lives) -> AsyncIterator[Core]:
    async with Core(lives.launch, restarts=Backoff(first=0.01, calm=0)) as core:
        yield core
    assert lives.all_gone()


async def test_typed_calls_work_and_their_effects_are_heard(core: Core) -> None:
    account = await core.add_account()
    async with core.events(account) as events:
        await core.set_config(account, "displayname", "Вестник")
        assert await core.get_config(account, "displayname") == "Вестник"
        async with asyncio.timeout(10):
            while (await anext(events)).payload != ConfigSynced(key="displayname"):
                pass


async def test_the_cores_refusal_keeps_the_cores_words(core: Core) -> None:
    with pytest.raises(CallFailed, match="account with id 99 not found"):
        await core.start_io(AccountId(99))


async def test_an_answer_of_many_megabytes_arrives_whole(core: Core) -> None:
    account = await core.add_account()
    value = "ä" * 5_000_000
    await core.set_config(account, "ui.large", value)
    assert await core.get_config(account, "ui.large") == value


async def test_a_thousand_calls_at_once_all_get_their_own_answer(core: Core) -> None:
    account = await core.add_account()
    keys = [f"ui.key{n}" for n in range(1000)]
    await core.batch_set_config(account, {key: key.upper() for key in keys})
    values = await asyncio.gather(*(core.get_config(account, key) for key in keys))
    assert values == [key.upper() for key in keys]


async def test_a_deadline_holds_and_the_core_goes_on(core: Core) -> None:
    with pytest.raises(CallTimedOut, match="sleep within"):
        await core.sleep(30, timeout=0.05)
    assert await core.get_all_account_ids() == []


async def test_sigkill_fails_every_call_at_once_and_the_next_core_has_the_same_accounts(
    core: Core, lives: Lives
) -> None:
    account = await core.add_account()
    async with core.events() as events:
        calls = [asyncio.create_task(core.sleep(30)) for _ in range(100)]
        await core.get_all_account_ids()
        lives.kill()
        # A second is what the calls are promised; here it only bounds the wait.
        async with asyncio.timeout(1):
            outcomes = await asyncio.gather(*calls, return_exceptions=True)
        assert {type(outcome) for outcome in outcomes} == {CoreDied}
        assert {getattr(outcome, "exit_status", 0) for outcome in outcomes} == {-signal.SIGKILL}
        async with asyncio.timeout(20):
            while not isinstance((await anext(events)).payload, CoreRestarted):
                pass
    assert await core.get_all_account_ids() == [account]
    assert len(lives.transports) == 2


async def test_twenty_kills_in_a_row_are_survived(core: Core, lives: Lives) -> None:
    account = await core.add_account()
    async with core.events() as events:
        for _ in range(20):
            lives.kill()
            async with asyncio.timeout(20):
                while not isinstance((await anext(events)).payload, CoreRestarted):
                    pass
            assert await core.get_all_account_ids() == [account]


async def test_a_directory_in_use_is_one_sentence_that_says_what_to_do(
    core: Core, lives: Lives
) -> None:
    with pytest.raises(CoreDied, match="Another program already uses the accounts in") as caught:
        async with open_core(lives.accounts):
            pass
    assert caught.value.exit_status == 1
    assert "accounts.lock" in caught.value.stderr[-1]


async def test_a_directory_that_cannot_be_made_is_told_in_the_cores_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CoreDied, match="Not a directory"):
        async with open_core(tmp_path / "file"):
            pass


async def test_another_program_in_place_of_the_core_is_found_out(tmp_path: Path) -> None:
    with pytest.raises(CoreDied, match="ended with exit status 0"):
        async with open_core(tmp_path, binary=Path("/bin/true")):
            pass
    cat_answers_with_the_question = Path("/bin/cat")
    with pytest.raises(UnexpectedAnswer):
        async with open_core(tmp_path, binary=cat_answers_with_the_question):
            pass


async def test_cancelling_in_the_middle_of_a_call_leaves_no_process(lives: Lives) -> None:
    async def use() -> None:
        async with Core(lives.launch) as core:
            called.set()
            await core.sleep(30)

    called = asyncio.Event()
    using = asyncio.create_task(use())
    await called.wait()
    using.cancel()
    with pytest.raises(asyncio.CancelledError):
        await using
    assert lives.all_gone()


async def test_cancelling_while_it_starts_leaves_no_process(lives: Lives) -> None:
    async def use() -> None:
        async with Core(lives.launch):
            pass

    using = asyncio.create_task(use())
    await lives.launched.wait()
    using.cancel()
    with pytest.raises(asyncio.CancelledError):
        await using
    assert lives.all_gone()
