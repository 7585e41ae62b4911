"""Notifications as people read them, alone and together."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.bot.words import Dictionary
from vestnik.bridge.channel.grouping import (
    MOST_CHARACTERS,
    MOST_LINES,
    MOST_PARAGRAPHS,
    Gathering,
    fitting,
    lines_of,
)
from vestnik.bridge.channel.rendering import clean, moment, write_notification
from vestnik.bridge.channel.texts import TEXTS
from vestnik.ids import ResourceId
from vestnik.wire import Notification

NOW = 1_767_225_600_000

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)
FIELDS = st.dictionaries(
    st.sampled_from(["content", "rating", "upCount", "text", "message", "bot", "chatId"])
    | st.text(),
    JSON | st.dictionaries(st.sampled_from(["text", "sender"]), JSON),
)


def words(language: str = "en") -> Dictionary:
    dictionary = Dictionary(language)
    for spoken, texts in TEXTS.items():
        dictionary.add_texts(spoken, texts)
    return dictionary


def written(payload: object, type: int = 2, happened: int = NOW, user: str = "77") -> str:
    raw = msgspec.Raw(msgspec.json.encode(payload))
    told = Notification(type, ResourceId("weather"), "c1", user, happened, raw)
    return write_notification(told, "Weather", words().words(), NOW)


@pytest.mark.parametrize(
    ("payload", "type", "text"),
    [
        (
            {"content": "Fine\nbot", "rating": 4},
            2,
            "A new review of Weather · by 77 · ★★★★☆\n“Fine\nbot”",
        ),
        ({"upCount": 17}, 1, "An up for Weather · by 77 · 17 in all"),
        ({"text": "hi"}, 0, "Test of Weather · by 77\n“hi”"),
        (None, 4, "A review of Weather was removed · by 77"),
        (
            {"chatId": 5, "bot": "weather", "message": {"text": "Rain?"}},
            2005,
            "incoming_msg · Weather · by 77 · chatId: 5\n“Rain?”",
        ),
        (
            {"message": {"text": "Rain?", "sender": {"id": 77, "name": "Ann"}}},
            2005,
            "incoming_msg · Weather · by Ann\n“Rain?”",
        ),
        ([1, 2], 123456, "123456 · Weather · by 77"),
    ],
)
def test_a_notification_is_a_line_and_what_was_written(
    payload: object, type: int, text: str
) -> None:
    assert written(payload, type) == text


def test_the_time_stands_there_when_it_is_old() -> None:
    assert written(None, happened=NOW - 60_000, user="").startswith("A new")
    assert written(None, happened=NOW - 700_000).startswith("[2025-12-31 23:48 UTC] A new")
    assert written(None, happened=-(2**63)).startswith("A new")


@given(FIELDS | JSON, st.integers(-(2**63), 2**63 - 1), st.integers(-(2**63), 2**63 - 1), st.text())
def test_whatever_is_in_it_it_is_short_and_moves_nothing(
    payload: object, type: int, happened: int, user: str
) -> None:
    try:
        text = written(payload, type, happened, user)
    except (msgspec.MsgspecError, ValueError, UnicodeEncodeError, OverflowError):
        return  # what no JSON can hold never came here
    assert 0 < len(text) < 3000
    assert all(char.isprintable() or char in "\n\u200d" for char in text)


@given(st.binary(max_size=50))
def test_a_payload_that_is_no_json_is_left_out(payload: bytes) -> None:
    told = Notification(4, ResourceId("r"), "c", "", NOW, msgspec.Raw(payload))
    assert write_notification(told, "W", words().words(), NOW).startswith("A review of W")


@given(st.text(), st.integers(1, 50))
def test_clean_text_is_as_long_as_it_may_be(text: str, most: int) -> None:
    assert len(clean(text, most)) <= most
    assert "\n" not in clean(text, most)


@given(st.integers())
def test_every_moment_has_a_word_or_none(milliseconds: int) -> None:
    assert isinstance(moment(milliseconds), str)


LINES = st.lists(st.integers(0, 250).map(lambda length: "x" * length), max_size=60).map("\n".join)


@given(st.lists(st.text(max_size=900) | LINES, max_size=60))
def test_a_message_keeps_to_its_bounds_and_counts_what_it_leaves_out(parts: list[str]) -> None:
    gathering = Gathering()
    for part in parts:
        gathering.add(lambda part=part: part)  # type: ignore[misc]
    text = gathering.text(lambda number: f"… and {number} more.")
    shown = gathering.count - gathering.left_out
    assert gathering.count == len(parts)
    assert len(text) <= MOST_CHARACTERS
    assert shown <= MOST_PARAGRAPHS
    # Of 38 lines, two are for what says how many more there are.
    assert lines_of(text) <= MOST_LINES + 2 <= 38
    assert text.startswith("\n\n".join(map(fitting, parts[:shown])))
    assert (f"… and {gathering.left_out} more." in text) == bool(gathering.left_out)
    assert bool(shown) == bool(parts)


def test_both_languages_say_the_same_things() -> None:
    assert TEXTS["en"].keys() == TEXTS["ru"].keys()
    for key, text in TEXTS["en"].items():
        gaps = {part.partition("}")[0] for part in text.split("{")[1:]}
        assert gaps == {part.partition("}")[0] for part in TEXTS["ru"][key].split("{")[1:]}, key
