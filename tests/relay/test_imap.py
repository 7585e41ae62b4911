from __future__ import annotations

import asyncio
import base64
import imaplib
import sqlite3

import pytest

from tests.relay.clients import account, imap, send, send_text
from tests.relay.mail import encrypted
from vestnik.relay import Relay, RelayConfig
from vestnik.relay.store.messages import Messages


async def test_python_s_own_client_reads_what_was_sent(relay: Relay) -> None:
    me, you = await account(relay), await account(relay)
    message = encrypted(me.address, b"for you")
    await send(relay, me, [you.address], message)

    def read() -> bytes:
        with imaplib.IMAP4("127.0.0.1", relay.imap_port, timeout=20) as client:
            client.login(you.address, you.password)
            assert client.select() == ("OK", [b"1"])
            assert client.uid("SEARCH", "UNSEEN")[1] == [b"1"]
            return bytes(client.fetch("1", "(RFC822)")[1][0][1])  # type: ignore[index]

    assert await asyncio.to_thread(read) == message


async def test_idle_is_told_of_mail_and_ends_with_done(relay: Relay) -> None:
    me, you = await account(relay), await account(relay)
    async with imap(relay, you) as client:
        await client.send(b"i IDLE\r\n")
        assert await client.line() == b"+ idling\r\n"
        for count in (1, 2):
            await send_text(relay, me, you)
            assert await client.line() == b"* %d EXISTS\r\n" % count
            assert await client.line() == b"* %d RECENT\r\n" % count
        await client.send(b"DONE\r\n")
        assert await client.line() == b"i OK done\r\n"


async def test_what_came_before_the_first_select_arrives_after_it(relay: Relay) -> None:
    me, you = await account(relay), relay.new_account()
    async with imap(relay) as client:
        await client.ok(f"LOGIN {you.address} {you.password}")
        await send_text(relay, me, you)
        answer = await client.ok("SELECT INBOX")
        assert b"* 0 EXISTS" in answer
        assert b"* OK [UIDNEXT 1] next" in answer
        assert await client.ok("NOOP") == [b"* 1 EXISTS", b"* 1 RECENT"]
    async with imap(relay, you) as client:
        assert b"* 1 EXISTS" in await client.ok("SELECT INBOX")


async def test_nothing_unasked_is_told_within_a_fetch_and_all_of_it_after(relay: Relay) -> None:
    me, you = await account(relay), await account(relay)
    for text in ("one", "two", "three"):
        await send_text(relay, me, you, text)
    async with imap(relay, you) as reader, imap(relay, you) as other:
        await other.ok("UID STORE 1 +FLAGS (\\Flagged)")
        await other.ok("UID STORE 2 +FLAGS (\\Deleted)")
        await other.ok("EXPUNGE")
        await send_text(relay, me, you, "four")
        for command in ("UID FETCH 1:* UID", "FETCH 1,3 UID", "UID STORE 3 FLAGS.SILENT ()"):
            assert await reader.ok(command) in ([b"* 1 FETCH (UID 1)", b"* 3 FETCH (UID 3)"], [])
        assert await reader.ok("UID SEARCH ALL") == [b"* SEARCH 1 3"]
        assert await reader.ok("NOOP") == [
            b"* 2 EXPUNGE",
            b"* 3 EXISTS",
            b"* 3 RECENT",
            b"* 1 FETCH (UID 1 FLAGS (\\Flagged))",
        ]


async def test_numbers_of_expunged_messages_shift_one_after_the_other(relay: Relay) -> None:
    me, you = await account(relay), await account(relay)
    for _ in range(4):
        await send_text(relay, me, you)
    async with imap(relay, you) as client:
        await client.ok("STORE 1,2,4 +FLAGS.SILENT (\\Deleted)")
        assert await client.ok("EXPUNGE") == [b"* 1 EXPUNGE", b"* 1 EXPUNGE", b"* 2 EXPUNGE"]
        assert await client.ok("FETCH 1 (UID)") == [b"* 1 FETCH (UID 3)"]


