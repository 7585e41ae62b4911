"""What Prometheus may know of running bots."""

import asyncio

import pytest
from prometheus_client import CollectorRegistry

from tests.bot.hosting import hosting
from vestnik.bot import Bot, Message
from vestnik.bot.metrics import Metrics
from vestnik.testing import FakeAccount, FakeClock, FakeCore

SECONDS = 10


@pytest.fixture
def account(fake_core: FakeCore) -> FakeAccount:
    return fake_core.account(name="Bot", configured=True, bot=True)


def echo_bot() -> Bot:
    bot = Bot("echo")

    @bot.on_message()
    async def echo(message: Message) -> None:
        if message.text == "break":
            raise ValueError("this handler is broken")
        await message.reply(message.text)

    return bot


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(name, labels)


async def test_handled_messages_and_failures_are_counted(
    fake_core: FakeCore, account: FakeAccount, caplog: pytest.LogCaptureFixture
) -> None:
    alice = account.contact("alice@example.org")
    async with hosting(fake_core, echo_bot()) as host:
        metrics = Metrics(host, CollectorRegistry())
        for text in ("one", "break", "two"):
            alice.chat.receive(text)
        await account.until_sent(2)
        await host.intake.lanes.idle()
        assert value(metrics, "vestnik_handled_total", bot="echo", kind="message") == 3
        assert value(metrics, "vestnik_failed_total", bot="echo", kind="message") == 1
        assert value(metrics, "vestnik_handler_seconds_count", bot="echo") == 3
        assert value(metrics, "vestnik_accounts") == 1
    assert "this handler is broken" in caplog.text


async def test_the_time_of_a_handler_is_measured_by_the_clock(
    fake_core: FakeCore, account: FakeAccount, fake_clock: FakeClock
) -> None:
    bot = Bot("slow")
    begun = asyncio.Event()

    @bot.on_message()
    async def slow(message: Message) -> None:
        begun.set()
        await fake_clock.sleep(3)
        await message.reply("at last")

    async with hosting(fake_core, bot, clock=fake_clock) as host:
        metrics = Metrics(host, CollectorRegistry())
        account.contact("alice@example.org").chat.receive("hello")
        async with asyncio.timeout(SECONDS):
            await begun.wait()
        assert value(metrics, "vestnik_intake_waiting") == 1
        await fake_clock.advance(3)
        await account.until_sent(1)
        await host.intake.lanes.idle()
        assert value(metrics, "vestnik_handler_seconds_sum", bot="slow") == pytest.approx(3)
        assert value(metrics, "vestnik_intake_waiting") == 0
        assert value(metrics, "vestnik_outbox_waiting") == 0


async def test_what_nobody_handles_is_not_counted(
    fake_core: FakeCore, account: FakeAccount
) -> None:
    async with hosting(fake_core, Bot("deaf")) as host:
        metrics = Metrics(host, CollectorRegistry())
        account.contact("alice@example.org").chat.receive("hello")
        await fake_core.until_called("markseen_msgs")
        assert value(metrics, "vestnik_handled_total", bot="deaf", kind="message") == 0


async def test_restarts_of_the_core_are_counted(fake_core: FakeCore, account: FakeAccount) -> None:
    async with hosting(fake_core, echo_bot()) as host, host.core.events() as events:
        metrics = Metrics(host, CollectorRegistry())
        counting = asyncio.create_task(metrics.count_restarts(host.core))
        await asyncio.sleep(0)
        fake_core.crash()
        async with asyncio.timeout(SECONDS):
            async for event in events:
                if event.payload.kind == "CoreRestarted":
                    break
    await asyncio.wait_for(counting, SECONDS)  # it ends with the core
    assert value(metrics, "vestnik_core_restarts_total") == 1


async def test_the_exposition_has_the_process_too_and_no_words_of_people(
    fake_core: FakeCore, account: FakeAccount
) -> None:
    async with hosting(fake_core, echo_bot()) as host:
        metrics = Metrics(host)
        account.contact("alice@example.org").chat.receive("a secret")
        await account.until_sent(1)
        await host.intake.lanes.idle()
        body, media_type = metrics.exposition()
    assert media_type.startswith("text/plain")
    assert b'vestnik_handled_total{bot="echo",kind="message"} 1.0' in body
    assert b"python_info" in body
    assert b"secret" not in body
    assert b"alice" not in body
