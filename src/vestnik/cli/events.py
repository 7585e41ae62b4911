"""``vestnik events``: what can happen in a core, and what does."""

from __future__ import annotations

import difflib
import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from vestnik.chatmail import EVENT_TABLE, CoreRestarted, Event, encode_event, open_core
from vestnik.cli._options import AsJson
from vestnik.errors import BadInput
from vestnik.terminal import AccountsDir, run

__all__ = ["events"]


def events(
    follow: Annotated[
        bool, typer.Option(help="Print events as they happen, until Ctrl-C.")
    ] = False,
    as_json: AsJson = False,
    accounts: AccountsDir = Path("accounts"),
    io: Annotated[bool, typer.Option(help="Connect the accounts to their relays.")] = True,
    kind: Annotated[
        list[str] | None, typer.Option(help="Only events of this kind; can be repeated.")
    ] = None,
) -> None:
    """Print the table of all events, or follow those of the accounts."""
    kinds = frozenset(map(_known, kind or ()))
    if follow:
        run(_follow(accounts, kinds, as_json=as_json, io=io))
    elif as_json:
        _print_table_as_json(kinds)
    else:
        _print_table(kinds)


def _known(kind: str) -> str:
    if kind in EVENT_TABLE or kind == CoreRestarted.kind:
        return kind
    near = difflib.get_close_matches(kind, EVENT_TABLE, n=1)
    hint = f"did you mean {near[0]}?" if near else "`vestnik events` shows them all."
    raise BadInput(f"There is no event {kind!r}: {hint}")


async def _follow(accounts: Path, kinds: frozenset[str], *, as_json: bool, io: bool) -> None:
    show = _json_line if as_json else _plain_line
    async with open_core(accounts) as core, core.events() as stream:
        count = len(await core.get_all_account_ids())
        typer.echo(f"Following {count} account(s) in {accounts}; Ctrl-C ends.", err=True)
        if io:
            await core.start_io_for_all_accounts()
        async for event in stream:
            if not kinds or event.payload.kind in kinds:
                typer.echo(show(event))


def _json_line(event: Event) -> str:
    return encode_event(event).decode()


def _plain_line(event: Event) -> str:
    fields = msgspec.to_builtins(event.payload)
    values = " ".join(f"{name}={value!r}" for name, value in fields.items() if name != "kind")
    return f"account {event.account_id}  {event.payload.kind}  {values}".rstrip()


def _print_table_as_json(kinds: frozenset[str]) -> None:
    for kind, facts in EVENT_TABLE.items():
        if not kinds or kind in kinds:
            row = {"kind": kind, **facts._asdict()}
            typer.echo(msgspec.json.encode(row, enc_hook=str).decode())


def _print_table(kinds: frozenset[str]) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in ("number", "event", "C constant", "payload", "meaning"):
        table.add_column(heading, overflow="fold")
    for kind, facts in EVENT_TABLE.items():
        if not kinds or kind in kinds:
            fields = ", ".join(argument.field for argument in facts.arguments)
            table.add_row(str(facts.number), kind, facts.constant, fields, facts.meaning)
    # Piped into another program, a row stays a line.
    Console(width=None if sys.stdout.isatty() else 200).print(table)