async def test_a_message_that_another_session_removed_is_said_to_be_gone(relay: Relay) -> None:
    me, you = await account(relay), await account(relay)
    await send_text(relay, me, you)
    async with imap(relay, you) as reader, imap(relay, you) as other:
        await other.ok("STORE 1 +FLAGS (\\Deleted)")
        await other.ok("CLOSE")
        assert (await reader("FETCH 1 BODY.PEEK[]"))[-1].startswith(b"NO [EXPUNGEISSUED]")
        assert await reader.ok("UID FETCH 1 BODY.PEEK[]") == []


async def test_parts_of_a_message_are_fetched_as_asked(relay: Relay) -> None:
    me, you = await account(relay), await account(relay)
    message = encrypted(me.address)
    await send(relay, me, [you.address], message)
    header, _, body = message.partition(b"\r\n\r\n")
    async with imap(relay, you) as client:

        async def piece(item: str) -> bytes:
            (line,) = await client.ok(f"FETCH 1 ({item})")
            return line.partition(b"\r\n")[2].removesuffix(b")")

        assert await piece("BODY.PEEK[]") == message
        assert await piece("BODY.PEEK[HEADER]") == header + b"\r\n\r\n"
        assert await piece("BODY.PEEK[TEXT]") == body
        assert await piece("BODY.PEEK[]<6.3>") == message[6:9]
        assert await piece("BODY.PEEK[HEADER.FIELDS (FROM x-none)]") == (
            b"From: <%s>\r\n\r\n" % me.address.encode()
        )
        assert b"From" not in await piece("BODY.PEEK[HEADER.FIELDS.NOT (FROM)]")
        folded = await piece("BODY.PEEK[HEADER.FIELDS (CONTENT-TYPE)]")
        assert folded.endswith(b'boundary="b1"\r\n\r\n')
        (line,) = await client.ok("FETCH 1 FAST")
        assert b"FLAGS (\\Recent)" in line or b"FLAGS ()" in line
        assert b"RFC822.SIZE %d" % len(message) in line


async def test_reading_without_peek_marks_as_seen_and_says_so(relay: Relay) -> None:
    me, you = await account(relay), await account(relay)
    await send_text(relay, me, you)
    async with imap(relay, you) as client, imap(relay, you) as other:
        (line,) = await client.ok("FETCH 1 BODY[TEXT]")
        assert b"\\Seen" in line
        assert await other.ok("NOOP") == [b"* 1 FETCH (UID 1 FLAGS (\\Seen))"]
        await client.ok("STORE 1 FLAGS ()")
        await client.ok("EXAMINE INBOX")
        (line,) = await client.ok("FETCH 1 BODY[TEXT]")
        assert b"\\Seen" not in line
        assert (await client("STORE 1 FLAGS (\\Seen)"))[-1].startswith(b"NO")


async def test_messages_move_and_copy_between_mailboxes(relay: Relay) -> None:
    me, you = await account(relay), await account(relay)
    for _ in range(3):
        await send_text(relay, me, you)
    async with imap(relay, you) as client, imap(relay, you) as trash:
        assert (await client("UID MOVE 1 Trash"))[-1].startswith(b"NO [TRYCREATE]")
        await client.ok("CREATE Trash")
        await trash.ok("SELECT Trash")
        moved = await client("UID MOVE 1,3 Trash")
        assert b" 1,3 1:2]" in moved[0]
        assert moved[1:] == [b"* 1 EXPUNGE", b"* 2 EXPUNGE", b"OK MOVE completed"]
        assert b"COPYUID" in (await client("COPY 1 Trash"))[-1]
        assert (await trash.ok("NOOP"))[0] == b"* 3 EXISTS"
        assert await client.ok("STATUS Trash (MESSAGES UIDNEXT UNSEEN)") == [
            b'* STATUS "Trash" (MESSAGES 3 UIDNEXT 4 UNSEEN 3)'
        ]


