"""Logging in: the first password given for an address is the one it keeps."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable

from vestnik.relay.addresses import credentials_problem
from vestnik.relay.store import Store, User
from vestnik.relay.store.office import Office

__all__ = ["INBOX", "Accounts", "LoginRefused"]

INBOX = "INBOX"

# About 3 ms a login. The relay's users log in with passwords that a machine made.
_SCRYPT_N, _SCRYPT_R, _SCRYPT_P = 2048, 8, 1


class LoginRefused(Exception):
    """Nobody can log in with these credentials; the text says why and never names them."""


class Accounts:
    """The users who may log in."""

    def __init__(self, office: Office, domain: str) -> None:
        self._office = office
        self._domain = domain

    async def login(self, address: str, password: str) -> User:
        """Return the user, who comes into being by the first login.

        Raises:
            LoginRefused: The address is not of here, or the password is not the one.
            StorageFailed: The user could not be stored.
        """
        address = address.lower()
        problem = credentials_problem(address, password, self._domain)
        if problem is not None:
            raise LoginRefused(problem)
        user = self.find(address)
        if user is None:
            salt = secrets.token_bytes(16)
            digest = await asyncio.to_thread(_digest, password, salt)
            user = await self._office.commit(_adding(address, salt, digest))
            if user.salt == salt:
                return user
        if not hmac.compare_digest(
            user.digest, await asyncio.to_thread(_digest, password, user.salt)
        ):
            raise LoginRefused("The password is not the one this address was first used with")
        return user

    def find(self, address: str) -> User | None:
        """Return the user with that address, if one ever logged in."""
        return self._office.read(lambda store: store.users.find(address.lower()))


def _adding(address: str, salt: bytes, digest: bytes) -> Callable[[Store], User]:
    def add(store: Store) -> User:
        user = store.users.add(address, salt, digest)
        store.mailboxes.create(user.id, INBOX, int(time.time()))
        return user

    return add


def _digest(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(
        password.encode("utf-8", "surrogateescape"),
        salt=salt,
        n=_SCRYPT_N,
        r=_SCRYPT_R,
        p=_SCRYPT_P,
    )
