"""From a frame to a command (RFC 3501 6 and 9, and the extensions in CAPABILITIES). Pure."""

from __future__ import annotations

from collections.abc import Callable
from email.utils import parsedate_to_datetime

from vestnik.relay.imap import commands as c
from vestnik.relay.imap.cursor import BadCommand, Cursor
from vestnik.relay.imap.grammar_fetch import fetch_items
from vestnik.relay.imap.grammar_search import search_key
from vestnik.relay.store.model import Flags

__all__ = ["BadCommand", "parse"]

_SIMPLE = frozenset(
    ("CAPABILITY", "NOOP", "LOGOUT", "CHECK", "CLOSE", "UNSELECT", "IDLE", "NAMESPACE", "STARTTLS")
)


def parse(frame: bytes) -> c.Command:
    """Read one command.

    Raises:
        BadCommand: It is none; the only error whatever the bytes are.
    """
    cursor = Cursor(frame)
    tag = cursor.tag()
    try:
        cursor.space()
        return _command(cursor, tag)
    except BadCommand as error:
        raise BadCommand(str(error), tag) from error


def _command(cursor: Cursor, tag: bytes) -> c.Command:
    name = cursor.word()
    by_uid = name == "UID"
    if by_uid:
        cursor.space()
        name = f"UID {cursor.word()}"
    if name in _SIMPLE:
        command: c.Command = c.Simple(tag, name)
    elif name in _READERS:
        command = _READERS[name](cursor, tag, name, by_uid)
    else:
        raise BadCommand(f"Unknown command {name}")
    cursor.end()
    return command


def _identify(cursor: Cursor, tag: bytes, name: str, by_uid: bool) -> c.Command:
    cursor.space()
    if cursor.take(b"("):
        cursor.rest()  # who the client says it is does not matter here
    elif cursor.nstring() is not None:
        raise BadCommand("Expected a list or NIL")
    return c.Identify(tag)


def _login(cursor: Cursor, tag: bytes, name: str, by_uid: bool) -> c.Command:
    cursor.space()
    user = cursor.astring()
    cursor.space()
    return c.Login(tag, user, cursor.astring())


def _authenticate(cursor: Cursor, tag: bytes, name: str, by_uid: bool) -> c.Command:
    cursor.space()
    mechanism = cursor.word()
    initial = cursor.rest() if cursor.take(b" ") else None
    return c.Authenticate(tag, mechanism, initial)


def _select(cursor: Cursor, tag: bytes, name: str, by_uid: bool) -> c.Command:
    cursor.space()
    return c.Select(tag, cursor.mailbox(), name == "EXAMINE")


def _create(cursor: Cursor, tag: bytes, name: str, by_uid: bool) -> c.Command:
    cursor.space()
    return c.Create(tag, cursor.mailbox())


def _delete(cursor: Cursor, tag: bytes, name: str, by_uid: bool) -> c.Command:
    cursor.space()
    return c.Delete(tag, cursor.mailbox())


def _rename(cursor: Cursor, tag: bytes, name: str, by_uid: bool) -> c.Command:
    cursor.space()
    mailbox = cursor.mailbox()
    cursor.space()
    return c.Rename(tag, mailbox, cursor.mailbox())


def _subscribe(cursor: Cursor, tag: bytes, name: str, by_uid: bool) -> c.Command:
    cursor.space()
    return c.Subscribe(tag, cursor.mailbox())


def _list(cursor: Cursor, tag: bytes, name: str, by_uid: bool) -> c.Command:
    cursor.space()
    reference = cursor.mailbox()
    cursor.space()
    return c.List(tag, name, reference, cursor.list_mailbox())


def _status(cursor: Cursor, tag: bytes, name: str, by_uid: bool) -> c.Command:
    cursor.space()
    mailbox = cursor.mailbox()
    cursor.space()
    return c.Status(tag, mailbox, tuple(cursor.listed(cursor.word)))


def _append(cursor: Cursor, tag: bytes, name: str, by_uid: bool) -> c.Command:
    cursor.space()
    mailbox = cursor.mailbox()
    cursor.space()
    flags, date = Flags(), None
    if cursor.at_list:
        flags = Flags(cursor.listed(cursor.flag))
        cursor.space()
    if cursor.take(b'"'):
        date = _date(cursor)
        cursor.space()
    return c.Append(tag, mailbox, flags, date, cursor.literal())


