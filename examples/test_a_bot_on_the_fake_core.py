"""A bot's test on the fake core: fast, and with what no real core does on demand."""

import asyncio

from vestnik.app.echo import run_echo_bot
from vestnik.chatmail import Core


async def test_an_event_from_the_future_does_not_disturb_the_bot(fake_core):
    account = fake_core.account(name="Echo", configured=True, bot=True)
    alice = account.contact("alice@example.org")
    async with Core(fake_core.transport) as core:
        await core.start_io(account.id)
        running = asyncio.create_task(run_echo_bot(core, account.id))
        await asyncio.sleep(0)  # it listens from now on
        fake_core.emit_unknown("TimeTravelled", {"year": 2099})
        alice.chat.receive("Are you still there?")
        (answer,) = await account.until_sent(1)
        running.cancel()
    assert answer.text == "Are you still there?"
