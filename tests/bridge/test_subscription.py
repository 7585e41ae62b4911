"""Which events a bot is told of: what there is, what is usual, and what is refused."""

from __future__ import annotations

import subprocess
import sys

import pytest

from vestnik.bridge.subscription import (
    ALL_EVENTS,
    DEFAULT_EVENTS,
    DEFAULT_REASONS,
    EDITS,
    NUMBERS,
    check_events,
)
from vestnik.chatmail import EVENT_TABLE
from vestnik.errors import BadRequest


def test_what_can_be_subscribed_to_are_the_kinds_of_the_core_with_their_numbers() -> None:
    assert {kind: facts.number for kind, facts in EVENT_TABLE.items()} == NUMBERS
    assert set(ALL_EVENTS) == set(EVENT_TABLE)


def test_to_know_the_kinds_costs_no_core_client_and_no_framework() -> None:
    looked = (
        "import sys, vestnik.bridge.subscription;"
        "print([name for name in sys.modules if name.startswith(('vestnik.chat', 'vestnik.bot'))])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", looked], capture_output=True, text=True, check=True, timeout=30
    )
    assert ran.stdout == "[]\n"


def test_the_default_is_what_a_bot_cares_about_each_with_a_reason_and_no_noise() -> None:
    assert set(DEFAULT_EVENTS) == set(DEFAULT_REASONS)
    assert set(DEFAULT_EVENTS) <= {*EVENT_TABLE, EDITS}
    assert all(reason.endswith(".") for reason in DEFAULT_REASONS.values())
    assert {"IncomingMsg", "IncomingReaction", "MsgDeleted", "MsgFailed"} <= set(DEFAULT_EVENTS)
    assert not {"Info", "Warning", "ChatlistChanged", "MsgsChanged"} & set(DEFAULT_EVENTS)


def test_names_come_back_once_and_in_the_order_of_the_numbers() -> None:
    assert check_events(["IncomingMsg", "Info", "IncomingMsg"]) == ("Info", "IncomingMsg")
    assert check_events([]) == ()


def test_default_and_all_are_words_that_can_be_added_to() -> None:
    assert check_events(["default"]) == DEFAULT_EVENTS
    assert check_events(["all"]) == ALL_EVENTS
    assert set(check_events(["MsgRead", "default"])) == {"MsgRead", *DEFAULT_EVENTS}


def test_the_edits_are_part_of_a_kind_and_not_named_beside_all_of_it() -> None:
    assert check_events([EDITS]) == (EDITS,)
    assert check_events([EDITS, "MsgsChanged"]) == ("MsgsChanged",)


def test_what_was_checked_can_be_checked_again() -> None:
    assert check_events(check_events(["default", "MsgRead"])) == check_events(
        ["default", "MsgRead"]
    )


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("IncomingMessage", "IncomingMsg"),
        ("incoming_msg", "IncomingMsg"),
        ("msgsread", "MsgRead"),
        ("Default", "default"),
        ("ALL", "all"),
        ("msgschanged:edited", EDITS),
    ],
)
def test_a_wrong_name_is_refused_with_the_nearest_right_one(wrong: str, right: str) -> None:
    with pytest.raises(BadRequest) as refused:
        check_events(["IncomingMsg", wrong])
    assert str(refused.value) == (f"There is no kind of event '{wrong}': did you mean '{right}'?")


@pytest.mark.parametrize("wrong", ["", "xyzzy", "x" * 10_000, "\n"])
def test_a_name_like_no_other_is_refused_with_a_short_sentence(wrong: str) -> None:
    with pytest.raises(BadRequest, match=r"try 'default' or 'all'\.$") as refused:
        check_events([wrong])
    assert len(str(refused.value)) < 120
    assert "\n" not in str(refused.value)
