"""How values are written for the client (RFC 3501 9). Pure."""

from __future__ import annotations

import time
from collections.abc import Iterable

from vestnik.relay.store.model import Uid

__all__ = ["CAPABILITIES", "SYSTEM_FLAGS", "date", "flag_list", "quoted", "string", "uid_set"]

CAPABILITIES = (
    b"IMAP4rev1 LITERAL+ SASL-IR AUTH=PLAIN ID IDLE NAMESPACE UNSELECT UIDPLUS MOVE"
    b" QUOTA QUOTA=RES-STORAGE METADATA XCHATMAIL"
)
SYSTEM_FLAGS = b"\\Answered \\Flagged \\Deleted \\Seen \\Draft"

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def quoted(text: str) -> bytes:
    """Write a one-line text as a quoted string."""
    return b'"%s"' % text.replace("\\", "\\\\").replace('"', '\\"').encode("utf-8", "replace")


def string(data: bytes) -> bytes:
    """Write any bytes: quoted where that is allowed, else as a literal."""
    plain = len(data) < 1000 and data.isascii() and not set(data) & {0, 10, 13, 34, 92}
    return b'"%s"' % data if plain else b"{%d}\r\n%s" % (len(data), data)


def flag_list(flags: Iterable[str]) -> bytes:
    """Write flags in parentheses, in an order that does not change."""
    return b"(%s)" % " ".join(sorted(flags)).encode("ascii", "replace")


def date(seconds: int) -> bytes:
    """Write an internal date, in UTC."""
    at = time.gmtime(seconds)
    return (
        f'"{at.tm_mday:2}-{_MONTHS[at.tm_mon - 1]}-{at.tm_year:04}'
        f' {at.tm_hour:02}:{at.tm_min:02}:{at.tm_sec:02} +0000"'
    ).encode()


def uid_set(uids: Iterable[Uid]) -> bytes:
    """Write UIDs as ranges, in the order given (RFC 4315 3)."""
    ranges: list[list[int]] = []
    for uid in uids:
        if ranges and uid == ranges[-1][1] + 1:
            ranges[-1][1] = uid
        else:
            ranges.append([uid, uid])
    return b",".join(b"%d" % a if a == b else b"%d:%d" % (a, b) for a, b in ranges)
