"""TLS is checked by the name that the owner gave, not by the address."""

from __future__ import annotations

import asyncio
import datetime as dt
import ssl
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path

import pytest
import uvloop
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.gateway.delivery.receiver import Receiver, request, sender
from vestnik.errors import BadConfig

DAY = dt.timedelta(days=1)


class Authority:
    """A certificate authority of the test's own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
        usage = x509.BasicConstraints(ca=True, path_length=None)
        builder = self._builder(self._name, self._key).add_extension(usage, critical=True)
        self.path = folder / "authority.pem"
        self._write(self.path, builder)

    def context(self, *names: str) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "server")])
        alternatives = x509.SubjectAlternativeName([_general(name) for name in names])
        self._write(
            self._folder / "server.pem",
            self._builder(name, key).add_extension(alternatives, critical=False),
        )
        pem = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        (self._folder / "server.key").write_bytes(pem)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self._folder / "server.pem", self._folder / "server.key")
        return context

    def _builder(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey
    ) -> x509.CertificateBuilder:
        now = dt.datetime.now(dt.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - DAY)
            .not_valid_after(now + DAY)
        )

    def _write(self, path: Path, builder: x509.CertificateBuilder) -> None:
        certificate = builder.sign(self._key, hashes.SHA256())
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


async def to_loopback(host: str, port: int) -> Sequence[str]:
    return ["127.0.0.1"]


async def test_a_receiver_is_known_by_its_name(authority: Authority) -> None:
    seen: list[str | None] = []
    context = authority.context("hooks.example")
    context.sni_callback = lambda sock, name, ctx: seen.append(name)
    client = sender(resolver=to_loopback, authorities=str(authority.path))
    async with Receiver().serving(context=context) as receiver, client:
        for _ in range(2):
            response = await client.send(request(f"https://hooks.example:{receiver.port}/"))
            assert (response.status, response.error) == (200, "")
        assert receiver.connections == 1
    assert seen == ["hooks.example"]


async def test_an_address_has_to_stand_in_the_certificate(authority: Authority) -> None:
    client = sender(authorities=str(authority.path))
    async with Receiver().serving(context=authority.context("127.0.0.1")) as receiver, client:
        response = await client.send(request(f"https://127.0.0.1:{receiver.port}/"))
        assert response.status == 200


async def test_a_certificate_for_another_name_is_refused(authority: Authority) -> None:
    client = sender(resolver=to_loopback, authorities=str(authority.path))
    async with Receiver().serving(context=authority.context("other.example")) as receiver, client:
        response = await client.send(request(f"https://hooks.example:{receiver.port}/"))
    assert response.error.startswith("The certificate of hooks.example is refused: ")
    assert not receiver.requests


async def test_an_authority_that_nobody_knows_is_refused(authority: Authority) -> None:
    client = sender(resolver=to_loopback)
    async with Receiver().serving(context=authority.context("hooks.example")) as receiver, client:
        response = await client.send(request(f"https://hooks.example:{receiver.port}/"))
    assert response.error.startswith("The certificate of hooks.example is refused: ")
    assert not receiver.requests


async def test_a_server_without_tls_is_told() -> None:
    async def greet(reader: object, writer: object) -> None:
        writer.write(b"HTTP/1.1 400 Bad\r\n\r\n")  # type: ignore[attr-defined]

    async with Receiver(greet).serving() as receiver, sender(resolver=to_loopback) as client:
        response = await client.send(request(f"https://hooks.example:{receiver.port}/"))
    assert response.status is None
    assert response.error


def test_a_receiver_is_known_by_its_name_on_uvloop_too(authority: Authority) -> None:
    async def run() -> None:
        context = authority.context("hooks.example")
        client = sender(resolver=to_loopback, authorities=str(authority.path))
        async with Receiver().serving(context=context) as receiver, client:
            for host, status in (("hooks.example", 200), ("other.example", None)):
                url = f"https://{host}:{receiver.port}/"
                assert (await client.send(request(url))).status == status

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run())


async def test_authorities_that_cannot_be_read_are_a_mistake_of_the_settings(
    tmp_path: Path,
) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("nothing")
    for path in (empty, tmp_path / "missing.pem"):
        with pytest.raises(BadConfig, match="No certificate authorities"):
            async with sender(authorities=str(path)):
                pass