async def test_mailboxes_are_made_listed_renamed_and_deleted(relay: Relay) -> None:
    you = await account(relay)
    async with imap(relay, you) as client:
        await client.ok("CREATE A/B/")
        assert (await client("CREATE A/B"))[-1].startswith(b"NO [ALREADYEXISTS]")
        assert (await client('CREATE "a*"'))[-1].startswith(b"NO [CANNOT]")
        await client.ok("RENAME A/B A/C")
        assert await client.ok('LIST "" %') == [b'* LIST () "/" "INBOX"']
        assert len(await client.ok('LIST "" *')) == 2
        assert await client.ok('LIST "A/" %') == [b'* LIST () "/" "A/C"']
        await client.ok("DELETE A/C")
        assert (await client("SELECT A/C"))[-1].startswith(b"NO [NONEXISTENT]")
        assert (await client("DELETE inbox"))[-1].startswith(b"NO [CANNOT]")


async def test_an_appended_message_is_there_with_flags_and_date(relay: Relay) -> None:
    you = await account(relay)
    async with imap(relay, you) as client:
        command = 'APPEND INBOX (\\Seen) "17-Jul-1996 02:44:25 -0700" {9+}\r\nA: b\r\n\r\nc'
        answer = await client(command)
        assert b"[APPENDUID " in answer[-1]
        assert answer[0] == b"* 1 EXISTS"
        (line,) = await client.ok("FETCH 1 (FLAGS INTERNALDATE)")
        assert b'INTERNALDATE "17-Jul-1996 09:44:25 +0000"' in line
        assert b"\\Seen" in line


async def test_searches_find_by_flag_number_size_and_header(relay: Relay) -> None:
    me, you = await account(relay), await account(relay)
    await send_text(relay, me, you, "one")
    await send_text(relay, me, you, "two" * 400)
    async with imap(relay, you) as client:
        await client.ok("STORE 2 +FLAGS (\\Flagged $Kw)")
        searches = {
            "ALL": b" 1 2",
            "FLAGGED": b" 2",
            "UNFLAGGED 1:*": b" 1",
            "LARGER 1200": b" 2",
            "NOT UID 2:5": b" 1",
            "OR SMALLER 5 KEYWORD $Kw": b" 2",
            f"HEADER Message-ID {b'one'.hex()}": b" 1",
            'HEADER Message-ID "" UNDELETED': b" 1 2",
            "SUBJECT nowhere": b"",
        }
        for search, found in searches.items():
            assert await client.ok(f"SEARCH {search}") == [b"* SEARCH" + found], search


async def test_quota_and_metadata_are_answered(relay: Relay) -> None:
    you = await account(relay)
    async with imap(relay, you) as client:
        assert await client.ok("GETQUOTAROOT INBOX") == [
            b'* QUOTAROOT "INBOX" "User quota"',
            b'* QUOTA "User quota" (STORAGE 0 512000)',
        ]
        entries = "(/shared/comment /shared/vendor/deltachat/maxsmtprecipients)"
        assert await client.ok(f'GETMETADATA "" {entries}') == [
            b'* METADATA "" (/shared/vendor/deltachat/maxsmtprecipients "1000")'
        ]
        assert await client.ok('GETMETADATA "" /shared/comment') == []
        await client.ok('SETMETADATA INBOX (/private/devicetoken "to\\"ken")')
        assert await client.ok("GETMETADATA INBOX /private/devicetoken") == [
            b'* METADATA "INBOX" (/private/devicetoken {6}\r\nto"ken)'
        ]
        await client.ok("SETMETADATA INBOX (/private/devicetoken NIL)")
        assert (await client('SETMETADATA "" (/shared/x "y")'))[-1].startswith(b"NO [NOPERM]")


async def test_logins_come_with_the_first_password_and_keep_it(relay: Relay) -> None:
    who = await account(relay)
    plain = base64.b64encode(f"\0{who.address}\0{who.password}".encode()).decode()
    async with imap(relay) as client:
        assert (await client("SELECT INBOX"))[-1] == b"BAD Log in first"
        for address, password in [
            (who.address, "another-password"),
            ("short@relay.localhost", "12345678"),
            ("me@example.org", "123456789"),
            ('"me you@relay.localhost"', "123456789"),
        ]:
            refused = await client(f"LOGIN {address} {password}")
            assert refused[-1].startswith(b"NO [AUTHENTICATIONFAILED]")
        await client.ok(f"AUTHENTICATE PLAIN {plain}")
        assert (await client(f"LOGIN {who.address} x"))[-1].startswith(b"BAD")
    async with imap(relay) as client:
        await client.send(b"a AUTHENTICATE PLAIN\r\n")
        assert await client.line() == b"+ \r\n"
        await client.send(plain.encode() + b"\r\n")
        assert (await client.line()).startswith(b"a OK")


