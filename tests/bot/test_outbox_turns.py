"""Whose turn it is: the rules, for any sequence of messages."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from vestnik.bot.outbox.turns import Rank, Turns
from vestnik.ids import ChatId


@dataclass(eq=False)
class Item:
    n: int
    chat_id: ChatId
    rank: Rank


items = st.builds(
    Item, n=st.just(0), chat_id=st.integers(10, 14).map(ChatId), rank=st.sampled_from(Rank)
)
steps = st.lists(st.one_of(items, st.just("start"), st.just("finish")), max_size=80)


class Play:
    """Runs steps and notes what began."""

    def __init__(self) -> None:
        self.turns: Turns[Item] = Turns()
        self.waiting: list[Item] = []
        self.under_way: list[Item] = []
        self.began: list[Item] = []

    def add(self, chat: int, rank: Rank) -> Item:
        item = Item(len(self.waiting) + len(self.began), ChatId(chat), rank)
        self.turns.add(item)
        self.waiting.append(item)
        return item

    def start(self) -> Item | None:
        item = self.turns.peek()
        if item is not None:
            self.turns.start(item)
            self.waiting.remove(item)
            self.under_way.append(item)
            self.began.append(item)
        return item

    def finish(self) -> None:
        if self.under_way:
            self.turns.finish(self.under_way.pop(0))

    def run(self, steps: list[Item | str]) -> None:
        for step in steps:
            if isinstance(step, Item):
                self.add(step.chat_id, step.rank)
            elif step == "start":
                self.start()
            else:
                self.finish()

    def finish_all(self) -> None:
        while self.under_way or self.waiting:
            if self.start() is None:
                self.finish()


@given(steps)
def test_everything_begins_once(steps: list[Item | str]) -> None:
    play = Play()
    play.run(steps)
    play.finish_all()
    assert sorted(item.n for item in play.began) == list(range(len(play.began)))
    assert play.turns.peek() is None


@given(steps)
def test_a_chat_has_at_most_one_message_under_way(steps: list[Item | str]) -> None:
    play = Play()
    for step in steps:
        play.run([step])
        chats = [item.chat_id for item in play.under_way]
        assert len(chats) == len(set(chats))


@given(steps)
def test_messages_of_a_chat_and_rank_keep_their_order(steps: list[Item | str]) -> None:
    play = Play()
    play.run(steps)
    play.finish_all()
    for chat in {item.chat_id for item in play.began}:
        for rank in Rank:
            order = [item.n for item in play.began if (item.chat_id, item.rank) == (chat, rank)]
            assert order == sorted(order)


@given(steps)
def test_nothing_waits_for_what_is_less_urgent(steps: list[Item | str]) -> None:
    play = Play()
    for step in steps:
        play.run([step])
        busy = {item.chat_id for item in play.under_way}
        free = [item for item in play.waiting if item.chat_id not in busy]
        item = play.turns.peek()
        assert (item is None) == (not free)
        if item is not None:
            assert item.rank == min(other.rank for other in free)


def test_chats_take_turns_however_much_one_of_them_wants() -> None:
    play = Play()
    for _ in range(10):
        play.add(10, Rank.POST)
    for chat in (11, 12):
        play.add(chat, Rank.POST)
    began = []
    for _ in range(5):
        item = play.start()
        assert item is not None
        began.append(item.chat_id)
        play.finish()
    assert began == [10, 11, 12, 10, 10]


def test_a_reply_overtakes_what_was_posted_to_its_chat() -> None:
    play = Play()
    play.add(10, Rank.POST)
    reply = play.add(10, Rank.REPLY)
    assert play.start() is reply


def test_nothing_overtakes_what_is_in_doubt() -> None:
    play = Play()
    play.add(10, Rank.REPLY)
    doubtful = play.add(10, Rank.IN_DOUBT)
    assert play.start() is doubtful
    assert play.start() is None
