"""Orders of a bot's program: what is allowed, for its own account, with uploads for files."""

from __future__ import annotations

from collections.abc import Hashable
from contextlib import nullcontext
from difflib import get_close_matches
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from vestnik.bridge.calls.arguments import check_arguments, check_code, file_places
from vestnik.bridge.calls.binding import bind, by_name
from vestnik.bridge.calls.convenient import CONVENIENT, Convenient
from vestnik.bridge.calls.envelope import Request
from vestnik.bridge.calls.hiding import hidden, holds_paths
from vestnik.bridge.calls.plan import Plan, seconds_of
from vestnik.bridge.calls.problems import Problem, RpcCode, check_length
from vestnik.bridge.calls.sending import Sending, key_of
from vestnik.bridge.calls.signatures import Signature, core_signatures
from vestnik.bridge.calls.table import ALLOWED, REFUSED, Allowed
from vestnik.bridge.calls.unpacking import Unpacking
from vestnik.bridge.model import Hosted
from vestnik.bridge.registry import Registry
from vestnik.ids import AccountId, ResourceId

if TYPE_CHECKING:
    from vestnik.bridge.calls.convenience import Convenience
    from vestnik.bridge.files.links import Links
    from vestnik.bridge.files.uploads import Uploads
    from vestnik.chatmail import Core

__all__ = ["BotOrders"]

DRAFT = "misc_set_draft"
FILENAME = 4
"""Where `misc_set_draft` takes the name of its file."""


_SAID = ("filename", "viewType", "viewtype")
"""What a program may say that a file is."""


class _Code(msgspec.Struct):
    kind: str


class BotOrders:
    """Understands and carries out what the programs of bots ask.

    Args:
        core: What does it.
        registry: The bots there are.
        sending: What sends.
        convenience: What carries out the calls of our own.
        uploads: The files that can be sent.
        links: Makes links to files of messages.
        unpacking: Looks at apps before the core does.
    """

    def __init__(
        self,
        core: Core,
        registry: Registry,
        sending: Sending,
        convenience: Convenience,
        uploads: Uploads,
        links: Links,
        unpacking: Unpacking,
    ) -> None:
        self._core = core
        self._registry = registry
        self._sending = sending
        self._convenience = convenience
        self._uploads = uploads
        self._links = links
        self._unpacking = unpacking

    def plan(self, bot: ResourceId, request: Request) -> Plan:
        """Understand an order.

        Raises:
            Problem: It cannot be carried out, and the core does not hear of it.
        """
        hosted = self._registry.of_bot(bot)
        if hosted is None:
            raise Problem(
                RpcCode.REFUSED,
                f"No bot of this server belongs to the resource {bot!r}: it was removed, or has "
                "yet to be added.",
            )
        own = CONVENIENT.get(request.method)
        return self._of_ours(hosted, own, request) if own else self._of_core(hosted, request)

    def _of_ours(self, hosted: Hosted, own: Convenient, request: Request) -> Plan:
        _check_key(own.is_send, request)
        given = by_name(own.name, own.parameters, request.params)
        chat = None if own.chat is None else given.get(own.chat)
        message = None if own.message is None else given.get(own.message)
        call = partial(self._convenience.call, own.name, hosted, given, request.key)
        # What changes the bot itself keeps its order, too.
        is_change = own.name.startswith("set")
        lane = (hosted.account, own.name) if is_change else _lane(hosted, chat, message)
        return Plan(hosted.bot, lane, call)

    def _of_core(self, hosted: Hosted, request: Request) -> Plan:
        allowed = _allowed(request.method)
        _check_key(allowed.is_send, request)
        signature = core_signatures()[request.method]
        arguments = bind(signature, request.params, hosted.account)
        check_arguments(request.method, arguments)
        given = _named(signature, arguments)
        chat = None if allowed.chat is None else given[allowed.chat]
        message = None if allowed.message is None else given[allowed.message]
        mails = given[allowed.mails] if isinstance(allowed.mails, str) else allowed.mails
        call = partial(
            self._carry,
            hosted,
            signature,
            arguments,
            request.key,
            len(mails) if isinstance(mails, list) else int(str(mails)),
        )
        return Plan(hosted.bot, _lane(hosted, chat, message), call)

    async def _carry(
        self,
        hosted: Hosted,
        signature: Signature,
        arguments: list[object],
        key: str | None,
        mails: int,
    ) -> bytes:
        method, account = signature.name, hosted.account
        given = _named(signature, arguments)
        name = await self._fetch_file(hosted, signature, arguments)
        await self._unpacking.check_call(account, method, given)
        if ALLOWED[method].is_send:
            return await self._sending.call(account, method, arguments, key_of(key), name)
        if method == "set_config_from_qr":
            seen = await self._core.request_raw("check_qr", tuple(arguments))
            check_code(msgspec.json.decode(seen, type=_Code).kind)
        if method == DRAFT and name:
            arguments[FILENAME] = arguments[FILENAME] or name
        self._sending.note(account, mails)
        async with self._unpacking.turn(account) if name else nullcontext():
            answer = await self._core.request_raw(method, tuple(arguments), seconds_of(method))
        return self._shown(account, method, answer)

    def _shown(self, account: AccountId, method: str, answer: msgspec.Raw) -> bytes:
        """Make of the core's answer what a program may see of it."""
        check_length(answer)
        if not holds_paths(method):
            return bytes(answer)
        return hidden(answer, partial(self._links.link, account))

    async def _fetch_file(
        self, hosted: Hosted, signature: Signature, arguments: list[object]
    ) -> str:
        """Put the path of an upload where its id stands, and return its name."""
        place = file_places(signature, arguments)
        if place is None:
            return ""
        index, member = place
        around = arguments[index]
        upload = await self._uploads.find(
            hosted.bot, str(around[member] if isinstance(around, dict) and member else around)
        )
        said = {**_named(signature, arguments), **(around if isinstance(around, dict) else {})}
        await self._unpacking.check_upload(upload, *(said.get(one) for one in _SAID))
        path = str(upload.path)
        arguments[index] = {**around, member: path} if isinstance(around, dict) and member else path
        return upload.name


def _named(signature: Signature, arguments: list[object]) -> dict[str, object]:
    return dict(zip((one.name for one in signature.parameters), arguments, strict=True))


def _lane(hosted: Hosted, chat: object, message: object) -> Hashable | None:
    if chat is not None:
        return (hosted.account, "chat", chat)
    return None if message is None else (hosted.account, "message", message)


def _allowed(method: str) -> Allowed:
    if (allowed := ALLOWED.get(method)) is not None:
        return allowed
    if (reason := REFUSED.get(method)) is not None:
        raise Problem(RpcCode.REFUSED, f"{method} is not for a bot's token. {reason}")
    close = get_close_matches(method[:50], [*CONVENIENT, *ALLOWED], 1)
    hint = f"did you mean {close[0]}?" if close else "`/api/v1/openrpc.json` tells all there are."
    raise Problem(RpcCode.NO_METHOD, f"A bot's token knows no method {method[:50]!r}: {hint}")


def _check_key(is_send: bool, request: Request) -> None:
    if request.key is not None and not is_send:
        raise Problem(
            RpcCode.BAD_PARAMS,
            f"A key is for calls that send a message: {request.method} would be done again by the "
            "same key, so give none.",
        )
