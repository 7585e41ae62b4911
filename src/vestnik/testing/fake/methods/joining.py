"""Played: invite codes and SecureJoin, between the accounts of one fake core."""

from __future__ import annotations

import hashlib
from urllib.parse import parse_qs, quote, urlsplit

import msgspec

from vestnik.chatmail.events import Error, SecurejoinJoinerProgress
from vestnik.chatmail.types import (
    Qr,
    QrAccount,
    QrAskVerifyContact,
    QrAskVerifyGroup,
    QrLogin,
    QrText,
    QrUrl,
    QrWithdrawVerifyContact,
    QrWithdrawVerifyGroup,
)
from vestnik.ids import AccountId, ChatId
from vestnik.testing.fake.account import FakeAccount
from vestnik.testing.fake.contact import SELF, FakeContact
from vestnik.testing.fake.methods.topic import Topic
from vestnik.testing.fake.wire import Refusal

__all__ = ["JoiningMethods"]

INVITE_HOST = "i.delta.chat"

AUTH_SENT, JOINED = 400, 1000


class _Invite(msgspec.Struct):
    """What an invite code says."""

    fingerprint: str
    address: str
    name: str = ""
    group_id: str = ""
    group_name: str = ""
    number: str = ""
    auth: str = ""


class JoiningMethods(Topic):
    """Meeting others by codes."""

    def get_chat_securejoin_qr_code(self, account_id: AccountId, chat_id: ChatId | None) -> str:
        account = self._world.account(account_id)
        fields = {
            "i": _secret(account.address, "i"),
            "s": _secret(account.address, "s"),
            "a": account.address,
            "n": account.config.get("displayname", ""),
        }
        if chat_id is not None:
            fields |= {"x": f"fake-group-{chat_id}", "g": account.find_chat(chat_id).name}
        query = "&".join(f"{key}={quote(value)}" for key, value in fields.items())
        return f"https://{INVITE_HOST}/#{_fingerprint(account.address)}&v=3&{query}"

    def check_qr(self, account_id: AccountId, qr_content: str) -> Qr:
        account = self._world.account(account_id)
        scheme, _, rest = qr_content.partition(":")
        if scheme.lower() == "dcaccount":
            return QrAccount(domain=(urlsplit(rest).hostname or rest.strip("/")))
        if scheme.lower() == "dclogin":
            return QrLogin(address=rest.removeprefix("//").partition("?")[0].strip("/"))
        if invite := _read_invite(qr_content):
            return _own_qr(invite) if invite.address == account.address else _qr(account, invite)
        return QrUrl(url=qr_content) if rest.startswith("//") else QrText(text=qr_content)

    def secure_join(self, account_id: AccountId, qr: str) -> ChatId:
        joiner = self._world.account(account_id)
        invite = _read_invite(qr)
        if invite is None:
            joiner.emit(Error(msg="QR process failed"))
            raise Refusal("Unsupported QR type")
        inviter = joiner.contact(invite.address, name=invite.name)
        chat_id = inviter.chat.id
        for account in self._world.accounts.values():
            # Nobody answers for an address that is no account here, or is not online.
            if account.address == invite.address and account.io_running and joiner.io_running:
                chat_id = _shake_hands(joiner, account, inviter, invite)
        return chat_id


def _shake_hands(
    joiner: FakeAccount, account: FakeAccount, inviter: FakeContact, invite: _Invite
) -> ChatId:
    joiner.emit(SecurejoinJoinerProgress(contact_id=inviter.id, progress=AUTH_SENT))
    guest = account.contact(joiner.address, name=joiner.config.get("displayname", ""))
    guest.is_bot, inviter.is_bot = joiner.is_bot, account.is_bot
    chat = inviter.chat
    if invite.group_id:
        host_chat = account.find_chat(ChatId(int(invite.group_id.rpartition("-")[2])))
        guest.scan_invite(host_chat)
        chat = joiner.group(invite.group_name, [inviter])
    else:
        guest.scan_invite()
    joiner.emit(SecurejoinJoinerProgress(contact_id=inviter.id, progress=JOINED))
    return chat.id


def _read_invite(code: str) -> _Invite | None:
    parts = urlsplit(code)
    fingerprint, _, query = parts.fragment.partition("&")
    if parts.hostname != INVITE_HOST or not fingerprint:
        return None
    fields = {key: values[0] for key, values in parse_qs(query).items()}
    return _Invite(
        fingerprint=fingerprint,
        address=fields.get("a", ""),
        name=fields.get("n", ""),
        group_id=fields.get("x", ""),
        group_name=fields.get("g", ""),
        number=fields.get("i", ""),
        auth=fields.get("s", ""),
    )


def _qr(account: FakeAccount, invite: _Invite) -> Qr:
    contact_id = account.contact(invite.address, name=invite.name).id
    if not invite.group_id:
        return QrAskVerifyContact(
            contact_id=contact_id,
            fingerprint=invite.fingerprint,
            invitenumber=invite.number,
            authcode=invite.auth,
            is_v3=True,
        )
    return QrAskVerifyGroup(
        contact_id=contact_id,
        fingerprint=invite.fingerprint,
        invitenumber=invite.number,
        authcode=invite.auth,
        grpid=invite.group_id,
        grpname=invite.group_name,
        is_v3=True,
    )


def _own_qr(invite: _Invite) -> Qr:
    if not invite.group_id:
        return QrWithdrawVerifyContact(
            contact_id=SELF,
            fingerprint=invite.fingerprint,
            invitenumber=invite.number,
            authcode=invite.auth,
        )
    return QrWithdrawVerifyGroup(
        contact_id=SELF,
        fingerprint=invite.fingerprint,
        invitenumber=invite.number,
        authcode=invite.auth,
        grpid=invite.group_id,
        grpname=invite.group_name,
    )


def _fingerprint(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()[:40].upper()


def _secret(address: str, purpose: str) -> str:
    return hashlib.sha256(f"{purpose} {address}".encode()).hexdigest()[:24]
