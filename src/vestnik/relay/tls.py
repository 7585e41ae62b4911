"""A certificate that the relay signs itself, kept next to the mail so that it stays the same."""

from __future__ import annotations

import datetime
import ipaddress
import os
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from vestnik.errors import StorageFailed

__all__ = ["Certificate", "certificate_in"]

_VALID = datetime.timedelta(days=3650)
_SKEW = datetime.timedelta(days=1)


class Certificate:
    """A certificate and its key, in files because `ssl` reads nothing else."""

    def __init__(self, directory: Path) -> None:
        self.certificate = directory / "relay-certificate.pem"
        self.key = directory / "relay-key.pem"

    def context(self) -> ssl.SSLContext:
        """Return what a server needs to speak TLS 1.2 or newer."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self.certificate, self.key)
        return context


def certificate_in(directory: Path, domain: str, host: str) -> Certificate:
    """Return the certificate of that folder, made if there is none.

    Raises:
        StorageFailed: The files cannot be written or read.
    """
    found = Certificate(directory)
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (found.certificate.exists() and found.key.exists()):
            _make(found, domain, host)
        found.context()
    except (OSError, ssl.SSLError) as error:
        raise StorageFailed(
            f"The relay cannot use its certificate in {directory} ({error.strerror}): "
            "make the folder writable, or remove relay-certificate.pem and relay-key.pem."
        ) from error
    return found


def _make(files: Certificate, domain: str, host: str) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _builder(domain, host, key.public_key()).sign(key, hashes.SHA256())
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    with os.fdopen(os.open(files.key, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(secret)
    files.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def _builder(domain: str, host: str, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, domain[:64])])
    now = datetime.datetime.now(datetime.UTC)
    names = x509.SubjectAlternativeName([x509.DNSName(domain), _general_name(host)])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SKEW)
        .not_valid_after(now + _VALID)
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
