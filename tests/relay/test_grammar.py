from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.relay.imap import commands as c
from vestnik.relay.imap.grammar import BadCommand, parse

WORDS = st.sampled_from(
    [
        *(
            b"a",
            b" ",
            b"(",
            b")",
            b"[",
            b"]",
            b"<0.5>",
            b'"x"',
            b"{2}\r\nhi",
            b"{9}\r\nhi",
            b"\\Seen",
        ),
        *(b"UID", b"FETCH", b"STORE", b"SEARCH", b"1:*", b"4294967296", b"0", b"BODY.PEEK", b"NIL"),
        *(
            b"HEADER.FIELDS",
            b"FLAGS",
            b"+FLAGS.SILENT",
            b"NOT",
            b"OR",
            b"LOGIN",
            b"APPEND",
            b"\xff",
        ),
        *(b"GETMETADATA", b"SETMETADATA", b"STATUS", b"ID", b"LIST", b"*", b"%", b"\0", b"INBOX"),
    ]
)


def outcome(frame: bytes) -> c.Command | BadCommand:
    """Return the command, or the one error that is allowed."""
    try:
        return parse(frame)
    except BadCommand as error:
        return error


@given(st.one_of(st.binary(max_size=200), st.lists(WORDS, max_size=12).map(b" ".join)))
def test_whatever_comes_is_a_command_or_a_bad_command(frame: bytes) -> None:
    assert isinstance(outcome(frame), (c.Command, BadCommand))


@given(st.lists(WORDS, max_size=12).map(lambda words: b"a " + b" ".join(words)), st.data())
def test_a_command_cut_anywhere_is_a_command_or_a_bad_command(
    frame: bytes, data: st.DataObject
) -> None:
    found = outcome(frame[: data.draw(st.integers(0, len(frame)))])
    assert found.tag in (b"", b"a")


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n")), st.booleans())
def test_any_one_line_text_can_be_a_password(text: str, as_literal: bool) -> None:
    data = text.encode()
    quoted = b'"%s"' % data.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    password = b"{%d}\r\n%s" % (len(data), data) if as_literal else quoted
    assert parse(b"a LOGIN me " + password) == c.Login(b"a", "me", text)


def test_the_cores_prefetch_is_understood() -> None:
    frame = b"A0005 UID FETCH 7:* (UID RFC822.SIZE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID From)])"
    section = c.Section(
        b"BODY[HEADER.FIELDS (MESSAGE-ID FROM)]", "HEADER.FIELDS", ("MESSAGE-ID", "FROM")
    )
    items = (c.Attribute.UID, c.Attribute.SIZE, section)
    assert parse(frame) == c.Fetch(b"A0005", ((7, 0),), True, items)


def test_a_uid_fetch_always_answers_with_the_uid() -> None:
    command = parse(b"a UID FETCH 1,3:2 FLAGS")
    assert command == c.Fetch(b"a", ((1, 1), (3, 2)), True, (c.Attribute.UID, c.Attribute.FLAGS))


def test_a_partial_body_names_only_its_start_in_the_answer() -> None:
    command = parse(b"a FETCH 1 BODY[]<5.10>")
    assert command == c.Fetch(
        b"a", ((1, 1),), False, (c.Section(b"BODY[]<5>", "", (), (5, 10), peek=False),)
    )


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (b"a STORE 1 +FLAGS.SILENT (\\deleted $Kw)", ("+", True, {"\\Deleted", "$Kw"})),
        (b"a STORE 1 -FLAGS \\Seen", ("-", False, {"\\Seen"})),
        (b"a STORE 1 FLAGS ()", ("", False, set[str]())),
    ],
)
def test_flags_are_stored_in_every_mode(frame: bytes, expected: tuple[str, bool, set[str]]) -> None:
    mode, silent, flags = expected
    assert parse(frame) == c.Store(b"a", ((1, 1),), False, mode, silent, frozenset(flags))


def test_inbox_is_the_same_in_any_case_and_other_names_are_not() -> None:
    assert parse(b'a SELECT "inBOX"') == c.Select(b"a", "INBOX", False)
    assert parse(b"a EXAMINE Trash") == c.Select(b"a", "Trash", True)


def test_an_append_has_flags_a_date_and_a_message() -> None:
    frame = b'a APPEND INBOX (\\Seen) "17-Jul-1996 02:44:25 -0700" {3}\r\nabc'
    assert parse(frame) == c.Append(b"a", "INBOX", frozenset({"\\Seen"}), 837_596_665, b"abc")


def test_conditions_can_be_nested_but_not_without_end() -> None:
    command = parse(b"a SEARCH OR SEEN (NOT DELETED 1:3) HEADER Message-ID x")
    assert isinstance(command, c.Search)
    assert [key.name for key in command.key.keys] == ["OR", "HEADER"]
    with pytest.raises(BadCommand, match="nested"):
        parse(b"a SEARCH " + b"NOT " * 5000 + b"SEEN")


@pytest.mark.parametrize(
    "frame",
    [
        *(b"", b"a", b"a ", b"+ NOOP", b"a FROB", b"a NOOP x", b"a FETCH 0 FLAGS", b"a LOGIN me"),
        *(
            b"a FETCH 1 ENVELOPE",
            b"a FETCH 1 BODY[1]",
            b"a FETCH 1 (FLAGS",
            b"a STORE 1 X (\\Seen)",
        ),
        *(
            b"a SEARCH BODY x",
            b"a FETCH 4294967296 FLAGS",
            b'a SELECT "a\xff"',
            b"a STORE 1 FLAGS \\X",
        ),
        *(b"a APPEND INBOX {5}\r\nabc", b'a APPEND INBOX "when" {1}\r\na', b"a UID NOOP"),
        b'a FETCH 1 BODY[HEADER.FIELDS ("x) {5}")]',
    ],
)
def test_what_is_not_understood_is_a_bad_command(frame: bytes) -> None:
    with pytest.raises(BadCommand):
        parse(frame)
