"""What a chatmail relay takes from its users: the rules of filtermail, pure.

Each rule returns the SMTP answer that refuses, or ``None``. Only the relay itself may write
unencrypted mail; nobody who logs in can, also not under the name of mailer-daemon.
"""

from __future__ import annotations

from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import getaddresses

from vestnik.relay.openpgp import is_encrypted_message
from vestnik.relay.store.messages import split

__all__ = [
    "check_message",
    "check_recipient",
    "check_sender",
    "is_encrypted",
    "is_join_request",
    "too_much_mail",
]

_NEEDS_ENCRYPTION = "523 Encryption Needed: Invalid Unencrypted Mail"
_JOIN_REQUESTS = ("vc-request", "vg-request")
_HEADER_MAX = 128 * 1024

_headers = BytesHeaderParser(policy=compat32)


def check_sender(login: str, mail_from: str) -> str | None:
    """A user sends under the address of the login."""
    if mail_from.lower() == login:
        return None
    return f"553 5.7.1 Sender address <{_shown(mail_from)}> rejected: you are logged in as {login}"


def check_recipient(address: str, domain: str, known: bool, room: bool) -> str | None:
    """Mail goes to users of this relay who have logged in once and have room."""
    shown = _shown(address)
    if address.lower().rpartition("@")[2] != domain:
        return f"550 5.7.1 <{shown}>: this relay delivers only to addresses of {domain}"
    if not known:
        return f"550 5.1.1 <{shown}>: nobody has logged in with this address yet"
    if not room:
        return f"552 5.2.2 <{shown}>: the mailbox is full"
    return None


def too_much_mail(sender: str) -> str:
    """What a sender is told who is over the rate."""
    return f"450 4.7.1: Too much mail from {sender}"


def check_message(message: bytes, sender: str) -> str | None:
    """The From header is the sender, and the content is encrypted or asks to join."""
    head, body = split(message)
    if len(head) > _HEADER_MAX:
        return "552 5.3.4 The header is too large"
    header = _headers.parsebytes(head)
    written = _from(header)
    if written != sender:
        return f"500 Invalid FROM <{_shown(written)}> for <{sender}>"
    if is_encrypted(header, body) or is_join_request(header, body):
        return None
    return _NEEDS_ENCRYPTION


def is_encrypted(header: Message, body: bytes) -> bool:
    """Say whether it is PGP/MIME (RFC 3156 4): two parts, and only the key ids are readable."""
    if header.get_content_type() != "multipart/encrypted":
        return False
    parts = _parts(header, body)
    if len(parts) != 2:
        return False
    (control, version), (data, armored) = parts
    return (
        control.get_content_type() == "application/pgp-encrypted"
        and bytes(version).strip() == b"Version: 1"
        and data.get_content_type() == "application/octet-stream"
        and is_encrypted_message(armored)
    )


def is_join_request(header: Message, body: bytes) -> bool:
    """Say whether it is the first message of SecureJoin, which cannot be encrypted yet."""
    if header.get("secure-join", "") not in _JOIN_REQUESTS:
        return False
    if header.get_content_maintype() != "multipart":
        return False
    parts = _parts(header, body)
    if len(parts) != 1 or parts[0][0].get_content_type() != "text/plain":
        return False
    words = bytes(parts[0][1][:100]).strip().lower()
    return words in [f"secure-join: {step}".encode() for step in _JOIN_REQUESTS]


def _from(header: Message) -> str:
    fields = header.get_all("from", [])
    found = getaddresses([str(field) for field in fields])
    return found[0][1].lower() if len(fields) == 1 and len(found) == 1 else ""


def _parts(header: Message, body: bytes) -> list[tuple[Message, memoryview]]:
    """Split a multipart body (RFC 2046 5.1.1); an unclosed one has no parts, three are enough."""
    boundary = header.get_boundary()
    if not boundary or len(boundary) > 200:
        return []
    delimiter = b"\r\n--" + boundary.encode("ascii", "replace")
    at = _first_delimiter_end(body, delimiter)
    parts: list[tuple[Message, memoryview]] = []
    while len(parts) < 3 and body[at : at + 2] == b"\r\n":
        end = body.find(delimiter, at)
        if end < 0:
            return []
        parts.append(_part(body, at + 2, end))
        at = end + len(delimiter)
    return parts if body[at : at + 2] == b"--" else []


def _first_delimiter_end(body: bytes, delimiter: bytes) -> int:
    if body.startswith(delimiter[2:]):
        return len(delimiter) - 2
    found = body.find(delimiter)
    return len(body) if found < 0 else found + len(delimiter)


def _part(body: bytes, start: int, end: int) -> tuple[Message, memoryview]:
    view = memoryview(body)
    if body.startswith(b"\r\n", start):
        return Message(), view[start + 2 : end]
    stop = body.find(b"\r\n\r\n", start, min(end, start + _HEADER_MAX))
    if stop < 0:
        return Message(), view[start:end]
    return _headers.parsebytes(body[start : stop + 4]), view[stop + 4 : end]


def _shown(text: str) -> str:
    """What a stranger wrote, safe to be told in one line."""
    return text.encode("ascii", "backslashreplace").decode()[:200].translate(_UNSHOWN)


_UNSHOWN = dict.fromkeys((*range(32), 127), "?")
