"""What all contenders of the relay bench measure: echoes between two real cores."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from statistics import median
from urllib.parse import quote, urlencode

import relay_share as share
from meter import Task
from relay_processes import Servers, cores, cpu_ms, helper

from vestnik.app.demo.conversation import Conversation
from vestnik.app.demo.stage import Actor, introduce
from vestnik.app.echo import run_echo_bot
from vestnik.chatmail import AccountCode, Core, add_account, open_core
from vestnik.chatmail.events import ImapInboxIdle

__all__ = ["IN_FLIGHT", "MEASURE_SECONDS", "measure"]

IN_FLIGHT = 20

MEASURE_SECONDS = 120.0
"""How long everything may take."""

LONGER = 10
"""How many times as long as the harness says a thing is repeated: echoes are slow."""

ECHOES_MIN = 5

DOMAIN = "relay.localhost"

Ports = tuple[int, int]


async def measure(task: Task, servers: Servers) -> dict[str, float]:
    """Measure directly, and then once more with a tap, with new accounts."""
    seconds = task.seconds * LONGER
    ports = (servers.imap_port, servers.smtp_port)
    async with acquainted(task, "direct", (ports, ports)) as conversation:
        numbers = {"first": 1000 * (await echo(conversation))}
        numbers |= await sequential(conversation, servers, seconds)
        numbers |= await in_flight(conversation, servers, seconds)
    numbers |= await tapped(task, ports, seconds)
    numbers["own"] = numbers["p50"] - numbers["waited"]
    return {**numbers, "core_share": 100 * numbers["own"] / numbers["p50"]}


async def sequential(
    conversation: Conversation, servers: Servers, seconds: float
) -> dict[str, float]:
    """Send one message after the other."""
    meter = Meter(servers)
    taken = await repeated(conversation, seconds)
    numbers = meter.numbers("sequential", len(taken))
    ordered = sorted(taken)
    p90 = ordered[round(0.9 * (len(ordered) - 1))]
    return {**numbers, "p50": 1000 * median(ordered), "p90": 1000 * p90}


async def in_flight(
    conversation: Conversation, servers: Servers, seconds: float
) -> dict[str, float]:
    """Keep many messages under way."""
    meter = Meter(servers)
    senders = (repeated(conversation, seconds, at_least=1) for _ in range(IN_FLIGHT))
    taken = await asyncio.gather(*senders)
    return meter.numbers("in_flight", sum(map(len, taken)))


async def tapped(task: Task, ports: Ports, seconds: float) -> dict[str, float]:
    """Let a tap write down who waits for whom; what it costs goes into no other number."""
    spans: list[share.Span] = []
    with helper("relay_tap.py", *map(str, ports)) as (tap, line):
        user, bot = (tuple(pair) for pair in json.loads(line))
        async with acquainted(task, "tapped", (user, bot)) as conversation:
            await echo(conversation)
            await repeated(conversation, seconds, spans=spans)
        told, _ = await asyncio.to_thread(tap.communicate)
    return share.summary(share.chunks(json.loads(told)), spans)


async def repeated(
    conversation: Conversation,
    seconds: float,
    at_least: int = ECHOES_MIN,
    spans: list[share.Span] | None = None,
) -> list[float]:
    """Repeat an echo for some time; gives how long each took."""
    start, taken = time.monotonic(), list[float]()
    while len(taken) < at_least or time.monotonic() < start + seconds:
        began = time.monotonic()
        taken.append(await echo(conversation))
        if spans is not None:
            spans.append((began, time.monotonic()))
    return taken


async def echo(conversation: Conversation) -> float:
    """Send a message and wait for its echo; gives the seconds."""
    began = time.perf_counter()  # uvloop's clock, which the conversation reads, ticks in ms
    if await conversation.say(secrets.token_hex(8)) is None:
        raise TimeoutError("an echo was lost")
    return time.perf_counter() - began


class Meter:
    """Counts from a moment on: time, and what each of the processes computes."""

    def __init__(self, servers: Servers) -> None:
        self._watched: dict[str, Callable[[], float]] = {
            "core_cpu": lambda: cpu_ms(cores()),
            "relay_cpu": lambda: cpu_ms(servers.processes),
            "program_cpu": lambda: 1000 * time.process_time(),
        }
        self._before = {key: read() for key, read in self._watched.items()}
        self._start = time.perf_counter()

    def numbers(self, key: str, echoes: int) -> dict[str, float]:
        """Give echoes a second, and milliseconds for each."""
        rate = echoes / (time.perf_counter() - self._start)
        cpu = {
            f"{key}_{name}": (read() - self._before[name]) / echoes
            for name, read in self._watched.items()
        }
        return {key: rate, **cpu}


@asynccontextmanager
async def acquainted(
    task: Task, name: str, ports: tuple[Ports, Ports]
) -> AsyncIterator[Conversation]:
    """Log two cores in, let them meet, and have one of them answer.

    Both are programs' accounts: the core holds a person's back to about a message a second.
    """
    async with AsyncExitStack() as stack:
        user, bot = [
            await log_in(stack, Path(task.core), Path(task.directory, name, role), role, where)
            for role, where in zip(("user", "bot"), ports, strict=True)
        ]
        await stack.enter_async_context(
            background(run_echo_bot(bot.core, bot.account_id, answer_bots=True))
        )
        conversation = Conversation(user, await introduce(user, bot))
        await stack.enter_async_context(background(conversation.listen()))
        yield conversation


async def log_in(
    stack: AsyncExitStack, binary: Path, directory: Path, role: str, ports: Ports
) -> Actor:
    """Start a core, log an account in and wait until it listens.

    What comes before the core has first opened its inbox it takes for old mail and leaves alone.
    """
    directory.parent.mkdir(exist_ok=True)
    core: Core = await stack.enter_async_context(open_core(directory, binary=binary))
    address = f"{role}{secrets.token_hex(4)}@{DOMAIN}"
    account = await add_account(core, AccountCode(login_code(address, ports)), name=role)
    async with core.events(account) as stream:
        await core.start_io(account)
        await anext(event async for event in stream if isinstance(event.payload, ImapInboxIdle))
    return Actor(role, core, account, address)


def login_code(address: str, ports: Ports) -> str:
    """Name servers and ports, without TLS; the password is the one the account shall have."""
    host, imap, smtp = "127.0.0.1", *ports
    options = {"p": "a-long-password", "v": "1", "ih": host, "ip": imap, "is": "plain"}
    options |= {"sh": host, "sp": smtp, "ss": "plain"}
    return f"dclogin:{address}?{urlencode(options, quote_via=quote)}"


@asynccontextmanager
async def background(work: Awaitable[None]) -> AsyncIterator[None]:
    """Run something for as long as the block runs."""
    task = asyncio.ensure_future(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
