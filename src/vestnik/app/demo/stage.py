"""The relay, the gateway that hosts the bot, the core of the user, and all they need to meet."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from vestnik.app.demo.house import House, open_house
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
    """Everything that is needed for a conversation between a user and a hosted bot."""

    relay: Relay
    house: House
    bot: Actor
    user: Actor
    bot_token: str


@asynccontextmanager
async def set_stage(
    directory: Path, on_progress: OnLogin, *, hurried: bool = False
) -> AsyncIterator[Stage]:
    """Start a relay in memory, a gateway that hosts a bot, and the core of a user.

    Args:
        directory: Where gateway and core keep what they have.
        on_progress: Told whose login has come how far.
        hurried: The user is a program as well; the core holds a person's account back to about
            one message a second, and who measures would measure that.
    """
    async with (
        Relay(RelayConfig()) as relay,
        open_house(directory / "gateway") as house,
        open_core(directory / "user") as user_core,
    ):
        async with asyncio.TaskGroup() as both:
            bot = both.create_task(_bot(house, relay, on_progress))
            user = both.create_task(_user(user_core, relay, on_progress, is_bot=hurried))
        yield Stage(relay, house, bot.result(), user.result(), await house.bot_token())


async def _bot(house: House, relay: Relay, on_progress: OnLogin) -> Actor:
    code = relay.new_account().login_code
    core, hosted = await house.host(
        AccountCode(code), lambda progress: on_progress("bot", progress)
    )
    return Actor("bot", core, hosted.account, hosted.address)


async def _user(core: Core, relay: Relay, on_progress: OnLogin, *, is_bot: bool) -> Actor:
    credentials = relay.new_account()
    account_id = await add_account(
        core,
        AccountCode(credentials.login_code),
        bot=is_bot,
        name="User",
        on_progress=lambda progress: on_progress("user", progress),
    )
    await core.start_io(account_id)
    return Actor("user", core, account_id, credentials.address)


async def introduce(guest: Actor, host: Actor) -> ChatId:
    """Let the guest scan the host's code: the SecureJoin handshake verifies both to each other.

    Returns:
        The guest's chat with the host.
    """
    code = await host.core.get_chat_securejoin_qr_code(host.account_id, None)
    return await join_by_code(guest.core, guest.account_id, code)
