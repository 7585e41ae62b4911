"""``vestnik rpc``: any method of the core from the shell."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from vestnik.chatmail import METHODS, Method, Param, open_core
from vestnik.errors import BadInput, UnknownMethod
from vestnik.terminal import AccountsDir, run

__all__ = ["rpc"]

EVENT_METHODS = ("get_next_event", "get_next_event_batch")


def rpc(
    method: Annotated[str, typer.Argument(help="The method, as `--list` shows it.")] = "",
    args: Annotated[
        list[str] | None,
        typer.Argument(help="Its arguments: text as it is, everything else as JSON."),
    ] = None,
    accounts: AccountsDir = Path("accounts"),
    show: Annotated[bool, typer.Option("--list", help="Show all methods, or those named.")] = False,
    timeout: Annotated[float, typer.Option(help="Seconds to wait for the answer.")] = 60.0,
) -> None:
    """Call a method of the core on a directory of accounts and print its answer as JSON."""
    if show or not method:
        _print_methods(method)
    else:
        answer = run(_call(accounts, method, args or [], timeout))
        typer.echo(msgspec.json.format(msgspec.json.encode(answer), indent=2))


def _print_methods(part_of_name: str) -> None:
    for method in METHODS.values():
        if part_of_name in method.name:
            typer.echo(f"{method.signature}{'  (deprecated)' if method.deprecated else ''}")


async def _call(accounts: Path, name: str, args: list[str], timeout: float) -> object:
    params = _params(name, args)
    async with open_core(accounts, restarts=None) as core:
        try:
            return await core.call(name, *params, timeout=timeout)
        except UnknownMethod:
            suggestions = difflib.get_close_matches(name, METHODS, n=2)
            raise UnknownMethod(name, tuple(suggestions)) from None


def _params(name: str, args: list[str]) -> list[object]:
    if name in EVENT_METHODS:
        raise BadInput("Events have a command of their own: `vestnik events --follow`.")
    method = METHODS.get(name)
    if method is None:
        # A newer core may know it, an older one would not.
        return [_json_or_text(arg) for arg in args]
    _check_count(method, len(args))
    typed = [_param(param, arg) for param, arg in zip(method.params, args, strict=False)]
    return typed + [None] * (len(method.params) - len(args))


def _check_count(method: Method[object], given: int) -> None:
    needed = sum(not param.optional for param in method.params)
    if not needed <= given <= len(method.params):
        raise BadInput(f"Wrong number of arguments ({given}): {method.signature}")


def _param(param: Param, arg: str) -> object:
    is_text = param.type == "str" or (param.type == "str | None" and arg != "null")
    return arg if is_text else _json_or_text(arg)


def _json_or_text(arg: str) -> object:
    try:
        return msgspec.json.decode(arg)
    except (msgspec.DecodeError, UnicodeError):
        return arg
