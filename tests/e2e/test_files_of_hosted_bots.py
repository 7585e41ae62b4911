"""Files on the whole way: from a person to a bot's program by a link, and back by an upload."""

from __future__ import annotations

import io
import os
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from tests.e2e.gateway.process import DEADLINE, Gateway
from tests.e2e.test_hosted_bot import CONFIG, Program, a_bot
from vestnik.chatmail import join_by_code
from vestnik.chatmail.events import IncomingMsg
from vestnik.chatmail.types import Message, MessageData
from vestnik.relay import Relay
from vestnik.testing import LiveAccount
from vestnik.testing.plugin import NewAccount


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    async with Gateway(tmp_path / "data", CONFIG) as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=DEADLINE)) as session:
        yield session


async def next_file(account: LiveAccount, events: AsyncIterator[object]) -> Message:
    """Wait for a message with a file."""
    async for event in events:
        payload = getattr(event, "payload", None)
        if isinstance(payload, IncomingMsg):
            message = await account.core.get_message(account.id, payload.msg_id)
            if message.file:
                return message
    raise AssertionError("the core has ended")


async def test_a_file_comes_and_another_one_goes(
    gateway: Gateway,
    http: aiohttp.ClientSession,
    relay: Relay,
    new_account: NewAccount,
    tmp_path: Path,
) -> None:
    invite, token = await a_bot(gateway, relay)
    account, program = await new_account(), Program(http, gateway, token)
    content = os.urandom(100_000)
    (tmp_path / "Отчёт.pdf").write_bytes(content)
    chat = await join_by_code(account.core, account.id, invite)
    await account.core.send_msg(
        account.id, chat, MessageData(file=str(tmp_path / "Отчёт.pdf"), text="here")
    )
    (message,) = await program.messages()
    url = message["file"]["url"]
    assert (message["file"]["name"], message["file"]["bytes"]) == ("Отчёт.pdf", len(content))
    async with http.get(url) as answer:
        assert (answer.status, await answer.read()) == (200, content)
        assert answer.content_disposition is not None
        assert answer.content_disposition.filename == "Отчёт.pdf"
    async with http.get(url, headers={"Range": "bytes=500-599"}) as answer:
        assert (answer.status, await answer.read()) == (206, content[500:600])
    async with http.get(url[:-1] + ("A" if url[-1] != "A" else "B")) as answer:
        assert answer.status == 404

    headers = {"Authorization": f"Bearer {token}"}
    upload = f"{gateway.url}/api/v1/files?name=back.bin"
    async with http.post(upload, data=content, headers=headers) as answer:
        assert answer.status == 201, await answer.text()
        kept = await answer.json()
    async with account.core.events(account.id) as events:
        done = await program.call("answer", messageId=message["id"], file=kept["id"])
        assert "result" in done, done
        received = await next_file(account, events)
    assert received.file_name == "back.bin"
    assert received.file is not None
    assert Path(received.file).read_bytes() == content

    too_large = io.BytesIO(bytes(26 * 1024 * 1024))
    async with http.post(upload, data=too_large, headers=headers) as answer:
        assert answer.status == 413
    # Neither a link, not even most of one, nor a token stands in the log.
    assert url.rpartition("/")[2][:20] not in gateway.log
    assert token not in gateway.log
