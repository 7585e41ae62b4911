"""The settings for people: a commented file, a page of the reference, what they amount to."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from vestnik.app.serve.config import Config, PythonBot
from vestnik.app.serve.settings import Setting, of_a_bot, sections, settings

__all__ = ["commented_defaults", "reference_page", "warnings_about", "what_it_does"]

WIDTH = 96

HEAD = """\
# Settings of `vestnik serve`; the lines that are commented out show the default, or an example
# where there is none. A variable such as VESTNIK_SERVER__LISTEN wins over this file.
# `vestnik config check` says whether all of it can work.
"""

PAGE_HEAD = """\
<!-- Written by scripts/generate_configuration.py; change the docstrings of app/serve/config.py. -->

# The configuration of `vestnik serve`

`vestnik serve --data DIR` reads `DIR/vestnik.toml`, or the file after `--config`; without any file
everything below is the default. `vestnik config show` prints a file with all of it as comments,
`vestnik config check` says whether a file can work and what it will do.

An environment variable wins over the file, `--listen` over both. Lists, numbers, `true` and `false`
are written in a variable as in TOML, texts without quotes:

```shell
VESTNIK_SERVER__LISTEN=0.0.0.0:8080 VESTNIK_SERVER__TRUSTED_PROXIES='["10.0.0.0/8"]' vestnik serve
```

Relative paths begin at the folder of the file, in a variable at the current folder. An unknown
section, setting or variable of this form is refused, as is a value that cannot work.
"""


def commented_defaults() -> str:
    """Return a file that says everything and sets nothing."""
    return "\n".join([HEAD, *map(_section_in_toml, sections()), _bots_in_toml()])


def reference_page() -> str:
    """Return `docs/reference/configuration.md`."""
    return "\n".join([PAGE_HEAD, *map(_section_of_page, sections()), _bots_of_page()])


def what_it_does(config: Config) -> Iterator[str]:
    """Say in lines what a gateway with these settings will do."""
    server, metrics = config.server, config.metrics.listen
    way = "TLS" if server.tls_certificate else "plain HTTP"
    yield f"listens on {server.listen} for HTTP and WebSocket, {way}"
    yield f"shows metrics on http://{metrics}/metrics" if metrics else "shows no metrics"
    kept = config.retention
    yield (
        f"keeps notifications for {kept.days:g} days up to {kept.most_megabytes} MB, "
        f"the delivery log for {kept.attempts_days:g} days"
    )
    for bot in config.bots:
        yield f"answers for the bot {bot.id} by {bot.file}"


def warnings_about(config: Config) -> Iterator[str]:
    """Say in sentences what works but is hardly meant."""
    server, address = config.server, config.server.address
    if not (address.is_loopback or server.tls_certificate or server.trusted_proxies):
        yield (
            f"Tokens travel in the clear to {server.listen}: set tls_certificate and tls_key, or "
            "name the proxy that speaks TLS in trusted_proxies."
        )
    if any(network.endswith("/0") for network in server.trusted_proxies):
        yield "Every client is a trusted proxy and can claim any address: name only your own."
    if any(network.endswith("/0") for network in config.webhooks.allow_networks):
        yield "Webhooks may reach all private networks: name only those that are needed."


def _section_in_toml(name: str) -> str:
    lines = [f"[{name}]  # {sections()[name].__doc__}"]
    for setting in _settings_of(name):
        lines += ["", *_commented(setting)]
    return "\n".join(lines) + "\n"


def _bots_in_toml() -> str:
    lines = [*_wrapped(str(PythonBot.__doc__)), "#", "# [[bots]]"]
    for setting in of_a_bot().values():
        lines += [*_wrapped(_told(setting)), f"# {setting.name} = {setting.value_in_toml}"]
    return "\n".join(lines) + "\n"


def _commented(setting: Setting) -> list[str]:
    return [*_wrapped(_told(setting)), f"#{setting.name} = {setting.value_in_toml}"]


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent="# ", subsequent_indent="# ")


def _section_of_page(name: str) -> str:
    rows = [
        f"| `{one.name}` | {_default(one)} | {_told(one)} | `{one.variable}` |"
        for one in _settings_of(name)
    ]
    table = ["| setting | default | meaning | variable |", "|---|---|---|---|", *rows]
    return "\n".join([f"## [{name}]", "", f"{sections()[name].__doc__}", "", *table]) + "\n"


def _bots_of_page() -> str:
    rows = [
        f"| `{one.name}` | such as `{one.value_in_toml}` | {_told(one)} |"
        for one in of_a_bot().values()
    ]
    told = f"{PythonBot.__doc__} They stand in the file only."
    table = ["| setting | | meaning |", "|---|---|---|", *rows]
    return "\n".join(["## [[bots]]", "", told, "", *table]) + "\n"


def _default(setting: Setting) -> str:
    if setting.default is None:
        return f"not set; such as `{setting.value_in_toml}`"
    return f"`{setting.value_in_toml}`"


def _told(setting: Setting) -> str:
    if setting.wants == "a text in quotes":
        return setting.description
    return f"{setting.description} ({setting.wants})"


def _settings_of(section: str) -> Iterator[Setting]:
    return (one for one in settings().values() if one.section == section)
