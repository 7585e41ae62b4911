"""People set what an author lets them set, in words, and it stays set."""

from collections.abc import AsyncIterator, Awaitable, Callable
from enum import Enum
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.bot.settings import (
    Change,
    ChatLanguage,
    Setting,
    Settings,
    SettingsStore,
    answer_settings,
    list_settings,
    read_change,
    say_changed,
)
from vestnik.bot.store import Database
from vestnik.bot.words import Dictionary
from vestnik.errors import BadBot, BadInput
from vestnik.ids import AccountId, ChatId

ME, CHAT, OTHER = AccountId(1), ChatId(10), ChatId(11)


class Tone(Enum):
    KIND = "kind"
    STRICT = "strict"


class Greetings(Settings):
    quiet = Setting(False, "Say nothing when somebody joins.")
    hour = Setting(9, "The hour of the digest.", least=0, most=23)
    tone = Setting(Tone.KIND, "How I speak.")
    city: Setting[str | None] = Setting(None, "Where I look at the weather.", most=12)
    size: Setting[Literal["S", "M", "L"]] = Setting("M")
    chance = Setting(0.5, least=0)
    pace = Setting(60, "Messages a minute.", whole_bot=True)
    motto = Setting("Hi!", admin_only=True)


ALL = Greetings._declared
EN = Dictionary().words("en")
RU = Dictionary().words("ru")


@pytest.fixture
async def store() -> AsyncIterator[SettingsStore]:
    async with Database(None) as database:
        yield SettingsStore(database, LANGUAGE.settings, Greetings)


LANGUAGE = ChatLanguage(Dictionary())
Ask = Callable[..., Awaitable[str]]


@pytest.fixture
def ask(store: SettingsStore) -> Ask:
    """Give what answers somebody in the chat."""

    async def answer(text: str, *, is_admin: bool = False, chat: ChatId = CHAT) -> str:
        return await answer_settings(text, store, LANGUAGE, ME, chat, is_admin=is_admin)

    return answer


async def test_at_first_everything_is_at_its_default(store: SettingsStore) -> None:
    quiet: bool = await store.get(Greetings.quiet, ME, CHAT)
    tone: Tone = await store.get(Greetings.tone, ME, CHAT)
    city: str | None = await store.get(Greetings.city, ME, CHAT)
    assert (quiet, tone, city) == (False, Tone.KIND, None)


async def test_what_was_set_holds_in_its_chat_only(store: SettingsStore) -> None:
    await store.set(Greetings.tone, Tone.STRICT, ME, CHAT)
    assert await store.get(Greetings.tone, ME, CHAT) is Tone.STRICT
    assert await store.get(Greetings.tone, ME, OTHER) is Tone.KIND
    assert await store.get(Greetings.tone, AccountId(2), CHAT) is Tone.KIND
    await store.reset(Greetings.tone, ME, CHAT)
    assert await store.get(Greetings.tone, ME, CHAT) is Tone.KIND


async def test_a_setting_of_the_whole_bot_holds_in_all_its_chats(store: SettingsStore) -> None:
    await store.set(Greetings.pace, 30, ME, CHAT)
    assert await store.get(Greetings.pace, ME, OTHER) == 30
    assert (await store.values(ME, OTHER))["pace"] == 30
    assert await store.get(Greetings.pace, AccountId(2), CHAT) == 60


async def test_settings_survive_a_restart(tmp_path: Path) -> None:
    for hour in (9, 12):
        async with Database(tmp_path / "bot.sqlite") as database:
            store = SettingsStore(database, Greetings)
            assert await store.get(Greetings.hour, ME, CHAT) == hour
            await store.set(Greetings.hour, 12, ME, CHAT)


