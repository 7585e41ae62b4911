"""Played: configuration keys."""

from __future__ import annotations

from collections.abc import Iterable

from vestnik.chatmail.events import AccountsItemChanged, ConfigSynced
from vestnik.ids import AccountId
from vestnik.testing.fake.account import FakeAccount
from vestnik.testing.fake.methods.topic import Topic
from vestnik.testing.fake.wire import Refusal

__all__ = ["ConfigurationMethods"]

_DEFAULTS = {
    "bcc_self": "0",
    "mdns_enabled": "1",
    "media_quality": "0",
    "delete_device_after": "0",
    "sys.version": "2.65.0",
    "sys.msgsize_max_recommended": "22806528",
    "skip_start_messages": "0",
    "disable_idle": "0",
    "download_limit": "0",
    "sync_msgs": "1",
    "gossip_period": "172800",
    "webxdc_realtime_enabled": "1",
    "who_can_call_me": "1",
    "force_encryption": "1",
}

_BOOLEAN = frozenset(
    ("proxy_enabled", "bcc_self", "mdns_enabled", "configured", "bot", "disable_idle", "sync_msgs")
)

# Those that a program may want to set; the core has some thirty more, all of them internal.
_OTHERS = frozenset(
    (
        "addr",
        "autorelay",
        "configured_addr",
        "device_token",
        "displayname",
        "is_muted",
        "last_msg_id",
        "mail_pw",
        "private_tag",
        "proxy_url",
        "selfavatar",
        "selfstatus",
        "stats_sending",
        "team_profile",
    )
)

_SHOWN_IN_ACCOUNT_LIST = frozenset(("displayname", "private_tag"))
_SYNCED = frozenset(("displayname", "selfstatus", "mdns_enabled"))


class ConfigurationMethods(Topic):
    """Reading and writing what an account is set to."""

    def set_config(self, account_id: AccountId, key: str, value: str | None) -> None:
        account = self._world.account(account_id)
        _check_keys([key])
        if key in _BOOLEAN and value not in ("0", "1", None):
            raise Refusal("Boolean value must be either 0 or 1")
        if value is None:
            account.config.pop(key, None)
        else:
            account.config[key] = value
        _tell(account, key)

    def batch_set_config(self, account_id: AccountId, config: dict[str, str | None]) -> None:
        _check_keys(config)
        for key, value in config.items():
            self.set_config(account_id, key, value)

    def get_config(self, account_id: AccountId, key: str) -> str | None:
        account = self._world.account(account_id)
        _check_keys([key])
        if key == "configured_addr":
            return account.address or None
        if key == "configured":
            return "1" if account.transports else None
        return account.config.get(key, _DEFAULTS.get(key))

    def batch_get_config(self, account_id: AccountId, keys: list[str]) -> dict[str, str | None]:
        return {key: self.get_config(account_id, key) for key in keys}


def _check_keys(keys: Iterable[str]) -> None:
    for key in keys:
        if key not in _DEFAULTS and key not in _BOOLEAN | _OTHERS and not key.startswith("ui."):
            raise Refusal(f'unknown key "{key}": Matching variant not found')


def _tell(account: FakeAccount, key: str) -> None:
    if key in _SHOWN_IN_ACCOUNT_LIST:
        account.emit(AccountsItemChanged())
    if key in _SYNCED:
        account.emit(ConfigSynced(key=key))