async def test_who_fails_to_log_in_again_and_again_is_sent_away(relay: Relay) -> None:
    async with imap(relay) as client:
        answers = [await client("LOGIN a@b c") for _ in range(5)]
        assert answers[-1][0] == b"* BYE Too many failed logins"
        assert await client.line() == b""


async def test_garbage_is_answered_and_in_the_end_not_any_more(relay: Relay) -> None:
    async with imap(relay) as client:
        await client.send(b"\xff\xfe\r\n" + b"x FROB\r\n" * 19)
        assert (await client.line()).startswith(b"* BAD")
        lines = [await client.line() for _ in range(21)]
        assert lines[-2:] == [b"* BYE Too many bad commands\r\n", b""]


async def test_commands_sent_together_are_all_answered(relay: Relay) -> None:
    you = await account(relay)
    async with imap(relay, you) as client:
        await client.send(b"a NOOP\r\nb CAPABILITY\r\nc LOGOUT\r\nd NOOP\r\n")
        lines = [await client.line() for _ in range(6)]
        assert [line[:5] for line in lines] == [
            b"a OK ",
            b"* CAP",
            b"b OK ",
            b"* BYE",
            b"c OK ",
            b"",
        ]


async def test_a_large_message_is_delivered_whole(relay: Relay) -> None:
    me, you = await account(relay), await account(relay)
    message = encrypted(me.address, b"\0.\r\n.\r\n" * 400_000)
    await send(relay, me, [you.address], message)
    async with imap(relay, you) as client:
        (line,) = await client.ok("UID FETCH 1 BODY.PEEK[]")
        assert message in line


async def test_who_idles_and_does_not_read_is_dropped() -> None:
    async with Relay(RelayConfig()) as relay:
        you = await account(relay)
        async with imap(relay, you, limit=1024) as idle, imap(relay, you) as busy:
            await busy.ok("APPEND INBOX {1+}\r\nx")
            await idle.ok("NOOP")
            await idle.send(b"i IDLE\r\n")
            assert await idle.line() == b"+ idling\r\n"
            flags = " ".join(f"$Keyword{n:050}" for n in range(800))
            for n in range(400):
                await busy.ok(f"STORE 1 {'+-'[n % 2]}FLAGS.SILENT ({flags})")
            told = await read_to_the_end(idle.reader)
            assert 0 < len(told) < 200 * len(flags)


async def test_a_reader_that_cannot_be_told_is_not_the_senders_trouble(
    relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(messages: Messages, mailbox: int, after: int = 0) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    me, you = await account(relay), await account(relay)
    async with imap(relay, you) as idle:
        await idle.send(b"i IDLE\r\n")
        await idle.line()
        with monkeypatch.context() as broken:
            broken.setattr(Messages, "uids", fail)
            await send_text(relay, me, you)
        assert await read_to_the_end(idle.reader) == b""
    async with imap(relay, you) as client:
        assert await client.ok("SEARCH ALL") == [b"* SEARCH 1"]


async def read_to_the_end(reader: asyncio.StreamReader) -> bytes:
    """Return what comes until the connection is closed or broken."""
    data = bytearray()
    try:
        while piece := await reader.read(2**20):
            data += piece
    except ConnectionError:
        pass
    return bytes(data)


async def test_who_does_not_log_in_in_time_is_sent_away() -> None:
    async with Relay(RelayConfig(login_timeout=0.01)) as relay, imap(relay) as client:
        assert await client.line() == b"* BYE Too long without a word\r\n"


async def test_who_is_silent_for_too_long_is_sent_away() -> None:
    async with Relay(RelayConfig(idle_timeout=0.5)) as relay:
        you = await account(relay)
        async with imap(relay, you) as client:
            assert await client.line() == b"* BYE Too long without a word\r\n"
