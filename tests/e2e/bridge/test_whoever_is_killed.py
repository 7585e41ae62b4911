"""Server, core and programs are killed in turn; each message is answered once, in its order."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Awaitable, Callable
from functools import partial
from itertools import cycle
from pathlib import Path

import pytest

from tests.cli.conftest import children_of
from tests.e2e.bridge.hosted import add_bot
from tests.e2e.bridge.services import Service, serving
from tests.e2e.gateway.process import Gateway
from tests.e2e.gateway.raw import until
from tests.e2e.witness import Witness, witnessing
from tests.examples.bridging import command_of
from vestnik.chatmail import join_by_code
from vestnik.ids import ChatId
from vestnik.relay import Relay
from vestnik.testing.plugin import NewAccount

pytestmark = pytest.mark.timeout(240)

EACH = 100
KILLS = 16
SEED = 1
PROGRAMS = ("echo.mjs", "echo.sh")


async def kill_server(gateway: Gateway) -> None:
    await gateway.end(signal.SIGKILL)
    await gateway.start()


async def kill_core(gateway: Gateway) -> None:
    await until(lambda: bool(children_of(gateway.pid)), "the server has no core")
    for child in children_of(gateway.pid):
        os.kill(child, signal.SIGKILL)


async def kill_program(service: Service) -> None:
    service.kill()


def answers(witness: Witness, chat: ChatId) -> list[str]:
    return [one.text for one in witness.messages if one.chat_id == chat]


async def test_each_of_200_messages_is_answered_once_and_in_order(
    gateway: Gateway, relay: Relay, new_account: NewAccount, tmp_path: Path
) -> None:
    for name in PROGRAMS:
        command_of(name)  # where its toolchain is missing, nothing is begun
    person = await new_account(name="Person")
    bots = [
        await add_bot(gateway, relay, "anna", "node"),
        await add_bot(gateway, relay, "boris", "bash"),
    ]
    chats = [await join_by_code(person.core, person.id, bot.invite) for bot in bots]
    services = [
        Service(name, gateway.url, tmp_path / name, bot.token)
        for name, bot in zip(PROGRAMS, bots, strict=True)
    ]
    dice = random.Random(SEED)
    moments = sorted(dice.sample(range(5, 2 * EACH - 10), KILLS))
    killing: list[Callable[[], Awaitable[None]]] = [
        partial(kill_server, gateway),
        partial(kill_core, gateway),
        *(partial(kill_program, service) for service in services),
    ]
    asked = [f"question {number}" for number in range(EACH)]
    async with serving(*services), witnessing(person) as (sees,):
        await until(lambda: all(one.place.exists() for one in services), "no program listens")
        for text in asked:
            for chat in chats:
                await sees.send(chat, text)
        for moment, kill in zip(moments, cycle(killing)):
            await sees.until(partial(has_answers, sees, moment))
            await kill()
        # What would be answered a second time comes before the answer to the last word.
        for chat in chats:
            await sees.send(chat, "the last word")
        for chat in chats:
            await sees.until(partial(has_last_word, sees, chat))
    for chat in chats:
        assert answers(sees, chat) == [*asked, "the last word"]
    assert [one.starts for one in services] == [1 + KILLS // 4] * 2


def has_answers(witness: Witness, count: int) -> bool:
    return len(witness.messages) >= count


def has_last_word(witness: Witness, chat: ChatId) -> bool:
    return "the last word" in answers(witness, chat)
