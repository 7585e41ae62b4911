"""How much memory 200 idle accounts take: hosted, and on a core with nothing around it."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import bridge_serving as serving
from bridge_pipes import Pipes
from bridge_stage import Task, accounts
from meter import rss

__all__ = ["bare_memory", "vestnik_memory"]

AT_ONCE = 8
"""Accounts that are made at a time, which is what the gateway takes."""

SETTLE_SECONDS, MOST_LOOKS = 10.0, 6


def vestnik_memory(task: Task) -> dict[str, float]:
    """Make bots, then start the gateway anew with them."""
    environment, directory = dict(os.environ), task.directory / "many"
    with accounts(task.accounts) as codes:
        with serving.server(directory, environment, task.core) as server:
            settled()
            empty = rss(server.process)
            seconds = made(server, codes)
        with serving.server(directory, environment, task.core) as server:
            numbers = idle(server, task.accounts)
    return {"memory_empty": empty, **numbers, "making": task.accounts / seconds}


def idle(server: serving.Server, count: int) -> dict[str, float]:
    """Look, and ask only then whether all bots were online: asking costs memory itself."""
    for _ in range(MOST_LOOKS):
        settled()
        numbers = {"memory": rss(server.process), "memory_core": rss(core_of(server.process))}
        if serving.are_online(server, count):
            return numbers
    raise TimeoutError("not all bots came online")


def made(server: serving.Server, codes: Sequence[str]) -> float:
    """Add bots; gives the seconds it took."""
    began = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda one: serving.add_bot(server, *one), enumerate(codes)))
    return time.monotonic() - began


def bare_memory(task: Task) -> dict[str, float]:
    """Make accounts, then start the core anew with them."""
    environment = {**os.environ, "DC_ACCOUNTS_PATH": str(task.directory / "many")}
    with accounts(task.accounts) as codes:
        with Pipes(task.core, environment) as pipes:
            began = time.monotonic()
            for place in range(0, len(codes), AT_ONCE):
                pipes.make_accounts(codes[place : place + AT_ONCE])
            seconds = time.monotonic() - began
        with Pipes(task.core, environment) as pipes:
            pipes.call("start_io_for_all_accounts")
            pipes.wait_for("ImapInboxIdle", task.accounts)
            settled()
            return {"memory_core": rss(pipes.process), "making": task.accounts / seconds}


def core_of(process: int) -> int:
    """Find the one process that another has started."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii")
    (core,) = map(int, children.split())
    return core


def settled() -> None:
    """Let come to rest what has just begun."""
    time.sleep(SETTLE_SECONDS)
