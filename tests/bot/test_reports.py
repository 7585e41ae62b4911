"""Errors of handlers, told to the admins."""

import pytest

from tests.bot.hosting import UNPACED, hosting
from vestnik.bot import Bot, Host, Message, Problem
from vestnik.bot.reports import SECONDS_BETWEEN
from vestnik.ids import ChatId
from vestnik.testing import FakeAccount, FakeClock, FakeCore


@pytest.fixture
def account(fake_core: FakeCore) -> FakeAccount:
    return fake_core.account(name="Bot", configured=True, bot=True)


def fragile_bot(*, report_errors: bool = True) -> Bot:
    bot = Bot("fragile", report_errors=report_errors)

    @bot.on_message()
    async def fail(message: Message) -> None:
        if message.text == "other":
            raise KeyError(message.text)
        raise ValueError(f"cannot read {message.text}")

    return bot


async def admin_group(host: Host, account: FakeAccount) -> ChatId:
    admins = host.runtimes[0].reports._admins
    await admins.invite_code(account.id)
    group = await admins.group(account.id)
    assert group is not None
    return group


async def test_an_error_is_told_with_its_type_and_place_and_without_any_text(
    fake_core: FakeCore, account: FakeAccount
) -> None:
    async with hosting(fake_core, fragile_bot()) as host:
        group = await admin_group(host, account)
        account.contact("alice@example.org").chat.receive("my secret")
        (report,) = await account.until_sent(1)
    assert report.chat.id == group
    assert "fragile: ValueError in fail (test_reports.py:" in report.text
    assert "secret" not in report.text


async def test_the_same_error_is_told_once_a_minute_and_another_at_once(
    fake_core: FakeCore, account: FakeAccount, fake_clock: FakeClock
) -> None:
    alice = account.contact("alice@example.org")
    async with hosting(fake_core, fragile_bot(), clock=fake_clock, options=UNPACED) as host:
        await admin_group(host, account)
        for text in ("one", "two", "other"):
            alice.chat.receive(text)
        await account.until_sent(2)
        await host.intake.lanes.idle()
        await fake_clock.advance(SECONDS_BETWEEN)
        alice.chat.receive("three")
        reports = await account.until_sent(3)
    kinds = [report.text.split()[2] for report in reports]
    assert kinds == ["ValueError", "KeyError", "ValueError"]


async def test_without_a_group_or_the_wish_nothing_is_sent(
    fake_core: FakeCore, account: FakeAccount, caplog: pytest.LogCaptureFixture
) -> None:
    alice = account.contact("alice@example.org")
    for wish in (True, False):
        async with hosting(fake_core, fragile_bot(report_errors=wish)) as host:
            if not wish:
                await admin_group(host, account)
            alice.chat.receive("one")
            await host.intake.lanes.idle()
    assert account.sent == []
    assert "has failed" in caplog.text


async def test_an_error_that_the_author_takes_is_told_too(
    fake_core: FakeCore, account: FakeAccount
) -> None:
    bot = fragile_bot()
    taken: list[Exception] = []

    @bot.on_error()
    async def take(problem: Problem) -> None:
        taken.append(problem.error)

    async with hosting(fake_core, bot) as host:
        await admin_group(host, account)
        account.contact("alice@example.org").chat.receive("one")
        await account.until_sent(1)
    assert len(taken) == 1
