"""Packages that bring in their parts when they are asked for."""

from __future__ import annotations

from importlib import import_module

import pytest


@pytest.mark.parametrize(
    "name", ["vestnik.app.serve", "vestnik.gateway", "vestnik.terminal", "vestnik.web"]
)
def test_every_public_name_is_there_and_no_other(name: str) -> None:
    package = import_module(name)
    assert sorted(package._HOMES) == sorted(package.__all__)
    for public in package.__all__:
        assert hasattr(package, public), public
    with pytest.raises(AttributeError, match=f"module '{name}' has no attribute 'nonsense'"):
        _ = package.nonsense
