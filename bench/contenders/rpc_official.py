"""The official client, `deltachat-rpc-client`: blocking calls, futures, one thread for events."""

from __future__ import annotations

import rpc_plan as plan
from deltachat_rpc_client import Rpc
from meter import Task, child, every_second, report, rss


def real_core(task: Task) -> dict[str, float]:
    """Measure calls and events of the real core."""
    numbers = {"imported": task.age_ms}
    with Rpc(f"{task.directory}/accounts", rpc_server_path=task.core) as rpc:
        numbers["first_answer"] = task.age_ms
        account = rpc.add_account()
        numbers |= every_second("sequential", lambda: sequential(rpc, account), task.seconds)
        numbers |= {"memory": rss(), "core_memory": rss(child())}
        numbers |= every_second("pipelined", lambda: pipelined(rpc, account), task.seconds)
        accounts = [account, *(rpc.add_account() for _ in range(1, plan.ACCOUNTS))]
        numbers |= every_second("core_events", lambda: storm(rpc, accounts), task.seconds)
    return {**numbers, "peak_memory": rss(field="VmHWM")}


def sequential(rpc: Rpc, account: int) -> int:
    """Make calls one after the other."""
    for _ in range(plan.CALLS):
        rpc.get_config(account, plan.KEY)
    return plan.CALLS


def pipelined(rpc: Rpc, account: int) -> int:
    """Make many calls at once by `RpcMethod.future`."""
    futures = [rpc.get_config.future(account, plan.KEY) for _ in range(plan.IN_FLIGHT)]
    for future in futures:
        future()
    return plan.IN_FLIGHT


def storm(rpc: Rpc, accounts: list[int]) -> int:
    """Make the core emit many events, and read them to the last."""
    futures = [rpc.start_io_for_all_accounts.future() for _ in range(plan.STORM)]
    for account in accounts:
        read_storm(rpc, account)
    for future in futures:
        future()
    return plan.STORM_EVENTS


def read_storm(rpc: Rpc, account: int) -> None:
    """Read events up to the last of a storm that is for one account."""
    left = plan.STORM
    while left:
        left -= rpc.wait_for_event(account)["kind"] == "Warning"


def fake_core(task: Task) -> dict[str, float]:
    """Measure how fast events are drained when the core costs nothing."""
    with Rpc(f"{task.directory}/fake", rpc_server_path=task.fake_core) as rpc:
        return every_second("fake_events", lambda: drain(rpc), task.seconds)


def drain(rpc: Rpc) -> int:
    """Have events served and read them to the last, with an eye on messages."""
    rpc.set_config(plan.FAKE_ACCOUNT, plan.TRIGGER, str(plan.EVENTS))
    messages = 0
    for _ in range(plan.EVENTS):
        messages += rpc.wait_for_event(plan.FAKE_ACCOUNT)["kind"] == "IncomingMsg"
    assert messages > 0
    return plan.EVENTS


def main() -> None:
    """Measure both cores."""
    task = Task()
    report({**real_core(task), **fake_core(task)})


if __name__ == "__main__":
    main()
