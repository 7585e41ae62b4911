"""The unit that `systemd` prints."""

from pathlib import Path

from vestnik.bot.systemd import Unit


def unit(*command: str, name: str = "echo", accounts: str = "/srv/bot/accounts") -> list[str]:
    text = Unit(name, command, Path("/srv/bot"), Path(accounts), "bot", 30).text()
    return text.splitlines()


def test_it_starts_the_command_in_its_folder_for_its_user() -> None:
    lines = unit("/usr/bin/python3", "/srv/bot/bot.py", "serve")
    assert "ExecStart=/usr/bin/python3 /srv/bot/bot.py serve" in lines
    assert "WorkingDirectory=/srv/bot" in lines
    assert "User=bot" in lines
    assert 'Environment="VESTNIK_ACCOUNTS=/srv/bot/accounts"' in lines


def test_it_waits_longer_than_the_handlers_may_take() -> None:
    assert "TimeoutStopSec=40" in unit("x")


def test_what_needs_a_person_is_not_tried_again_and_sigterm_is_a_good_end() -> None:
    lines = unit("x")
    assert "Restart=on-failure" in lines
    assert "RestartPreventExitStatus=2" in lines
    assert "SuccessExitStatus=143" in lines


def test_accounts_and_what_lies_beside_them_can_be_written() -> None:
    assert 'ReadWritePaths="/srv/bot"' in unit("x")


def test_nothing_that_systemd_would_read_into_a_name_gets_through() -> None:
    lines = unit("/my bots/$HOME 100%.py", name="a\nUser=root", accounts="/my bots/100%")
    assert 'ExecStart="/my bots/$$HOME 100%%.py"' in lines
    assert "Description=Delta Chat bot a User=root" in lines
    assert 'Environment="VESTNIK_ACCOUNTS=/my bots/100%%"' in lines
    assert "User=root" not in lines
