"""Accepted means stored: what a killed relay and a full disk leave behind."""

from __future__ import annotations

import imaplib
import json
import smtplib
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.relay.mail import encrypted

Ready = tuple[int, int, str, str]


@contextmanager
def relay_process(directory: Path, *limit: str) -> Iterator[tuple[subprocess.Popen[bytes], Ready]]:
    """Run a relay, and kill it at the end."""
    command = [sys.executable, "-m", "tests.relay.relay_process", str(directory), *limit]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=root) as process:
        assert process.stdout is not None
        try:
            yield process, tuple(json.loads(process.stdout.readline()))
        finally:
            process.kill()


def opened(ready: Ready, password: str) -> set[bytes]:
    """Log in, and return the Message-IDs of all mail."""
    with imaplib.IMAP4("127.0.0.1", ready[1], timeout=20) as client:
        client.login(ready[2], password)
        client.select()
        client.noop()
        _, found = client.fetch("1:*", "(BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")
        return {part[1].strip() for part in found if isinstance(part, tuple)}


def accept(ready: Ready, password: str, sender: int, accepted: list[bytes]) -> None:
    """Send until the relay is gone, and note what it accepted."""
    address = ready[2]
    try:
        with smtplib.SMTP("127.0.0.1", ready[0], timeout=20) as client:
            client.login(address, password)
            for n in range(10_000):
                text = b"%d-%d" % (sender, n)
                client.sendmail(address, [address], encrypted(address, text))
                accepted.append(b"Message-ID: <%s@x>" % text.hex().encode())
    except (smtplib.SMTPException, OSError):
        pass


def test_all_that_was_accepted_is_there_after_a_kill(tmp_path: Path) -> None:
    accepted: list[bytes] = []
    with relay_process(tmp_path) as (process, ready):
        password = ready[3]
        with imaplib.IMAP4("127.0.0.1", ready[1], timeout=20) as client:
            client.login(ready[2], password)
        senders = [
            threading.Thread(target=accept, args=(ready, password, n, accepted)) for n in range(3)
        ]
        for thread in senders:
            thread.start()
        while len(accepted) < 60 and any(thread.is_alive() for thread in senders):
            senders[0].join(0.005)
        process.kill()
        for thread in senders:
            thread.join()
    assert len(accepted) >= 60
    with relay_process(tmp_path) as (_, ready):
        assert set(accepted) <= opened(ready, password)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_a_disk_without_room_is_452_and_what_was_accepted_stays(tmp_path: Path) -> None:
    accepted: list[bytes] = []
    code = 250
    with relay_process(tmp_path, "2000000") as (_, ready):
        address, password = ready[2:]
        with imaplib.IMAP4("127.0.0.1", ready[1], timeout=20) as reader:
            reader.login(address, password)
        with smtplib.SMTP("127.0.0.1", ready[0], timeout=20) as client:
            client.login(address, password)
            while code == 250:
                text = b"%d" % len(accepted)
                message = encrypted(address, text.ljust(100_000))
                client.mail(address)
                client.rcpt(address)
                code = client.data(message)[0]
                if code == 250:
                    accepted.append(b"Message-ID: <%s@x>" % text.ljust(20)[:20].hex().encode())
        assert code == 452
        assert opened(ready, password) == set(accepted) != set()
    with relay_process(tmp_path) as (_, ready):
        assert opened(ready, password) == set(accepted)
