"""Play the webhook bench with the whole service: `vestnik serve`.

Every webhook is committed, its attempt recorded before it is made, guarded, sent and logged.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import vestnik_serving as vestnik
from gateway_phases import FILLING, SERVER_CORE
from webhooks_phases import ENDPOINTS, Hooks, Manner, Task, hooks, prepare

from vestnik.app.serve.folder import DataFolder
from vestnik.gateway.model import Record
from vestnik.gateway.sealing import Sealer

EACH_OWNER = 10
"""Webhooks of an owner."""

EVERY_DEAD, EVERY_SLOW = 100, 20

ALLOWED = {"VESTNIK_WEBHOOKS__ALLOW_NETWORKS": '["127.0.0.0/8"]'}
"""The guard judges them as all others, and lets them pass."""

AT_ONCE, OUTSTANDING = 100, 4000
"""How many notifications one POST publishes, and how many may be on their way."""

PACE, PACED_AT_ONCE = 1000, 10


def main() -> None:
    """As fast as it goes, and then at a steady pace without and with sick endpoints."""
    task = Task()
    prepare()
    full = {"window": OUTSTANDING, "warm_up": OUTSTANDING, "seconds": task.seconds}
    fast = measured(task, "fast", batch=AT_ONCE, options=full)
    numbers = {"rate": fast["rate"], "cpu": fast["cpu"], "load": fast["load_share"]}
    calm = paced(task, "calm", is_sick=False)
    sick = paced(task, "sick", is_sick=True)
    print(json.dumps(numbers | compared(calm, sick)))


def paced(task: Task, name: str, *, is_sick: bool) -> dict[str, float]:
    """Publish at a steady pace, whatever comes of it."""
    steady = {"window": 1e9, "rate": PACE, "warm_up": PACE, "seconds": max(1.0, 4 * task.seconds)}
    return measured(task, name, batch=PACED_AT_ONCE, is_sick=is_sick, options=steady)


def compared(calm: dict[str, float], sick: dict[str, float]) -> dict[str, float]:
    """Say how much the sick have moved the healthy."""
    healthy = [manner(number) for number in range(ENDPOINTS)].count(Manner.HEALTHY)
    due = sick["published"] * healthy / ENDPOINTS
    return {
        "paced": calm["rate"],
        "calm_p50": calm["p50"],
        "calm_p99": calm["p99"],
        "sick_p50": sick["p50"],
        "sick_p99": sick["p99"],
        "moved": sick["p99"] / calm["p99"],
        "sick_arrived": 100 * sick["all_received"] / due,
    }


def manner(number: int) -> Manner:
    """Let 1 % be dead, half of them silent, and 5 % slow."""
    if number % EVERY_DEAD == 0:
        return Manner.SILENT if number % (2 * EVERY_DEAD) else Manner.CLOSED
    return Manner.SLOW if number % EVERY_SLOW == 1 else Manner.HEALTHY


def measured(
    task: Task, name: str, *, batch: int, options: Mapping[str, float], is_sick: bool = False
) -> dict[str, float]:
    """Run a gateway, publish to it, and count what comes."""
    directory = task.directory / name
    with hooks(task) as receivers:
        records = settings(DataFolder(directory), receivers, is_sick=is_sick)
        with vestnik.serving_vestnik(directory, records, SERVER_CORE, **ALLOWED) as gateway:
            how = vestnik.publishing(gateway, vestnik.TARGET, FILLING, batch)
            given = {**how, "publish_port": gateway.port, "targets": ENDPOINTS, **options}
            return receivers.numbers(task.directory / f"{name}-options", gateway.process, **given)


def settings(folder: DataFolder, receivers: Hooks, *, is_sick: bool) -> list[Record]:
    """Make owners with ten bots each, and a webhook for every bot."""
    folder.make()
    sealer = Sealer.from_key(folder.key())
    numbers = range(ENDPOINTS)
    urls = [
        receivers.ports.url(number, manner(number) if is_sick else Manner.HEALTHY)
        for number in numbers
    ]
    records: list[Record] = [vestnik.owner(number) for number in range(ENDPOINTS // EACH_OWNER)]
    records += [vestnik.resource(number, of=number // EACH_OWNER) for number in numbers]
    records += [
        vestnik.webhook(number, number // EACH_OWNER, urls[number], sealer) for number in numbers
    ]
    return records


if __name__ == "__main__":
    main()
