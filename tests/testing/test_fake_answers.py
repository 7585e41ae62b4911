"""Every answer of the fake core is one that the specification allows."""

import inspect
import typing
from collections.abc import Callable

import msgspec
import pytest

from vestnik.chatmail import METHODS, CoreMethods, UnknownEvent
from vestnik.chatmail.core import Core
from vestnik.ids import ContactId, MessageId
from vestnik.testing import FakeAccount, FakeChat, FakeContact, FakeCore, FakeMessage
from vestnik.testing.fake.methods import TOPICS

PLAYED = {name: getattr(topic, name) for topic in TOPICS for name in vars(topic) if name[:1] != "_"}

CALLED_OTHERWISE = {"get_next_event", "get_next_event_batch"}

DISRUPTIVE = {
    "delete_chat",
    "delete_messages",
    "delete_messages_for_all",
    "leave_group",
    "remove_account",
    "secure_join",
    "stop_io",
    "stop_io_for_all_accounts",
}
"""After these the other methods have nothing left to work with."""


def test_a_played_method_takes_and_gives_what_the_specification_says() -> None:
    for name, function in PLAYED.items():
        assert _annotations(function) == _annotations(getattr(CoreMethods, name)), name


def _annotations(function: Callable[..., object]) -> dict[str, object]:
    hints = typing.get_type_hints(function)
    hints.pop("timeout", None)
    names = [*inspect.signature(function).parameters, "return"]
    return {name: hints[name] for name in names if name in hints}


def test_no_two_topics_play_the_same_method() -> None:
    assert len(PLAYED) == sum(name[:1] != "_" for topic in TOPICS for name in vars(topic))


class Scene:
    """Ids of things that are there, for the arguments of calls."""

    def __init__(self, bot: FakeAccount) -> None:
        self.alice: FakeContact = bot.contact("alice@example.org", name="Alice")
        self.group: FakeChat = bot.group("Team", [self.alice])
        self.incoming: FakeMessage = self.group.receive("hi", sender=self.alice)
        own = self.group.draft("own")
        own.quote = self.incoming
        self.own = self.group.send(own)
        self.own.react(self.alice, "👍", "🎉")
        self._values: dict[str, object] = {
            "account_id": bot.id,
            "id": bot.id,
            "chat_id": self.group.id,
            "msg_id": self.own.id,
            "message_id": self.own.id,
            "msg_ids": [self.own.id, self.incoming.id],
            "message_ids": [self.own.id],
            "contact_id": self.alice.id,
            "ids": [self.alice.id, ContactId(1)],
            "email": "carol@example.org",
            "addr": "alice@example.org",
            "key": "displayname",
            "keys": ["displayname", "bot"],
            "value": "Echo",
            "config": {"displayname": "Echo"},
            "qr": "dclogin:bot@fake.example?p=secret&v=1",
            "qr_content": "https://example.org",
            "param": {"addr": "second@fake.example", "password": "secret"},
            "data": {"text": "hello", "quotedMessageId": self.own.id},
            "duration": {"kind": "Until", "duration": 60},
            "reaction": ["👍"],
        }

    def arguments(self, method: str) -> list[object]:
        """Give arguments that the method can work with."""
        return [self._argument(param.name, param.type) for param in METHODS[method].params]

    def _argument(self, name: str, type_: str) -> object:
        if name in self._values:
            return self._values[name]
        if "None" in type_:
            return None
        plain: dict[str, object] = {"str": "text", "int": 0, "bool": False}
        return plain[type_]


@pytest.mark.parametrize("method", sorted(PLAYED))
async def test_an_answer_fits_the_specification_exactly(
    method: str, bot: FakeAccount, core_on_fake: Core
) -> None:
    arguments = Scene(bot).arguments(method)
    if method == "secure_join":
        arguments[1] = await core_on_fake.get_chat_securejoin_qr_code(bot.id, None)
    raw = await core_on_fake.call(method, *arguments)
    specified = METHODS[method].result
    typed: object = msgspec.convert(raw, specified, str_keys=True)
    # What was not dropped on the way was not unknown, and nothing was left to a default.
    assert msgspec.json.decode(msgspec.json.encode(typed)) == raw


async def test_all_that_is_played_is_tested_here(fake_core: FakeCore) -> None:
    assert fake_core.played == PLAYED.keys() | CALLED_OTHERWISE


async def test_a_batch_of_answers_holds_what_is_there_and_what_is_not(
    bot: FakeAccount, core_on_fake: Core
) -> None:
    message = bot.contact("alice@example.org").chat.receive("hi")
    answers = await core_on_fake.get_messages(bot.id, [message.id, MessageId(999)])
    assert [answer.kind for answer in answers.values()] == ["message", "loadingError"]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("dcaccount:example.org", "account"),
        ("DCACCOUNT:https://example.org/new", "account"),
        ("dclogin:x@example.org?p=1&v=1", "login"),
        ("hello", "text"),
        ("https://example.org", "url"),
    ],
)
async def test_a_code_is_understood(
    code: str, kind: str, bot: FakeAccount, core_on_fake: Core
) -> None:
    assert (await core_on_fake.check_qr(bot.id, code)).kind == kind


async def test_an_invite_is_ones_own_or_that_of_another(
    bot: FakeAccount, core_on_fake: Core, fake_core: FakeCore
) -> None:
    other = fake_core.account("Other")
    group = bot.group("Team")
    kinds = {
        (account.id, chat_id): (await core_on_fake.check_qr(account.id, code)).kind
        for chat_id in (None, group.id)
        for code in [await core_on_fake.get_chat_securejoin_qr_code(bot.id, chat_id)]
        for account in (bot, other)
    }
    assert kinds == {
        (bot.id, None): "withdrawVerifyContact",
        (other.id, None): "askVerifyContact",
        (bot.id, group.id): "withdrawVerifyGroup",
        (other.id, group.id): "askVerifyGroup",
    }


async def test_no_event_of_the_fake_core_is_unknown_to_the_specification(
    bot: FakeAccount, core_on_fake: Core
) -> None:
    scene = Scene(bot)
    async with core_on_fake.events() as events:
        for method in sorted(PLAYED.keys() - DISRUPTIVE):
            await core_on_fake.call(method, *scene.arguments(method))
        batch = await events.next_batch()
    assert len(batch) > 20
    assert not [event for event in batch if isinstance(event.payload, UnknownEvent)]
