"""The accounts of a bot: made, listed, set, moved, removed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vestnik.bot.command_line.options import AccountChoice, chosen_account
from vestnik.bot.command_line.program import Program
from vestnik.chatmail import (
    add_account,
    back_up_account,
    open_core,
    parse_login,
    restore_account,
)
from vestnik.terminal import (
    AccountsDir,
    Passphrase,
    Password,
    account_line,
    run,
    showing_progress,
)

__all__ = ["config", "export", "import_", "init", "list_", "remove"]


def init(
    program: Program,
    login: Annotated[
        str, typer.Argument(help="dcaccount:…, DCACCOUNT:https…, dclogin:… or address")
    ],
    password: Password = None,
    name: Annotated[str, typer.Option(help="The name that others see.")] = "",
    accounts: AccountsDir = Path("accounts"),
) -> None:
    """Make an account for the bot and log it in."""
    program.load()
    run(_init(accounts, login, password, name))


async def _init(accounts: Path, login: str, password: str | None, name: str) -> None:
    parsed = parse_login(login, password)
    async with open_core(accounts, restarts=None) as core:
        with showing_progress("Logging in") as on_progress:
            account_id = await add_account(core, parsed, name=name, on_progress=on_progress)
        typer.echo(await account_line(core, account_id))


def list_(program: Program, accounts: AccountsDir = Path("accounts")) -> None:
    """List the accounts: number, address, name."""
    program.load()
    run(_list(accounts))


async def _list(accounts: Path) -> None:
    async with open_core(accounts, restarts=None) as core:
        for account_id in await core.get_all_account_ids():
            typer.echo(await account_line(core, account_id))


def config(
    program: Program,
    key: Annotated[str, typer.Argument(help="Such as displayname, selfstatus or selfavatar.")],
    value: Annotated[str | None, typer.Argument(help="What to set; without it, show it.")] = None,
    account: AccountChoice = None,
    accounts: AccountsDir = Path("accounts"),
) -> None:
    """Show or change what the core keeps of the bot: its name, picture, status and more."""
    program.load()
    run(_config(accounts, account, key, value))


async def _config(accounts: Path, account: int | None, key: str, value: str | None) -> None:
    async with open_core(accounts, restarts=None) as core:
        account_id = await chosen_account(core, account)
        if value is not None:
            await core.set_config(account_id, key, value)
        typer.echo(await core.get_config(account_id, key) or "")


def remove(
    program: Program,
    account: AccountChoice = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    accounts: AccountsDir = Path("accounts"),
) -> None:
    """Remove an account with all its messages and keys; only a backup brings it back."""
    program.load()
    run(_remove(accounts, account, sure=yes))


async def _remove(accounts: Path, account: int | None, *, sure: bool) -> None:
    async with open_core(accounts, restarts=None) as core:
        account_id = await chosen_account(core, account)
        line = await account_line(core, account_id)
        if not sure:
            typer.confirm(f"Remove {line} and all its messages for ever?", abort=True)
        await core.remove_account(account_id)
        typer.echo(f"removed {line}")


def export(
    program: Program,
    directory: Annotated[Path, typer.Argument(help="Where to write the file.")],
    passphrase: Passphrase = None,
    account: AccountChoice = None,
    accounts: AccountsDir = Path("accounts"),
) -> None:
    """Write an account with its messages and keys into one file."""
    program.load()
    run(_export(accounts, account, directory, passphrase))


async def _export(
    accounts: Path, account: int | None, directory: Path, passphrase: str | None
) -> None:
    async with open_core(accounts, restarts=None) as core:
        account_id = await chosen_account(core, account)
        with showing_progress("Exporting") as on_progress:
            file = await back_up_account(
                core, account_id, directory, passphrase=passphrase, on_progress=on_progress
            )
        typer.echo(str(file))


def import_(
    program: Program,
    file: Annotated[Path, typer.Argument(help="A file that `export` wrote.")],
    passphrase: Passphrase = None,
    accounts: AccountsDir = Path("accounts"),
) -> None:
    """Make an account from such a file."""
    program.load()
    run(_import(accounts, file, passphrase))


async def _import(accounts: Path, file: Path, passphrase: str | None) -> None:
    async with open_core(accounts, restarts=None) as core:
        with showing_progress("Importing") as on_progress:
            account_id = await restore_account(
                core, file, passphrase=passphrase, on_progress=on_progress
            )
        typer.echo(await account_line(core, account_id))
