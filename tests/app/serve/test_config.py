"""What an operator can write into the file and the environment, and what he hears about it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.app.serve import (
    Config,
    commented_defaults,
    load_config,
    parse_config,
    warnings_about,
    what_it_does,
)
from vestnik.app.serve.config import LogLevel
from vestnik.app.serve.settings import BOTS, Setting, sections, settings
from vestnik.errors import BadConfig
from vestnik.gateway.model import AddressFamily

ROOT = Path(__file__).parents[3]
ALL = list(settings().values())


def name_of(setting: Setting) -> str:
    return f"{setting.section}.{setting.name}"


def refusal(text: str | bytes, environment: Mapping[str, str] | None = None) -> str:
    content = text.encode() if isinstance(text, str) else text
    with pytest.raises(BadConfig) as refused:
        parse_config(content, Path("vestnik.toml"), environment)
    sentence = str(refused.value)
    assert "\n" not in sentence
    assert sentence.endswith((".", "?"))
    return sentence


def test_an_empty_file_and_none_are_the_defaults(tmp_path: Path) -> None:
    assert parse_config(b"") == load_config(tmp_path) == Config()


def test_the_commented_file_sets_nothing() -> None:
    assert parse_config(commented_defaults().encode()) == Config()


def test_the_commented_file_with_the_comments_taken_off_says_the_defaults() -> None:
    without = {f"#{one.name} = {one.value_in_toml}" for one in ALL if one.default is None}
    lines = [
        line.removeprefix("#") if re.match(r"#\w+ = ", line) and line not in without else line
        for line in commented_defaults().splitlines()
    ]

    read = tomllib.loads("\n".join(lines))
    assert parse_config("\n".join(lines).encode()) == Config()
    assert sum(map(len, read.values())) == len([one for one in ALL if one.default is not None])


@pytest.mark.parametrize("setting", ALL, ids=name_of)
def test_every_setting_says_what_it_means_wherever_people_look(setting: Setting) -> None:
    page = (ROOT / "docs/reference/configuration.md").read_text(encoding="utf-8")

    assert setting.description.endswith(".")
    assert f"#{setting.name} = " in commented_defaults()
    assert f"| `{setting.name}` |" in page
    assert setting.variable in page


def test_every_field_of_every_section_is_a_setting() -> None:
    fields = {
        (name, field) for name, struct in sections().items() for field in struct.__struct_fields__
    }

    assert fields == set(settings())
    assert {*sections(), BOTS} == set(Config.__struct_fields__)


@pytest.mark.parametrize("setting", ALL, ids=name_of)
def test_examples_and_defaults_are_values_that_work(setting: Setting) -> None:
    other = {
        "tls_key": '\ntls_certificate = "c"',
        "tls_certificate": '\ntls_key = "k"',
    }.get(setting.name, "")

    parse_config(f"[{setting.section}]\n{setting.name} = {setting.value_in_toml}{other}".encode())


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            '[server]\nlisen = "x"',
            "vestnik.toml, line 2: [server] has no setting lisen; did you mean listen?",
        ),
        ("\n[servr]", "vestnik.toml, line 2: there is no section [servr]; did you mean server?"),
        (
            '[server]\n\nlisten = "8080"',
            "vestnik.toml, line 3: server.listen is '8080': it must be host:port, such as "
            "127.0.0.1:8080.",
        ),
        (
            '[websocket]\nattempts = "many"',
            "vestnik.toml, line 2: websocket.attempts is 'many': it must be a whole number, 1 or "
            "more and at most 1,000,000.",
        ),
        (
            "[webhooks]\ntimeout_seconds = 0",
            "vestnik.toml, line 2: webhooks.timeout_seconds is 0: it must be a number, above 0 "
            "and at most 300.",
        ),
        (
            '[webhooks]\nfamily = "v6"',
            "vestnik.toml, line 2: webhooks.family is 'v6': it must be any or ipv6 or ipv4.",
        ),
        (
            "[storage]\ndurable = 1",
            "vestnik.toml, line 2: storage.durable is 1: it must be true or false.",
        ),
        (
            '[webhooks]\nallow_networks = ["10.0.0.1/8"]',
            "vestnik.toml, line 2: webhooks.allow_networks is ['10.0.0.1/8']: it must be "
            'networks, such as ["10.0.0.0/8"].',
        ),
        (
            '[server]\ntls_key = "key.pem"',
            "vestnik.toml: server.tls_key is of no use without server.tls_certificate: set both.",
        ),
        (
            "[websocket]\nping_seconds = 5",
            "vestnik.toml: websocket.pong_seconds is 20: it must be less than "
            "websocket.ping_seconds, which is 5.",
        ),
        (
            '[metrics]\nlisten = "127.0.0.1:8080"',
            "vestnik.toml: metrics.listen is the address of the gateway itself: choose another "
            "port.",
        ),
        ("server = 1", "vestnik.toml: server is a section; write [server] on a line."),
        (b"# \xff", "vestnik.toml, line 1: this is not UTF-8; save the file as such."),
    ],
)
def test_a_mistake_is_one_sentence_that_says_where_it_is_and_what_would_do(
    text: str | bytes, sentence: str
) -> None:
    assert refusal(text) == sentence


def test_broken_toml_is_told_with_its_place() -> None:
    assert "line 2" in refusal("[server]\nlisten = x\n")


def test_a_value_may_be_endless_without_the_sentence_being_so() -> None:
    assert len(refusal(f'[server]\nlisten = "{"x" * 10_000}"')) < 200


@pytest.mark.parametrize("nonsense", ["nan", "inf", "-1", "1e400", "10000000000000000000000"])
def test_numbers_beyond_reason_are_refused(nonsense: str) -> None:
    assert "it must be a number" in refusal(f"[retention]\ndays = {nonsense}")


def test_a_variable_wins_over_the_file_and_an_option_over_both(tmp_path: Path) -> None:
    (tmp_path / "vestnik.toml").write_text('[server]\nlisten = "127.0.0.1:1"')
    variables = {"VESTNIK_SERVER__LISTEN": "127.0.0.1:2", "VESTNIK_ACCOUNTS": "not ours"}

    assert load_config(tmp_path).server.listen == "127.0.0.1:1"
    assert load_config(tmp_path, environment=variables).server.listen == "127.0.0.1:2"
    read = load_config(tmp_path, environment=variables, listen="127.0.0.1:3")
    assert read.server.listen == "127.0.0.1:3"
    read = load_config(tmp_path, allow_networks=["127.0.0.0/8", "::1/128"])
    assert read.webhooks.allow_networks == ("127.0.0.0/8", "::1/128")


def test_variables_are_written_as_in_toml_but_texts_without_quotes() -> None:
    read = parse_config(
        b"",
        environment={
            "VESTNIK_WEBSOCKET__ATTEMPTS": "3",
            "VESTNIK_RETENTION__DAYS": "0.5",
            "VESTNIK_STORAGE__DURABLE": "true",
            "VESTNIK_SERVER__TRUSTED_PROXIES": '["::1", "10.0.0.0/8"]',
            "VESTNIK_LOG__LEVEL": "debug",
            "VESTNIK_WEBHOOKS__FAMILY": "ipv6",
            "VESTNIK_WEBHOOKS__EXTRA_CA": "ca.pem",
        },
    )

    assert read.websocket.attempts == 3
    assert read.retention.days == 0.5
    assert read.storage.durable
    assert read.server.trusted_proxies == ("::1", "10.0.0.0/8")
    assert read.log.level is LogLevel.DEBUG
    assert read.webhooks.family is AddressFamily.IPV6
    assert read.webhooks.extra_ca == Path("ca.pem")


def test_a_wrong_variable_is_refused_by_its_name() -> None:
    assert refusal("", {"VESTNIK_SERVER__LISTN": "x"}) == (
        "VESTNIK_SERVER__LISTN: [server] has no setting listn; did you mean listen?"
    )
    assert refusal("", {"VESTNIK_SERVR__LISTEN": "x"}).startswith("VESTNIK_SERVR__LISTEN: ")
    assert refusal("", {"VESTNIK_WEBSOCKET__ATTEMPTS": "many"}).startswith(
        "VESTNIK_WEBSOCKET__ATTEMPTS is 'many': "
    )


def test_a_wrong_option_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match=r"^--listen is 'nowhere': it must be host:port"):
        load_config(tmp_path, listen="nowhere")
    with pytest.raises(BadConfig, match=r"^--allow-network is \['x'\]: it must be networks"):
        load_config(tmp_path, allow_networks=["x"])


def test_relative_paths_begin_at_the_file(tmp_path: Path) -> None:
    file = tmp_path / "other.toml"
    file.write_text('[webhooks]\nextra_ca = "ca.pem"')

    assert load_config(tmp_path / "data", file).webhooks.extra_ca == tmp_path / "ca.pem"


def test_a_file_that_was_asked_for_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match=r"There is no file .*: `vestnik config show` prints one\."):
        load_config(tmp_path, tmp_path / "none.toml")
    with pytest.raises(BadConfig, match="cannot be read"):
        load_config(tmp_path, tmp_path)


def test_a_public_address_without_tls_or_proxy_is_warned_of() -> None:
    assert not list(warnings_about(Config()))
    (warning,) = warnings_about(parse_config(b'[server]\nlisten = "0.0.0.0:80"'))
    assert "in the clear" in warning
    (warning,) = warnings_about(parse_config(b'[server]\ntrusted_proxies = ["0.0.0.0/0"]'))
    assert "trusted proxy" in warning


def test_a_configuration_says_what_it_will_do() -> None:
    lines = list(what_it_does(parse_config(b'[metrics]\nlisten = "127.0.0.1:9464"')))

    assert lines[0] == "listens on 127.0.0.1:8080 for HTTP and WebSocket, plain HTTP"
    assert "shows metrics on http://127.0.0.1:9464/metrics" in lines


def loads_or_says_why(content: bytes) -> None:
    sentence = ""
    try:
        assert isinstance(parse_config(content), Config)
    except BadConfig as problem:
        sentence = str(problem)
    assert len(sentence.splitlines()) <= 1


@given(st.binary())
def test_any_bytes_load_or_are_refused_in_a_sentence(content: bytes) -> None:
    loads_or_says_why(content)


VALUES = st.one_of(
    st.integers().map(str),
    st.floats().map(str),
    st.booleans().map(lambda one: str(one).lower()),
    st.text(st.characters(exclude_categories=["C"], exclude_characters='"\\'), max_size=30).map(
        lambda one: f'"{one}"'
    ),
    st.lists(st.sampled_from(['"10.0.0.0/8"', '"::1"', "1", '""', "[]"]), max_size=3).map(
        lambda one: f"[{', '.join(one)}]"
    ),
    st.sampled_from(["1979-05-27", "{}", "{a = 1}", "[[]]", '"\\u0000"']),
)


@given(st.sampled_from(ALL), VALUES)
def test_any_value_of_any_setting_loads_or_is_refused_in_a_sentence(
    setting: Setting, value: str
) -> None:
    loads_or_says_why(f"[{setting.section}]\n{setting.name} = {value}\n".encode())


@given(st.sampled_from(ALL), st.text(max_size=40))
def test_any_text_in_a_variable_loads_or_is_refused_in_a_sentence(
    setting: Setting, text: str
) -> None:
    sentence = ""
    try:
        parse_config(b"", environment={setting.variable: text})
    except BadConfig as problem:
        sentence = str(problem)
    assert len(sentence.splitlines()) <= 1
