"""The roster finds what was put in, and nothing else."""

from __future__ import annotations

from tests.gateway.records import owner, resource, token, webhook
from vestnik.gateway import Owner, Resource, Roster, Token, Webhook, digest_of
from vestnik.ids import OwnerId, ResourceId, TokenId, WebhookId

ANNA, BOT = OwnerId("anna"), ResourceId("bot")


def full() -> Roster:
    return Roster([owner(), owner("boris"), resource(), token(), webhook()])


def test_everything_is_found_by_id_and_by_owner() -> None:
    roster = full()
    assert roster.owner(ANNA) == owner()
    assert roster.resource(BOT) == resource()
    assert roster.token(TokenId("tok")) == token()
    assert roster.webhook(WebhookId("hook")) == webhook()
    assert [one.id for one in roster.owners()] == ["anna", "boris"]
    assert roster.resources_of(ANNA) == (resource(),)
    assert roster.tokens_of(ANNA) == (token(),)
    assert roster.webhooks_of(ANNA) == (webhook(),)
    assert roster.resources_of(OwnerId("boris")) == ()


def test_the_operators_tokens_are_nobodys() -> None:
    roster = Roster([token(of=None)])
    assert roster.tokens_of(None) == (token(of=None),)
    assert roster.tokens_of(ANNA) == ()


def test_a_new_digest_replaces_the_old_one() -> None:
    roster = full()
    roster.put(token("new"))
    assert roster.token_by_digest(digest_of("secret")) is None
    assert roster.token_by_digest(digest_of("new")) == token("new")


def test_a_record_that_changes_its_owner_is_found_at_one_only() -> None:
    roster = full()
    roster.put(resource(of="boris"))
    assert roster.resources_of(ANNA) == ()
    assert roster.resources_of(OwnerId("boris")) == (resource(of="boris"),)


def test_what_was_removed_is_gone_and_removing_twice_is_no_error() -> None:
    roster = full()
    for _ in range(2):
        roster.remove(Resource, BOT)
        roster.remove(Token, TokenId("tok"))
        roster.remove(Webhook, WebhookId("hook"))
    assert roster.resource(BOT) is None
    assert roster.token_by_digest(digest_of("secret")) is None
    assert roster.webhooks_for(ANNA, BOT) == ()


def test_an_owners_records_go_with_him() -> None:
    roster = full()
    roster.remove(Owner, ANNA)
    assert roster.owner(ANNA) is None
    assert roster.resource(BOT) is None
    assert roster.token_by_digest(digest_of("secret")) is None
    assert roster.webhook(WebhookId("hook")) is None
    assert roster.webhooks_for(ANNA, BOT) == ()
    assert [one.id for one in roster.owners()] == ["boris"]


def test_a_webhook_is_for_all_resources_or_for_one() -> None:
    roster = Roster(
        [owner(), resource(), resource("other"), webhook(), webhook("one", "anna", "bot")]
    )
    assert [hook.id for hook in roster.webhooks_for(ANNA, BOT)] == ["hook", "one"]
    assert [hook.id for hook in roster.webhooks_for(ANNA, ResourceId("other"))] == ["hook"]


def test_a_webhook_that_is_off_gets_nothing() -> None:
    off = webhook("off", enabled=False)
    given_up = webhook("given-up", disabled_since=1)
    roster = Roster([owner(), resource(), off, given_up])
    assert roster.webhooks_for(ANNA, BOT) == ()


def test_what_is_remembered_for_speed_follows_every_change() -> None:
    roster = full()
    assert [hook.id for hook in roster.webhooks_for(ANNA, BOT)] == ["hook"]
    roster.put(webhook(enabled=False))
    assert roster.webhooks_for(ANNA, BOT) == ()
    roster.put(webhook(), webhook("second"))
    assert [hook.id for hook in roster.webhooks_for(ANNA, BOT)] == ["hook", "second"]
    roster.remove(Webhook, WebhookId("hook"))
    assert [hook.id for hook in roster.webhooks_for(ANNA, BOT)] == ["second"]


def test_the_tokens_for_one_resource_are_found_and_no_others() -> None:
    roster = full()
    bound, other = token("b", id="b", resource="bot"), token("o", id="o", resource="other")
    roster.put(bound, other)
    assert roster.tokens_for(BOT) == (bound,)
    assert roster.tokens_for(ResourceId("nobodys")) == ()
    assert roster.tokens_of(ANNA) == (token(), bound, other)
