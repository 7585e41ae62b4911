"""Two bots of two owners, with messages, files and settings: nothing of one comes to the other."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import pytest

from tests.bridge.calls.test_isolation import arguments
from tests.e2e.bridge.hosted import HostedBot, add_bot
from tests.e2e.gateway.process import Gateway
from tests.e2e.gateway.raw import talking
from tests.e2e.test_hosted_bot import Program, Somebody
from vestnik.bridge.calls.arguments import FILES, FilePlace
from vestnik.bridge.calls.convenient import CONVENIENT
from vestnik.bridge.calls.problems import RpcCode
from vestnik.bridge.calls.signatures import core_signatures
from vestnik.bridge.calls.table import ALLOWED
from vestnik.bridge.files.keys import LINKS, derive_key
from vestnik.bridge.files.links import Links
from vestnik.ids import AccountId, MessageId
from vestnik.relay import Relay
from vestnik.testing import FakeClock, LiveAccount
from vestnik.testing.plugin import NewAccount
from vestnik.web import OPERATIONS

pytestmark = pytest.mark.timeout(90)

SIGNATURES = core_signatures()
READING = [
    name
    for name in ALLOWED
    if name.startswith(("get_", "batch_get_", "message_ids_", "search_", "lookup_", "make_vcard"))
]
QUESTIONS = [one for one in OPERATIONS if one.method == "GET"]
TRICKS = (
    "{canary}",
    "file://{canary}",
    "../canary.txt",
    "../../../canary.txt",
    "accounts/../canary.txt",
    "fil_../../canary.txt",
    "fil_..%2f..%2fcanary.txt",
    "{upload}/../../../canary.txt",
    "{upload}/{canary}",
    "{upload}\0{canary}",
    "{uploads}/{upload}",
    "{foreign}",
    "$BLOBDIR/../../../canary.txt",
)
"""What a program could say where the id of an upload belongs."""

NOT_DONE = {RpcCode.NO_FILE, RpcCode.BAD_PARAMS, RpcCode.REFUSED}


class Party(NamedTuple):
    """A bot with its program, the person who wrote to it, and what is only theirs."""

    bot: HostedBot
    program: Program
    person: LiveAccount
    somebody: Somebody
    message: dict[str, Any]
    canaries: Sequence[str]

    @property
    def ids(self) -> dict[str, int]:
        """The ids of the core for all that is theirs, by the names of parameters."""
        message, chat = self.message["id"], self.message["chat"]["id"]
        contact = self.message["sender"]["id"]
        return {"messageId": message, "msgId": message, "chatId": chat, "contactId": contact}


class Parties(NamedTuple):
    """Anna's bot, of which Boris's is to learn nothing."""

    anna: Party
    boris: Party


@pytest.fixture
async def parties(
    gateway: Gateway,
    http: aiohttp.ClientSession,
    relay: Relay,
    new_account: NewAccount,
    tmp_path: Path,
) -> Parties:
    made = []
    for name in ("anna", "boris"):
        bot = await add_bot(gateway, relay, name, f"bot-of-{name}")
        person = await new_account(name=f"person-of-{name}")
        somebody, program = Somebody(person), Program(http, gateway, bot.token)
        letter = tmp_path / f"file-of-{name}.txt"
        letter.write_text(f"content-of-{name}")
        await somebody.meet(bot.invite)
        await somebody.says(f"text-of-{name}", letter)
        (message,) = await program.messages()
        await program.call("set_config", key="ui.note", value=f"setting-of-{name}")
        canaries = [f"{what}-of-{name}" for what in ("person", "file", "text", "setting")]
        canaries += [bot.id.title(), person.address]
        made.append(Party(bot, program, person, somebody, message, canaries))
    return Parties(*made)


async def all_calls(party: Party, ids: dict[str, int]) -> str:
    """Ask for everything that a program can ask for, about the messages with some ids."""
    seen = ""
    for name in READING:
        given = dict(
            zip((one.name for one in SIGNATURES[name].parameters), arguments(name), strict=True)
        )
        given.pop("accountId", None)
        given |= {one: ids[one] for one in given if one in ids}
        given |= {f"{one}s": [ids[one]] for one in ids if f"{one}s" in given}
        given |= {"key": "ui.note"} if name == "get_config" else {}
        given |= {"keys": ["ui.note", "displayname"]} if name == "batch_get_config" else {}
        given |= {"query": "of"} if "query" in given else {}
        seen += json.dumps(await party.program.call(name, **given))
    return seen


async def all_pages(gateway: Gateway, party: Party, about: Party) -> str:
    """Ask for everything that is to be had by GET, about somebody's things."""
    seen = ""
    for operation in QUESTIONS:
        path = operation.path.format(
            owner=about.bot.owner,
            resource=about.bot.id,
            bot=about.bot.id,
            chat=about.ids["chatId"],
            token="tok_1",
            webhook="wh_1",
            delivery=1,
        )
        fields = getattr(operation.query, "__struct_fields__", ())
        asked = {"owner": about.bot.owner, "after": 0, "timeout": 0}
        for names in (("owner", "after", "timeout"), ("after", "timeout")):
            query = "&".join(f"{one}={asked[one]}" for one in names if one in fields)
            _, page = await gateway.ask("GET", f"{path}?{query}", token=party.bot.token)
            seen += json.dumps(page)
    return seen


