"""The tree of errors, as it is drawn and as it is."""

from __future__ import annotations

import inspect

from vestnik import errors


def drawn() -> dict[str, str]:
    """Read the parent of each class off the drawing."""
    assert errors.__doc__ is not None
    parents: dict[str, str] = {}
    branch = ["VestnikError"]
    for line in errors.__doc__.splitlines():
        head, stem, rest = line.partition("── ")
        if stem:
            # Each level is drawn four characters to the right of the one above.
            depth = (len(head) - len("    ├")) // 4 + 1
            branch[depth:] = [rest.split()[0]]
            parents[branch[depth]] = branch[depth - 1]
    return parents


def test_the_drawing_shows_every_class_below_its_parent() -> None:
    classes = inspect.getmembers(errors, inspect.isclass)
    real = {name: kind.__base__.__name__ for name, kind in classes if kind.__base__ is not None}
    assert real.pop("VestnikError") == "Exception"
    assert drawn() == real


def test_every_class_can_be_imported_by_name() -> None:
    assert sorted({*drawn(), "VestnikError"}) == errors.__all__
