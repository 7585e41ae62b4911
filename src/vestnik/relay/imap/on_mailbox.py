"""Commands about mailboxes. Pure."""

from __future__ import annotations

from collections.abc import Callable

from vestnik.relay.board import Change
from vestnik.relay.imap import commands as c
from vestnik.relay.imap.answers import SYSTEM_FLAGS, quoted
from vestnik.relay.imap.cursor import BadCommand
from vestnik.relay.imap.effects import Publish, Send, Steps, Watch, claim, commit, read
from vestnik.relay.imap.patterns import DELIMITER, matches
from vestnik.relay.imap.session import Refused, Session
from vestnik.relay.imap.view import View
from vestnik.relay.store import Flags, Mailbox, Store, Uid, UserId

__all__ = [
    "append",
    "close",
    "create",
    "delete",
    "list_",
    "rename",
    "select",
    "status",
    "subscribe",
    "unselect",
]

_INBOX = "INBOX"
_NAME_MAX = 255
_MAILBOXES_MAX = 1000
_STATUS_ITEMS = frozenset(("MESSAGES", "RECENT", "UIDNEXT", "UIDVALIDITY", "UNSEEN"))


def select(session: Session, command: c.Command) -> Steps[bytes]:
    """SELECT and EXAMINE; the old mailbox is left even if this fails (RFC 3501 6.3.1)."""
    assert isinstance(command, c.Select)
    yield from session.select(None)
    mailbox = yield from _existing(session, command.mailbox)
    session.view = view = View(mailbox, command.readonly)
    # Watch first: what comes in between is then noticed twice instead of never.
    yield Watch(mailbox.id)
    if mailbox.opened or command.readonly:
        yield from _fill(view)
    else:
        yield from _open(view)
    yield Send(_selected(view))
    return b"OK [%s] done" % (b"READ-ONLY" if command.readonly else b"READ-WRITE")


def _fill(view: View) -> Steps[None]:
    mailbox = view.mailbox.id
    uids = yield from read(lambda store: store.messages.uids(mailbox))
    # Looking does not take the recent ones away from those who open the mailbox to work.
    recent_from = yield from claim(mailbox, 0 if view.readonly else _last(uids))
    view.add(uids, recent_from)


def _open(view: View) -> Steps[None]:
    """Show a mailbox that nobody ever opened as empty, and what is in it as arriving next.

    The core takes what it finds in a mailbox that it opens for the first time for mail that
    was read elsewhere, and passes over it: a message that came between the making of an account
    and the first SELECT would never be seen.
    """
    mailbox = view.mailbox.id
    yield from commit(lambda store: store.mailboxes.open(mailbox))
    view.arrived = True


def _selected(view: View) -> bytes:
    permanent = b"" if view.readonly else SYSTEM_FLAGS + b" \\*"
    return (
        b"* FLAGS (%s)\r\n* OK [PERMANENTFLAGS (%s)] kept\r\n" % (SYSTEM_FLAGS, permanent)
        + b"* %d EXISTS\r\n* %d RECENT\r\n" % (len(view.uids), len(view.recent))
        + b"* OK [UIDVALIDITY %d] valid\r\n" % view.mailbox.uid_validity
        + b"* OK [UIDNEXT %d] next\r\n" % _uid_next(view)
    )


def _uid_next(view: View) -> int:
    if view.arrived and not view.uids:
        return 1
    return max(view.mailbox.uid_next, view.last + 1)


def _last(uids: list[Uid]) -> int:
    return uids[-1] if uids else 0


def close(session: Session, command: c.Command) -> Steps[bytes]:
    """CLOSE: removes what is marked as deleted without telling, and leaves the mailbox."""
    view = session.require_view()
    if not view.readonly:
        gone = yield from commit(lambda store: store.messages.expunge(view.mailbox.id))
        if gone:
            yield Publish(view.mailbox.id, Change(expunged=tuple(gone)))
    yield from session.select(None)
    return b"OK CLOSE completed"


def unselect(session: Session, command: c.Command) -> Steps[bytes]:
    """UNSELECT (RFC 3691): leaves the mailbox as it is."""
    yield from session.select(None)
    return b"OK UNSELECT completed"


def list_(session: Session, command: c.Command) -> Steps[bytes]:
    """LIST and LSUB: every mailbox counts as subscribed."""
    assert isinstance(command, c.List)
    user = session.require_user()
    name = command.name.encode()
    if not command.pattern:
        yield Send(b'* %s (\\Noselect) "%s" ""\r\n' % (name, DELIMITER.encode()))
        return b"OK %s completed" % name
    pattern = (command.reference + command.pattern)[: 2 * _NAME_MAX]
    pattern = _INBOX if pattern.upper() == _INBOX else pattern
    mailboxes = yield from read(lambda store: store.mailboxes.all(user.id))
    for mailbox in mailboxes:
        if matches(pattern, mailbox.name):
            line = (name, DELIMITER.encode(), quoted(mailbox.name))
            yield Send(b'* %s () "%s" %s\r\n' % line)
    return b"OK %s completed" % name


