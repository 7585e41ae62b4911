"""Every way in, for the token of each: what it may, and what it may not."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from tests.e2e.bridge.hosted import HostedBot, add_bot, give
from tests.e2e.gateway.process import Gateway
from tests.e2e.gateway.raw import talking
from vestnik.bridge.calls.problems import RpcCode
from vestnik.relay import Relay
from vestnik.web import OPERATIONS
from vestnik.wire import ErrorCode

pytestmark = pytest.mark.timeout(60)

ACCOUNT = 1
"""Of Anna's bot, which is the first."""

WHO = ("nobody", "other", "stranger", "own", "owner", "operator", "core")
"""In this order they try, so that those who may not come first.

`own` is the token of Anna's bot and `owner` Anna's; `other` and `stranger` are Boris's. `core` is
the operator's with nothing but that scope.
"""


class Row(NamedTuple):
    """What is asked of Anna's things, and how each is answered."""

    method: str
    path: str
    statuses: str
    body: object = None


RPC = {"jsonrpc": "2.0", "id": 1, "method": "get_account_info", "params": [ACCOUNT]}
PUBLISH = {"type": 1, "resource": "annas"}
CODE = "dclogin:x@relay.localhost?p=x&v=1"

TABLE: dict[str, Row] = {
    "list_notify_types": Row("GET", "/notify-types", "200 200 200 200 200 200 200"),
    "read_me": Row("GET", "/me", "401 200 200 200 200 200 200"),
    "describe_methods": Row("GET", "/openrpc.json", "401 200 403 200 403 200 200"),
    "call_methods": Row("POST", "/rpc", "401 200 403 200 403 200 200", RPC),
    "upload_file": Row("POST", "/files?name=x.txt", "401 201 403 201 403 403 403", "x"),
    "publish_notifications": Row("POST", "/notifications", "401 403 404 403 202 202 403", PUBLISH),
    "list_notifications": Row("GET", "/notifications?owner=anna", "401 404 404 200 200 200 403"),
    "list_updates": Row(
        "GET", "/updates?owner=anna&after=0&timeout=0", "401 404 404 200 200 200 403"
    ),
    "list_owners": Row("GET", "/owners", "401 403 403 403 403 200 403"),
    "create_owner": Row(
        "POST", "/owners", "401 403 403 403 403 409 403", {"name": "X", "id": "anna"}
    ),
    "read_owner": Row("GET", "/owners/{owner}", "401 403 404 403 200 200 403"),
    "change_owner": Row("PATCH", "/owners/{owner}", "401 403 404 403 200 200 403", {"name": "X"}),
    "list_resources": Row("GET", "/resources?owner=anna", "401 403 404 403 200 200 403"),
    "create_resource": Row(
        "POST", "/resources", "401 403 404 403 201 201 403", {"name": "X", "owner": "anna"}
    ),
    "read_resource": Row("GET", "/resources/{resource}", "401 403 404 403 200 200 403"),
    "change_resource": Row(
        "PATCH", "/resources/{resource}", "401 403 404 403 200 200 403", {"name": "X"}
    ),
    "list_tokens": Row("GET", "/tokens?owner=anna", "401 403 404 403 200 200 403"),
    "create_token": Row(
        "POST", "/tokens", "401 403 404 403 201 201 403", {"scopes": ["notify"], "owner": "anna"}
    ),
    "read_token": Row("GET", "/tokens/{token}", "401 403 404 403 200 200 403"),
    "regenerate_token": Row("POST", "/tokens/{token}/regenerate", "401 403 404 403 200 200 403"),
    "list_webhooks": Row("GET", "/webhooks?owner=anna", "401 403 404 403 200 200 403"),
    "create_webhook": Row(
        "POST",
        "/webhooks",
        "401 403 404 403 201 201 403",
        {"url": "http://127.0.0.1:9/", "owner": "anna"},
    ),
    "read_webhook": Row("GET", "/webhooks/{webhook}", "401 403 404 403 200 200 403"),
    "change_webhook": Row(
        "PATCH", "/webhooks/{webhook}", "401 403 404 403 200 200 403", {"retries": False}
    ),
    "test_webhook": Row("POST", "/webhooks/{webhook}/test", "401 403 404 403 200 200 403"),
    "enable_webhook": Row("POST", "/webhooks/{webhook}/enable", "401 403 404 403 200 200 403"),
    "regenerate_webhook_token": Row(
        "POST", "/webhooks/{webhook}/token", "401 403 404 403 200 200 403", {}
    ),
    "list_attempts": Row("GET", "/webhooks/{webhook}/deliveries", "401 403 404 403 200 200 403"),
    "read_attempt": Row("GET", "/deliveries/{delivery}", "401 403 404 403 200 200 403"),
    "resend_delivery": Row("POST", "/deliveries/{delivery}/resend", "401 403 404 403 422 422 403"),
    "list_bots": Row("GET", "/bots?owner=anna", "401 403 404 403 200 200 403"),
    "add_bot": Row(
        "POST",
        "/bots",
        "401 403 403 403 403 409 403",
        {"name": "X", "id": "annas", "owner": "anna", "code": CODE},
    ),
    "read_bot": Row("GET", "/bots/{bot}", "401 403 404 403 200 200 403"),
    "change_bot": Row("PATCH", "/bots/{bot}", "401 403 404 403 200 200 403", {"name": "X"}),
    "read_invite": Row("GET", "/bots/{bot}/invite", "401 403 404 403 200 200 403"),
    "invite_owner": Row("POST", "/owners/{owner}/chats", "401 403 404 403 404 404 403"),
    "list_chats": Row("GET", "/owners/{owner}/chats", "401 403 404 403 200 200 403"),
    "remove_chat": Row("DELETE", "/owners/{owner}/chats/{chat}", "401 403 404 403 404 404 403"),
    "read_service_bot": Row("GET", "/service-bot", "401 403 403 403 403 404 403"),
    "make_service_bot": Row(
        "POST", "/service-bot", "401 403 403 403 403 422 403", {"code": "nonsense"}
    ),
    "remove_service_bot": Row("DELETE", "/service-bot", "401 403 403 403 403 404 403"),
    # From here on things are gone: whoever may, does it, and who comes after finds nothing.
    "delete_webhook": Row("DELETE", "/webhooks/{webhook}", "401 403 404 403 204 404 403"),
    "delete_token": Row("DELETE", "/tokens/{token}", "401 403 404 403 204 404 403"),
    "delete_resource": Row("DELETE", "/resources/spare", "401 403 404 403 204 404 403"),
    "remove_bot": Row("DELETE", "/bots/{bot}", "401 403 404 403 204 404 403"),
    "delete_owner": Row("DELETE", "/owners/{owner}", "401 403 403 401 403 204 403"),
}


