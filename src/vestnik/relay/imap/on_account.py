"""Commands about the connection and the account. Pure."""

from __future__ import annotations

import binascii
from base64 import b64decode
from functools import partial

from vestnik.relay.imap import commands as c
from vestnik.relay.imap.answers import CAPABILITIES, quoted, string
from vestnik.relay.imap.cursor import BadCommand
from vestnik.relay.imap.effects import Send, Steps, commit, log_in, read
from vestnik.relay.imap.session import Refused, Session
from vestnik.relay.store import Store

__all__ = [
    "authenticate",
    "capability",
    "get_metadata",
    "get_quota",
    "get_quota_root",
    "identify",
    "idle",
    "login",
    "logout",
    "namespace",
    "noop",
    "set_metadata",
    "start_tls",
]

_FAILURES_MAX = 5
_QUOTA_ROOT = b'"User quota"'
_ANNOTATIONS_MAX = 100
_ANNOTATION_BYTES_MAX = 4096


def capability(session: Session, command: c.Command) -> Steps[bytes]:
    """CAPABILITY."""
    yield Send(b"* CAPABILITY %s\r\n" % CAPABILITIES)
    return b"OK CAPABILITY completed"


def noop(session: Session, command: c.Command) -> Steps[bytes]:
    """NOOP and CHECK: whatever is new is told after every command."""
    yield from ()
    return b"OK done"


def identify(session: Session, command: c.Command) -> Steps[bytes]:
    """ID (RFC 2971)."""
    yield Send(b'* ID ("name" "Vestnik relay")\r\n')
    return b"OK ID completed"


def namespace(session: Session, command: c.Command) -> Steps[bytes]:
    """NAMESPACE (RFC 2342): there are only mailboxes of one's own."""
    yield Send(b'* NAMESPACE (("" "/")) NIL NIL\r\n')
    return b"OK NAMESPACE completed"


def logout(session: Session, command: c.Command) -> Steps[bytes]:
    """LOGOUT."""
    yield from session.select(None)
    yield from session.end(b"Goodbye")
    return b"OK LOGOUT completed"


def start_tls(session: Session, command: c.Command) -> Steps[bytes]:
    """STARTTLS: the relay has TLS from the first byte, or not at all."""
    yield from ()
    raise BadCommand("STARTTLS is not offered here")


def login(session: Session, command: c.Command) -> Steps[bytes]:
    """LOGIN."""
    assert isinstance(command, c.Login)
    return (yield from _log_in(session, command.user, command.password))


def authenticate(session: Session, command: c.Command) -> Steps[bytes]:
    """AUTHENTICATE PLAIN (RFC 4616), with an initial response or without (RFC 4959)."""
    assert isinstance(command, c.Authenticate)
    if command.mechanism != "PLAIN":
        raise Refused("[CANNOT] Only PLAIN is known here")
    if command.initial is not None:
        return (yield from _plain(session, command.initial))
    session.on_line = partial(_plain_line, session, command.tag)
    yield Send(b"+ \r\n")
    return b""


def _plain_line(session: Session, tag: bytes, line: bytes) -> Steps[None]:
    yield from session.answer(tag, _plain(session, line))


def _plain(session: Session, response: bytes) -> Steps[bytes]:
    if response == b"*":
        raise BadCommand("AUTHENTICATE was cancelled")
    try:
        _, user, password = b64decode(response, validate=True).decode("utf-8").split("\0")
    except (binascii.Error, ValueError) as error:
        raise BadCommand("This is no answer to AUTHENTICATE PLAIN") from error
    return (yield from _log_in(session, user, password))


def _log_in(session: Session, address: str, password: str) -> Steps[bytes]:
    found = yield from log_in(address, password)
    if not isinstance(found, str):
        session.user = found
        return b"OK [CAPABILITY %s] Logged in" % CAPABILITIES
    session.failures += 1
    if session.failures >= _FAILURES_MAX:
        yield from session.end(b"Too many failed logins")
    raise Refused(f"[AUTHENTICATIONFAILED] {found}")


