"""No library: the fewest bytes that take in and answer a message; the fake core's ceiling."""

from __future__ import annotations

import os
import re
import subprocess

import bot_plan as plan
from meter import Task

ARRIVED = re.compile(rb'"kind":"IncomingMsg","chatId":(\d+),"msgId":(\d+)')
TEXT = re.compile(rb'"text":"([^"]*)"')


class Pipes:
    """Calls by many lines at once, answers by lines."""

    def __init__(self, program: str) -> None:
        self._core = subprocess.Popen((program,), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._calls = 0

    def call(self, *calls: bytes) -> list[bytes]:
        """Make calls at once and give the answers in order."""
        assert self._core.stdin is not None
        assert self._core.stdout is not None
        lines = []
        for call in calls:
            self._calls += 1
            lines.append(b'{"id":%d,"method":%b}\n' % (self._calls, call))
        self._core.stdin.write(b"".join(lines))
        self._core.stdin.flush()
        return [self._core.stdout.readline() for _ in calls]


def play(task: Task, scenario: plan.Scenario) -> None:
    """Take in and answer until the last message."""
    pipes, score = Pipes(task.fake_core), plan.Score(scenario)
    config = scenario.config.encode()
    pipes.call(
        b'"set_config","params":[1,"ui.bench.messages","%b"]' % config, b'"start_io","params":[1]'
    )
    while True:
        (events,) = pipes.call(b'"get_next_event_batch","params":[]')
        arrived = ARRIVED.findall(events)
        if not arrived:
            continue
        asked = pipes.call(*(b'"get_message","params":[1,%b]' % found[1] for found in arrived))
        # Each answer has a text; looking would be work that the floor is not to have.
        texts = [TEXT.search(answer)[1] for answer in asked]  # type: ignore[index]
        for text in texts:
            score.begin(text.decode())
        if scenario.replies:
            pipes.call(
                *(
                    b'"send_msg","params":[1,%b,{"text":"%b","quotedMessageId":%b}]'
                    % (chat, text, message)
                    for (chat, message), text in zip(arrived, texts, strict=True)
                )
            )
        ids = b",".join(message for _, message in arrived)
        pipes.call(b'"markseen_msgs","params":[1,[%b]]' % ids)
        for _ in arrived:
            score.end()


if __name__ == "__main__":
    if "VESTNIK_BENCH_SCENARIO" in os.environ:
        play(Task(), plan.scenario())
    else:
        plan.every_scenario(can_wait=False)
