"""Vestnik's bot as an author writes it, remembering in a file, unpaced."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import bot_plan as plan
import uvloop
from meter import Task

from vestnik.bot import Bot, Database, Host, HostOptions, Message, memory_file
from vestnik.chatmail import open_core
from vestnik.ids import AccountId

UNPACED = HostOptions(pace=None)


def make_bot(scenario: plan.Scenario) -> Bot:
    """Make the bot of a scenario."""
    bot, score = Bot(), plan.Score(scenario)

    @bot.on_message()
    async def handle(message: Message) -> None:
        score.begin(message.text)
        if scenario.waits:
            await asyncio.sleep(plan.WAIT_SECONDS)
        if scenario.replies:
            await message.reply(message.text)
        score.end()

    return bot


async def play(task: Task, scenario: plan.Scenario) -> None:
    """Serve until the handler has seen the last message."""
    accounts_dir = Path(task.directory, scenario.key)
    async with (
        open_core(accounts_dir, binary=Path(task.fake_core)) as core,
        Database(memory_file(accounts_dir)) as database,
    ):
        await core.set_config(AccountId(plan.ACCOUNT), plan.KEY, scenario.config)
        await Host([make_bot(scenario)], core, database, options=UNPACED).run()


if __name__ == "__main__":
    if "VESTNIK_BENCH_SCENARIO" in os.environ:
        uvloop.run(play(Task(), plan.scenario()))
    else:
        plan.every_scenario(is_parallel=True)
