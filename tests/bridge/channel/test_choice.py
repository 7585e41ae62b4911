"""Which types a chat is told, as people say it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.bridge.channel.choice import Base, Choice, UnknownType, changed_choice
from vestnik.wire.types import NOTIFY_TYPES, name_of

TYPES = st.sampled_from(sorted(NOTIFY_TYPES)) | st.integers(0, 2**63 - 1)
STEPS = st.lists(
    st.sampled_from([base.value for base in Base])
    | st.builds(lambda sign, type: f"{sign}{name_of(type)}", st.sampled_from("+-"), TYPES),
    max_size=20,
)


def test_by_default_events_of_the_core_are_not_told() -> None:
    assert [type for type in NOTIFY_TYPES if Choice().wants(type)] == [0, 1, 2, 3, 4, 90]


@given(STEPS, STEPS)
def test_a_choice_is_read_as_it_is_spelled(before: list[str], after: list[str]) -> None:
    choice = changed_choice(changed_choice(Choice(), " ".join(before)), ",".join(after))
    assert changed_choice(Choice(), choice.spelled()) == choice


@given(STEPS, st.sampled_from("+-"), TYPES, TYPES)
def test_a_word_changes_its_own_type_and_no_other(
    before: list[str], sign: str, type: int, other: int
) -> None:
    choice = changed_choice(Choice(), " ".join(before))
    changed = changed_choice(choice, f"{sign}{name_of(type)}")
    assert changed.wants(type) == (sign == "+")
    if other != type:
        assert changed.wants(other) == choice.wants(other)


@given(st.text(max_size=60))
def test_no_text_does_anything_but_be_understood_or_refused(text: str) -> None:
    try:
        changed = changed_choice(Choice(), text)
    except UnknownType:
        changed = Choice()
    assert changed_choice(Choice(), changed.spelled()) == changed


@pytest.mark.parametrize("word", ["up_added", "+", "+nothing", "-−1", "+99999999999999999999"])
def test_what_is_no_type_is_refused(word: str) -> None:
    with pytest.raises(UnknownType):
        changed_choice(Choice(), word)


def test_nobody_names_types_without_end() -> None:
    with pytest.raises(UnknownType):
        changed_choice(Choice(), " ".join(f"+{number}" for number in range(100, 500)))
