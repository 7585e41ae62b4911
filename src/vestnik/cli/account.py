"""``vestnik account``: accounts of the core, from the first login to the backup."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vestnik.chatmail import (
    add_account,
    back_up_account,
    open_core,
    parse_login,
    restore_account,
)
from vestnik.cli._options import AccountNumber
from vestnik.terminal import (
    AccountsDir,
    Passphrase,
    Password,
    account_line,
    known_account,
    run,
    showing_progress,
)

__all__ = ["app"]

app = typer.Typer(help="Add, list, back up, restore and remove accounts.", no_args_is_help=True)


@app.command()
def add(
    login: Annotated[
        str, typer.Argument(help="dcaccount:…, DCACCOUNT:https…, dclogin:… or address")
    ],
    password: Password = None,
    name: Annotated[str, typer.Option(help="The name that others see.")] = "",
    bot: Annotated[bool, typer.Option(help="The account is a program's.")] = True,
    accounts: AccountsDir = Path("accounts"),
) -> None:
    """Add an account and log it in."""
    run(_add(accounts, login, password, name, bot=bot))


async def _add(accounts: Path, login: str, password: str | None, name: str, *, bot: bool) -> None:
    parsed = parse_login(login, password)
    async with open_core(accounts, restarts=None) as core:
        with showing_progress("Logging in") as on_progress:
            account_id = await add_account(
                core, parsed, bot=bot, name=name, on_progress=on_progress
            )
        typer.echo(await account_line(core, account_id))


@app.command("list")
def list_(accounts: AccountsDir = Path("accounts")) -> None:
    """List the accounts: number, address, name."""
    run(_list(accounts))


async def _list(accounts: Path) -> None:
    async with open_core(accounts, restarts=None) as core:
        for account_id in await core.get_all_account_ids():
            typer.echo(await account_line(core, account_id))


@app.command()
def link(account: AccountNumber, accounts: AccountsDir = Path("accounts")) -> None:
    """Print the invite link of an account."""
    run(_link(accounts, account))


async def _link(accounts: Path, account: int) -> None:
    async with open_core(accounts, restarts=None) as core:
        account_id = await known_account(core, account)
        typer.echo(await core.get_chat_securejoin_qr_code(account_id, None))


@app.command()
def remove(
    account: AccountNumber,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    accounts: AccountsDir = Path("accounts"),
) -> None:
    """Remove an account with all its messages and keys; only a backup brings it back."""
    run(_remove(accounts, account, sure=yes))


async def _remove(accounts: Path, account: int, *, sure: bool) -> None:
    async with open_core(accounts, restarts=None) as core:
        account_id = await known_account(core, account)
        line = await account_line(core, account_id)
        if not sure:
            typer.confirm(f"Remove {line} and all its messages for ever?", abort=True)
        await core.remove_account(account_id)
        typer.echo(f"removed {line}")


@app.command()
def backup(
    account: AccountNumber,
    directory: Annotated[Path, typer.Argument(help="Where to write the file.")],
    passphrase: Passphrase = None,
    accounts: AccountsDir = Path("accounts"),
) -> None:
    """Write an account with its messages and keys into one file."""
    run(_backup(accounts, account, directory, passphrase))


async def _backup(accounts: Path, account: int, directory: Path, passphrase: str | None) -> None:
    async with open_core(accounts, restarts=None) as core:
        account_id = await known_account(core, account)
        with showing_progress("Backing up") as on_progress:
            file = await back_up_account(
                core, account_id, directory, passphrase=passphrase, on_progress=on_progress
            )
        typer.echo(str(file))


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file that `account backup` wrote.")],
    passphrase: Passphrase = None,
    accounts: AccountsDir = Path("accounts"),
) -> None:
    """Make an account from a backup."""
    run(_restore(accounts, file, passphrase))


async def _restore(accounts: Path, file: Path, passphrase: str | None) -> None:
    async with open_core(accounts, restarts=None) as core:
        with showing_progress("Restoring") as on_progress:
            account_id = await restore_account(
                core, file, passphrase=passphrase, on_progress=on_progress
            )
        typer.echo(await account_line(core, account_id))
