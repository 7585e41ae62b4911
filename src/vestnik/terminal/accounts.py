"""Accounts as they are typed and shown."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vestnik.chatmail import Core
from vestnik.chatmail.types import AccountConfigured
from vestnik.errors import BadInput
from vestnik.ids import AccountId

__all__ = ["AccountsDir", "Passphrase", "Password", "account_line", "known_account"]

AccountsDir = Annotated[
    Path,
    typer.Option(
        "--accounts",
        envvar=["VESTNIK_ACCOUNTS", "DC_ACCOUNTS_PATH"],
        help="The directory where the core keeps its accounts.",
    ),
]

Passphrase = Annotated[
    str | None,
    typer.Option(envvar="VESTNIK_PASSPHRASE", help="Encrypts the backup; keep it elsewhere."),
]

Password = Annotated[
    str | None, typer.Option(envvar="VESTNIK_PASSWORD", help="The password of an address.")
]


async def account_line(core: Core, account_id: AccountId) -> str:
    """Return number, address and name of an account, separated by tabs."""
    address = await core.get_config(account_id, "configured_addr")
    info = await core.get_account_info(account_id)
    name = info.display_name if isinstance(info, AccountConfigured) else "(not configured)"
    return "\t".join(filter(None, (str(account_id), address, name)))


async def known_account(core: Core, account: int) -> AccountId:
    """Return an account by the number that a person gave.

    Raises:
        BadInput: There is no such account.
    """
    known = await core.get_all_account_ids()
    if account not in known:
        there_are = f"there are {', '.join(map(str, known))}" if known else "there is none yet"
        raise BadInput(f"There is no account {account} here: {there_are}.")
    return AccountId(account)
