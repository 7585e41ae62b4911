"""A gateway with an owner, a fake core with a service bot, and the channel between them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from vestnik.bot import Database
from vestnik.bridge.channel import Channel, ChannelOptions, Invitation
from vestnik.chatmail import Backoff, Core
from vestnik.chatmail.types import QrReviveVerifyGroup, QrWithdrawVerifyGroup
from vestnik.gateway import Gateway, Sealer
from vestnik.gateway.brokers import MemoryBroker
from vestnik.gateway.delivery import MemorySender
from vestnik.gateway.stores import MemoryStore
from vestnik.ids import AccountId, ChatId, OwnerId, ResourceId
from vestnik.testing import FakeClock, FakeCore
from vestnik.testing.fake.chat import FakeChat
from vestnik.testing.fake.contact import FakeContact
from vestnik.wire import Notification

ANNA = OwnerId("anna")
BOT = ResourceId("weather")
SECONDS = 20.0


@asynccontextmanager
async def gateway_with_owners(clock: FakeClock) -> AsyncIterator[Gateway]:
    """Run a gateway in memory with two owners."""
    gateway = Gateway(
        MemoryStore(clock),
        MemoryBroker(),
        MemorySender(),
        Sealer.from_key(bytes(32)),
        clock=clock,
    )
    async with gateway:
        await people(gateway)
        yield gateway


async def until(holds: Callable[[], bool]) -> None:
    """Let others go on until something is so."""
    async with asyncio.timeout(SECONDS):
        for _ in iter(holds, True):
            await asyncio.sleep(0)


async def people(gateway: Gateway) -> None:
    for owner, bot, name in (("anna", "weather", "Weather"), ("boris", "chess", "Chess")):
        if gateway.roster.owner(OwnerId(owner)) is None:
            await gateway.administration.owners.create(owner.title(), id=OwnerId(owner))
            await gateway.administration.resources.create(OwnerId(owner), name, id=ResourceId(bot))


def up(count: int, clock: FakeClock, type: int = 1) -> Notification:
    """Make a notification that names its number."""
    payload = msgspec.Raw(msgspec.json.encode({"upCount": count}))
    return Notification(type, BOT, BOT, "77", int(clock.now() * 1000), payload)


class Stage:
    """What a test moves and looks at."""

    def __init__(self, fake: FakeCore, gateway: Gateway, clock: FakeClock) -> None:
        self.fake = fake
        self.gateway = gateway
        self.clock = clock
        self.account = fake.account("Vestnik", bot=True)
        self.account.config["ui.vestnik.service"] = "1"
        self.channel: Channel
        self.core: Core
        self.withdrawn: list[str] = []
        fake.on("check_qr", self._check)
        fake.on("set_config_from_qr", self._withdraw)

    def _check(self, account: AccountId, code: str) -> object:
        found = self.fake.play("check_qr", account, code)
        if isinstance(found, QrWithdrawVerifyGroup) and code in self.withdrawn:
            fields = {name: getattr(found, name) for name in found.__struct_fields__}
            return QrReviveVerifyGroup(**fields)
        return found

    def _withdraw(self, account: AccountId, code: str) -> None:
        assert code not in self.withdrawn, "a second time would bring it back to life"
        self.withdrawn.append(code)

    def person(self, address: str = "anna@fake.example") -> FakeContact:
        return self.account.contact(address, name=address.partition("@")[0].title())

    def chat(self, invitation: Invitation) -> FakeChat:
        return self.account.find_chat(invitation.chat)

    def texts(self, chat: ChatId) -> list[str]:
        """Return what the bot has said in a chat."""
        said = (message for message in self.account.sent if message.chat.id == chat)
        return [message.text for message in said if not message.is_info]

    async def joined(self) -> FakeChat:
        """Let Anna come to a chat, and be greeted."""
        invitation = await self.channel.invite(ANNA)
        chat = self.chat(invitation)
        self.person().scan_invite(chat)
        await self.until_said(chat.id, 1)
        return chat

    async def until_said(self, chat: ChatId, count: int) -> list[str]:
        async with asyncio.timeout(SECONDS):
            while len(self.texts(chat)) < count:
                await self.account.until_sent(len(self.account.sent) + 1)
        return self.texts(chat)

    async def says(self, chat: FakeChat, text: str, answers: int = 1) -> str:
        """Let Anna write, and return the last of so many answers."""
        before = len(self.texts(chat.id))
        chat.receive(text, sender=self.person())
        return (await self.until_said(chat.id, before + answers))[-1]

    async def pass_by(self, seconds: float) -> None:
        """Let so much time pass, and a little more, in which everything is looked at once."""
        self.clock.set_wall(self.clock.now() + seconds)
        await self.clock.advance(61)

    async def until_no_chats(self) -> None:
        """Wait until Anna has no chat any more."""
        async with asyncio.timeout(SECONDS):
            while await self.channel.chats(ANNA):
                pass

    async def publish(self, *notifications: Notification) -> None:
        for told in notifications:
            await self.gateway.publishing.announce(ANNA, told)

    @asynccontextmanager
    async def running(
        self, memory: Path | None = None, options: ChannelOptions | None = None
    ) -> AsyncIterator[Channel]:
        """Run the channel until the block ends."""
        options = options or ChannelOptions(per_minute=None)
        async with (
            Core(self.fake.transport, restarts=Backoff(first=0.01, calm=0)) as self.core,
            Database(memory) as database,
        ):
            self.channel = Channel(self.core, self.gateway, database, options=options)
            ready = asyncio.Event()
            run = asyncio.create_task(self.channel.run(ready))
            waiting = asyncio.create_task(ready.wait())
            await asyncio.wait([run, waiting], return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
            try:
                if run.done():
                    await run
                yield self.channel
            finally:
                run.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await run