async def tokens_of(gateway: Gateway, own: HostedBot, other: HostedBot) -> dict[str, str]:
    scopes = ["manage", "notify", "publish"]
    owner = await give(gateway, "/tokens", owner=own.owner, scopes=scopes)
    stranger = await give(gateway, "/tokens", owner=other.owner, scopes=scopes)
    core = await give(gateway, "/tokens", owner=None, scopes=["core"])
    return {
        "nobody": "vst_nobody",
        "other": other.token,
        "stranger": stranger["secret"],
        "own": own.token,
        "owner": owner["secret"],
        "operator": "",
        "core": core["secret"],
    }


def test_the_table_leaves_nothing_out() -> None:
    assert set(TABLE) == {operation.name for operation in OPERATIONS}


async def test_each_token_may_what_the_table_says(gateway: Gateway, relay: Relay) -> None:
    own = await add_bot(gateway, relay, "anna", "annas")
    other = await add_bot(gateway, relay, "boris", "boriss")
    tokens = await tokens_of(gateway, own, other)
    webhook = (await give(gateway, "/webhooks", owner="anna", url="http://127.0.0.1:9/"))["webhook"]
    token = (await give(gateway, "/tokens", owner="anna", scopes=["notify"]))["token"]
    await gateway.ask("POST", f"/webhooks/{webhook['id']}/test")
    await give(gateway, "/resources", owner="anna", id="spare", name="Spare")
    names = {
        "owner": "anna",
        "resource": "annas",
        "bot": "annas",
        "chat": "12",
        "webhook": webhook["id"],
        "token": token["id"],
        "delivery": "1",
    }
    found, expected = {}, {}
    for name, row in TABLE.items():
        path = row.path.format(**names)
        statuses = []
        for who in WHO:
            status, _ = await gateway.ask(row.method, path, row.body, token=tokens[who] or None)
            statuses.append(str(status))
        found[name], expected[name] = " ".join(statuses), row.statuses
    assert found == expected


ORDERS = {
    "nobody": None,
    "other": RpcCode.BAD_PARAMS,
    "stranger": ErrorCode.BAD_REQUEST,
    "own": 0,
    "owner": ErrorCode.BAD_REQUEST,
    "operator": None,
    "core": 0,
}
"""How it ends when they give an order to Anna's bot; `None` is not let in at all."""

LET_IN = {*WHO} - {"nobody", "operator"}
"""Whom the WebSocket lets in: where `notify` is among the scopes, it takes an owner."""


async def test_each_token_gives_the_orders_it_may_on_the_websocket(
    gateway: Gateway, relay: Relay
) -> None:
    own = await add_bot(gateway, relay, "anna", "annas")
    other = await add_bot(gateway, relay, "boris", "boriss")
    assert (own.account, other.account) == (ACCOUNT, ACCOUNT + 1)
    tokens = await tokens_of(gateway, own, other)
    tokens["operator"] = gateway.operators_token
    found: dict[str, int | None] = {}
    let_in = set()
    for who in WHO:
        async with talking(gateway) as peer:
            hello = await peer.authenticate(tokens[who])
            if hello["event"] != "hello":
                found[who] = None
                continue
            let_in.add(who)
            await peer.say("rpc", RPC)
            answer = await peer.hear()
            said = answer["data"] if answer["event"] == "error" else answer["data"].get("error")
            found[who] = said["code"] if said else 0
    assert found == ORDERS
    assert let_in == LET_IN
