"""Play the gateway bench with the whole service: `vestnik serve`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import vestnik_serving as vestnik
from gateway_phases import SERVER_CORE, Phase, Server, Task, play

from vestnik.gateway.model import Record
from vestnik.wire import encode_authenticate

EACH_TOKEN = 10
"""Connections of a token: more than 15 in ten seconds would be refused."""


def serve(task: Task, phase: Phase) -> Iterator[Server]:
    """Give one owner all connections, or each an owner of its own."""
    records, greetings = one_owner(phase) if phase.is_broadcast else many_owners(phase)
    target = "000000" if phase.is_broadcast else vestnik.TARGET
    with vestnik.serving_vestnik(task.directory / phase.name, records, SERVER_CORE) as gateway:
        options = vestnik.publishing(gateway, target, phase.filling, phase.batch)
        given = {"path": "/websocket/", "ready": "hello", **options}
        yield Server(gateway.process, gateway.port, greetings, given)


def one_owner(phase: Phase) -> tuple[Sequence[Record], Sequence[bytes]]:
    """Make one owner with as many tokens as are needed."""
    count = -(-phase.connections // EACH_TOKEN)
    made = [vestnik.notifier(number, of=0) for number in range(count)]
    records: list[Record] = [vestnik.owner(0), vestnik.resource(0, of=0)]
    records += [record for record, _ in made]
    tokens = (made[number // EACH_TOKEN][1] for number in range(phase.connections))
    return records, [encode_authenticate(token) for token in tokens]


def many_owners(phase: Phase) -> tuple[Sequence[Record], Sequence[bytes]]:
    """Make as many owners as connections."""
    numbers = range(phase.connections)
    made = [vestnik.notifier(number, of=number) for number in numbers]
    records: list[Record] = [vestnik.owner(number) for number in numbers]
    records += [vestnik.resource(number, of=number) for number in numbers]
    records += [record for record, _ in made]
    return records, [encode_authenticate(token) for _, token in made]


if __name__ == "__main__":
    play(serve, is_ours=True)
