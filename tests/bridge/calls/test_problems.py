"""What an error of ours is to whoever gave the order."""

from __future__ import annotations

import pytest

from vestnik.bridge.calls.problems import CODES, RpcCode, problem_of
from vestnik.errors import (
    BadInput,
    CallFailed,
    CallTimedOut,
    CoreDied,
    LedgerFailed,
    NotFound,
    OutboxClosed,
    StoreFailed,
    UnknownMethod,
    VestnikError,
)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (CallFailed("x", -1, "no"), RpcCode.CORE),
        (CallFailed("x", -32602, "no"), RpcCode.BAD_PARAMS),
        (CallFailed("x", -32700, "no"), RpcCode.BAD_PARAMS),
        (UnknownMethod("x"), RpcCode.NO_METHOD),
        (CoreDied(-9), RpcCode.UNKNOWN_OUTCOME),
        (CallTimedOut("x", 60), RpcCode.UNKNOWN_OUTCOME),
        (OutboxClosed("closed"), RpcCode.UNKNOWN_OUTCOME),
        (NotFound("no upload"), RpcCode.NO_FILE),
        (BadInput("no"), RpcCode.BAD_PARAMS),
        (LedgerFailed("no"), RpcCode.UNKNOWN_OUTCOME),
        (StoreFailed("no"), RpcCode.INTERNAL),
    ],
)
def test_every_error_has_its_code(error: VestnikError, code: RpcCode) -> None:
    assert problem_of(error).code == code
    assert problem_of(error).sentence


def test_the_cores_words_are_passed_on_as_they_are() -> None:
    assert problem_of(CallFailed("x", -1, "Message 5 not found")).sentence == "Message 5 not found"


def test_what_a_core_wrote_before_it_died_is_for_the_operator_alone() -> None:
    died = CoreDied(-9, ("panicked: swordfish",))

    assert "swordfish" not in problem_of(died).sentence
    assert "swordfish" in problem_of(died, hides_paths=False).sentence


def test_paths_are_for_the_operator_alone() -> None:
    refused = CallFailed("x", -1, "cannot open /srv/data/x")

    assert problem_of(refused).sentence == "cannot open (a file of the server)"
    assert problem_of(refused, hides_paths=False).sentence == "cannot open /srv/data/x"


def test_every_code_has_its_meaning() -> None:
    assert list(CODES) == list(RpcCode)
