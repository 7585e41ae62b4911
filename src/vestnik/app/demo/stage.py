"""The relay, the two cores and their accounts, introduced to each other."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from vestnik.chatmail import AccountCode, Core, Progress, add_account, join_by_code, open_core
from vestnik.ids import AccountId, ChatId
from vestnik.relay import Relay, RelayConfig

__all__ = ["Actor", "Stage", "introduce", "set_stage"]


OnLogin = Callable[[str, Progress], None]


@dataclass(frozen=True)
class Actor:
    """One account on a core of its own."""

    role: str
    core: Core
    account_id: AccountId
    address: str


@dataclass(frozen=True)
class Stage:
    """Everything that is needed for a conversation between a user and a bot."""

    relay: Relay
    bot: Actor
    user: Actor


@asynccontextmanager
async def set_stage(
    directory: Path, on_progress: OnLogin, *, hurried: bool = False
) -> AsyncIterator[Stage]:
    """Start a relay in memory and two real cores, and log an account in on each.

    Args:
        directory: Where the cores keep their accounts.
        on_progress: Told whose login has come how far.
        hurried: The user is a program as well; the core holds a person's account back to about
            one message a second, and who measures would measure that.
    """
    async with (
        Relay(RelayConfig()) as relay,
        open_core(directory / "bot") as bot_core,
        open_core(directory / "user") as user_core,
    ):
        bot = await _actor("bot", bot_core, relay, on_progress, is_bot=True)
        user = await _actor("user", user_core, relay, on_progress, is_bot=hurried)
        yield Stage(relay, bot, user)


async def _actor(
    role: str, core: Core, relay: Relay, on_progress: OnLogin, *, is_bot: bool
) -> Actor:
    credentials = relay.new_account()
    account_id = await add_account(
        core,
        AccountCode(credentials.login_code),
        bot=is_bot,
        name=role.capitalize(),
        on_progress=lambda progress: on_progress(role, progress),
    )
    await core.start_io(account_id)
    return Actor(role, core, account_id, credentials.address)


async def introduce(guest: Actor, host: Actor) -> ChatId:
    """Let the guest scan the host's code: the SecureJoin handshake verifies both to each other.

    Returns:
        The guest's chat with the host.
    """
    code = await host.core.get_chat_securejoin_qr_code(host.account_id, None)
    return await join_by_code(guest.core, guest.account_id, code)
