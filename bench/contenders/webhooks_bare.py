"""Play the webhook bench with a bare loop of the library whose name is an argument."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from gateway_phases import SERVER_CORE
from webhooks_phases import BODY, ENDPOINTS, HEADERS, Task, hooks, prepare

LOOPS = Path(__file__).parent / "webhooks"


def main() -> None:
    """Count what it gets through."""
    task = Task()
    prepare()
    with hooks(task) as receivers:
        urls = [receivers.ports.url(number) for number in range(ENDPOINTS)]
        argument = json.dumps({"urls": urls, "body": BODY, "headers": HEADERS})
        script = str(LOOPS / f"loop_{sys.argv[1]}.py")
        pinned = ("taskset", "-c", str(SERVER_CORE), task.python, script, argument)
        with subprocess.Popen(pinned) as sender:
            options = task.directory / "options"
            found = receivers.numbers(options, sender.pid, warm_up=2000, seconds=task.seconds)
            sender.kill()
    print(json.dumps({"rate": found["rate"], "cpu": found["cpu"], "load": found["load_share"]}))


if __name__ == "__main__":
    main()
