"""Commands about messages. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from vestnik.relay.board import Change
from vestnik.relay.imap import commands as c
from vestnik.relay.imap.answers import flag_list, uid_set
from vestnik.relay.imap.cursor import BadCommand
from vestnik.relay.imap.effects import Publish, Send, Steps, commit, read
from vestnik.relay.imap.fetch import attribute, piece
from vestnik.relay.imap.search import Searcher, needs_header
from vestnik.relay.imap.session import Refused, Session
from vestnik.relay.imap.view import View
from vestnik.relay.store import Entry, Flags, MailboxId, Moved, Store, Uid

__all__ = ["copy", "expunge", "fetch", "search", "store"]

_SEEN = Flags(("\\Seen",))
_AT_ONCE = 500


def fetch(session: Session, command: c.Command) -> Steps[bytes]:
    """FETCH and UID FETCH: one answer for each message, and nothing unasked between them."""
    assert isinstance(command, c.Fetch)
    view = session.require_view()
    uids = _meant(view, command.messages, command.by_uid)
    items = command.items
    if not view.readonly and _reads(items):
        newly_seen = yield from _mark_seen(view, uids)
        if newly_seen:
            items = (*items, c.Attribute.FLAGS)
    missing = 0
    for some in _slices(uids):
        missing += yield from _fetch_some(view, some, tuple(dict.fromkeys(items)))
    if missing and not command.by_uid:
        raise Refused("[EXPUNGEISSUED] Some of the messages are gone")
    return b"OK FETCH completed"


def _fetch_some(
    view: View, uids: Sequence[Uid], items: tuple[c.Attribute | c.Section, ...]
) -> Steps[int]:
    """Answer for some messages, and return how many of them are gone."""
    mailbox = view.mailbox.id
    entries = yield from _entries(mailbox, uids)
    needs = [item for item in items if isinstance(item, c.Section)]
    light, missing = [], len(uids) - len(entries)
    for entry in entries:
        if not needs:
            light.append(b"".join(_answer(view, entry, items, b"", b"")))
            continue
        whole = yield from _text(mailbox, entry.uid, needs)
        if whole is None:
            missing += 1
            continue
        for part in _answer(view, entry, items, *whole):
            yield Send(part)
    if light:
        yield Send(b"".join(light))
    return missing


def _text(
    mailbox: MailboxId, uid: Uid, sections: Sequence[c.Section]
) -> Steps[tuple[bytes, bytes] | None]:
    """Read of a message what the sections need; ``None`` if it is gone."""
    header = yield from read(lambda store: store.messages.header(mailbox, uid))
    if header is None or all(section.kind.startswith("HEADER") for section in sections):
        return None if header is None else (header, b"")
    body = yield from read(lambda store: store.messages.body(mailbox, uid))
    return None if body is None else (header, body)


def _answer(
    view: View,
    entry: Entry,
    items: tuple[c.Attribute | c.Section, ...],
    header: bytes,
    body: bytes,
) -> Iterator[bytes]:
    yield b"* %d FETCH (" % (view.number(entry.uid) or 0)
    for index, item in enumerate(items):
        if index:
            yield b" "
        if isinstance(item, c.Section):
            yield from piece(item, header, body)
        else:
            yield attribute(item, entry, entry.uid in view.recent)
    yield b")\r\n"


def _reads(items: tuple[c.Attribute | c.Section, ...]) -> bool:
    return any(isinstance(item, c.Section) and not item.peek for item in items)


def _mark_seen(view: View, uids: Sequence[Uid]) -> Steps[bool]:
    """Reading a text without PEEK marks it as seen; say whether that changed anything."""
    mailbox = view.mailbox.id
    entries = yield from _entries(mailbox, uids)
    unseen = [entry.uid for entry in entries if not entry.flags & _SEEN]
    if unseen:
        changed, _ = yield from commit(_flagging(mailbox, unseen, "+", _SEEN))
        yield Publish(mailbox, Change(flags=changed))
    return bool(unseen)


def store(session: Session, command: c.Command) -> Steps[bytes]:
    """STORE and UID STORE: the answers tell the flags as they are now, unless SILENT."""
    assert isinstance(command, c.Store)
    view = _writable(session)
    uids = _meant(view, command.messages, command.by_uid)
    change = _flagging(view.mailbox.id, uids, command.mode, command.flags)
    changed, now = yield from commit(change)
    if changed:
        yield Publish(view.mailbox.id, Change(flags=changed))
    if not command.silent and now:
        yield Send(b"".join(_flag_answers(view, now, command.by_uid)))
    return b"OK STORE completed"


def _flag_answers(view: View, flags: dict[Uid, Flags], by_uid: bool) -> Iterator[bytes]:
    for uid, now in flags.items():
        shown = flag_list(now | {"\\Recent"} if uid in view.recent else now)
        named = b"UID %d " % uid if by_uid else b""
        yield b"* %d FETCH (%sFLAGS %s)\r\n" % (view.number(uid) or 0, named, shown)


def _flagging(
    mailbox: MailboxId, uids: Sequence[Uid], mode: str, flags: Flags
) -> Callable[[Store], tuple[dict[Uid, Flags], dict[Uid, Flags]]]:
    """Return a change that results in the flags that changed, and in those of all messages."""

    def change(store: Store) -> tuple[dict[Uid, Flags], dict[Uid, Flags]]:
        before = {entry.uid: entry.flags for entry in store.messages.entries(mailbox, uids)}
        after = {uid: _combined(mode, old, flags) for uid, old in before.items()}
        changed = {uid: new for uid, new in after.items() if new != before[uid]}
        store.messages.set_flags(mailbox, changed)
        return changed, after

    return change


def _combined(mode: str, old: Flags, given: Flags) -> Flags:
    if mode == "+":
        return old | given
    return old - given if mode == "-" else given


def expunge(session: Session, command: c.Command) -> Steps[bytes]:
    """EXPUNGE and UID EXPUNGE."""
    assert isinstance(command, c.Expunge)
    view = _writable(session)
    uids = None if command.messages is None else view.resolve(command.messages, by_uid=True)
    gone = yield from commit(lambda store: store.messages.expunge(view.mailbox.id, uids))
    yield from _tell_gone(view, gone)
    return b"OK EXPUNGE completed"


def _tell_gone(view: View, gone: Sequence[Uid]) -> Steps[None]:
    """Tell this client and the others that messages are gone."""
    if gone:
        yield Send(b"".join(b"* %d EXPUNGE\r\n" % number for number in view.remove(gone)))
        yield Publish(view.mailbox.id, Change(expunged=tuple(gone)))


def copy(session: Session, command: c.Command) -> Steps[bytes]:
    """COPY and MOVE with their UID forms (RFC 6851, COPYUID of RFC 4315)."""
    assert isinstance(command, c.Copy)
    view = _writable(session) if command.move else session.require_view()
    uids = _meant(view, command.messages, command.by_uid)
    moved = yield from commit(_copying(session, view, uids, command))
    if not moved.copies:
        return b"OK nothing to do"
    numbers = (moved.target.uid_validity, uid_set(moved.sources), uid_set(moved.copies))
    code = b"[COPYUID %d %s %s]" % numbers
    yield Publish(moved.target.id, Change(arrived=True))
    if moved.target.id == view.mailbox.id:
        view.arrived = True
    if not command.move:
        return b"OK %s COPY completed" % code
    # RFC 6851 4.3: the numbers are told before the messages are said to be gone.
    yield Send(b"* OK %s moved\r\n" % code)
    yield from _tell_gone(view, moved.sources)
    return b"OK MOVE completed"


def _copying(
    session: Session, view: View, uids: Sequence[Uid], command: c.Copy
) -> Callable[[Store], Moved]:
    user, limit = session.require_user(), session.settings.quota_bytes

    def change(store: Store) -> Moved:
        target = store.mailboxes.find(user.id, command.mailbox)
        if target is None:
            raise Refused("[TRYCREATE] There is no such mailbox")
        if command.move:
            return store.messages.move(view.mailbox.id, uids, target)
        copied = store.messages.copy(view.mailbox.id, uids, target)
        if store.users.used(user.id) > limit:
            raise Refused("[OVERQUOTA] The mailbox is full")
        return copied

    return change


def search(session: Session, command: c.Command) -> Steps[bytes]:
    """SEARCH and UID SEARCH."""
    assert isinstance(command, c.Search)
    view = session.require_view()
    mailbox = view.mailbox.id
    searcher, reads = Searcher(command.key, view), needs_header(command.key)
    found: list[int] = []
    for uids in _slices(view.uids):
        for entry in (yield from _entries(mailbox, uids)):
            header = (yield from _header(mailbox, entry.uid)) if reads else b""
            if searcher.meets(entry, header):
                found.append(entry.uid if command.by_uid else view.number(entry.uid) or 0)
    yield Send(b"".join((b"* SEARCH", *(b" %d" % number for number in found), b"\r\n")))
    return b"OK SEARCH completed"


def _entries(mailbox: MailboxId, uids: Sequence[Uid]) -> Steps[list[Entry]]:
    return (yield from read(lambda store: store.messages.entries(mailbox, uids)))


def _header(mailbox: MailboxId, uid: Uid) -> Steps[bytes]:
    return (yield from read(lambda store: store.messages.header(mailbox, uid))) or b""


def _meant(view: View, messages: c.SequenceSet, by_uid: bool) -> Sequence[Uid]:
    """Return the messages of a set; UIDs of no message are passed over (RFC 3501 6.4.8)."""
    if not by_uid and not view.has_numbers(messages):
        raise BadCommand("There is no message of that number")
    return tuple(view.resolve(messages, by_uid))


def _slices(uids: Sequence[Uid]) -> Iterator[Sequence[Uid]]:
    for at in range(0, len(uids), _AT_ONCE):
        yield uids[at : at + _AT_ONCE]


def _writable(session: Session) -> View:
    view = session.require_view()
    if view.readonly:
        raise Refused("[CANNOT] The mailbox was opened with EXAMINE")
    return view
