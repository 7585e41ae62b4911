"""Makes the core's documentation, written for Rust and C, readable for people who write Python."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from itertools import takewhile

from core_generator.names import pascal_case, snake_case

__all__ = ["clean", "deprecation", "docstring", "first_sentence"]

_LIST_LINE = re.compile(r"^\s*([-*] |\w+: |\d+\. )|^\s{2,}\S")
_SENTENCE_END = re.compile(r"(?<!e\.g)(?<!eg)(?<!i\.e)(?<!sth)(?<!esp)[.!?](?=\s+[^a-z(]|$)")
_DEPRECATED = re.compile(r"^Deprecated\b.*", re.MULTILINE | re.DOTALL)


def _last_segment(match: re.Match[str]) -> str:
    path = match["path"].removesuffix("()")
    head, _, last = path.rpartition("::")
    owner = head.rpartition("::")[2]
    if owner in ("", "Self", "CommandApi", "EventType", "securejoin"):
        return f"`{last}`"
    return f"`{owner.replace('Chattype', 'ChatType')}.{last}`"


def _event_kind(match: re.Match[str]) -> str:
    return f"`{''.join(map(pascal_case, match['name'].lower().split('_')))}`"


_Replacement = str | Callable[[re.Match[str]], str]

# In this order: what a rule leaves behind, later rules see.
_RULES: tuple[tuple[re.Pattern[str], _Replacement], ...] = tuple(
    (re.compile(pattern, re.MULTILINE), replacement)
    for pattern, replacement in (
        (r"^\s*\[[^\]]+\]: .*$", ""),  # the targets of Rust's reference links
        (r"^\s*```\s*$", ""),  # a code fence that was never opened
        (r"\[([^\]`]+)\]\((https?://[^)]+)\)", r"\1 (\2)"),
        (r"\[`?(?P<path>[\w:]+(\(\))?)`?\]\(`[^)]*`\)", _last_segment),
        (r"\[`?(?P<path>(?:Self|[a-z]\w*|[A-Z]\w*)(?:::\w+)*(?:\(\))?)`?\]", _last_segment),
        (r"#?\bDC_EVENT_(?P<name>[A-Z_]+)\b", _event_kind),
        (r"`(?P<path>\w+(?:::\w+)+(?:\(\))?)`", _last_segment),
        (r"@ref (\w+) \"([^\"]+)\"", r"\2"),
        (r"@ref ", ""),
        (r"@param (\w+)", r"`\1`:"),
        (r"(`\w+`) / \1", r"\1"),
        (r" ?/ ?`[a-z]+[A-Z]\w*(?:\(\))?(\.?)`", r"\1"),  # the same in JavaScript
        (r"\b([a-z]+[A-Z]\w*)\(", lambda match: f"{snake_case(match[1])}("),
        (r"@deprecated", "Deprecated"),
        (r"^\s*\(deprecated\) ", ""),
        (r"\breturns\b(?= Multi-line)", "Returns"),
        (r"back\.(?=\s+or just)", "back"),
    )
)


def clean(text: str) -> str:
    """Return the text without the marks of Rust, Doxygen and JavaScript."""
    text = textwrap.dedent(text.replace("\r", ""))
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    paragraphs = (_tidy(part) for part in re.split(r"\n\s*\n", text.strip()))
    return _as_sentence("\n\n".join(filter(None, paragraphs)))


def _tidy(paragraph: str) -> str:
    """Join the lines of running text; leave the lines of a list below it as they are."""
    if ": - " in paragraph:  # a list whose lines the specification has joined
        paragraph = paragraph.replace(" - ", "\n- ")
    lines = [line.rstrip() for line in textwrap.dedent(paragraph).splitlines() if line.strip()]
    text = list(takewhile(lambda line: not _LIST_LINE.match(line), lines))
    running = re.sub(r"\s+", " ", " ".join(text))
    return "\n".join(filter(None, (running, *lines[len(text) :])))


def _as_sentence(text: str) -> str:
    if not text:
        return ""
    first, gap, rest = text.partition("\n")
    if first[-1] not in ".!?:;":
        first += "."
    return first[0].upper() + first[1:] + gap + rest


def deprecation(doc: str) -> str:
    """Return the paragraph of a cleaned text that says why its subject is deprecated, if any."""
    for paragraph in doc.split("\n\n"):
        if _DEPRECATED.match(paragraph):
            return " ".join(paragraph.split())
    return ""


def first_sentence(doc: str) -> str:
    """Return the first sentence of a cleaned text."""
    text = doc.partition("\n")[0]
    end = _SENTENCE_END.search(text)
    return text[: end.end()] if end else text


def docstring(doc: str, indent: int) -> str:
    """Render a cleaned text as a docstring: its first sentence stands alone."""
    sentence = first_sentence(doc)
    rest = doc[len(sentence) :].strip().split("\n\n")
    body = "\n\n".join((sentence, *(_wrap(part, 100 - indent) for part in rest))).strip()
    quotes = 'r"""' if "\\" in body else '"""'
    end = '\n"""' if "\n" in body else '"""'
    return textwrap.indent(f"{quotes}{body}{end}", " " * indent, lambda line: line.strip() != "")


def _wrap(paragraph: str, width: int) -> str:
    text, gap, lines = paragraph.partition("\n")
    if _LIST_LINE.match(text):
        return paragraph
    return textwrap.fill(text, width, break_long_words=False, break_on_hyphens=False) + gap + lines
