"""Accounts on the real core and relay, as a program makes them."""

from pathlib import Path

import pytest

from vestnik.chatmail import (
    AccountCode,
    AddressLogin,
    Core,
    Progress,
    add_account,
    back_up_account,
    configure_account,
    join_by_code,
    parse_login,
    restore_account,
)
from vestnik.errors import BadAccountCode, ConfigureFailed, JoinFailed, TransferFailed
from vestnik.relay import Relay
from vestnik.testing.plugin import NewAccount


@pytest.mark.parametrize(
    "code",
    [
        "dcaccount:nine.testrun.org",
        "DCACCOUNT:https://nine.testrun.org/new",
        "dclogin:a@example.org?p=secret&v=1",
        "DCLOGIN:a@example.org?p=secret&v=1",
    ],
)
def test_account_codes_are_recognised_in_any_case(code: str) -> None:
    assert parse_login(f"  {code}\n") == AccountCode(code)


def test_an_address_needs_a_password() -> None:
    assert parse_login("bot@example.org", "secret") == AddressLogin("bot@example.org", "secret")
    with pytest.raises(BadAccountCode, match="needs a password"):
        parse_login("bot@example.org")


def test_a_mistyped_code_is_not_printed_whole_because_it_may_hold_a_password() -> None:
    with pytest.raises(BadAccountCode) as caught:
        parse_login("dclogn:bot@example.org?p=topsecret&v=1")
    assert "topsecret" not in str(caught.value)


async def test_progress_is_told_up_to_the_end(core: Core, relay: Relay) -> None:
    told: list[Progress] = []
    login = AccountCode(relay.new_account().login_code)
    account = await add_account(core, login, name="Bot", on_progress=told.append)
    assert await core.is_configured(account)
    assert await core.get_config(account, "bot") == "1"
    assert await core.get_config(account, "displayname") == "Bot"
    steps = [progress.permille for progress in told]
    assert steps
    assert set(steps) <= set(range(1001))


async def test_a_failed_login_leaves_no_account_and_tells_the_reason(
    core: Core, relay: Relay
) -> None:
    code = relay.new_account().login_code
    await add_account(core, AccountCode(code))
    with pytest.raises(ConfigureFailed, match="AUTHENTICATIONFAILED") as caught:
        await add_account(core, AccountCode(code.replace("?p=", "?p=x")))
    assert caught.value.method == "add_transport_from_qr"
    assert len(await core.get_all_account_ids()) == 1


async def test_an_account_can_log_in_again_with_the_same_code(core: Core, relay: Relay) -> None:
    login = AccountCode(relay.new_account().login_code)
    account = await add_account(core, login)
    await configure_account(core, account, login)
    assert await core.is_configured(account)


async def test_a_backup_brings_everything_back(
    core: Core, new_account: NewAccount, tmp_path: Path
) -> None:
    account = await new_account(name="Original")
    await core.set_config(account.id, "ui.note", "kept")
    told: list[Progress] = []
    await core.stop_io(account.id)
    file = await back_up_account(
        core, account.id, tmp_path / "new", passphrase="secret", on_progress=told.append
    )
    assert file.is_file()
    assert told
    await core.remove_account(account.id)
    restored = await restore_account(core, file, passphrase="secret")
    assert await core.get_config(restored, "ui.note") == "kept"
    assert await core.get_config(restored, "configured_addr") == account.address


async def test_a_backup_with_a_wrong_passphrase_leaves_no_account(
    core: Core, new_account: NewAccount, tmp_path: Path
) -> None:
    account = await new_account()
    file = await back_up_account(core, account.id, tmp_path, passphrase="secret")
    with pytest.raises(TransferFailed):
        await restore_account(core, file, passphrase="wrong")
    assert await core.get_all_account_ids() == [account.id]


async def test_a_backup_to_where_nothing_can_be_written_is_told(
    core: Core, new_account: NewAccount, tmp_path: Path
) -> None:
    account = await new_account()
    (tmp_path / "file").write_text("")
    with pytest.raises(TransferFailed, match="cannot be made"):
        await back_up_account(core, account.id, tmp_path / "file")


async def test_an_invitation_that_nobody_answers_ends_in_one_sentence(
    new_account: NewAccount, core: Core
) -> None:
    gone, guest = await new_account(bot=True), await new_account()
    code = await core.get_chat_securejoin_qr_code(gone.id, None)
    await core.remove_account(gone.id)
    with pytest.raises(JoinFailed, match="did not answer the invitation"):
        await join_by_code(core, guest.id, code, seconds=0.2)