def status(session: Session, command: c.Command) -> Steps[bytes]:
    """STATUS."""
    assert isinstance(command, c.Status)
    unknown = set(command.items) - _STATUS_ITEMS
    if unknown:
        raise BadCommand(f"Unknown status item {min(unknown)}")
    mailbox = yield from _existing(session, command.mailbox)
    messages, unseen = yield from read(lambda store: store.mailboxes.counts(mailbox.id))
    recent_from = yield from claim(mailbox.id, 0)
    recent = yield from read(lambda store: store.messages.uids(mailbox.id, recent_from))
    values = {
        "MESSAGES": messages,
        "RECENT": len(recent),
        "UIDNEXT": mailbox.uid_next,
        "UIDVALIDITY": mailbox.uid_validity,
        "UNSEEN": unseen,
    }
    told = " ".join(f"{item} {values[item]}" for item in command.items)
    yield Send(b"* STATUS %s (%s)\r\n" % (quoted(mailbox.name), told.encode()))
    return b"OK STATUS completed"


def create(session: Session, command: c.Command) -> Steps[bytes]:
    """CREATE."""
    assert isinstance(command, c.Create)
    user = session.require_user()
    name = _checked(command.mailbox.rstrip(DELIMITER))

    def change(store: Store) -> None:
        if len(store.mailboxes.all(user.id)) >= _MAILBOXES_MAX:
            raise Refused("[LIMIT] There are too many mailboxes")
        if store.mailboxes.create(user.id, name, 1) is None:
            raise Refused("[ALREADYEXISTS] There is a mailbox of that name")

    yield from commit(change)
    return b"OK CREATE completed"


def delete(session: Session, command: c.Command) -> Steps[bytes]:
    """DELETE; those who have it open are told that its messages are gone."""
    assert isinstance(command, c.Delete)
    user = session.require_user()
    if command.mailbox == _INBOX:
        raise Refused("[CANNOT] INBOX stays")

    def change(store: Store) -> tuple[Mailbox, list[Uid]]:
        mailbox = _found(store, user.id, command.mailbox)
        uids = store.messages.uids(mailbox.id)
        store.mailboxes.delete(mailbox.id)
        return mailbox, uids

    mailbox, uids = yield from commit(change)
    if session.view is not None and session.view.mailbox.id == mailbox.id:
        yield from session.select(None)
    yield Publish(mailbox.id, Change(expunged=tuple(uids)))
    return b"OK DELETE completed"


def rename(session: Session, command: c.Command) -> Steps[bytes]:
    """RENAME; a renamed INBOX would have to be emptied (RFC 3501 6.3.5), so it is not."""
    assert isinstance(command, c.Rename)
    user = session.require_user()
    name = _checked(command.name)
    if command.mailbox == _INBOX:
        raise Refused("[CANNOT] INBOX keeps its name")

    def change(store: Store) -> None:
        mailbox = _found(store, user.id, command.mailbox)
        if store.mailboxes.find(user.id, name) is not None:
            raise Refused("[ALREADYEXISTS] There is a mailbox of that name")
        store.mailboxes.rename(mailbox.id, name)

    yield from commit(change)
    return b"OK RENAME completed"


def subscribe(session: Session, command: c.Command) -> Steps[bytes]:
    """SUBSCRIBE and UNSUBSCRIBE: nothing is kept of it."""
    yield from ()
    return b"OK done"


def append(session: Session, command: c.Command) -> Steps[bytes]:
    """APPEND: what a user puts into a mailbox of their own is not judged."""
    assert isinstance(command, c.Append)
    user = session.require_user()
    used = yield from read(lambda store: store.users.used(user.id))
    if used + len(command.message) > session.settings.quota_bytes:
        raise Refused("[OVERQUOTA] The mailbox is full")
    mailbox, uid = yield from commit(_appending(user.id, command, session.settings.now))
    yield Publish(mailbox.id, Change(arrived=True))
    if session.view is not None and session.view.mailbox.id == mailbox.id:
        session.view.arrived = True
    return b"OK [APPENDUID %d %d] APPEND completed" % (mailbox.uid_validity, uid)


def _appending(
    user: UserId, command: c.Append, now: Callable[[], float]
) -> Callable[[Store], tuple[Mailbox, Uid]]:
    def change(store: Store) -> tuple[Mailbox, Uid]:
        mailbox = store.mailboxes.find(user, command.mailbox)
        if mailbox is None:
            raise Refused("[TRYCREATE] There is no such mailbox")
        date = int(now()) if command.date is None else command.date
        flags = Flags(command.flags)
        return mailbox, store.messages.deliver([mailbox.id], command.message, date, flags)[0]

    return change


def _existing(session: Session, name: str) -> Steps[Mailbox]:
    user = session.require_user()
    return (yield from read(lambda store: _found(store, user.id, name)))


def _found(store: Store, user: UserId, name: str) -> Mailbox:
    mailbox = store.mailboxes.find(user, name)
    if mailbox is None:
        raise Refused("[NONEXISTENT] There is no such mailbox")
    return mailbox


def _checked(name: str) -> str:
    fine = name.isascii() and name.isprintable() and not set(name) & set("*%")
    if not fine or not name.strip(DELIMITER) or len(name) > _NAME_MAX:
        raise Refused("[CANNOT] A mailbox cannot have that name")
    return name
