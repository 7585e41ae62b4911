"""`deltabot-cli`: `BotCli` with its ``serve``, as in its example; the core comes from the PATH."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import bot_plan as plan
from deltabot_cli import BotCli
from deltachat2 import MessageData, events
from meter import Task

# Whatever is ignored below: the library brings no types along.


def play(task: Task, scenario: plan.Scenario) -> None:
    """Serve until the handler has seen the last message."""
    cli, score = BotCli("bench", log_level="error"), plan.Score(scenario)

    @cli.on(events.NewMessage)  # type: ignore[untyped-decorator]
    def handle(bot: object, accid: int, event: object) -> None:
        message = event.msg  # type: ignore[attr-defined]
        score.begin(message.text)
        if scenario.waits:
            time.sleep(plan.WAIT_SECONDS)
        if scenario.replies:
            data = MessageData(text=message.text, quoted_message_id=message.id)
            bot.rpc.send_msg(accid, message.chat_id, data)  # type: ignore[attr-defined]
        score.end()

    @cli.on_start  # type: ignore[untyped-decorator]
    def start(bot: object, _: object) -> None:
        bot.rpc.set_config(plan.ACCOUNT, plan.KEY, scenario.config)  # type: ignore[attr-defined]

    programs = Path(task.directory, "programs")
    programs.mkdir(exist_ok=True)
    link = programs / "deltachat-rpc-server"
    if not link.exists():
        link.symlink_to(task.fake_core)
    os.environ["PATH"] = f"{programs}:{os.environ['PATH']}"
    sys.argv[1:] = ["--config-dir", f"{task.directory}/{scenario.key}", "serve"]
    cli.start()


if __name__ == "__main__":
    if "VESTNIK_BENCH_SCENARIO" in os.environ:
        play(Task(), plan.scenario())
    else:
        plan.every_scenario()
