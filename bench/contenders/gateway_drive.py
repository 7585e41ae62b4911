"""Play the gateway bench with one of the peers, whose name is an argument."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from gateway_phases import Phase, Rival, Server, Task, play, serving

__all__ = ["free_port", "notification"]

SERVERS = Path(__file__).parent / "gateway"

EVERYBODY = "******"
TARGET, TIME = "@" * 6, "^" * 16
"""What the load generator writes a number, or the time, in the place of."""


def notification(filling: str) -> str:
    """Give what Vestnik would send, so that the peers send as many bytes."""
    text = (
        '{"event":"notify","data":{"type":1,"payload":{"at":TIME,"filling":"FILLING"},'
        '"affected":"bot-000000","user":"user-1","happened":1767225600000}}'
    )
    return text.replace("TIME", TIME).replace("FILLING", filling)


def simple(phase: Phase) -> dict[str, object]:
    """Tell the load how one publishes to our own servers of other libraries."""
    target = EVERYBODY if phase.is_broadcast else TARGET
    return {"message": target + notification(phase.filling)}


def members(phase: Phase) -> Sequence[bytes]:
    """Greet these."""
    return [*(b"sub %06d" % number for number in range(phase.connections)), b"pub"]


def python_peer(name: str) -> Rival:
    """Serve by a script that runs with the peers' Python."""

    def rival(task: Task, phase: Phase) -> Iterator[Server]:
        with serving((task.python, str(SERVERS / f"serve_{name}.py"))) as (process, line):
            yield Server(process.pid, int(line), members(phase), simple(phase))

    return rival


def uws(task: Task, phase: Phase) -> Iterator[Server]:
    """Serve by uWebSockets.js."""
    with serving(("node", str(SERVERS / "serve_uws.js"), task.uws)) as (process, line):
        yield Server(process.pid, int(line), members(phase), simple(phase))


def nats(task: Task, phase: Phase) -> Iterator[Server]:
    """Serve by nats-server, whose own protocol goes in the frames."""
    port, config = free_port(), task.directory / "nats.conf"
    config.write_text(
        f'listen: "127.0.0.1:{free_port()}"\n'
        f'websocket {{ listen: "127.0.0.1:{port}", no_tls: true, compression: false }}\n'
    )
    with serving(("sh", "-c", 'echo; exec "$0" -c "$1"', task.nats, str(config))) as (process, _):
        await_port(port)
        yield Server(process.pid, port, nats_greetings(phase), nats_options(phase))


def nats_greetings(phase: Phase) -> Sequence[bytes]:
    """Subscribe all to one subject, or each to one of its own."""
    hello = b'CONNECT {"verbose":false,"pedantic":false}\r\n'
    subjects = (
        b"all" if phase.is_broadcast else b"one.%06d" % number
        for number in range(phase.connections)
    )
    return [*(hello + b"SUB %s 1\r\nPING\r\n" % one for one in subjects), hello + b"PING\r\n"]


def nats_options(phase: Phase) -> dict[str, object]:
    """Tell the load how one publishes."""
    text = notification(phase.filling)
    subject = "all" if phase.is_broadcast else f"one.{TARGET}"
    message = f"PUB {subject} {len(text)}\r\n{text}\r\n"
    return {"nats": 1, "ready": "PONG", "message": message}


def free_port() -> int:
    """Find a port for a server that cannot say which one it took."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
    return port


def await_port(port: int) -> None:
    """Wait until somebody listens."""
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except ConnectionRefusedError:
            continue
        return


RIVALS: dict[str, Rival] = {
    "websockets": python_peer("websockets"),
    "aiohttp": python_peer("aiohttp"),
    "uws": uws,
    "nats": nats,
}

if __name__ == "__main__":
    play(RIVALS[sys.argv[1]])
