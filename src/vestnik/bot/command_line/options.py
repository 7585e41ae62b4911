"""Options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

from vestnik.chatmail import Core
from vestnik.errors import BadInput
from vestnik.ids import AccountId
from vestnik.terminal import known_account

__all__ = ["AccountChoice", "ShowQr", "chosen_account"]

AccountChoice = Annotated[
    int | None,
    typer.Option("--account", help="Which account, by its number; needed if there are several."),
]

ShowQr = Annotated[
    bool | None,
    typer.Option("--qr/--no-qr", help="Draw it as a QR code, too; by default on a terminal."),
]


async def chosen_account(core: Core, number: int | None) -> AccountId:
    """Return the account that is meant: the named one, or the only one.

    Raises:
        BadInput: There is none, or it is not clear which.
    """
    if number is not None:
        return await known_account(core, number)
    known = await core.get_all_account_ids()
    if not known:
        raise BadInput("There is no account yet: make one with `init` and an account code.")
    if len(known) > 1:
        raise BadInput(
            f"There are several accounts ({', '.join(map(str, known))}): say which, --account N."
        )
    return known[0]
