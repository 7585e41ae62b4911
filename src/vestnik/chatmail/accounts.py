"""The life of an account: added, configured, backed up, restored."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from vestnik.chatmail._generated.types import EnteredLoginParam
from vestnik.chatmail.core import Core
from vestnik.chatmail.events import ConfigureProgress, Event, ImexFileWritten, ImexProgress
from vestnik.chatmail.hub import EventStream
from vestnik.chatmail.logins import AccountCode, Login
from vestnik.errors import CallFailed, ConfigureFailed, CoreError, TransferFailed
from vestnik.ids import AccountId

__all__ = ["Progress", "add_account", "back_up_account", "configure_account", "restore_account"]


class Progress(msgspec.Struct, frozen=True):
    """How far a long job of the core has come.

    Attributes:
        permille: 1 to 999 under way, 1000 done, 0 failed.
        comment: The core's words about the present step.
    """

    permille: int
    comment: str = ""


FILE_EVENT_SECONDS = 10.0

OnProgress = Callable[[Progress], None]


async def add_account(
    core: Core,
    login: Login,
    *,
    bot: bool = True,
    name: str = "",
    on_progress: OnProgress | None = None,
) -> AccountId:
    """Add an account and configure it; when that fails, no account is left behind.

    Args:
        core: The core to add it to.
        login: What to log in with.
        bot: Whether the account is a program's; the core then accepts chats by itself, waits
            for whole messages and tells the others that a bot is writing.
        name: The name that others see.
        on_progress: Told how far the configuration has come.

    Raises:
        ConfigureFailed: The core could not log in.
    """
    account_id = await core.add_account()
    try:
        # Before the first login, because the core reads it while configuring.
        await core.set_config(account_id, "bot", "1" if bot else "0")
        if name:
            await core.set_config(account_id, "displayname", name)
        await configure_account(core, account_id, login, on_progress=on_progress)
    except BaseException:
        await _forget(core, account_id)
        raise
    return account_id


async def configure_account(
    core: Core, account_id: AccountId, login: Login, *, on_progress: OnProgress | None = None
) -> None:
    """Log an account in to its relay, or change what it logs in with.

    Raises:
        ConfigureFailed: The core could not log in; its words say why.
    """
    async with _reporting(core.events(account_id), on_progress):
        try:
            if isinstance(login, AccountCode):
                await core.add_transport_from_qr(account_id, login.text)
            else:
                entered = EnteredLoginParam(addr=login.address, password=login.password)
                await core.add_or_update_transport(account_id, entered)
        except CallFailed as refusal:
            raise ConfigureFailed(*refusal.args) from refusal


async def back_up_account(
    core: Core,
    account_id: AccountId,
    directory: Path,
    *,
    passphrase: str | None = None,
    on_progress: OnProgress | None = None,
) -> Path:
    """Write everything of an account into one file.

    Returns:
        The file, which lies in `directory`.

    Raises:
        TransferFailed: The core could not write it.
    """
    await asyncio.to_thread(_make_directory, directory)
    written: asyncio.Future[Path] = asyncio.get_running_loop().create_future()

    def note_file(event: Event) -> None:
        if isinstance(event.payload, ImexFileWritten) and not written.done():
            written.set_result(Path(event.payload.path))

    async with _reporting(core.events(account_id), on_progress, note_file):
        try:
            await core.export_backup(account_id, str(directory), passphrase)
            # The event may come after the answer.
            return await asyncio.wait_for(written, FILE_EVENT_SECONDS)
        except CallFailed as refusal:
            raise TransferFailed(*refusal.args) from refusal


def _make_directory(directory: Path) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        reason = f"the directory {directory} cannot be made ({problem.strerror})."
        raise TransferFailed("export_backup", -1, reason) from problem


async def restore_account(
    core: Core,
    backup: Path,
    *,
    passphrase: str | None = None,
    on_progress: OnProgress | None = None,
) -> AccountId:
    """Make an account from a backup file; when that fails, no account is left behind.

    Raises:
        TransferFailed: The core could not read it, for instance for a wrong passphrase.
    """
    account_id = await core.add_account()
    try:
        async with _reporting(core.events(account_id), on_progress):
            await core.import_backup(account_id, str(backup), passphrase)
    except BaseException as error:
        await _forget(core, account_id)
        if isinstance(error, CallFailed):
            raise TransferFailed(*error.args) from error
        raise
    return account_id


@asynccontextmanager
async def _reporting(
    events: EventStream,
    on_progress: OnProgress | None,
    on_event: Callable[[Event], None] = lambda event: None,
) -> AsyncIterator[None]:
    """Pass on what the account's events tell for as long as the block runs."""

    async def listen() -> None:
        async for event in events:
            on_event(event)
            if on_progress is not None and (progress := _progress(event)) is not None:
                on_progress(progress)

    listener = asyncio.create_task(listen())
    try:
        yield
    finally:
        events.close()
        await listener


async def _forget(core: Core, account_id: AccountId) -> None:
    """Remove a half-made account; what went wrong before is what the caller hears of."""
    with contextlib.suppress(CoreError):
        await asyncio.shield(core.remove_account(account_id))


def _progress(event: Event) -> Progress | None:
    payload = event.payload
    if isinstance(payload, ConfigureProgress):
        return Progress(payload.progress, payload.comment or "")
    if isinstance(payload, ImexProgress):
        return Progress(payload.progress)
    return None
