"""What could fill the memory of the core when it is unpacked is known before."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from vestnik.bridge.files import apps
from vestnik.bridge.files.apps import is_harmless_app

MOST = 1_000_000
IN_ALL = 3_000_000


@pytest.fixture(autouse=True)
def small_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apps, "MOST_UNPACKED", MOST)
    monkeypatch.setattr(apps, "MOST_IN_ALL", IN_ALL)


def archive(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as writing:
        for name, content in files.items():
            writing.writestr(name, content)
    return made.getvalue()


def is_harmless(folder: Path, content: bytes) -> bool:
    path = folder / "app.xdc"
    path.write_bytes(content)
    return is_harmless_app(path)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_an_app_as_they_are_is_harmless(tmp_path: Path, method: int) -> None:
    files = {"index.html": b"<p>hello", "manifest.toml": b'name = "Chess"', "icon.png": b"x" * MOST}
    assert is_harmless(tmp_path, archive(files, method))


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_file_that_unpacks_to_too_much_is_not(tmp_path: Path, method: int) -> None:
    files = {"index.html": b"", "manifest.toml": b" " * (MOST + 300_000)}
    assert not is_harmless(tmp_path, archive(files, method))


def test_many_files_that_unpack_to_too_much_together_are_not(tmp_path: Path) -> None:
    assert not is_harmless(tmp_path, archive({f"{n}": b" " * 900_000 for n in range(4)}))


def test_what_a_file_says_of_its_size_is_not_believed(tmp_path: Path) -> None:
    content = bytearray(archive({"manifest.toml": b" " * (2 * MOST)}))
    entry = content.rindex(b"PK\1\2")
    struct.pack_into("<L", content, entry + 24, 10)
    struct.pack_into("<L", content, 22, 10)
    assert not is_harmless(tmp_path, bytes(content))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no archive at all, but long enough to be one",
        archive({"index.html": b"x"}) + b"PK\5\6",
        b"before" + archive({"index.html": b"x"}),
        archive({"index.html": b"x"}, zipfile.ZIP_BZIP2),
        archive({"index.html": b"x"}, zipfile.ZIP_LZMA),
        archive({"x" * 60_000 + str(n): b"" for n in range(20)}),
    ],
    ids=["empty", "none", "with an end", "with a start", "bzip2", "lzma", "long list"],
)
def test_what_is_no_plain_archive_is_not(tmp_path: Path, content: bytes) -> None:
    assert not is_harmless(tmp_path, content)


def test_an_archive_with_a_second_end_behind_the_first_is_not(tmp_path: Path) -> None:
    made = io.BytesIO(archive({"index.html": b"x"}))
    with zipfile.ZipFile(made, "a") as writing:
        writing.comment = b"PK\6\7" + bytes(16)
    assert not is_harmless(tmp_path, made.getvalue())


def test_a_file_that_is_gone_is_not(tmp_path: Path) -> None:
    assert not is_harmless_app(tmp_path / "app.xdc")


@given(some.binary(max_size=300), some.integers(0, 400), some.binary(min_size=1, max_size=40))
def test_whatever_bytes_come_there_is_an_answer(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes, place: int, patch: bytes
) -> None:
    folder = tmp_path_factory.getbasetemp()
    whole = archive({"index.html": b"hello" * 20, "a": b"x"})
    for content in (noise, whole[:place] + patch + whole[place + len(patch) :]):
        assert is_harmless(folder, content) in (True, False)
