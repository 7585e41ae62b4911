"""The rules of settings: what is stored has passed them, and everybody is told of it."""

from __future__ import annotations

import asyncio

import pytest

from vestnik.errors import BadRequest, NotFound, StoreFailed, Taken, TargetRefused
from vestnik.gateway import Access, Administration, Roster, Scope, Sealer, WebhookChange
from vestnik.gateway.administration import (
    MOST_TOKENS,
    MOST_TOKENS_OF_RESOURCE,
    MOST_WEBHOOKS,
)
from vestnik.gateway.brokers import MemoryBroker
from vestnik.gateway.delivery import Guard
from vestnik.gateway.model import Record
from vestnik.gateway.ports import SETTINGS_TOPIC, BrokerMessage, Changed, TokenRevoked
from vestnik.gateway.stores import MemoryStore
from vestnik.ids import OwnerId, ResourceId, TokenId, WebhookId
from vestnik.testing import FakeClock

ANNA = OwnerId("anna")
URL = WebhookChange(url="https://x.example/")


class Office:
    """An administration, and what it tells."""

    def __init__(self, guard: Guard | None = None) -> None:
        clock = FakeClock()
        self.store = MemoryStore(clock)
        self.roster = Roster()
        self.broker = MemoryBroker()
        self.sealer = Sealer.from_key(bytes(32))
        self.told: list[BrokerMessage] = []
        self.rules = Administration(self.store, self.roster, self.broker, self.sealer, clock, guard)

    async def stored(self) -> set[str]:
        return {str(record.id) for record in await self.store.settings.load()}


@pytest.fixture
async def office() -> Office:
    found = Office()
    await found.rules.owners.create("Anna", id=ANNA)
    await found.broker.subscribe(SETTINGS_TOPIC, found.told.append)
    return found


async def test_every_change_is_stored_remembered_and_told(office: Office) -> None:
    bot = await office.rules.resources.create(ANNA, " A bot ")
    assert office.roster.resource(bot.id) == bot
    assert bot.name == "A bot"
    assert await office.stored() == {"anna", bot.id}
    assert office.told == [Changed(ANNA)]


async def test_what_cannot_be_stored_is_not_remembered(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*records: Record) -> None:
        raise StoreFailed("The disk is full.")

    monkeypatch.setattr(office.store.settings, "save", fail)
    with pytest.raises(StoreFailed):
        await office.rules.resources.create(ANNA, "Bot")
    assert office.roster.resources_of(ANNA) == ()
    assert office.told == []


async def test_a_change_is_made_wholly_though_its_caller_goes_away(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, save = asyncio.Event(), office.store.settings.save

    async def slow(*records: Record) -> None:
        await gate.wait()
        await save(*records)

    monkeypatch.setattr(office.store.settings, "save", slow)
    changing = asyncio.create_task(office.rules.resources.create(ANNA, "Bot", id=ResourceId("b")))
    for _ in range(5):
        await asyncio.sleep(0)
    changing.cancel()
    await asyncio.sleep(0)
    gate.set()
    with pytest.raises(asyncio.CancelledError):
        await changing
    assert "b" in await office.stored()
    assert office.roster.resource(ResourceId("b")) is not None
    assert office.told == [Changed(ANNA)]


async def test_two_who_want_the_same_id_do_not_both_get_it(office: Office) -> None:
    results = await asyncio.gather(
        *(office.rules.resources.create(ANNA, "Bot", id=ResourceId("b")) for _ in range(2)),
        return_exceptions=True,
    )
    assert sorted(type(result).__name__ for result in results) == ["Resource", "Taken"]


@pytest.mark.parametrize("id", ["", "a b", "a/b", "a?b", "a#b", "é", "x" * 129, ".", "a\n"])
async def test_an_id_is_visible_ascii(office: Office, id: str) -> None:
    with pytest.raises(BadRequest, match="visible ASCII"):
        await office.rules.resources.create(ANNA, "Bot", id=ResourceId(id))
    with pytest.raises(BadRequest, match="visible ASCII"):
        await office.rules.owners.create("X", id=OwnerId(id))


@pytest.mark.parametrize("id", ["a", "x" * 128, "722424773233213460", "a:b@c.d", '!"$%&[]~'])
async def test_other_ids_will_do(office: Office, id: str) -> None:
    assert (await office.rules.resources.create(ANNA, "Bot", id=ResourceId(id))).id == id


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "a\nb", "a\x00"])
async def test_a_name_is_one_line(office: Office, name: str) -> None:
    with pytest.raises(BadRequest, match="one line"):
        await office.rules.owners.change(ANNA, name=name)


async def test_a_resource_belongs_to_one_owner(office: Office) -> None:
    await office.rules.resources.create(ANNA, "Bot", id=ResourceId("b"))
    boris = await office.rules.owners.create("Boris")
    assert boris.id.startswith("own_")
    with pytest.raises(Taken):
        await office.rules.resources.create(boris.id, "Bot", id=ResourceId("b"))


