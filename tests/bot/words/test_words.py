"""Words are found in the language of the chat, and a gap in them is never a crash."""

import logging
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from vestnik.bot.words import Dictionary
from vestnik.errors import BadBot

GERMAN = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "cancel.done"
msgstr "Abgebrochen."

msgid "eggs"
msgid_plural "eggs"
msgstr[0] "{count} Ei"
msgstr[1] "{count} Eier"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with a compiled German catalogue."""
    compiled = tmp_path / "de" / "LC_MESSAGES" / "messages.mo"
    compiled.parent.mkdir(parents=True)
    with compiled.open("wb") as stream:
        write_mo(stream, read_po(GERMAN.splitlines(keepends=True), locale="de"))
    return tmp_path


def test_the_same_key_says_the_same_in_each_language() -> None:
    dictionary = Dictionary()
    assert dictionary.words("en").say("cancel.done") == "Cancelled."
    assert dictionary.words("ru").say("cancel.done") == "Отменено."


def test_placeholders_are_filled_in() -> None:
    said = Dictionary().words("ru").say("command.unknown", command="/ехо", help="/help")
    assert said == "Я не знаю команды /ехо. /help покажет, что я умею."


def test_a_chat_that_chose_no_language_gets_the_bots() -> None:
    assert Dictionary("ru").words().say("cancel.done") == "Отменено."
    assert Dictionary("ru").words(None).language == "ru"
    assert Dictionary("ru").words("tlh").language == "ru"


def test_a_region_falls_back_to_its_language() -> None:
    assert Dictionary().words("ru_RU").say("cancel.done") == "Отменено."
    assert Dictionary().words("RU-ru").language == "ru"


def test_a_bot_whose_language_has_no_words_is_told_at_the_start() -> None:
    with pytest.raises(BadBot, match="no words in the bot's language 'fr': choose one of en, ru"):
        Dictionary("fr").check()
    Dictionary("ru").check()


def test_an_authors_texts_go_before_the_frameworks_and_the_last_first() -> None:
    dictionary = Dictionary()
    dictionary.add_texts("en", {"cancel.done": "Fine, forget it.", "hello": "Hello, {name}!"})
    dictionary.add_texts("en", {"hello": "Hi, {name}!"})
    words = dictionary.words()
    assert words.say("cancel.done") == "Fine, forget it."
    assert words.say("hello", name="Ann") == "Hi, Ann!"
    assert dictionary.words("ru").say("cancel.done") == "Отменено."


def test_a_key_that_a_language_lacks_is_said_in_the_bots_then_in_english() -> None:
    dictionary = Dictionary("ru")
    dictionary.add_texts("eo", {"hello": "Saluton!"})
    dictionary.add_texts("en", {"bye": "Bye!"})
    words = dictionary.words("eo")
    assert words.say("hello") == "Saluton!"
    assert words.say("cancel.done") == "Отменено."
    assert words.say("bye") == "Bye!"


def test_a_compiled_catalogue_is_a_language_more_with_its_own_plurals(folder: Path) -> None:
    dictionary = Dictionary()
    dictionary.add(folder)
    words = dictionary.words("de")
    assert dictionary.languages == ("de", "en", "ru")
    assert words.say("cancel.done") == "Abgebrochen."
    assert [words.say("eggs", count=count) for count in (1, 2)] == ["1 Ei", "2 Eier"]


def test_a_folder_without_compiled_catalogues_says_how_to_make_them(tmp_path: Path) -> None:
    with pytest.raises(BadBot, match=r"no compiled catalogue bot\.mo .* `pybabel compile -d"):
        Dictionary().add(tmp_path, "bot")


@pytest.mark.parametrize("content", [b"", b"not a catalogue", b"\xde\x12\x04\x95" + bytes(8)])
def test_a_catalogue_that_is_none_is_one_sentence(folder: Path, content: bytes) -> None:
    (folder / "de" / "LC_MESSAGES" / "messages.mo").write_bytes(content)
    with pytest.raises(BadBot, match="cannot be read"):
        Dictionary().add(folder)


def test_a_key_without_words_is_said_itself_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    assert Dictionary().words().say("no.such.key", name=1) == "no.such.key"
    assert "no.such.key" in caplog.text


def test_looking_for_words_that_may_be_missing_is_silent(caplog: pytest.LogCaptureFixture) -> None:
    words = Dictionary().words()
    assert words.find("join.welcome") is None
    assert words.find("cancel.done") == "Cancelled."
    assert words.translated("A text of the author's.") == "A text of the author's."
    assert words.translated("cancel.done") == "Cancelled."
    assert words.translated("") == ""
    assert not caplog.records


@pytest.mark.parametrize(
    ("text", "said"),
    [("{a} {b}", "1 {b}"), ("{a.b}", "{a.b}"), ("{0}", "{0}"), ("{", "{"), ("{a!z}", "{a!z}")],
)
def test_a_broken_text_of_an_author_shows_itself(text: str, said: str) -> None:
    dictionary = Dictionary()
    dictionary.add_texts("en", {"broken": text})
    assert dictionary.words().say("broken", a=1) == said


@given(st.text())
def test_what_people_write_is_never_read_as_a_placeholder(given_text: str) -> None:
    said = Dictionary().words().say("settings.unknown", name=given_text, command="/settings")
    assert said == f"There is no setting “{given_text}”. /settings shows them all."


def test_no_message_text_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    dictionary = Dictionary()
    dictionary.add_texts("en", {"broken": "{a!z}"})
    with caplog.at_level(logging.DEBUG):
        dictionary.words().say("broken", a="secret")
        dictionary.words().say("nothing", a="secret")
    assert "secret" not in caplog.text