async def all_told(gateway: Gateway, party: Party) -> str:
    """Hear everything on the WebSocket that it can be told from the beginning."""
    async with talking(gateway) as peer:
        epoch = (await peer.authenticate(party.bot.token, resume=True))["data"]["epoch"]
    seen = ""
    async with talking(gateway) as peer:
        await peer.authenticate(party.bot.token, resume={"epoch": epoch, "offset": 0})
        await peer.say("ping")
        while (said := await peer.hear())["event"] != "pong":
            seen += json.dumps(said)
    return seen


async def test_what_one_hears_and_asks_has_nothing_of_the_other(
    gateway: Gateway, parties: Parties
) -> None:
    anna, boris = parties
    seen = await all_told(gateway, boris)
    for ids in (anna.ids, boris.ids, dict.fromkeys(boris.ids, 11), dict.fromkeys(boris.ids, 12)):
        seen += await all_calls(boris, ids)
    seen += await all_pages(gateway, boris, anna)
    assert [one for one in anna.canaries if one in seen] == []

    seen = await all_told(gateway, anna) + await all_calls(anna, anna.ids)
    assert [one for one in anna.canaries if one not in seen] == []


async def test_what_names_the_others_account_changes_nothing_there(
    gateway: Gateway, parties: Parties
) -> None:
    anna, boris = parties
    for name, value in (("displayname", "Mallory"), ("ui.note", "Mallory")):
        params: dict[str, Any] = {"accountId": anna.bot.account, "key": name, "value": value}
        answer = await boris.program.call("set_config", **params)
        assert answer["error"]["code"] == RpcCode.BAD_PARAMS
    send = {"accountId": anna.bot.account, "chatId": anna.ids["chatId"], "text": "Mallory"}
    answer = await boris.program.call("misc_send_text_message", **send)
    assert answer["error"]["code"] == RpcCode.BAD_PARAMS
    await anna.program.call("answer", messageId=anna.message["id"], text="it is me")
    assert await anna.somebody.hears() == ["it is me"]
    assert "Mallory" not in await all_calls(anna, anna.ids)


async def upload(
    http: aiohttp.ClientSession, gateway: Gateway, bot: HostedBot, name: str = "x.png"
) -> str:
    headers = {"Authorization": f"Bearer {bot.token}"}
    url = f"{gateway.url}/api/v1/files"
    async with http.post(url, params={"name": name}, data=b"x", headers=headers) as answer:
        assert answer.status == 201, await answer.text()
        return str((await answer.json())["id"])


def with_file(party: Party, method: str, file: str) -> dict[str, Any]:
    """Return parameters in which a file stands."""
    ids = party.ids
    if method in CONVENIENT:
        own = CONVENIENT[method]
        assert own.file is not None
        wanted = {"text": "see", "name": "X"} | ids
        names = {one.name for one in own.parameters}
        return {one: wanted[one] for one in wanted if one in names} | {own.file: file}
    place = FILES[method]
    assert isinstance(place, FilePlace)
    parameters = [one.name for one in SIGNATURES[method].parameters]
    given = dict(zip(parameters, arguments(method), strict=True)) | {"accountId": None}
    given |= {one: ids[one] for one in given if one in ids}
    given |= {"key": "selfavatar"} if method == "set_config" else {}
    return given | {place.parameter: {place.member: file} if place.member else file}