async def test_an_owner_goes_with_everything(office: Office) -> None:
    await office.rules.resources.create(ANNA, "Bot")
    issued = await office.rules.tokens.create(ANNA, {Scope.NOTIFY})
    await office.rules.webhooks.create(ANNA, URL)
    office.told.clear()
    await office.rules.owners.delete(ANNA)
    assert await office.stored() == set()
    assert Access(office.roster).identify(issued.secret) is None
    assert office.told == [TokenRevoked(issued.token.id), Changed(ANNA)]


async def test_a_resource_goes_with_the_webhooks_that_are_only_for_it(office: Office) -> None:
    bot = await office.rules.resources.create(ANNA, "Bot")
    await office.rules.webhooks.create(ANNA, URL, resource=bot.id)
    other = await office.rules.webhooks.create(ANNA, URL)
    await office.rules.resources.delete(bot.id)
    assert office.roster.webhooks_of(ANNA) == (other.webhook,)
    assert await office.stored() == {"anna", other.webhook.id}


async def test_a_resource_goes_with_the_tokens_that_are_only_for_it(office: Office) -> None:
    tokens = office.rules.tokens
    bot, other = [await office.rules.resources.create(ANNA, name) for name in ("Bot", "Other")]
    gone = await tokens.create(ANNA, {Scope.BOT}, resource=bot.id)
    kept = [
        (await tokens.create(ANNA, {Scope.BOT}, resource=other.id)).token,
        (await tokens.create(ANNA, {Scope.NOTIFY})).token,
    ]
    office.told.clear()
    await office.rules.resources.delete(bot.id)
    assert list(office.roster.tokens_of(ANNA)) == kept
    assert await office.stored() == {"anna", other.id, *(token.id for token in kept)}
    assert office.told == [TokenRevoked(gone.token.id), Changed(ANNA)]
    assert Access(office.roster).identify(gone.secret) is None


async def test_a_token_for_one_resource_is_for_one_of_its_owners(office: Office) -> None:
    bot = await office.rules.resources.create(ANNA, "Bot")
    boris = await office.rules.owners.create("Boris")
    issued = await office.rules.tokens.create(ANNA, {Scope.NOTIFY, Scope.BOT}, "x", bot.id)
    assert (issued.token.owner, issued.token.resource) == (ANNA, bot.id)
    assert (await office.rules.tokens.regenerate(issued.token.id)).token.resource == bot.id
    for owner, resource in ((boris.id, bot.id), (ANNA, ResourceId("nobodys"))):
        with pytest.raises(NotFound, match="There is no resource"):
            await office.rules.tokens.create(owner, {Scope.BOT}, resource=resource)


@pytest.mark.parametrize(
    ("owner", "scopes", "resource", "sentence"),
    [
        (None, {Scope.NOTIFY}, "bot", "it cannot be the operator's"),
        (ANNA, {Scope.BOT, Scope.MANAGE}, "bot", "leave 'manage' out"),
        (ANNA, {Scope.NOTIFY, Scope.BOT}, None, "say for which, by its resource"),
        (None, {Scope.BOT}, None, "say for which, by its resource"),
        (ANNA, {Scope.CORE}, None, "only the operator's"),
        (ANNA, {Scope.CORE}, "bot", "only the operator's"),
    ],
)
async def test_scopes_fit_to_whose_a_token_is(
    office: Office, owner: OwnerId | None, scopes: set[Scope], resource: str | None, sentence: str
) -> None:
    await office.rules.resources.create(ANNA, "Bot", id=ResourceId("bot"))
    meant = None if resource is None else ResourceId(resource)
    with pytest.raises(BadRequest, match=sentence):
        await office.rules.tokens.create(owner, scopes, resource=meant)
    assert office.roster.tokens_of(owner) == ()


async def test_the_operators_token_can_reach_the_core(office: Office) -> None:
    issued = await office.rules.tokens.create(None, {Scope.CORE})
    assert issued.token.scopes == {Scope.CORE}


async def test_tokens_for_one_resource_are_counted_for_themselves(office: Office) -> None:
    for name in ("a", "b"):
        await office.rules.resources.create(ANNA, name, id=ResourceId(name))
        for _ in range(MOST_TOKENS_OF_RESOURCE):
            await office.rules.tokens.create(ANNA, {Scope.BOT}, resource=ResourceId(name))
        with pytest.raises(BadRequest, match="at most 20"):
            await office.rules.tokens.create(ANNA, {Scope.BOT}, resource=ResourceId(name))
    await office.rules.tokens.create(ANNA, {Scope.NOTIFY})


async def test_a_token_is_stored_by_its_digest_only(office: Office) -> None:
    issued = await office.rules.tokens.create(ANNA, {Scope.NOTIFY}, "CI")
    assert Access(office.roster).identify(issued.secret) == issued.token
    assert issued.secret not in repr(await office.store.settings.load())


