"""``python bot.py init`` and what else there is to do with accounts."""

import re
from pathlib import Path

from tests.bot.command_line.conftest import BotFile
from tests.cli.conftest import RunningRelay


def test_the_life_of_an_account(
    bot_file: BotFile, relay_command: RunningRelay, tmp_path: Path
) -> None:
    line = f"1\t{relay_command.address}\tEcho\n"
    made = bot_file("init", relay_command.code, "--name", "Echo")
    assert (made.exit_code, made.out) == (0, line)
    assert "Logging in: 60 %" in made.err
    assert bot_file("list").out == line

    assert bot_file("config", "displayname").out == "Echo\n"
    assert bot_file("config", "selfstatus", "Ich bin 🤖").out == "Ich bin 🤖\n"
    assert bot_file("config", "selfstatus").out == "Ich bin 🤖\n"
    assert bot_file("config", "bot").out == "1\n"
    assert 'unknown key "colour"' in bot_file.sentence("config", "colour", exit_code=1)

    exported = bot_file("export", str(tmp_path / "backups"), "--passphrase", "secret")
    file = Path(exported.out.strip())
    assert file.parent == tmp_path / "backups"
    assert bot_file("remove", "--yes").out == f"removed {line}"
    assert bot_file("list").out == ""
    refused = bot_file.sentence("import", str(file), "--passphrase", "wrong", exit_code=1)
    assert "The backup could not be transferred" in refused
    restored = bot_file("import", str(file), "--passphrase", "secret")
    assert relay_command.address in restored.out


def test_links_and_codes_are_printed(echo_bot: BotFile) -> None:
    link = echo_bot("link").out
    assert link.startswith("https://i.delta.chat/#")
    assert link.count("\n") == 1
    picture, _, text = echo_bot("link", "--qr").out.partition("https://")
    assert "█▀" in picture
    assert text.startswith("i.delta.chat/#")


def test_the_code_of_the_admins_stays_until_it_is_reset(echo_bot: BotFile) -> None:
    code = echo_bot("admin").out
    assert "g=Admins+of+echo" in code
    assert _group(echo_bot("admin").out) == _group(code)
    assert _group(echo_bot("admin", "--reset").out) != _group(code)


def _group(code: str) -> str:
    """Read the id of the group out of its code."""
    found = re.search(r"&x=([^&]+)", code)
    assert found is not None
    return found[1]


def test_of_several_accounts_one_is_chosen(echo_bot: BotFile, relay_command: RunningRelay) -> None:
    echo_bot("init", relay_command.code, "--name", "Second")
    said = echo_bot.sentence("link", exit_code=2)
    assert said == "There are several accounts (1, 2): say which, --account N."
    assert "n=Second" in echo_bot("link", "--account", "2").out
    said = echo_bot.sentence("link", "--account", "7", exit_code=2)
    assert said == "There is no account 7 here: there are 1, 2."


def test_without_an_account_every_command_says_what_to_do(bot_file: BotFile) -> None:
    for command in (["link"], ["admin"], ["config", "displayname"], ["remove", "--yes"]):
        said = bot_file.sentence(*command, exit_code=2)
        assert said == "There is no account yet: make one with `init` and an account code."


def test_what_is_no_login_is_one_sentence_and_makes_nothing(bot_file: BotFile) -> None:
    assert "is no account code and no address" in bot_file.sentence("init", "x", exit_code=2)
    said = bot_file.sentence("init", "bot@example.org", exit_code=2)
    assert "needs a password" in said
    assert not bot_file.accounts.exists()
