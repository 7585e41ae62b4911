"""Names of files from outside."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.bridge.files.names import MOST_NAME_BYTES, clean_name, ending_of


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("report.pdf", "report.pdf"),
        ("Отчёт за май.pdf", "Отчёт за май.pdf"),
        ("../../etc/passwd", "passwd"),
        ("/etc/passwd", "passwd"),
        ("C:\\Windows\\win.ini", "win.ini"),
        ("..", "file"),
        ("a/..", "file"),
        ("", "file"),
        (" . ", "file"),
        ("\0", "file"),
        ("a\0b.png", "ab.png"),
        ("a\r\nSet-Cookie: x.png", "a  Set-Cookie_ x.png"),
        (".bashrc", "bashrc"),
        ("photo\u202egnp.exe", "photognp.exe"),
        ("\ud800x.txt", "x.txt"),
        ("con", "_con"),
        ("NUL.txt", "_NUL.txt"),
        ("lpt1 .txt", "_lpt1 .txt"),
        ("console.txt", "console.txt"),
        ('a"b<c>|?*.txt', "a_b_c____.txt"),
        ("report.pdf. ", "report.pdf"),
        ("cafe\u0301.txt", "caf\u00e9.txt"),
        ("archive.tar.gz", "archive.tar.gz"),
    ],
)
def test_a_name_is_cleaned(given: str, kept: str) -> None:
    assert clean_name(given) == kept


@given(st.text(alphabet=st.characters(), max_size=400))
def test_no_name_can_hurt(name: str) -> None:
    kept = clean_name(name)
    assert 0 < len(kept.encode()) <= MOST_NAME_BYTES
    assert not re.search(r'[/\\<>:"|?*\x00-\x1f]', kept)
    assert kept.strip(" .") == kept
    assert not any(unicodedata.category(letter).startswith("C") for letter in kept)
    assert clean_name(kept) == kept


@given(stem=st.text(alphabet="abcя€😀", min_size=1, max_size=400))
def test_the_ending_outlives_a_name_that_is_too_long(stem: str) -> None:
    assert clean_name(f"{stem}.jpeg").endswith(".jpeg")


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("a.PNG", ".png"),
        ("a.tar.gz", ".gz"),
        ("a", ""),
        ("a.", ""),
        ("a.файл", ""),
        ("a.b c", ""),
        ("a." + "x" * 17, ""),
        ("a.p/../x", ""),
    ],
)
def test_only_a_plain_ending_becomes_part_of_a_path(name: str, ending: str) -> None:
    assert ending_of(name) == ending
