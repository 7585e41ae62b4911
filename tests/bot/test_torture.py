"""None lost, none answered twice, each chat in order: whatever dies, whenever it dies."""

import logging
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bot.torture import Life
from vestnik.bot import Bot, Message
from vestnik.chatmail.events import IncomingMsg
from vestnik.testing import FakeAccount, FakeChat, FakeCore, FakeMessage

SEEDS = range(20)
MESSAGES = 500
CHATS = 25

REFUSED_NOW_AND_THEN = (
    "get_message",
    "get_messages",
    "get_fresh_msgs",
    "markseen_msgs",
    "get_existing_msg_ids",
    "send_msg",
)


@pytest.fixture
def account(fake_core: FakeCore) -> FakeAccount:
    return fake_core.account(name="Bot", bot=True)


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Keep what is said of thousands of deaths out of memory."""
    caplog.set_level(logging.CRITICAL)


def echo_bot() -> Bot:
    bot = Bot()

    @bot.on_message()
    async def echo(message: Message) -> None:
        if message.text.startswith("ask"):
            await message.core.get_basic_chat_info(message.account_id, message.chat_id)
        await message.reply(message.text)
        if message.text.startswith("twice"):
            await message.chat.send(f"again: {message.text}")

    return bot


def answers_to(message: FakeMessage) -> list[str]:
    again = [f"again: {message.text}"] if message.text.startswith("twice") else []
    return [message.text, *again]


class World:
    """Whom the bot talks with, and what must come of it."""

    def __init__(self, fake: FakeCore, account: FakeAccount, life: Life, chats: int) -> None:
        self.fake, self.account, self.life = fake, account, life
        people = [account.contact(f"person{n}@example.org") for n in range(chats)]
        self.chats: list[FakeChat] = [person.chat for person in people]
        self.received: list[FakeMessage] = []
        self.on_the_relay = 0
        life.each_turn = self.fetch

    def receive(self, count: int) -> None:
        """Let messages come to the relay, where they stay while no core fetches them."""
        self.on_the_relay += count

    def fetch(self) -> None:
        while self.on_the_relay and self.account.io_running:
            self.on_the_relay -= 1
            kind = self.life.random.choice(("echo", "echo", "ask", "twice"))
            chat = self.life.random.choice(self.chats)
            self.received.append(chat.receive(f"{kind} {len(self.received)}"))

    def lose(self, count: int) -> None:
        """Let messages come of which no event tells, only that some were lost."""
        with self.fake.losing_events():
            self.receive(count)
            self.fetch()
        self.fake.overflow(count)

    def repeat(self, count: int) -> None:
        """Let events tell again of messages that were told of."""
        for message in self.life.random.choices(self.received, k=count if self.received else 0):
            self.account.emit(IncomingMsg(chat_id=message.chat.id, msg_id=message.id))

    def refuse(self) -> None:
        self.fake.fail(self.life.random.choice(REFUSED_NOW_AND_THEN), "database is locked")

    def is_done(self) -> bool:
        answered = sum(len(answers_to(message)) for message in self.received)
        unseen = any(message.is_fresh for message in self.received)
        return len(self.account.sent) >= answered and not unseen and not self.on_the_relay

    def complaints(self) -> list[str]:
        expected: defaultdict[int, list[str]] = defaultdict(list)
        sent: defaultdict[int, list[str]] = defaultdict(list)
        for message in self.received:
            expected[message.chat.id] += answers_to(message)
        for message in self.account.sent:
            sent[message.chat.id].append(message.text)
        found = [
            f"chat {chat.id}: {complaint}"
            for chat in self.chats
            for complaint in compare(expected[chat.id], sent[chat.id])
        ]
        unseen = [message.text for message in self.received if message.is_fresh]
        return found + ([f"not marked as seen: {unseen}"] if unseen else [])


def compare(expected: list[str], sent: list[str]) -> list[str]:
    """Say what is wrong with the answers of a chat."""
    wanted, got = Counter(expected), Counter(sent)
    complaints = []
    if lost := list((wanted - got).elements()):
        complaints.append(f"lost {lost}")
    if twice := list((got - wanted).elements()):
        complaints.append(f"sent too often {twice}")
    if not complaints and expected != sent:
        out = next(
            n for n, texts in enumerate(zip(expected, sent, strict=False)) if len(set(texts)) > 1
        )
        complaints.append(f"out of order {sent[out : out + 6]}, not {expected[out : out + 6]}")
    return complaints


async def torment(world: World, messages: int) -> None:
    """Let faults and messages come in an order that the seed decides."""
    life, dice = world.life, world.life.random
    deeds: list[tuple[int, Callable[[], None]]] = [
        (30, lambda: world.receive(dice.randint(1, 12))),
        (4, lambda: world.lose(dice.randint(1, 8))),
        (4, lambda: world.repeat(dice.randint(1, 5))),
        (4, world.refuse),
        (3, lambda: dice.choice(life.countdowns).set(dice.randint(1, 30), life.crash_core)),
        (2, lambda: dice.choice(life.countdowns).set(dice.randint(1, 60), life.kill_bot)),
    ]
    weights, acts = zip(*deeds, strict=True)
    world.receive(5)
    while len(world.received) < messages:
        dice.choices(acts, weights)[0]()
        await life.pass_turns(dice.randint(0, 60))


async def play(world: World, turns: int) -> list[str]:
    """Go on until all is answered, and see who answers a second time."""
    await world.life.until(world.is_done, turns)
    await world.life.pass_turns(200)
    return world.complaints()


def faults(life: Life) -> dict[str, Callable[[], None]]:
    return {"crash of the core": life.crash_core, "kill of the bot": life.kill_bot}


@pytest.mark.parametrize("fault", ["crash of the core", "kill of the bot"])
@pytest.mark.parametrize("when", range(4), ids=["call", "answer", "commit", "committed"])
async def test_one_fault_at_each_moment_there_is(tmp_path: Path, when: int, fault: str) -> None:
    moment, moments = 0, 1
    while moment < moments:
        moment += 1
        fake = FakeCore()
        life = Life(fake, tmp_path / f"memory{moment}", echo_bot, seed=0)
        world = World(fake, fake.account(bot=True), life, chats=2)
        life.countdowns[when].set(moment, faults(life)[fault])
        world.receive(6)
        try:
            complaints = await play(world, turns=2_000)
            struck = life.crashes + life.kills
        finally:
            await life.end()
        assert not complaints, f"{fault} at moment {moment}"
        if struck:
            moments = moment + 1
    assert moment > 10


def reproduction(seed: int) -> str:
    return f"to see it again: pytest '{__file__}' -k 'order and {seed}'"


@pytest.mark.parametrize("seed", SEEDS)
async def test_none_is_lost_none_answered_twice_and_each_chat_keeps_its_order(
    fake_core: FakeCore, account: FakeAccount, tmp_path: Path, seed: int
) -> None:
    life = Life(fake_core, tmp_path / "memory", echo_bot, seed)
    world = World(fake_core, account, life, CHATS)
    try:
        await torment(world, MESSAGES)
        assert not await play(world, turns=20_000), reproduction(seed)
    finally:
        await life.end()
