"""The folder of a gateway: its store, its key, and how commands of this machine find it."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from vestnik.errors import BadConfig, StoreFailed
from vestnik.ids import TokenId

__all__ = [
    "ACCOUNTS_NAME",
    "BACKUP_PATH",
    "CONFIG_NAME",
    "LOCAL_TOKEN",
    "STORE_NAME",
    "BackUp",
    "DataFolder",
    "LocalAccess",
    "write_private",
]

STORE_NAME = "vestnik.sqlite"
CONFIG_NAME = "vestnik.toml"
ACCOUNTS_NAME = "accounts"
"""Where the core has the accounts of hosted bots; no backup of ours has them."""

KEY_NAME = "secrets.key"
ACCESS_NAME = "server.json"
KEY_BYTES = 32

BACKUP_PATH = "/local/v1/backup"
"""Where a gateway that runs is asked for a backup."""

LOCAL_TOKEN = TokenId("local")
"""The id of the token in `server.json`, which is known as long as the process lives."""

FOR_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class LocalAccess(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a command of the same user reaches the gateway while it runs.

    Attributes:
        token: Good for everything, as long as the gateway runs.
        fingerprint: SHA-256 of the certificate in hexadecimal, if it speaks TLS.
        folder: The number of the folder that it runs on, so that a copy leads nobody here.
    """

    url: str
    token: str
    fingerprint: str | None = None
    folder: int | None = None


class BackUp(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a backup is to be written: an absolute path where there is nothing yet."""

    to: str


class DataFolder:
    """A folder that only its owner can read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def store(self) -> Path:
        """The file of the store."""
        return self.path / STORE_NAME

    @property
    def is_gateways(self) -> bool:
        """Whether a gateway has kept something here, or was given its settings."""
        try:
            return self.store.exists() or (self.path / CONFIG_NAME).exists()
        except OSError:
            return True  # whoever opens it hears why that cannot be

    def make(self) -> bool:
        """Make the folder if it is not there; returns whether nothing was ever kept in it.

        Raises:
            StoreFailed: It cannot be used.
        """
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            is_new = not self.store.exists()
        except OSError as error:
            raise self._unusable(error) from error
        if not os.access(self.path, os.R_OK | os.W_OK | os.X_OK):
            raise StoreFailed(
                f"The folder {self.path} cannot be written: give it to this user, or choose "
                "another one with --data."
            )
        return is_new

    def key(self) -> bytes:
        """Return the key that secrets are sealed with, made at the first time.

        Raises:
            BadConfig: Others could read it, or it is no such key.
            StoreFailed: It cannot be read or written, or is gone while there is a store.
        """
        path = self.path / KEY_NAME
        try:
            if not path.exists():
                self._make_key(path)
            mode, key = path.stat().st_mode, path.read_bytes()
        except OSError as error:
            raise self._unusable(error) from error
        if os.name == "posix" and mode & FOR_OTHERS:
            raise BadConfig(f"Others can read {path}: `chmod 600 {path}`, it opens all secrets.")
        if len(key) != KEY_BYTES:
            raise BadConfig(f"{path} is no key of {KEY_BYTES} bytes: bring it back from a backup.")
        return key

    def access(self) -> LocalAccess | None:
        """Return how to reach the gateway that runs on this folder, or did so until it died."""
        try:
            written = (self.path / ACCESS_NAME).read_bytes()
            found = msgspec.json.decode(written, type=LocalAccess)
            return found if found.folder == self._number() else None
        except (OSError, msgspec.DecodeError):
            return None

    @contextmanager
    def offering(self, access: LocalAccess) -> Iterator[None]:
        """Say there how the gateway is reached, as long as it is."""
        self.offer(access)
        try:
            yield
        finally:
            with suppress(OSError):
                (self.path / ACCESS_NAME).unlink(missing_ok=True)

    def offer(self, access: LocalAccess) -> None:
        """Say there how the gateway is reached.

        Raises:
            StoreFailed: It cannot be written.
        """
        try:
            written = msgspec.structs.replace(access, folder=self._number())
            write_private(self.path / ACCESS_NAME, msgspec.json.encode(written))
        except OSError as error:
            raise self._unusable(error) from error

    def copy_rest(self, to: Path) -> None:
        """Copy what belongs to the store: the key, and the settings if there are any."""
        for name in (KEY_NAME, CONFIG_NAME):
            if (self.path / name).exists():
                write_private(to / name, (self.path / name).read_bytes())

    def _number(self) -> int:
        return self.path.stat().st_ino

    def _make_key(self, path: Path) -> None:
        if self.store.exists():
            raise StoreFailed(
                f"{path} is gone, and without it the secrets of webhooks cannot be read: bring it "
                "back from a backup."
            )
        write_private(path, secrets.token_bytes(KEY_BYTES))

    def _unusable(self, error: OSError) -> StoreFailed:
        return StoreFailed(
            f"The folder {self.path} cannot be used ({error.strerror}): make it readable and "
            "writable for this user, or choose another one with --data."
        )


def write_private(path: Path, content: bytes) -> None:
    """Write a file for the eyes of its owner only, wholly or not at all."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
