"""What clients ask for and do not read is bounded."""

from __future__ import annotations

import asyncio

import pytest
from starlette.types import Message

from vestnik.ids import TokenId
from vestnik.web import http
from vestnik.web.http import PART, Answer, send_answer
from vestnik.web.outgoing import Outgoing

ANNA, BORIS = TokenId("tok_anna"), TokenId("tok_boris")
LONG = Answer(200, b"x" * 400_000)


def test_long_answers_to_one_token_have_so_much_room_and_no_more() -> None:
    outgoing = Outgoing(most=1_000_000)
    with outgoing.room(ANNA, LONG) as first, outgoing.room(ANNA, LONG) as second:
        assert (first, second) == (LONG, LONG)
        with outgoing.room(ANNA, LONG) as third:
            assert third.status == 429
            assert (b"retry-after", b"1") in third.headers
        with outgoing.room(BORIS, LONG) as others:
            assert others is LONG
    with outgoing.room(ANNA, LONG) as again:
        assert again is LONG


def test_short_answers_always_go_out() -> None:
    outgoing, short = Outgoing(most=0), Answer(200, b"{}")
    with outgoing.room(ANNA, short) as answer:
        assert answer is short


def test_room_is_free_again_when_sending_fails() -> None:
    outgoing = Outgoing(most=400_000)
    with pytest.raises(ConnectionError), outgoing.room(ANNA, LONG):
        raise ConnectionError
    with outgoing.room(ANNA, LONG) as answer:
        assert answer is LONG


async def test_an_answer_goes_out_in_parts_that_wait_for_the_client() -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    body = bytes(range(256)) * (PART // 100)
    await send_answer(send, Answer(200, body), {"method": "GET"})
    start, *parts = sent
    assert start["type"] == "http.response.start"
    assert b"".join(part["body"] for part in parts) == body
    assert max(len(part["body"]) for part in parts) == PART
    assert [part["more_body"] for part in parts] == [True] * (len(parts) - 1) + [False]


async def test_an_answer_without_a_body_still_ends() -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await send_answer(send, Answer(204), {"method": "GET"})
    assert [one.get("more_body", False) for one in sent] == [False, False]


async def test_who_reads_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "PART_SECONDS", 0.0)

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body":
            await asyncio.Event().wait()

    async with asyncio.timeout(10):
        await send_answer(send, LONG, {"method": "GET"})