def idle(session: Session, command: c.Command) -> Steps[bytes]:
    """IDLE (RFC 2177): from now on changes are told as they happen, until DONE."""
    session.on_line = partial(_idle_line, session, command.tag)
    yield Send(b"+ idling\r\n")
    session.idling = True
    return b""


def _idle_line(session: Session, tag: bytes, line: bytes) -> Steps[None]:
    session.idling = False
    if line.upper() == b"DONE":
        yield from session.answer(tag, noop(session, c.Command(tag)))
    else:
        yield from session.refuse_bad(tag, "Expected DONE")


def get_quota(session: Session, command: c.Command) -> Steps[bytes]:
    """GETQUOTA (RFC 9208 4.1.2)."""
    assert isinstance(command, c.GetQuota)
    if command.root != _QUOTA_ROOT.decode().strip('"'):
        raise Refused("[NONEXISTENT] There is no such quota root")
    yield from _send_quota(session)
    return b"OK GETQUOTA completed"


def get_quota_root(session: Session, command: c.Command) -> Steps[bytes]:
    """GETQUOTAROOT (RFC 9208 4.1.3)."""
    assert isinstance(command, c.GetQuotaRoot)
    yield Send(b"* QUOTAROOT %s %s\r\n" % (quoted(command.mailbox), _QUOTA_ROOT))
    yield from _send_quota(session)
    return b"OK GETQUOTAROOT completed"


def _send_quota(session: Session) -> Steps[None]:
    user = session.require_user()
    used = yield from read(lambda store: store.users.used(user.id))
    # RFC 9208 5.1: STORAGE counts in units of 1024 octets.
    kib = (-(-used // 1024), session.settings.quota_bytes // 1024)
    yield Send(b"* QUOTA %s (STORAGE %d %d)\r\n" % (_QUOTA_ROOT, *kib))


def get_metadata(session: Session, command: c.Command) -> Steps[bytes]:
    """GETMETADATA (RFC 5464 4.2): entries without a value are left out.

    So is the whole untagged answer when there is no value at all, because the core cannot
    read an empty list.
    """
    assert isinstance(command, c.GetMetadata)
    user, mailbox = session.require_user(), command.mailbox
    values = yield from read(lambda store: store.metadata.get(user.id, mailbox))
    if not mailbox:
        values = {**values, **session.settings.annotations}
    found = [_entry(entry, values[entry]) for entry in command.entries if entry in values]
    if found:
        yield Send(b"* METADATA %s (%s)\r\n" % (quoted(mailbox), b" ".join(found)))
    return b"OK GETMETADATA completed"


def _entry(entry: str, value: bytes) -> bytes:
    """Write one entry with its value."""
    return b"%s %s" % (entry.encode("ascii", "replace"), string(value))


def set_metadata(session: Session, command: c.Command) -> Steps[bytes]:
    """SETMETADATA (RFC 5464 4.3): users set what is private to them."""
    assert isinstance(command, c.SetMetadata)
    user, mailbox = session.require_user(), command.mailbox
    _check_annotations(command)

    def change(store: Store) -> None:
        for entry, value in command.entries:
            if value is None:
                store.metadata.remove(user.id, mailbox, entry)
            else:
                store.metadata.put(user.id, mailbox, entry, value)
        if len(store.metadata.get(user.id, mailbox)) > _ANNOTATIONS_MAX:
            raise Refused("[METADATA TOOMANY] There are too many entries")

    yield from commit(change)
    return b"OK SETMETADATA completed"


def _check_annotations(command: c.SetMetadata) -> None:
    for entry, value in command.entries:
        if not entry.startswith("/private/") or not entry.isascii() or " " in entry:
            raise Refused("[NOPERM] Only entries below /private/ can be set")
        if value is not None and len(value) > _ANNOTATION_BYTES_MAX:
            raise Refused(f"[METADATA MAXSIZE {_ANNOTATION_BYTES_MAX}] The value is too large")
