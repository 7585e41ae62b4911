"""An operation of the REST API as data: from it come the route, the checks and the document."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from types import UnionType
from typing import NamedTuple, TypeVar
from urllib.parse import parse_qsl

import msgspec

from vestnik.gateway import Scope
from vestnik.web.asked import Nothing
from vestnik.web.call import Call
from vestnik.web.http import Answer, Problem, everybodys

__all__ = ["Operation", "decoder_of", "operation", "raw_operation", "read_query"]

Asked = TypeVar("Asked")
Given = TypeVar("Given")


class Operation(NamedTuple):
    """What can be asked of the API.

    Attributes:
        name: What generated clients call it.
        scopes: One of these the token must be good for; if there is none, any will do.
        is_public: No token is needed.
        is_operators: Only an operator's token will do.
        bodies: What the body may be; empty if there is none.
        query: What may stand behind the question mark.
        answer: What comes back; ``None`` if nothing does.
        errors: The statuses that are not a success.
        is_patient: The answer may come much later, and is given up when the client goes away.
        takes_key: A header can keep it from being done twice.
        may_say_nothing: There are cases where nothing comes back, with 204.
        takes_file: The body is a file, taken in by an app of its own while it comes.
    """

    method: str
    path: str
    name: str
    summary: str
    scopes: tuple[Scope, ...]
    is_public: bool
    is_operators: bool
    bodies: tuple[type, ...]
    query: type | None
    answer: type | UnionType | None
    status: int
    errors: tuple[int, ...]
    run: Callable[[Call], Awaitable[Answer]]
    is_patient: bool = False
    takes_key: bool = False
    may_say_nothing: bool = False
    takes_file: bool = False

    @property
    def needs_body(self) -> bool:
        """Whether there has to be a JSON body."""
        return bool(self.bodies)


def operation(
    method: str,
    path: str,
    handler: Callable[[Call, Asked], Awaitable[Given]],
    summary: str,
    *,
    asks: type[Asked],
    gives: type[Given],
    scopes: tuple[Scope, ...] = (Scope.MANAGE,),
    is_operators: bool = False,
    is_public: bool = False,
    status: int = 200,
    errors: tuple[int, ...] = (),
    bodies: tuple[type, ...] | None = None,
    decode: Callable[[bytes], Asked] | None = None,
    is_patient: bool = False,
    takes_key: bool = False,
    takes_file: bool = False,
) -> Operation:
    """Describe an operation.

    Args:
        asks: What the handler wants to know: the query of a GET, or of a request whose body is a
            file; the body of all others.
        gives: What the handler returns.
        errors: Statuses beyond those that follow from the rest.
        bodies: What the body may be, if that cannot be told from `asks`.
        decode: How the body is read, if not straight into `asks`.
        is_patient: Whether the answer may come much later, and nobody needs it who has gone.
        takes_key: Whether a header can keep it from being done twice.
        takes_file: Whether the body is a file, which the handler never sees.
    """
    has_query = method == "GET" or takes_file
    read = decode or decoder_of(asks)
    encoder = msgspec.json.Encoder()

    async def run(call: Call) -> Answer:
        asked = read_query(call.query, asks) if has_query else read(call.body)
        given = await handler(call, asked)
        body = b"" if status == 204 else encoder.encode(given)
        return everybodys(body) if is_public else Answer(status, body)

    if bodies is None:
        bodies = () if has_query or asks is Nothing else (asks,)
    return Operation(
        method=method,
        path=path,
        name=handler.__name__,
        summary=summary,
        scopes=() if is_public else scopes,
        is_public=is_public,
        is_operators=is_operators,
        bodies=bodies,
        query=asks if has_query and asks is not Nothing else None,
        answer=None if status == 204 else gives,
        status=status,
        errors=(400, 500) if is_public else _errors(method, path, bodies, errors),
        run=run,
        is_patient=is_patient,
        takes_key=takes_key,
        takes_file=takes_file,
    )


def raw_operation(
    method: str,
    path: str,
    run: Callable[[Call], Awaitable[Answer]],
    summary: str,
    *,
    gives: type | UnionType,
    scopes: tuple[Scope, ...],
    bodies: tuple[type, ...] = (),
    takes_key: bool = False,
    may_say_nothing: bool = False,
    errors: tuple[int, ...] = (),
) -> Operation:
    """Describe an operation whose bodies are read and written elsewhere."""
    return Operation(
        method=method,
        path=path,
        name=run.__name__,
        summary=summary,
        scopes=scopes,
        is_public=False,
        is_operators=False,
        bodies=bodies,
        query=None,
        answer=gives,
        status=200,
        errors=_errors(method, path, bodies, errors),
        run=run,
        takes_key=takes_key,
        may_say_nothing=may_say_nothing,
    )


def _errors(
    method: str, path: str, bodies: tuple[type, ...], more: tuple[int, ...]
) -> tuple[int, ...]:
    found = {400, 401, 403, 429, 500, 503, *more}
    if "{" in path:
        found.add(404)
    if method != "GET":
        found.update((408, 413, 422))
    if bodies:
        found.add(415)
    return tuple(sorted(found))


def decoder_of(asks: type[Asked]) -> Callable[[bytes], Asked]:
    """Make what reads a body; where nothing is asked, an empty one will do, too."""
    decoder = msgspec.json.Decoder(asks)
    may_be_empty = _may_be_empty(asks)

    def decode(body: bytes) -> Asked:
        try:
            return decoder.decode(b"{}" if may_be_empty and not body else body)
        except msgspec.ValidationError as error:
            raise Problem(422, f"{error}.") from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Problem(400, f"The body is no JSON that is understood: {error}.") from None

    return decode


def _may_be_empty(asks: object) -> bool:
    if not isinstance(asks, type) or not issubclass(asks, msgspec.Struct):
        return False
    return not any(field.required for field in msgspec.structs.fields(asks))


def read_query(query: bytes, asks: type[Asked]) -> Asked:
    """Read what stands behind the question mark.

    Raises:
        Problem: It is not understood.
    """
    try:
        pairs = parse_qsl(
            query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=16
        )
    except ValueError:
        raise Problem(400, "What stands behind the question mark is not understood.") from None
    if len(dict(pairs)) != len(pairs):
        raise Problem(400, "Something stands twice behind the question mark.")
    try:
        return msgspec.convert(dict(pairs), asks, strict=False)
    except msgspec.ValidationError as error:
        raise Problem(400, f"The query is not understood: {error}.") from None