async def test_what_an_author_has_changed_since_is_back_at_its_default(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Before(Settings):
        hour = Setting("secret noon")

    async with Database(None) as database:
        await SettingsStore(database, Before).set(Before.hour, "secret night", ME, CHAT)
        assert await SettingsStore(database, Greetings).get(Greetings.hour, ME, CHAT) == 9
    assert "'hour' cannot be that any more" in caplog.text
    assert "secret" not in caplog.text


async def test_a_program_cannot_set_what_a_person_could_not(store: SettingsStore) -> None:
    with pytest.raises(BadInput, match="'hour' cannot be set to that"):
        await store.set(Greetings.hour, 24, ME, CHAT)
    with pytest.raises(BadInput):
        await store.set(Greetings.size, "XL", ME, CHAT)  # type: ignore[misc]


GOOD = [
    ("quiet on", True),
    ("quiet вкл", True),
    ("QUIET=no", False),
    ("hour 0", 0),
    ("hour: 23", 23),
    ("tone strict", Tone.STRICT),
    ("tone STRICT", Tone.STRICT),
    ("city Нижний", "Нижний"),
    ("city  New York ", "New York"),
    ("city not set", None),
    ("size l", "L"),
    ("chance 0,25", 0.25),
]


@pytest.mark.parametrize(("text", "value"), GOOD)
def test_what_people_write_is_understood(text: str, value: object) -> None:
    change = read_change(text, ALL, EN, is_admin=False)
    assert isinstance(change, Change)
    assert change.value == value
    assert not change.to_default


BAD = [
    ("quiet maybe", "quiet needs on or off, not “maybe”."),
    ("hour noon", "hour needs a whole number from 0 to 23, not “noon”."),
    ("hour 24", "hour needs a whole number from 0 to 23, not “24”."),
    ("hour", "hour needs a whole number from 0 to 23, not “”."),
    ("chance -1", "chance needs a number of at least 0, not “-1”."),
    ("size XL", "size needs one of: S, M, L, not “XL”."),
    ("city Петропавловск-Камчатский", "city needs a text of at most 12 characters, not"),
    ("huor 9", "There is no setting “huor”. Did you mean “hour”?"),
    ("x" * 99, f"There is no setting “{'x' * 60}…”. /settings shows them all."),
    ("pace 9", "Only my admins may change pace."),
    ("motto Hello", "Only my admins may change motto."),
]


@pytest.mark.parametrize(("text", "answer"), BAD)
def test_what_is_wrong_is_said_in_words(text: str, answer: str) -> None:
    said = read_change(text, ALL, EN, is_admin=False)
    assert isinstance(said, str)
    assert said.startswith(answer)


@given(st.text())
def test_whatever_people_write_there_is_an_answer(text: str) -> None:
    for words in (EN, RU):
        change = read_change(text, ALL, words, is_admin=True)
        assert isinstance(change, Change) or change


@given(st.sampled_from(ALL), st.text(), st.booleans())
def test_what_is_set_can_be_kept_and_what_is_shown_can_be_typed(
    setting: Setting[object], text: str, russian: bool
) -> None:
    words = RU if russian else EN
    change = read_change(f"{setting.name} {text}", ALL, words, is_admin=True)
    if isinstance(change, Change) and not change.to_default:
        assert setting.unpack(setting.pack(change.value)) == change.value
        shown = setting.kind.show(change.value, words)
        again = read_change(f"{setting.name} {shown}", ALL, words, is_admin=True)
        assert again == change or shown.casefold() in ("default", "сброс", "not set", "не задано")


def test_admins_may_change_everything() -> None:
    assert read_change("pace 9", ALL, EN, is_admin=True) == Change(Greetings.pace, 9)


def test_the_list_shows_what_is_set_and_how_to_change_it() -> None:
    listed = list_settings(ALL[:3], {"hour": 12}, EN, is_admin=False)
    assert listed == (
        "Settings of this chat:\n"
        "quiet: off – Say nothing when somebody joins. (on or off)\n"
        "hour: 12 – The hour of the digest. (a whole number from 0 to 23)\n"
        "tone: kind – How I speak. (one of: kind, strict)\n"
        "\n"
        "To change one: /settings quiet off"
    )


def test_only_admins_see_settings_of_the_whole_bot() -> None:
    assert "pace" not in list_settings(ALL, {}, EN, is_admin=False)
    assert "Settings of the whole bot:\npace: 60" in list_settings(ALL, {}, EN, is_admin=True)
    assert "motto: Hi! – (a text of at most 1000 characters) [admins only]" in list_settings(
        ALL, {}, EN, is_admin=False
    )


def test_where_nothing_can_be_set_the_list_says_so() -> None:
    assert list_settings([], {}, EN, is_admin=True) == "There is nothing to set here."
    assert list_settings([Greetings.pace], {}, RU, is_admin=False) == "Здесь нечего настраивать."


def test_a_change_is_confirmed_in_words() -> None:
    assert say_changed(Change(Greetings.quiet, True), RU) == "quiet теперь: вкл"
    assert say_changed(Change(Greetings.city, to_default=True), EN) == (
        "city is back to its default: not set"
    )


async def test_a_conversation_about_settings(ask: Ask) -> None:
    assert await ask("hour 12") == "hour is now: 12"
    assert "hour: 12 – " in await ask("")
    assert "hour: 9 – " in await ask("", chat=OTHER)
    assert await ask("hour") == (
        "Settings of this chat:\nhour: 12 – The hour of the digest. "
        "(a whole number from 0 to 23)\n\nTo change one: /settings hour 12"
    )
    assert await ask("hour 99") == "hour needs a whole number from 0 to 23, not “99”."
    assert await ask("hour default") == "hour is back to its default: 9"
    assert await ask("pace 9") == "Only my admins may change pace."
    assert await ask("pace 9", is_admin=True) == "pace is now: 9"
    assert "pace: 9" in await ask("", is_admin=True, chat=OTHER)


async def test_a_chat_chooses_its_language_and_is_answered_in_it(ask: Ask) -> None:
    assert await ask("language RU") == "language теперь: ru"
    listed = await ask("")
    assert "language: ru – Язык, на котором я здесь говорю. (одно из: en, ru)" in listed
    assert await ask("quiet вкл") == "quiet теперь: вкл"
    assert await ask("language сброс") == "language is back to its default: en"
    assert "language: en" in await ask("", chat=OTHER)


async def test_a_language_that_is_spoken_no_more_is_the_bots_own(store: SettingsStore) -> None:
    dictionary = Dictionary("ru")
    dictionary.add_texts("eo", {"hello": "Saluton!"})
    more = ChatLanguage(dictionary)
    await store.set(more.setting, "eo", ME, CHAT)
    assert (await more.words(store, ME, CHAT)).language == "eo"
    assert (await LANGUAGE.words(store, ME, CHAT)).language == "en"


def test_settings_of_a_derived_class_come_after_those_of_its_base() -> None:
    class More(Greetings):
        extra = Setting(1)

    assert [setting.name for setting in More._declared][-2:] == ["motto", "extra"]


async def test_two_settings_of_one_name_are_refused(store: SettingsStore) -> None:
    class Others(Settings):
        hour = Setting(1)

    async with Database(None) as database:
        with pytest.raises(
            BadBot, match="Two settings have the name 'hour', one of them in Others"
        ):
            SettingsStore(database, Greetings, Others)


def test_mistakes_of_an_author_are_one_sentence() -> None:
    with pytest.raises(BadBot, match=r"needs a type: city: Setting\[str \| None\]"):
        type("Bad", (Settings,), {"city": Setting(None)})
    with pytest.raises(BadBot, match="'stuff' cannot be a <class 'dict'>: use bool"):
        type("Bad", (Settings,), {"stuff": Setting({})})
    with pytest.raises(BadBot, match="The default of the setting 'hour'"):
        type("Bad", (Settings,), {"hour": Setting(24, most=23)})
    with pytest.raises(BadBot, match="The default of the setting 'language'"):
        type("Bad", (Settings,), {"language": Setting("fr", choices=("en", "ru"))})
    with pytest.raises(BadBot, match="stands in a class of Settings"):
        _ = Setting(1).kind


def test_a_union_of_several_kinds_is_refused() -> None:
    with pytest.raises(BadBot, match="cannot be a"):

        class Bad(Settings):
            thing: Setting[int | str] = Setting(1)
