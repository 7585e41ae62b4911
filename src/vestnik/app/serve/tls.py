"""The certificate of the operator, read at the start and again whenever it was renewed."""

from __future__ import annotations

import hashlib
import ssl
from pathlib import Path

from vestnik.errors import BadConfig

__all__ = ["Certificate"]


class Certificate:
    """A certificate with its key; connections that are open keep the one they began with.

    Raises:
        BadConfig: The files are not what they should be.
    """

    def __init__(self, certificate: Path, key: Path) -> None:
        self._files = certificate, key
        self.context = self._read()

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate itself, in hexadecimal."""
        text = self._files[0].read_text("ascii", "replace")
        begin = text.index("-----BEGIN CERTIFICATE-----")
        end = text.index("-----END CERTIFICATE-----", begin) + len("-----END CERTIFICATE-----")
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(text[begin:end])).hexdigest()

    def read_again(self) -> None:
        """Take what is in the files now for all connections to come.

        Raises:
            BadConfig: They cannot be used; the old one goes on.
        """
        self._read()
        self.context.load_cert_chain(*self._files)

    def _read(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["http/1.1"])
        try:
            context.load_cert_chain(*self._files)
        except (OSError, ValueError) as error:
            raise BadConfig(
                f"The certificate {self._files[0]} with the key {self._files[1]} cannot be used "
                f"({getattr(error, 'strerror', None) or error}): both must be PEM files that "
                "belong together, readable for this user."
            ) from error
        return context
