"""The session without a server: effects are carried out by hand on a store in memory."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.errors import StorageFailed
from vestnik.relay.board import Board, Change
from vestnik.relay.imap import effects as e
from vestnik.relay.imap.patterns import matches
from vestnik.relay.imap.session import Refused, Session, Settings
from vestnik.relay.imap.table import handler_of
from vestnik.relay.store import Database, Store, User


class House:
    """A store with one user, and a board."""

    def __init__(self) -> None:
        self.database = Database(None)
        self.store = Store(self.database.writer)
        self.board = Board()
        with self.database.transaction():
            self.user: User = self.store.users.add("me@x", b"", b"")
            inbox = self.store.mailboxes.create(self.user.id, "INBOX", 1)
        assert inbox is not None
        self.inbox = inbox.id

    def deliver(self) -> None:
        """Let a message come in."""
        with self.database.transaction():
            self.store.messages.deliver([self.inbox], b"A: b\r\n\r\nc", 1)
        self.board.publish(self.inbox, Change(arrived=True))


class Client:
    """A session, and what its client believes from what it is told."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.session = Session(Settings(10**6, {}, lambda: 1.0), handler_of)
        self.believed = 0
        self.said = b""

    def mail_comes(self) -> bytes:
        """Let a message come in, and return what is said of it unasked."""
        self.said = b""
        self.house.deliver()
        return self.said

    def notice(self, change: Change) -> None:
        """Pass a change on, as a connection does."""
        self.session.notice(change)
        if self.session.idling:
            self.carry_out(self.session.refresh())

    def __call__(self, line: str) -> bytes:
        """Return all that is said in answer."""
        self.said = b""
        self.carry_out(self.session.run(line.encode()))
        return self.said

    def carry_out(self, steps: e.Steps[None]) -> None:
        """Do what the session wants."""
        try:
            effect = next(steps)
            while True:
                effect = self._next(steps, effect)
        except StopIteration:
            pass

    def _next(self, steps: e.Steps[None], effect: e.Effect) -> e.Effect:
        try:
            result = self._do(effect)
        except Refused as refusal:
            return steps.throw(refusal)
        return steps.send(result)

    def _do(self, effect: e.Effect) -> object:
        match effect:
            case e.Send(data):
                self._hear(data)
            case e.Read(query):
                return query(self.house.store)
            case e.Commit(change):
                with self.house.database.transaction():
                    return change(self.house.store)
            case e.LogIn():
                return self.house.user
            case e.Watch(None):
                self.house.board.unwatch(self.house.inbox, self)
            case e.Watch(mailbox) if mailbox is not None:
                self.house.board.watch(mailbox, self)
            case e.Claim(mailbox, upto):
                return self.house.board.claim_recent(mailbox, upto)
            case e.Publish(mailbox, change):
                self.house.board.publish(mailbox, change, by=self)
        return None

    def _hear(self, data: bytes) -> None:
        self.said += data
        for number, what in re.findall(rb"^\* (\d+) (EXISTS|EXPUNGE)\r$", data, re.MULTILINE):
            if what == b"EXISTS":
                assert int(number) >= self.believed, "messages went without EXPUNGE"
                self.believed = int(number)
            else:
                assert 1 <= int(number) <= self.believed, "a number that is not there"
                self.believed -= 1


@pytest.fixture
def house() -> Iterator[House]:
    made = House()
    yield made
    made.database.close()


def selected(house: House) -> Client:
    """Return a client that has INBOX open."""
    client = Client(house)
    assert client("a LOGIN me x").startswith(b"a OK")
    assert b"a OK [READ-WRITE]" in client("a SELECT INBOX")
    return client


STEPS: dict[str, Callable[[House, Client], object]] = {
    "mail comes": lambda house, client: house.deliver(),
    "first is marked": lambda house, client: client("a UID STORE 1:2 +FLAGS (\\Deleted)"),
    "last is marked": lambda house, client: client("a STORE * +FLAGS.SILENT (\\Deleted)"),
    "expunge": lambda house, client: client("a EXPUNGE"),
    "close": lambda house, client: client("a CLOSE") and client("a SELECT INBOX"),
    "move": lambda house, client: client("a UID MOVE * INBOX"),
    "fetch": lambda house, client: client("a FETCH 1:* (FLAGS BODY[])"),
    "noop": lambda house, client: client("a NOOP"),
    "idle": lambda house, client: (client("a IDLE"), client.mail_comes(), client("DONE")),
    "search": lambda house, client: client("a SEARCH UNSEEN"),
}


@given(st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 1)), max_size=25))
def test_numbers_always_mean_what_each_client_was_told(steps: list[tuple[str, int]]) -> None:
    house = House()
    clients = [selected(house), selected(house)]
    for name, who in steps:
        if name == "close":
            clients[who].believed = 0
        STEPS[name](house, clients[who])
    for client in clients:
        client("a NOOP")
        uids = re.findall(rb"\* \d+ FETCH \(UID (\d+)\)", client("a FETCH 1:* UID"))
        assert [int(uid) for uid in uids] == house.store.messages.uids(house.inbox)
        assert client.believed == len(uids)
    house.database.close()


def test_commands_come_only_in_their_state(house: House) -> None:
    client = Client(house)
    assert client("a SELECT INBOX") == b"a BAD Log in first\r\n"
    assert client("a FETCH 1 UID") == b"a BAD Log in first\r\n"
    client("a LOGIN me x")
    assert client("a FETCH 1 UID") == b"a BAD Select a mailbox first\r\n"
    assert client("a LOGIN me x") == b"a BAD You are logged in already\r\n"


def test_a_failed_select_leaves_the_old_mailbox(house: House) -> None:
    client = selected(house)
    assert client("a SELECT Nowhere").startswith(b"a NO [NONEXISTENT]")
    assert client("a FETCH 1 UID") == b"a BAD Select a mailbox first\r\n"


def test_in_idle_only_done_is_understood(house: House) -> None:
    client = selected(house)
    assert client("a IDLE") == b"+ idling\r\n"
    assert client("b NOOP") == b"a BAD Expected DONE\r\n"
    assert client("a IDLE") == b"+ idling\r\n"
    assert client.mail_comes() == b"* 1 EXISTS\r\n* 1 RECENT\r\n"
    assert client("done") == b"a OK done\r\n"


def test_a_store_that_fails_is_told_and_the_session_goes_on(house: House) -> None:
    client = selected(house)
    steps = client.session.run(b"a EXPUNGE")
    assert isinstance(next(steps), e.Commit)
    answer = steps.throw(StorageFailed("The disk is full: free some space."))
    assert answer == e.Send(b"a NO [UNAVAILABLE] The disk is full: free some space.\r\n")
    assert client("a NOOP") == b"a OK done\r\n"


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("*", "A/B", True),
        ("%", "A/B", False),
        ("%/%", "A/B", True),
        ("A*", "A/B/C", True),
        ("A%", "A/B", False),
        ("*C", "A/B", False),
        ("", "", True),
        ("*a" * 100, "a" * 250, True),
        ("*a" * 100 + "b", "a" * 250, False),
    ],
)
def test_patterns_fit_names(pattern: str, name: str, fits: bool) -> None:
    assert matches(pattern, name) is fits
