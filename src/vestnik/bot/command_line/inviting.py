"""How people get to a bot: everybody by its link, its admins by a code of their own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from vestnik.bot.admins import AdminGroup
from vestnik.bot.command_line.options import AccountChoice, ShowQr, chosen_account
from vestnik.bot.command_line.program import Program
from vestnik.bot.objects import QrCode
from vestnik.chatmail import open_core
from vestnik.errors import BadInput
from vestnik.terminal import AccountsDir, run

__all__ = ["admin", "link"]


def link(
    program: Program,
    qr: ShowQr = None,
    account: AccountChoice = None,
    accounts: AccountsDir = Path("accounts"),
) -> None:
    """Print the link by which people reach the bot."""
    program.load()
    _print_link(run(_link(accounts, account)), qr)


async def _link(accounts: Path, account: int | None) -> str:
    async with open_core(accounts, restarts=None) as core:
        account_id = await chosen_account(core, account)
        if not await core.is_configured(account_id):
            raise BadInput(f"Account {account_id} is not configured: make another one with `init`.")
        return await core.get_chat_securejoin_qr_code(account_id, None)


def admin(
    program: Program,
    reset: Annotated[
        bool, typer.Option("--reset", help="Begin anew without admins, by a new code.")
    ] = False,
    qr: ShowQr = None,
    account: AccountChoice = None,
    accounts: AccountsDir = Path("accounts"),
) -> None:
    """Print the link by which its owners join the group of its admins."""
    name = program.load().name
    _print_link(run(_admin(accounts, account, name, reset=reset)), qr)


async def _admin(accounts: Path, account: int | None, name: str, *, reset: bool) -> str:
    async with open_core(accounts, restarts=None) as core:
        account_id = await chosen_account(core, account)
        if not await core.is_configured(account_id):
            raise BadInput(f"Account {account_id} is not configured: make another one with `init`.")
        group = AdminGroup(core, name)
        return await (group.reset(account_id) if reset else group.invite_code(account_id))


def _print_link(text: str, with_qr: bool | None) -> None:
    if with_qr if with_qr is not None else sys.stdout.isatty():
        typer.echo(QrCode(text).terminal())
    typer.echo(text)
