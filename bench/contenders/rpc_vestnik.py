"""Vestnik, on uvloop as its command line runs, or on plain asyncio."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import rpc_plan as plan
from meter import Task, child, every_second_async, report, rss

from vestnik.chatmail import Core, EventStream, events, open_core
from vestnik.ids import AccountId


async def real_core(task: Task) -> dict[str, float]:
    """Measure calls and events of the real core."""
    numbers = {"imported": task.age_ms}
    async with open_core(Path(task.directory, "accounts"), binary=Path(task.core)) as core:
        numbers["first_answer"] = task.age_ms
        account = await core.add_account()
        numbers |= await every_second_async(
            "sequential", lambda: sequential(core, account), task.seconds
        )
        numbers |= {"memory": rss(), "core_memory": rss(child())}
        numbers |= await every_second_async(
            "pipelined", lambda: pipelined(core, account), task.seconds
        )
        for _ in range(1, plan.ACCOUNTS):
            await core.add_account()
        async with core.events() as stream:
            numbers |= await every_second_async(
                "core_events", lambda: storm(core, stream), task.seconds
            )
    return {**numbers, "peak_memory": rss(field="VmHWM")}


async def sequential(core: Core, account: AccountId) -> int:
    """Make calls one after the other."""
    for _ in range(plan.CALLS):
        await core.get_config(account, plan.KEY)
    return plan.CALLS


async def pipelined(core: Core, account: AccountId) -> int:
    """Make many calls at once, as asyncio does it."""
    await asyncio.gather(*(core.get_config(account, plan.KEY) for _ in range(plan.IN_FLIGHT)))
    return plan.IN_FLIGHT


async def storm(core: Core, stream: EventStream) -> int:
    """Make the core emit many events, and read them to the last."""
    seen = asyncio.create_task(read_storm(stream))
    await asyncio.gather(*(core.start_io_for_all_accounts() for _ in range(plan.STORM)))
    await seen
    return plan.STORM_EVENTS


async def read_storm(stream: EventStream) -> None:
    """Read events up to the last of a storm."""
    left = plan.STORM_EVENTS
    async for event in stream:
        left -= isinstance(event.payload, events.Warning)
        if not left:
            break


async def fake_core(task: Task) -> dict[str, float]:
    """Measure how fast events are drained when the core costs nothing."""
    account = AccountId(plan.FAKE_ACCOUNT)
    accounts_dir = Path(task.directory, "fake")
    async with (
        open_core(accounts_dir, binary=Path(task.fake_core)) as core,
        core.events(account) as stream,
    ):
        return await every_second_async(
            "fake_events", lambda: drain(core, account, stream), task.seconds
        )


async def drain(core: Core, account: AccountId, stream: EventStream) -> int:
    """Have events served and read them to the last, with an eye on messages."""
    await core.set_config(account, plan.TRIGGER, str(plan.EVENTS))
    seen = messages = 0
    async for event in stream:
        seen += 1
        messages += isinstance(event.payload, events.IncomingMsg)
        if seen == plan.EVENTS:
            break
    assert messages > 0
    return seen


async def main() -> None:
    """Measure both cores."""
    task = Task()
    report({**await real_core(task), **await fake_core(task)})


if __name__ == "__main__":
    if "--uvloop" in sys.argv:
        import uvloop

        uvloop.run(main())
    else:
        asyncio.run(main())
