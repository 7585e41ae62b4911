"""Hosts bots without a core: everything that the REST API needs of a host, and can see."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

import msgspec

from vestnik.bridge.channel.model import ChatState, ChatView, Invitation, ServiceBot
from vestnik.bridge.files.links import Links
from vestnik.bridge.files.uploads import Uploads
from vestnik.bridge.model import BotCommand, BotState, HostedBot
from vestnik.bridge.registry import Registry
from vestnik.bridge.subscription import DEFAULT_EVENTS, check_events
from vestnik.chatmail import Core
from vestnik.chatmail.logins import Login
from vestnik.errors import NotFound, Taken
from vestnik.gateway import Gateway, Token
from vestnik.ids import AccountId, ChatId, OwnerId, ResourceId

__all__ = ["FakeChannel", "FakeHosting", "FakeOrders", "Given"]


class Given(msgspec.Struct, frozen=True):
    """An order as it was given."""

    token: Token
    request: bytes
    key: str | None


class FakeOrders:
    """Answers every order that has an id by its own name."""

    def __init__(self) -> None:
        self.given: list[Given] = []

    async def carry_out(
        self, token: Token, request: bytes | msgspec.Raw, key: str | None = None
    ) -> bytes | None:
        self.given.append(Given(token, bytes(request), key))
        try:
            found = msgspec.json.decode(bytes(request))
        except (msgspec.DecodeError, RecursionError):
            return _answer(None, error={"code": -32700, "message": "This is no JSON."})
        if not isinstance(found, list):
            return self._one(found)
        answers = [one for one in map(self._one, found) if one is not None]
        return b"[" + b",".join(answers) + b"]" if answers else None

    async def openrpc(self, token: Token) -> bytes:
        title = token.resource or "core"
        return msgspec.json.encode({"openrpc": "1.3.2", "info": {"title": title}, "methods": []})

    def _one(self, request: object) -> bytes | None:
        if not isinstance(request, dict) or not isinstance(request.get("method"), str):
            return _answer(None, error={"code": -32600, "message": "This is no request."})
        id = request.get("id", msgspec.UNSET)
        if id is msgspec.UNSET:
            return None
        if isinstance(id, bool) or not isinstance(id, str | int | float | None):
            return _answer(None, error={"code": -32600, "message": "This is no id."})
        return _answer(id, result=request["method"])


class FakeChannel:
    """Tells nobody anything, but has a service bot with a chat for everybody."""

    def __init__(self) -> None:
        self.logins: list[Login] = []
        self.removed: list[tuple[OwnerId, ChatId]] = []

    async def set_up(self, login: Login, name: str) -> ServiceBot:
        self.logins.append(login)
        return ServiceBot(account=AccountId(9), address="post@relay.example", name=name, chats=0)

    async def show(self) -> ServiceBot:
        return ServiceBot(account=AccountId(9), address="post@relay.example", name="P", chats=1)

    async def tear_down(self) -> None:
        self.logins.clear()

    async def invite(self, owner: OwnerId) -> Invitation:
        return Invitation(f"https://i.delta.chat/#{owner}", 5000, ChatId(12))

    async def chats(self, owner: OwnerId) -> Sequence[ChatView]:
        return [
            ChatView(
                id=ChatId(12),
                owner=owner,
                state=ChatState.OPEN,
                types="default",
                created=1,
                expires=None,
                muted_until=None,
                position=3,
                waiting=0,
            )
        ]

    async def remove(self, owner: OwnerId, chat: ChatId) -> None:
        if chat != 12:
            raise NotFound(f"The owner {owner!r} has no chat {chat}.")
        self.removed.append((owner, chat))


class FakeHosting:
    """Hosts bots that have an address and do nothing."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._bots: dict[ResourceId, HostedBot] = {}
        self.calls = FakeOrders()
        self.logins: list[Login] = []
        self.problem: Exception | None = None
        self.is_adding, self.may_add = asyncio.Event(), asyncio.Event()
        self.may_add.set()
        self.registry = Registry()
        self.core: Core | None = None
        self.channels = FakeChannel()
        self.has_accounts = True
        self.described = 0

    @property
    def uploads(self) -> Uploads:
        raise NotImplementedError

    @property
    def links(self) -> Links:
        raise NotImplementedError

    def put(self, owner: OwnerId, bot: ResourceId, name: str) -> HostedBot:
        """Let a resource be a bot."""
        account = AccountId(len(self._bots) + 1)
        self._bots[bot] = HostedBot(
            id=bot,
            owner=owner,
            account=account,
            address=f"bot{account}@relay.example",
            name=name,
            state=BotState.ONLINE,
            events=DEFAULT_EVENTS,
            commands=(),
            invite=f"https://i.delta.chat/#{bot}",
        )
        return self._bots[bot]

    async def add(
        self,
        owner: OwnerId,
        bot: ResourceId,
        name: str,
        login: Login,
        events: Iterable[str] | None = None,
    ) -> HostedBot:
        self.is_adding.set()
        await self.may_add.wait()
        if self.problem is not None:
            raise self.problem
        if bot in self._bots:
            raise Taken(f"There is a bot {bot!r} already.")
        chosen = check_events(DEFAULT_EVENTS if events is None else events)
        resource = await self._gateway.administration.resources.create(owner, name, id=bot)
        self.logins.append(login)
        made = self.put(owner, bot, resource.name)
        return self._keep(msgspec.structs.replace(made, events=chosen))

    async def list(self, owner: OwnerId | None, *, after: str, most: int) -> Sequence[HostedBot]:
        found = sorted(self._bots.values(), key=lambda one: one.id)
        asked = [one for one in found if one.id > after and owner in (None, one.owner)]
        self.described += len(asked[:most])
        return asked[:most]

    async def show(self, bot: ResourceId) -> HostedBot:
        if self.problem is not None:
            raise self.problem
        found = self._bots.get(bot)
        if found is None:
            raise NotFound(f"There is no bot {bot!r}.")
        return found

    async def change(
        self,
        bot: ResourceId,
        name: str | None = None,
        events: Iterable[str] | None = None,
        commands: Iterable[BotCommand] | None = None,
    ) -> HostedBot:
        before = await self.show(bot)
        changed = msgspec.structs.replace(
            before,
            name=before.name if name is None else name,
            events=before.events if events is None else check_events(events),
            commands=before.commands if commands is None else tuple(commands),
        )
        return self._keep(changed)

    async def remove(self, bot: ResourceId) -> None:
        await self.show(bot)
        del self._bots[bot]
        await self._gateway.administration.resources.delete(bot)

    async def channel(self) -> FakeChannel | None:
        return self.channels if self.has_accounts else None

    async def started_channel(self) -> FakeChannel:
        self.has_accounts = True
        return self.channels

    def silence(self, bot: ResourceId) -> None:
        """Let the core not have told yet how people get to a bot."""
        self._keep(msgspec.structs.replace(self._bots[bot], invite=""))

    def _keep(self, bot: HostedBot) -> HostedBot:
        self._bots[bot.id] = bot
        return bot


def _answer(id: str | int | float | None, **what: object) -> bytes:
    return msgspec.json.encode({"jsonrpc": "2.0", "id": id, **what})
