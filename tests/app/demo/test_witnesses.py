"""The two programs of the owner, and whether they have heard the same."""

from __future__ import annotations

import asyncio

import pytest

from tests.app.demo.notes import note
from vestnik.app.demo import NotificationCounts, witnesses
from vestnik.app.demo.witnesses import Channel, Witnesses
from vestnik.sdk import Notification


def test_each_channel_is_counted_and_passed_on() -> None:
    seen: list[tuple[Channel, str]] = []

    def on_told(channel: Channel, notification: Notification) -> None:
        seen.append((channel, notification.name))

    both = Witnesses(on_told)
    both.hear("websocket", note("up_added", None))
    both.hear("websocket", note("up_added", None))
    both.hear("webhook", note("up_added", None))
    assert both.counts == NotificationCounts(websocket=2, webhook=1)
    assert seen == [("websocket", "up_added")] * 2 + [("webhook", "up_added")]


async def test_they_agree_once_both_have_heard_it() -> None:
    both = Witnesses(lambda channel, notification: None)
    assert await both.agree_on()
    agreeing = asyncio.create_task(both.agree_on(1))
    await asyncio.sleep(0)
    both.hear("websocket", note("up_added", None))
    await asyncio.sleep(0)
    assert not agreeing.done()
    both.hear("webhook", note("up_added", None))
    assert await agreeing


async def test_who_never_agrees_is_not_waited_for_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(witnesses, "SECONDS", 0.0)
    both = Witnesses(lambda channel, notification: None)
    both.hear("webhook", note("up_added", None))
    assert not await both.agree_on()