async def test_a_regenerated_token_keeps_its_name_and_loses_its_secret(office: Office) -> None:
    old = await office.rules.tokens.create(ANNA, {Scope.NOTIFY}, "CI")
    office.told.clear()
    new = await office.rules.tokens.regenerate(old.token.id)
    access = Access(office.roster)
    assert (new.token.id, new.token.label) == (old.token.id, "CI")
    assert access.identify(old.secret) is None
    assert access.identify(new.secret) == new.token
    assert office.told == [TokenRevoked(old.token.id), Changed(ANNA)]


async def test_a_deleted_token_is_revoked(office: Office) -> None:
    issued = await office.rules.tokens.create(None, {Scope.MANAGE})
    await office.rules.tokens.delete(issued.token.id)
    assert office.told == [TokenRevoked(issued.token.id)]
    assert office.roster.tokens_of(None) == ()


async def test_a_token_has_a_scope_and_a_label_of_one_line(office: Office) -> None:
    with pytest.raises(BadRequest, match="scope"):
        await office.rules.tokens.create(ANNA, [])
    with pytest.raises(BadRequest, match="label"):
        await office.rules.tokens.create(ANNA, [Scope.NOTIFY], "a\nb")


async def test_there_is_an_end_to_tokens_and_webhooks(office: Office) -> None:
    for _ in range(MOST_TOKENS):
        await office.rules.tokens.create(ANNA, [Scope.NOTIFY])
    with pytest.raises(BadRequest, match="at most 100"):
        await office.rules.tokens.create(ANNA, [Scope.NOTIFY])
    for _ in range(MOST_WEBHOOKS):
        await office.rules.webhooks.create(ANNA, URL)
    with pytest.raises(BadRequest, match="at most 20"):
        await office.rules.webhooks.create(ANNA, URL)


async def test_the_secrets_of_a_webhook_are_sealed(office: Office) -> None:
    settings = WebhookChange(url="https://x.example/", headers=[("X-Key", "plain")], signed=True)
    issued = await office.rules.webhooks.create(ANNA, settings)
    webhook = issued.webhook
    assert webhook.signing_secret is not None
    assert office.sealer.open(webhook.token) == issued.token
    assert office.sealer.open(webhook.signing_secret) == issued.signing_secret
    assert [(n, office.sealer.open(v)) for n, v in webhook.headers] == [("X-Key", "plain")]
    stored = repr(await office.store.settings.load())
    for secret in (issued.token, issued.signing_secret, "plain"):
        assert str(secret) not in stored


async def test_the_operator_decides_which_addresses_are_allowed() -> None:
    local = WebhookChange(url="http://127.0.0.1:8000/")
    for guard, is_allowed in ((None, False), (Guard(["127.0.0.0/8"]), True)):
        office = Office(guard)
        await office.rules.owners.create("Anna", id=ANNA)
        if is_allowed:
            await office.rules.webhooks.create(ANNA, local)
        else:
            with pytest.raises(TargetRefused):
                await office.rules.webhooks.create(ANNA, local)


async def test_a_webhook_that_was_given_up_can_be_switched_on_again(office: Office) -> None:
    webhook = (await office.rules.webhooks.create(ANNA, URL)).webhook
    office.roster.put(
        type(webhook)(
            id=webhook.id,
            owner=ANNA,
            url=webhook.url,
            token=webhook.token,
            created=0,
            enabled=False,
            failing_since=1,
            disabled_since=2,
        )
    )
    again = await office.rules.webhooks.enable(webhook.id)
    assert (again.enabled, again.failing_since, again.disabled_since) == (True, None, None)


async def test_a_webhook_needs_a_url(office: Office) -> None:
    with pytest.raises(BadRequest, match="url"):
        await office.rules.webhooks.create(ANNA, WebhookChange())


async def test_what_is_not_there_cannot_be_changed(office: Office) -> None:
    nobody, rules = "nobody", office.rules
    for change in (
        rules.owners.change(OwnerId(nobody)),
        rules.owners.delete(OwnerId(nobody)),
        rules.resources.create(OwnerId(nobody), "Bot"),
        rules.resources.change(ResourceId(nobody)),
        rules.resources.delete(ResourceId(nobody)),
        rules.tokens.create(OwnerId(nobody), [Scope.NOTIFY]),
        rules.tokens.regenerate(TokenId(nobody)),
        rules.tokens.delete(TokenId(nobody)),
        rules.webhooks.create(OwnerId(nobody), URL),
        rules.webhooks.create(ANNA, URL, resource=ResourceId(nobody)),
        rules.webhooks.change(WebhookId(nobody), URL),
        rules.webhooks.enable(WebhookId(nobody)),
        rules.webhooks.regenerate_token(WebhookId(nobody)),
        rules.webhooks.delete(WebhookId(nobody)),
    ):
        with pytest.raises(NotFound, match="There is no"):
            await change
    assert await office.stored() == {"anna"}
