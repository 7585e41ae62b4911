"""From what a program gives to what the core takes: by position, the account bound; pure.

Rules, held by the property tests:

- Whatever is given, the first argument that the core sees is the token's own account.
- Everything that does not fit is one sentence, and the core never sees the call.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import TypeAlias

from vestnik.bridge.calls.conforming import fault
from vestnik.bridge.calls.problems import Problem, RpcCode
from vestnik.bridge.calls.signatures import Parameter, Signature, core_schemas
from vestnik.ids import AccountId

__all__ = ["ACCOUNT", "Given", "bind", "bind_as_given", "by_name"]

ACCOUNT = "accountId"
"""The parameter that a token decides."""

Given: TypeAlias = Sequence[object] | dict[str, object]
"""Parameters by position or by name."""


def bind(signature: Signature, given: Given, account: AccountId) -> list[object]:
    """Return what the core is to get of a bot's program.

    Args:
        signature: The method.
        given: What the program gave.
        account: The one account that its token is good for.

    Raises:
        Problem: It does not fit, or names another account.
    """
    # Who gives nothing at all may mean either.
    named = isinstance(given, dict) or not given
    arguments = list(_by_name(signature, given) if named else _by_position(signature, given))
    if signature.has_account:
        _check_account(arguments[0], account)
        arguments[0] = account
    for parameter, argument in zip(signature.parameters, arguments, strict=True):
        if found := fault(argument, parameter.schema, core_schemas(), parameter.name):
            raise _bad(found)
    return arguments


def bind_as_given(signature: Signature | None, given: Given) -> list[object]:
    """Return what the core is to get of the operator, who reaches all accounts.

    Args:
        signature: The method; ``None`` for one that only a newer core knows.
        given: What was given.

    Raises:
        Problem: The names or the number do not fit; all else the core says itself.
    """
    if signature is None and isinstance(given, dict):
        raise _bad("The names of its parameters are not known: give them by position.")
    if signature is None:
        return list(given)
    return list(
        _by_name(signature, given) if isinstance(given, dict) else _by_position(signature, given)
    )


def by_name(method: str, parameters: Sequence[Parameter], given: Given) -> dict[str, object]:
    """Return the checked parameters of a method that takes them by name alone.

    Raises:
        Problem: They do not fit.
    """
    if not isinstance(given, dict):
        if given:
            raise _bad(f"{method} takes its parameters by name: give an object.")
        given = {}
    _check_names(method, [one.name for one in parameters], given)
    for one in parameters:
        _check_is_there(method, one, given)
        if found := fault(given.get(one.name), one.schema, core_schemas(), one.name):
            raise _bad(found)
    return given


def _by_name(signature: Signature, given: Given) -> Sequence[object]:
    given = given if isinstance(given, dict) else {}
    _check_names(signature.name, [one.name for one in signature.parameters], given)
    for one in signature.parameters:
        if one.name != ACCOUNT:
            _check_is_there(signature.name, one, given)
    return [given.get(one.name) for one in signature.parameters]


def _by_position(signature: Signature, given: Given) -> Sequence[object]:
    wanted = signature.parameters
    missing = wanted[len(given) :]
    if len(given) > len(wanted) or not all(one.is_optional for one in missing):
        names = ", ".join(f"{one.name}{'?' if one.is_optional else ''}" for one in wanted)
        raise _bad(f"{signature.name} takes ({names}), not {len(given)} parameters.")
    return [*given, *(None for _ in missing)]


def _check_account(argument: object, account: AccountId) -> None:
    # A comparison alone would take true for 1.
    if argument is None or (type(argument) is int and argument == account):
        return
    raise _bad(
        "The token is good for one account alone: leave accountId out, or give null in its place."
    )


def _check_names(method: str, names: Sequence[str], given: dict[str, object]) -> None:
    for name in given:
        if name not in names:
            close = get_close_matches(name[:50], names, 1)
            hint = f"did you mean {close[0]}?" if close else f"it takes {', '.join(names)}."
            raise _bad(f"{method} has no parameter {name[:50]!r}: {hint}")


def _check_is_there(method: str, parameter: Parameter, given: dict[str, object]) -> None:
    if parameter.name not in given and not parameter.is_optional:
        raise _bad(f"{method} needs the parameter {parameter.name}.")


def _bad(sentence: str) -> Problem:
    return Problem(RpcCode.BAD_PARAMS, sentence)
