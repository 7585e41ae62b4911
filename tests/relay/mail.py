"""Mail as the core writes it, small enough to read in a test."""

from __future__ import annotations

import base64

PKESK = bytes((0xC1, 3)) + b"key"


def seipd(data: bytes) -> bytes:
    """Return an encrypted-data packet with a five-octet length."""
    return bytes((0xD2, 255)) + len(data).to_bytes(4, "big") + data


def armored(packets: bytes, checksum: bool = True) -> bytes:
    """Return the packets as an armored message."""
    text = base64.b64encode(packets)
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    lines += [b"=UTcb"] if checksum else []
    inside = b"".join(line + b"\r\n" for line in lines)
    return b"-----BEGIN PGP MESSAGE-----\r\n\r\n" + inside + b"-----END PGP MESSAGE-----\r\n"


def encrypted(
    sender: str, text: bytes = b"secret", payload: bytes | None = None, version: bytes = b"1"
) -> bytes:
    """Return a message that a chatmail relay takes."""
    payload = armored(PKESK + seipd(text)) if payload is None else payload
    return (
        b"From: <%s>\r\nMessage-ID: <%s@x>\r\nMIME-Version: 1.0\r\nSubject: [...]\r\n"
        b'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted";\r\n'
        b' boundary="b1"\r\n\r\n\r\n--b1\r\nContent-Type: application/pgp-encrypted\r\n\r\n'
        b"Version: %s\r\n\r\n--b1\r\nContent-Type: application/octet-stream\r\n\r\n%s"
        b"\r\n--b1--\r\n" % (sender.encode(), text[:20].hex().encode(), version, payload)
    )


def join_request(sender: str, step: str = "vc-request", text: str | None = None) -> bytes:
    """Return the unencrypted first message of SecureJoin, as older cores send it."""
    words = f"Secure-Join: {step}" if text is None else text
    return (
        f"From: <{sender}>\r\nSecure-Join: {step}\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="b2"\r\n\r\n'
        f"--b2\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{words}\r\n--b2--\r\n"
    ).encode()


def plain(sender: str) -> bytes:
    """Return a message that everyone on its way could read."""
    return f"From: <{sender}>\r\nSubject: hello\r\n\r\nhello\r\n".encode()