def _date(cursor: Cursor) -> int:
    """Read the rest of a date-time; its quote has been read."""
    text = cursor.until(b'"').decode("ascii", "replace").strip()
    try:
        return int(parsedate_to_datetime(text.replace("-", " ", 2)).timestamp())
    except (ValueError, OverflowError, IndexError) as error:
        raise BadCommand("Expected a date") from error


def _fetch(cursor: Cursor, tag: bytes, name: str, by_uid: bool) -> c.Command:
    cursor.space()
    messages = cursor.sequence_set()
    cursor.space()
    return c.Fetch(tag, messages, by_uid, fetch_items(cursor, by_uid))


def _store(cursor: Cursor, tag: bytes, name: str, by_uid: bool) -> c.Command:
    cursor.space()
    messages = cursor.sequence_set()
    cursor.space()
    mode = next((mode for mode in ("+", "-") if cursor.take(mode.encode())), "")
    what = cursor.word()
    if what not in ("FLAGS", "FLAGS.SILENT"):
        raise BadCommand("Only FLAGS can be stored")
    cursor.space()
    flags = Flags(cursor.flag_list())
    return c.Store(tag, messages, by_uid, mode, what.endswith("SILENT"), flags)


def _copy(cursor: Cursor, tag: bytes, name: str, by_uid: bool) -> c.Command:
    cursor.space()
    messages = cursor.sequence_set()
    cursor.space()
    return c.Copy(tag, messages, by_uid, cursor.mailbox(), name.endswith("MOVE"))


def _expunge(cursor: Cursor, tag: bytes, name: str, by_uid: bool) -> c.Command:
    if not by_uid:
        return c.Expunge(tag, None)
    cursor.space()
    return c.Expunge(tag, cursor.sequence_set())


def _search(cursor: Cursor, tag: bytes, name: str, by_uid: bool) -> c.Command:
    cursor.space()
    return c.Search(tag, by_uid, search_key(cursor))


def _get_quota(cursor: Cursor, tag: bytes, name: str, by_uid: bool) -> c.Command:
    cursor.space()
    return c.GetQuota(tag, cursor.astring())


def _get_quota_root(cursor: Cursor, tag: bytes, name: str, by_uid: bool) -> c.Command:
    cursor.space()
    return c.GetQuotaRoot(tag, cursor.mailbox())


def _get_metadata(cursor: Cursor, tag: bytes, name: str, by_uid: bool) -> c.Command:
    cursor.space()
    if cursor.take(b"("):
        raise BadCommand("GETMETADATA takes no options here")
    mailbox = cursor.mailbox()
    cursor.space()
    entries = cursor.one_or_listed(cursor.astring)
    return c.GetMetadata(tag, mailbox, tuple(entry.lower() for entry in entries))


def _set_metadata(cursor: Cursor, tag: bytes, name: str, by_uid: bool) -> c.Command:
    cursor.space()
    mailbox = cursor.mailbox()
    cursor.space()

    def entry() -> tuple[str, bytes | None]:
        key = cursor.astring().lower()
        cursor.space()
        return key, cursor.nstring()

    return c.SetMetadata(tag, mailbox, tuple(cursor.listed(entry)))


_READERS: dict[str, Callable[[Cursor, bytes, str, bool], c.Command]] = {
    "ID": _identify,
    "LOGIN": _login,
    "AUTHENTICATE": _authenticate,
    "SELECT": _select,
    "EXAMINE": _select,
    "CREATE": _create,
    "DELETE": _delete,
    "RENAME": _rename,
    "SUBSCRIBE": _subscribe,
    "UNSUBSCRIBE": _subscribe,
    "LIST": _list,
    "LSUB": _list,
    "STATUS": _status,
    "APPEND": _append,
    "FETCH": _fetch,
    "UID FETCH": _fetch,
    "STORE": _store,
    "UID STORE": _store,
    "COPY": _copy,
    "UID COPY": _copy,
    "MOVE": _copy,
    "UID MOVE": _copy,
    "EXPUNGE": _expunge,
    "UID EXPUNGE": _expunge,
    "SEARCH": _search,
    "UID SEARCH": _search,
    "GETQUOTA": _get_quota,
    "GETQUOTAROOT": _get_quota_root,
    "GETMETADATA": _get_metadata,
    "SETMETADATA": _set_metadata,
}
