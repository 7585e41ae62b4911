"""What `vestnik.testing` offers exists, and costs nothing until it is used."""

import ast
import inspect
import subprocess
import sys

import pytest

from vestnik import testing


def test_every_public_name_is_there() -> None:
    there = {name: getattr(testing, name) for name in testing.__all__}
    named = {name: value.__name__ for name, value in there.items() if not name.isupper()}
    assert named == {name: name for name in named}
    assert all(name.endswith("_CHECKS") for name in there.keys() - named.keys())


def test_type_checkers_see_the_same_names() -> None:
    tree = ast.parse(inspect.getsource(testing))
    imported = {
        alias.asname
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname
    }
    assert imported == set(testing.__all__)
    assert sorted(testing.__all__) == sorted(set(testing.__all__))


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'FakeRelay'"):
        _ = testing.FakeRelay


def test_loading_the_plugin_loads_nothing_else_of_vestnik() -> None:
    code = (
        "import sys, vestnik.testing.plugin;"
        "print(sorted(n for n in sys.modules if n.startswith(('vestnik', 'msgspec', 'uvloop'))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    needed = ["vestnik", "vestnik.lazily", "vestnik.testing", "vestnik.testing.plugin"]
    assert ast.literal_eval(done.stdout) == needed
