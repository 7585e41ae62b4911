"""Which command is handled where, and in which state it may come (RFC 3501 6). Pure."""

from __future__ import annotations

from vestnik.relay.imap import commands as c
from vestnik.relay.imap import on_account, on_mailbox, on_message
from vestnik.relay.imap.session import Handler

__all__ = ["handler_of"]

_SIMPLE: dict[str, tuple[str, Handler]] = {
    "CAPABILITY": ("any", on_account.capability),
    "NOOP": ("any", on_account.noop),
    "LOGOUT": ("any", on_account.logout),
    "STARTTLS": ("new", on_account.start_tls),
    "NAMESPACE": ("authenticated", on_account.namespace),
    "IDLE": ("authenticated", on_account.idle),
    "CHECK": ("selected", on_account.noop),
    "CLOSE": ("selected", on_mailbox.close),
    "UNSELECT": ("selected", on_mailbox.unselect),
}

_BY_KIND: dict[type[c.Command], tuple[str, Handler]] = {
    c.Identify: ("any", on_account.identify),
    c.Login: ("new", on_account.login),
    c.Authenticate: ("new", on_account.authenticate),
    c.Select: ("authenticated", on_mailbox.select),
    c.List: ("authenticated", on_mailbox.list_),
    c.Status: ("authenticated", on_mailbox.status),
    c.Create: ("authenticated", on_mailbox.create),
    c.Delete: ("authenticated", on_mailbox.delete),
    c.Rename: ("authenticated", on_mailbox.rename),
    c.Subscribe: ("authenticated", on_mailbox.subscribe),
    c.Append: ("authenticated", on_mailbox.append),
    c.GetQuota: ("authenticated", on_account.get_quota),
    c.GetQuotaRoot: ("authenticated", on_account.get_quota_root),
    c.GetMetadata: ("authenticated", on_account.get_metadata),
    c.SetMetadata: ("authenticated", on_account.set_metadata),
    c.Fetch: ("selected", on_message.fetch),
    c.Store: ("selected", on_message.store),
    c.Expunge: ("selected", on_message.expunge),
    c.Copy: ("selected", on_message.copy),
    c.Search: ("selected", on_message.search),
}


def handler_of(command: c.Command) -> tuple[str, Handler]:
    """Return the state that a command needs, and what handles it."""
    if isinstance(command, c.Simple):
        return _SIMPLE[command.name]
    return _BY_KIND[type(command)]
