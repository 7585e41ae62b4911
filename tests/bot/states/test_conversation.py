"""A handler enters, reads and leaves typed states, and old data never take the bot down."""

import enum
import logging

import msgspec
import pytest

from vestnik.bot.states import Conversation, ConversationState, MemoryStates, State, States, Stored
from vestnik.errors import BadBot, UnreadableData
from vestnik.ids import AccountId, ChatId, ContactId, MessageId

ANN = Conversation(AccountId(1), ChatId(10), ContactId(11))


class Details(msgspec.Struct, frozen=True):
    name: str
    age: int = 0


class Form(States):
    name = State()
    age = State(Details)


class Lenient(States, name="form", unreadable="reset"):
    age = State(Details)


@pytest.fixture
def store() -> MemoryStates:
    return MemoryStates()


@pytest.fixture
def state(store: MemoryStates) -> ConversationState:
    return ConversationState(store, ANN)


def test_a_state_is_named_by_its_group_and_itself() -> None:
    assert Form.age.name == "Form.age"
    assert Lenient.age.name == "form.age"
    assert repr(Form.age) == "State(Form.age)"


async def test_a_state_that_was_entered_is_found_with_its_data(state: ConversationState) -> None:
    await state.set(Form.age, Details(name="Ann"))
    entered = await state.get(Form.age)
    assert entered is not None
    assert entered.data.name == "Ann"
    assert entered.state is Form.age
    assert await state.name() == "Form.age"


async def test_a_state_without_data_is_found_too(state: ConversationState) -> None:
    await state.set(Form.name)
    entered = await state.get(Form.name)
    assert entered is not None
    assert entered.data is None
    assert await state.get(Form.age) is None


async def test_clearing_tells_whether_there_was_something_to_clear(
    state: ConversationState,
) -> None:
    assert not await state.clear()
    await state.set(Form.name)
    assert await state.clear()
    assert await state.name() is None


async def test_one_moves_on_only_if_nobody_else_has(state: ConversationState) -> None:
    await state.set(Form.name)
    entered = await state.get(Form.name)
    assert entered is not None
    assert await state.move(entered, Form.age, Details("Ann"))
    assert not await state.move(entered, Form.age, Details("Bob"))
    assert not await state.leave(entered)
    now = await state.get(Form.age)
    assert now is not None
    assert now.data == Details("Ann")
    assert await state.leave(now)
    assert await state.name() is None


async def test_a_message_that_is_handled_once_more_finds_what_it_found(
    store: MemoryStates,
) -> None:
    await ConversationState(store, ANN).set(Form.name)
    state = ConversationState(store, ANN, cause=MessageId(100))
    await state.set(Form.age, Details("Ann"))
    await store.rewind(AccountId(1), MessageId(100))
    assert await state.name() == "Form.name"


OLD_DATA = [b"{}", b'{"name": 1}', b"not json", b"", b'{"name": "Ann", "age": "secret"}', b"\xff"]


@pytest.mark.parametrize("data", OLD_DATA)
async def test_data_from_before_the_struct_changed_are_one_clear_sentence(
    store: MemoryStates, state: ConversationState, data: bytes
) -> None:
    await store.set(ANN, Stored("Form.age", data))
    with pytest.raises(UnreadableData) as caught:
        await state.get(Form.age)
    said = str(caught.value)
    assert said.startswith(
        "The state Form.age of chat 10 was kept with other data than Details has now ("
    )
    assert "secret" not in said
    assert await state.name() == "Form.age"
    assert await state.clear()


@pytest.mark.parametrize("data", OLD_DATA)
async def test_a_group_may_forget_them_instead(
    store: MemoryStates,
    state: ConversationState,
    data: bytes,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await store.set(ANN, Stored("form.age", data))
    with caplog.at_level(logging.WARNING):
        assert await state.get(Lenient.age) is None
    assert "It is forgotten." in caplog.text
    assert await store.get(ANN) is None


class Mood(enum.Enum):
    GOOD = "good"


class Feeling(msgspec.Struct, frozen=True):
    mood: Mood


class Doctor(States):
    asking = State(Feeling)


async def test_what_a_person_wrote_stays_out_of_the_sentence(
    store: MemoryStates, state: ConversationState
) -> None:
    await store.set(ANN, Stored("Doctor.asking", b'{"mood": "it\'s a secret"}'))
    with pytest.raises(UnreadableData) as caught:
        await state.get(Doctor.asking)
    assert "secret" not in str(caught.value)
    assert "$.mood" in str(caught.value)


async def test_new_fields_with_defaults_read_old_data(
    store: MemoryStates, state: ConversationState
) -> None:
    await store.set(ANN, Stored("Form.age", b'{"name": "Ann", "gone": true}'))
    entered = await state.get(Form.age)
    assert entered is not None
    assert entered.data == Details("Ann")


async def test_a_state_that_is_declared_no_more_is_nobodys(
    store: MemoryStates, state: ConversationState
) -> None:
    await store.set(ANN, Stored("Form.shoe_size", b"7"))
    assert await state.get(Form.name) is None
    assert await state.get(Form.age) is None


class Open(msgspec.Struct):
    name: str


@pytest.mark.parametrize("data", [Open, dict, 5, "Details"])
def test_data_that_are_no_frozen_struct_are_refused_when_declared(data: type[Details]) -> None:
    with pytest.raises(BadBot, match="A State needs "):
        State(data)


def test_a_state_outside_of_a_group_says_where_it_belongs() -> None:
    class Alone:
        name = State()

    with pytest.raises(BadBot, match="stands in a class of States"):
        _ = Alone.name.name
    with pytest.raises(BadBot, match="stands in a class of States"):
        _ = State().name


class Odd(msgspec.Struct, frozen=True):
    thing: object


class Oddities(States):
    odd = State(Odd)


async def test_data_that_do_not_fit_the_state_are_refused(state: ConversationState) -> None:
    with pytest.raises(BadBot, match=r"The state Form\.age takes Details, not Feeling\."):
        await state.set(Form.age, Feeling(Mood.GOOD))  # type: ignore[misc]
    with pytest.raises(BadBot, match="takes no data, not Details"):
        await state.set(Form.name, Details("Ann"))  # type: ignore[misc]
    with pytest.raises(BadBot, match="takes Details, not NoneType"):
        await state.set(Form.age)  # type: ignore[arg-type]
    with pytest.raises(BadBot, match=r"Oddities\.odd cannot keep its data"):
        await state.set(Oddities.odd, Odd(object()))
    assert await state.name() is None
