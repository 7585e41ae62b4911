from __future__ import annotations

import asyncio
import smtplib

import pytest

from tests.relay.clients import account, imap, send, send_text, submit
from tests.relay.mail import encrypted, join_request, plain
from vestnik.errors import StorageFailed
from vestnik.relay import Credentials, Relay, RelayConfig
from vestnik.relay.store.office import Office


def code_of(error: smtplib.SMTPException) -> tuple[int, str]:
    """Return what the relay answered."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()))
        return code, text.decode()
    assert isinstance(error, smtplib.SMTPResponseException)
    return error.smtp_code, str(error.smtp_error, "utf-8")  # type: ignore[arg-type]


async def refusal(relay: Relay, who: Credentials, to: str, message: bytes) -> tuple[int, str]:
    """Return how a message is refused."""
    with pytest.raises(smtplib.SMTPException) as caught:
        await send(relay, who, [to], message)
    return code_of(caught.value)


async def test_mail_to_several_reaches_each_once(relay: Relay) -> None:
    people = [await account(relay) for _ in range(4)]
    addresses = [one.address for one in people]
    await send(relay, people[0], [*addresses, addresses[1].upper()], encrypted(addresses[0]))
    for one in people:
        async with imap(relay, one) as client:
            assert await client.ok("SEARCH ALL") == [b"* SEARCH 1"]


async def test_what_a_chatmail_relay_refuses_is_refused(relay: Relay) -> None:
    me, you = await account(relay), await account(relay)
    to = you.address
    assert await refusal(relay, me, to, plain(me.address)) == (
        523,
        "Encryption Needed: Invalid Unencrypted Mail",
    )
    assert (await refusal(relay, me, to, encrypted(to)))[0] == 500
    assert (await refusal(relay, me, "a@example.org", encrypted(me.address)))[0] == 550
    assert await refusal(relay, me, "none@relay.localhost", encrypted(me.address)) == (
        550,
        "5.1.1 <none@relay.localhost>: nobody has logged in with this address yet",
    )
    await send(relay, me, [to], join_request(me.address))


async def test_only_the_login_is_a_sender_and_only_after_the_login(relay: Relay) -> None:
    me, you = await account(relay), await account(relay)

    def talk() -> list[int]:
        with smtplib.SMTP("127.0.0.1", relay.smtp_port, timeout=20) as client:
            client.ehlo()
            codes = [client.mail(me.address)[0]]
            with pytest.raises(smtplib.SMTPAuthenticationError):
                client.login(me.address, "not the password")
            client.login(me.address, me.password)
            codes += [client.mail(you.address)[0], client.mail(me.address)[0]]
            return codes

    assert await asyncio.to_thread(talk) == [530, 553, 250]


async def test_auth_login_works_in_every_form_and_garbage_does_not(relay: Relay) -> None:
    me = relay.new_account()

    def talk() -> None:
        with smtplib.SMTP("127.0.0.1", relay.smtp_port, timeout=20) as client:
            client.ehlo()
            for garbage in (
                "AUTH PLAIN ****",
                "AUTH PLAIN YQ==",
                "AUTH LOGIN ****",
                "AUTH",
                "AUTH X",
            ):
                assert client.docmd(garbage)[0] >= 500
            client.user, client.password = me.address, me.password
            client.auth("LOGIN", client.auth_login)
            assert client.mail(me.address)[0] == 250

    await asyncio.to_thread(talk)


async def test_messages_too_large_are_refused_and_the_connection_goes_on() -> None:
    async with Relay(RelayConfig(max_message_bytes=20_000)) as relay:
        me = await account(relay)

        def talk() -> list[int]:
            with smtplib.SMTP("127.0.0.1", relay.smtp_port, timeout=20) as client:
                client.login(me.address, me.password)
                codes = [client.mail(me.address, ["size=20001"])[0]]
                for size in (100, 19_000, 900_000):
                    client.mail(me.address)
                    client.rcpt(me.address)
                    codes.append(client.data(encrypted(me.address, b"x" * (size * 2 // 3)))[0])
                return codes

        assert await asyncio.to_thread(talk) == [552, 250, 250, 552]


async def test_lines_that_begin_with_dots_come_as_they_were_sent(relay: Relay) -> None:
    me = await account(relay)
    head, _, body = encrypted(me.address).partition(b"\r\n\r\n")
    message = head + b"\r\n\r\n.\r\n..\r\n.x\r\n" + b"y" * 300_000 + b".\r\n" + body
    await send(relay, me, [me.address], message)
    async with imap(relay, me) as client:
        (line,) = await client.ok("FETCH 1 BODY.PEEK[]")
        assert message in line


async def test_an_empty_message_is_judged_like_any_other(relay: Relay) -> None:
    me = await account(relay)

    def talk() -> int:
        with smtplib.SMTP("127.0.0.1", relay.smtp_port, timeout=20) as client:
            client.login(me.address, me.password)
            client.mail(me.address)
            client.rcpt(me.address)
            client.docmd("DATA")
            return client.docmd(".")[0]

    assert await asyncio.to_thread(talk) == 500


async def test_the_rate_is_enforced_when_it_is_set() -> None:
    async with Relay(RelayConfig(messages_per_minute=1, burst=3)) as relay:
        me = await account(relay)
        for _ in range(3):
            await send_text(relay, me, me)
        assert await refusal(relay, me, me.address, encrypted(me.address)) == (
            450,
            f"4.7.1: Too much mail from {me.address}",
        )


async def test_a_full_mailbox_takes_no_more() -> None:
    async with Relay(RelayConfig(quota_bytes=2000)) as relay:
        me = await account(relay)
        await send(relay, me, [me.address], encrypted(me.address, b"x" * 800))
        refused = await refusal(relay, me, me.address, encrypted(me.address, b"x" * 800))
        assert refused[0] == 552


async def test_a_store_that_fails_is_452_and_the_message_is_taken_later(
    relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = await account(relay)

    async def fail(office: Office, change: object) -> None:
        raise StorageFailed("The relay cannot use its disk: it is full.")

    with monkeypatch.context() as broken:
        broken.setattr(Office, "commit", fail)
        assert (await refusal(relay, me, me.address, encrypted(me.address)))[0] == 452
    await send_text(relay, me, me)
    async with imap(relay, me) as client:
        assert await client.ok("SEARCH ALL") == [b"* SEARCH 1"]


async def test_connections_over_the_limit_are_told_so() -> None:
    async with Relay(RelayConfig(max_connections=1)) as relay:
        me = await account(relay)
        first = await asyncio.open_connection("127.0.0.1", relay.smtp_port)
        await first[0].readline()
        with pytest.raises(smtplib.SMTPConnectError, match="421"):
            await asyncio.to_thread(submit, relay, me, [me.address], encrypted(me.address))
        async with imap(relay, me):
            reader, writer = await asyncio.open_connection("127.0.0.1", relay.imap_port)
            assert (await reader.read()).startswith(b"* BYE")
            writer.close()
        first[1].close()
