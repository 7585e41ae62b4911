"""The framework's catalogues are whole, compiled, alike, and right about plurals."""

import ast
import gettext
import re
import string
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

import vestnik.bot
from vestnik.bot.words import Dictionary

SOURCES = Path(vestnik.bot.__path__[0])
LOCALE = SOURCES / "words" / "locale"
LANGUAGES = Dictionary().languages
SAYERS = {"say", "find"}


def catalog(language: str) -> Catalog:
    """Read the source of a catalogue."""
    with (LOCALE / language / "LC_MESSAGES" / "vestnik.po").open("rb") as stream:
        return read_po(stream, locale=language, abort_invalid=True)


def texts(message: Message) -> tuple[str, ...]:
    """Give all forms of a message."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def placeholders(text: str) -> set[str]:
    """Give the names that stand in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def said() -> dict[str, set[str]]:
    """Find every `words.say("key", name=…)` of the framework: keys and what is given to them."""
    calls = [call for path in SOURCES.rglob("*.py") for call in calls_of(path)]
    return {key: {word.arg for word in call.keywords if word.arg} for key, call in calls}


def calls_of(path: Path) -> list[tuple[str, ast.Call]]:
    """Give the calls of a file that say something under a literal key."""
    return [
        (node.args[0].value, node)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in SAYERS
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
        and "words" in ast.unparse(node.func.value)
    ]


def named_keys() -> set[str]:
    """Find all texts of the framework that look like keys, also those that are said elsewhere."""
    return {
        node.value
        for path in SOURCES.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(rf"(?:{'|'.join(GROUPS)})\.[a-z_]+", node.value)
    }


SAID = said()
KEYS = {message.id for message in catalog("en") if isinstance(message.id, str) and message.id} | {
    message.id[0] for message in catalog("en") if isinstance(message.id, tuple)
}


GROUPS = sorted({key.partition(".")[0] for key in KEYS})


def form(language: str, key: str) -> Message:
    """Give one message of a catalogue."""
    found = catalog(language).get(key)
    assert found is not None, f"{language} has nothing under {key}"
    return found


def test_every_language_has_the_same_keys_in_the_same_order() -> None:
    english, *others = [[message.id for message in catalog(language)] for language in LANGUAGES]
    assert others == [english] * len(others)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_left_untranslated_or_fuzzy(language: str) -> None:
    unfinished = [
        message.id
        for message in catalog(language)
        if message.id and (message.fuzzy or not all(texts(message)))
    ]
    assert unfinished == []


@pytest.mark.parametrize("key", sorted(KEYS))
def test_a_key_has_the_same_placeholders_in_every_form_and_language(key: str) -> None:
    all_forms = [text for language in LANGUAGES for text in texts(form(language, key))]
    assert {frozenset(placeholders(text)) for text in all_forms} == {
        frozenset(placeholders(all_forms[0]))
    }


def test_every_key_that_the_framework_names_exists() -> None:
    named = named_keys()
    assert named >= {"command.missing", "settings.heading"}
    assert sorted(named - KEYS) == []


@pytest.mark.parametrize("key", sorted(SAID))
def test_every_key_that_the_framework_says_exists_and_gets_its_values(key: str) -> None:
    expected = placeholders(texts(form("en", key))[0])
    assert expected <= SAID[key], f"{key} wants {expected}, is given {SAID[key]}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_that_of_its_source(language: str) -> None:
    with (LOCALE / language / "LC_MESSAGES" / "vestnik.mo").open("rb") as stream:
        compiled = gettext.GNUTranslations(stream)
    for message in catalog(language):
        if isinstance(message.id, tuple):
            forms = {compiled.ngettext(message.id[0], message.id[0], n) for n in range(200)}
            assert forms <= set(texts(message)), "run `make generate`"
        elif message.id:
            assert compiled.gettext(str(message.id)) == message.string, "run `make generate`"


@pytest.mark.parametrize("language", LANGUAGES)
def test_plural_forms_are_those_of_cldr(language: str) -> None:
    forms = texts(form(language, "command.too_many"))
    categories = {"en": ("one", "other"), "ru": ("one", "few", "many")}[language]
    words = Dictionary().words(language)
    for count in (*range(130), 1001, 1011, 1021, 10**6):
        category = Locale(language).plural_form(count)
        template = forms[categories.index(category)]
        expected = template.format(count=count, command="/c")
        assert words.say("command.too_many", count=count, command="/c") == expected


@pytest.mark.parametrize(
    ("count", "noun"),
    [(1, "символа"), (2, "символов"), (5, "символов"), (11, "символов"), (21, "символа")],
)
def test_russian_counts_as_russians_do(count: int, noun: str) -> None:
    assert Dictionary().words("ru").say("kind.text_at_most", count=count).endswith(f" {noun}")