async def test_no_path_takes_a_file_of_the_host(
    gateway: Gateway, http: aiohttp.ClientSession, parties: Parties
) -> None:
    anna, boris = parties
    canary = gateway.folder / "canary.txt"
    canary.write_text("the canary of the host")
    words = {
        "canary": canary,
        "upload": await upload(http, gateway, boris.bot),
        "uploads": gateway.folder / "uploads",
        "foreign": await upload(http, gateway, anna.bot),
    }
    takers = [name for name, one in FILES.items() if isinstance(one, FilePlace)]
    takers += [name for name, one in CONVENIENT.items() if one.file]
    done = []
    for method in takers:
        for trick in TRICKS:
            file = trick.format_map(words)
            answer = await boris.program.call(method, **with_file(boris, method, file))
            if answer.get("error", {}).get("code") not in NOT_DONE:
                done.append((method, trick, answer))
            assert "canary of" not in json.dumps(answer)
    assert done == []

    await boris.program.call("answer", messageId=boris.message["id"], text="the last word")
    assert await boris.somebody.hears() == ["the last word"]
    assert await boris.somebody.files() == []
    accounts = [one for one in (gateway.folder / "accounts").rglob("*") if one.is_file()]
    assert accounts
    assert [one for one in accounts if b"canary of the host" in one.read_bytes()] == []


async def test_a_files_own_name_leads_nowhere(
    gateway: Gateway, http: aiohttp.ClientSession, parties: Parties
) -> None:
    boris = parties.boris
    for name in ("../../escape.txt", "/tmp/escape.txt", "..\\escape.txt", "escape.txt\0.png"):
        kept = await upload(http, gateway, boris.bot, name)
        key = f"file {name!r}"
        params = {"messageId": boris.message["id"], "file": kept, "text": key}
        request = {"jsonrpc": "2.0", "id": 1, "method": "answer", "params": params, "key": key}
        status, answer = await gateway.ask("POST", "/rpc", request, token=boris.bot.token)
        assert status == 200
        assert "result" in answer, answer
    await boris.somebody.hears(4)
    assert await boris.somebody.files() == [b"x"] * 4
    inside = {gateway.folder / "accounts", gateway.folder / "uploads"}
    escaped = [
        one
        for one in gateway.folder.parent.rglob("*escape*")
        if not inside.intersection(one.parents)
    ]
    assert escaped == []


async def test_only_a_whole_and_fresh_link_of_a_bot_that_is_there_opens_a_file(
    gateway: Gateway, http: aiohttp.ClientSession, parties: Parties
) -> None:
    anna, boris = parties
    url = anna.message["file"]["url"]
    base, _, text = url.rpartition("/")

    async def fetch(link: str) -> tuple[int, bytes]:
        async with http.get(f"{base}/{link}") as answer:
            return answer.status, await answer.read()

    assert await fetch(text) == (200, b"content-of-anna")
    forged = [
        text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :] for at in range(len(text))
    ]
    forged += [text[:-1], text + "A", text + "=", "", "..", "%2e%2e%2fcanary.txt", text[:20] * 3]
    key = (gateway.folder / "secrets.key").read_bytes()
    account, message = AccountId(anna.bot.account), MessageId(anna.message["id"])
    clock = FakeClock()
    real = Links(derive_key(key, LINKS), lambda: "", 60, clock)
    expired = real.link(account, message)
    another = Links(derive_key(key, "another purpose"), lambda: "", 10**9, clock)
    forged.append(another.link(account, message))
    forged += [expired]
    for link in forged:
        status, body = await fetch(link.rpartition("/")[2])
        assert status in (404, 405), link
        assert b"content-of" not in body

    assert (await gateway.ask("DELETE", f"/bots/{anna.bot.id}"))[0] == 204
    status, body = await fetch(text)
    assert status == 404
    assert b"content-of" not in body
    boriss = boris.message["file"]["url"].rpartition("/")[2]
    assert await fetch(boriss) == (200, b"content-of-boris")
