"""A bot's test on the fake core: fast, and the core dies just when it hurts most."""

import asyncio

from vestnik.app.echo import run_echo_bot
from vestnik.chatmail import Backoff, Core


async def test_the_bot_answers_again_after_the_core_has_died(fake_core):
    account = fake_core.account(name="Echo", configured=True, bot=True)
    alice = account.contact("alice@example.org")
    async with Core(fake_core.transport, restarts=Backoff(first=0.01)) as core:
        await core.start_io(account.id)
        running = asyncio.create_task(run_echo_bot(core, account.id))
        await asyncio.sleep(0)  # it listens from now on
        alice.chat.receive("one")
        await account.until_sent(1)

        fake_core.crash(exit_status=-9, stderr=("out of memory",))
        await fake_core.until_called("start_io", 2)
        alice.chat.receive("two")
        await account.until_sent(2)
        running.cancel()
    assert [message.text for message in account.sent] == ["one", "two"]
