"""One client's session: which command may come when, and what is told at the end of each. Pure.

Rules of this file:

- Commands are handled one after the other; `run` is exhausted before the next one is begun.
- What others changed is told at the end of commands, and while the client is in IDLE, but never
  with FETCH, STORE and SEARCH or their UID forms: EXPUNGE is forbidden there (RFC 3501 7.4.1),
  and the core takes every FETCH answer within its UID FETCH for one that it asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from vestnik.errors import StorageFailed
from vestnik.relay.board import Change
from vestnik.relay.imap import commands as c
from vestnik.relay.imap.answers import CAPABILITIES, flag_list
from vestnik.relay.imap.effects import Send, Steps, Watch, claim, read
from vestnik.relay.imap.grammar import BadCommand, parse
from vestnik.relay.imap.view import View
from vestnik.relay.store import MailboxId, User

__all__ = ["Handler", "Refused", "Session", "Settings"]

_BAD_COMMANDS_MAX = 20
_QUIET = (c.Select, c.Fetch, c.Store, c.Search)


class Refused(Exception):
    """The command cannot be done; the text goes behind ``NO``.

    Raised within a change of the store it also undoes that change.
    """


class Settings:
    """What a session is told about its server."""

    def __init__(
        self, quota_bytes: int, annotations: Mapping[str, bytes], now: Callable[[], float]
    ) -> None:
        self.quota_bytes = quota_bytes
        self.annotations = annotations
        self.now = now


Handler = Callable[["Session", c.Command], Steps[bytes]]
"""Handles one command; the result is the status that goes behind the tag."""


class Session:
    """The state of one connection."""

    def __init__(
        self, settings: Settings, table: Callable[[c.Command], tuple[str, Handler]]
    ) -> None:
        self.settings = settings
        self.ended = False
        """Whether the connection is to be closed."""
        self.user: User | None = None
        self.view: View | None = None
        self.failures = 0
        self.on_line: Callable[[bytes], Steps[None]] | None = None
        """Takes the next line instead of the grammar, in IDLE and AUTHENTICATE."""
        self.idling = False
        self._table = table
        self._bad_commands = 0

    @property
    def state(self) -> str:
        """``new``, ``authenticated`` or ``selected`` (RFC 3501 3)."""
        if self.user is None:
            return "new"
        return "authenticated" if self.view is None else "selected"

    def greeting(self) -> bytes:
        """What the client is told first."""
        return b"* OK [CAPABILITY %s] Vestnik relay\r\n" % CAPABILITIES

    def run(self, frame: bytes) -> Steps[None]:
        """Do what the client asks for, and answer."""
        if self.on_line is not None:
            take, self.on_line = self.on_line, None
            yield from take(frame)
            return
        try:
            command = parse(frame)
        except BadCommand as error:
            yield from self.refuse_bad(error.tag, str(error))
            return
        yield from self.answer(command.tag, self._handle(command), isinstance(command, _QUIET))

    def refuse_bad(self, tag: bytes, reason: str) -> Steps[None]:
        """Answer something that was no command; too many of them end the session."""
        yield Send(b"%s BAD %s\r\n" % (tag or b"*", reason.encode("ascii", "replace")))
        self._bad_commands += 1
        if self._bad_commands >= _BAD_COMMANDS_MAX:
            yield from self.end(b"Too many bad commands")

    def answer(self, tag: bytes, work: Steps[bytes], quiet: bool = False) -> Steps[None]:
        """Do some work, tell what others changed unless it must be quiet, and conclude it."""
        try:
            status = yield from work
            if not quiet:
                yield from self.refresh()
        except Refused as refusal:
            status = b"NO %s" % str(refusal).encode("ascii", "replace")
        except BadCommand as error:
            status = b"BAD %s" % str(error).encode("ascii", "replace")
        except StorageFailed as failure:
            status = b"NO [UNAVAILABLE] %s" % str(failure).encode("ascii", "replace")
        if status:
            yield Send(b"%s %s\r\n" % (tag, status))

    def end(self, reason: bytes) -> Steps[None]:
        """Say goodbye; the connection is closed after it."""
        self.ended = True
        yield Send(b"* BYE %s\r\n" % reason)

    def notice(self, change: Change) -> None:
        """Take note of what happened to the selected mailbox."""
        if self.view is not None:
            self.view.notice(change)

    def refresh(self) -> Steps[None]:
        """Tell what others changed in the selected mailbox."""
        view = self.view
        if view is None:
            return
        lines = [b"* %d EXPUNGE\r\n" % number for number in view.take_expunged()]
        if view.arrived:
            lines += yield from self._arrivals(view)
        lines += [
            b"* %d FETCH (UID %d FLAGS %s)\r\n" % (number, uid, flag_list(flags))
            for number, uid, flags in view.take_flags()
        ]
        if lines:
            yield Send(b"".join(lines))

    def select(self, view: View | None) -> Steps[None]:
        """Make this the selected mailbox."""
        self.view = view
        yield Watch(None if view is None else view.mailbox.id)

    def require_user(self) -> User:
        """Return who is logged in; the table lets no command pass before that."""
        assert self.user is not None
        return self.user

    def require_view(self) -> View:
        """Return the selected mailbox; the table lets no command pass before there is one."""
        assert self.view is not None
        return self.view

    def _arrivals(self, view: View) -> Steps[list[bytes]]:
        mailbox: MailboxId = view.mailbox.id
        new = yield from read(lambda store: store.messages.uids(mailbox, view.last))
        upto = yield from claim(mailbox, new[-1] if new else view.last)
        view.add(new, upto)
        if not new:
            return []
        return [b"* %d EXISTS\r\n* %d RECENT\r\n" % (len(view.uids), len(view.recent))]

    def _handle(self, command: c.Command) -> Steps[bytes]:
        needed, handler = self._table(command)
        if needed == "new" and self.user is not None:
            raise BadCommand("You are logged in already")
        if needed in ("authenticated", "selected") and self.user is None:
            raise BadCommand("Log in first")
        if needed == "selected" and self.view is None:
            raise BadCommand("Select a mailbox first")
        return (yield from handler(self, command))
