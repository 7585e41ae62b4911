"""`deltachat-rpc-client`: its `Bot` with hooks and `run_forever`, as in its example."""

from __future__ import annotations

import os
import time

import bot_plan as plan
from deltachat_rpc_client import Bot, DeltaChat, Rpc
from deltachat_rpc_client.events import HookCollection, NewMessage
from meter import Task

# Whatever is ignored below: the library brings no types along.


def play(task: Task, scenario: plan.Scenario) -> None:
    """Serve until the handler has seen the last message."""
    hooks, score = HookCollection(), plan.Score(scenario)

    @hooks.on(NewMessage)  # type: ignore[untyped-decorator]
    def handle(event: object) -> None:
        snapshot = event.message_snapshot  # type: ignore[attr-defined]
        score.begin(snapshot.text)
        if scenario.waits:
            time.sleep(plan.WAIT_SECONDS)
        if scenario.replies:
            snapshot.chat.send_message(text=snapshot.text, quoted_msg=snapshot.id)
        score.end()

    with Rpc(f"{task.directory}/{scenario.key}", rpc_server_path=task.fake_core) as rpc:
        rpc.set_config(plan.ACCOUNT, plan.KEY, scenario.config)
        (account,) = DeltaChat(rpc).get_all_accounts()
        Bot(account, hooks).run_forever()


if __name__ == "__main__":
    if "VESTNIK_BENCH_SCENARIO" in os.environ:
        play(Task(), plan.scenario())
    else:
        plan.every_scenario()
