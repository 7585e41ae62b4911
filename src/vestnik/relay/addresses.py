"""Addresses and credentials of the relay: what is valid, and how new ones are made. Pure."""

from __future__ import annotations

import re
import secrets
import string
from urllib.parse import quote, urlencode

import msgspec

__all__ = ["Credentials", "Endpoints", "credentials_problem", "login_code", "new_credentials"]

_LOCAL_PART = re.compile(r"[a-z0-9._-]+")
_LOCAL_PART_MAX = 64  # RFC 5321 4.5.3.1.1
_PASSWORD_MIN = 9
_PASSWORD_MAX = 1024
_LETTERS = string.ascii_lowercase + string.digits


class Credentials(msgspec.Struct, frozen=True):
    """What a client needs to log in."""

    address: str
    password: str
    login_code: str
    """A ``dclogin:`` URI that a core configures itself with, naming every server and port."""

    def __repr__(self) -> str:
        return f"Credentials(address={self.address!r})"


class Endpoints(msgspec.Struct, frozen=True):
    """Where clients find the relay."""

    host: str
    smtp_port: int
    imap_port: int
    tls: bool


def credentials_problem(address: str, password: str, domain: str) -> str | None:
    """Say why nobody can log in with these; ``None`` if somebody can."""
    local, _, host = address.rpartition("@")
    if host != domain:
        return f"This relay has only addresses of {domain}"
    if not _LOCAL_PART.fullmatch(local) or len(local) > _LOCAL_PART_MAX:
        return "A name consists of a-z, 0-9, dot, dash and underscore, 64 at most"
    if not _PASSWORD_MIN <= len(password) <= _PASSWORD_MAX:
        return f"A password has at least {_PASSWORD_MIN} characters"
    return None


def new_credentials(name: str | None, domain: str, endpoints: Endpoints) -> Credentials:
    """Invent a password, and a name if none is given."""
    local = name or "".join(secrets.choice(_LETTERS) for _ in range(9))
    address = f"{local}@{domain}"
    password = secrets.token_urlsafe(18)
    return Credentials(address, password, login_code(address, password, endpoints))


def login_code(address: str, password: str, at: Endpoints) -> str:
    """Return the ``dclogin:`` URI; it leaves a core nothing to guess or to look up."""
    security = "ssl" if at.tls else "plain"
    options = {"p": password, "v": "1", "ih": at.host, "ip": at.imap_port, "is": security}
    options |= {"sh": at.host, "sp": at.smtp_port, "ss": security}
    if at.tls:
        options["ic"] = "3"  # accept the certificate that the relay signed itself
    return f"dclogin:{address}?{urlencode(options, quote_via=quote)}"
