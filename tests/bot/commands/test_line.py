from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.bot.commands.line import Line


def words(text: str) -> list[str]:
    line, read = Line(text), list[str]()
    while (word := line.next_word()) is not None:
        read.append(word)
    return read


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("  \n ", []),
        ("a b\tc\nd", ["a", "b", "c", "d"]),
        ('say "hello world" now', ["say", "hello world", "now"]),
        ("«добрый день» “good day” „guten Tag“", ["добрый день", "good day", "guten Tag"]),
        ("don't do 5' it's", ["don't", "do", "5'", "it's"]),
        ("'don't do it' ok", ["don't do it", "ok"]),
        ('"never closed', ['"never', "closed"]),
        ('a"b c"d', ['a"b', 'c"d']),
        (r'"a \"quoted\" word"', ['a "quoted" word']),
        (r"C:\new \"x", [r"C:\new", r"\"x"]),
        ('""', [""]),
        ('"', ['"']),
    ],
)
def test_words_are_read_forgivingly(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("buy some  milk\nand bread", "buy some  milk\nand bread"),
        ('"buy milk"', "buy milk"),
        ('"buy" and "milk"', '"buy" and "milk"'),
        ("", None),
    ],
)
def test_the_rest_stands_as_it_was_typed(text: str, expected: str | None) -> None:
    line = Line(f"10 {text}")
    assert line.next_word() == "10"
    assert line.rest() == expected
    assert line.is_at_end()


def test_a_long_text_of_open_quotes_is_read_in_one_go() -> None:
    assert len(words("'a " * 50_000)) == 50_000


@given(st.text())
def test_every_text_can_be_read_to_its_end(text: str) -> None:
    line = Line(text)
    for _ in range(len(text) + 1):
        if line.next_word() is None:
            break
    assert line.is_at_end()
    assert line.next_word() is None
    assert line.rest() is None


@given(
    st.lists(
        st.text(
            st.characters(exclude_characters="\"'“”„«‘\\", exclude_categories=["Z", "C"]),
            min_size=1,
        )
    )
)
def test_words_without_quotes_are_what_spaces_separate(parts: list[str]) -> None:
    assert words("  ".join(parts)) == parts


@given(st.lists(st.text(st.characters(exclude_characters='"\\', exclude_categories=["C"]))))
def test_quoted_words_come_out_as_they_went_in(parts: list[str]) -> None:
    assert words(" ".join(f'"{part}"' for part in parts)) == parts
