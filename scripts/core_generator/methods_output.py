"""Writes the core's methods as asynchronous Python methods."""

from __future__ import annotations

from core_generator import prose
from core_generator.ids import ID_TYPES
from core_generator.model import Core, Method, Name, Param, names_in
from core_generator.struct_source import HEADER, all_source

__all__ = ["render_methods"]

_CLASS = '''
class CoreMethods(ABC):
    """Every method of the core; `_call` is the way to it.

    Parameters are the core's own. `timeout` is in seconds, `math.inf` waits as long as it takes;
    without it the method's own deadline holds. What a call can raise is a `CoreError`.
    """

    @abstractmethod
    async def _call(
        self, method: Method[T], params: tuple[object, ...], timeout: float | None
    ) -> T:
        """Call one method and return its decoded answer."""
'''


def render_methods(core: Core, source: str) -> str:
    """Write the module: what is known of each method, then the methods, then their table."""
    public = ["METHODS", "CoreMethods", *(method.constant for method in core.methods)]
    parts = [
        HEADER.format(title="The methods of the core.", source=source),
        _imports(core) + all_source(public) + '\n\nT = TypeVar("T")',
        "\n\n".join(map(_constant_source, core.methods)),
        _CLASS + "\n" + "\n\n".join(map(_method_source, core.methods)),
        _table_source(core),
    ]
    return "\n\n\n".join(parts)


def _imports(core: Core) -> str:
    mentioned = {name for method in core.methods for name in _names(method)}
    return f"""from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeVar

from typing_extensions import deprecated

from vestnik.chatmail._generated.events import Event
from vestnik.chatmail._generated.types import {", ".join(sorted(mentioned & core.schema_names))}
from vestnik.chatmail.method import Method, Param
from vestnik.ids import {", ".join(sorted(mentioned & set(ID_TYPES)))}

"""


def _names(method: Method) -> set[str]:
    types = (method.result, *(param.type for param in method.params))
    return {name for type_ in types for name in names_in(type_)}


def _constant_source(method: Method) -> str:
    arguments = [
        repr(method.name),
        _tuple_source(list(map(_param_source, method.params))),
        str(method.result),
        repr(str(method.result)),
        repr(prose.first_sentence(method.doc)),
    ]
    if method.deprecated:
        arguments.append(f"deprecated={method.deprecated!r}")
    if method.seconds != 60.0:
        arguments.append(f"seconds={method.seconds or 'math.inf'}")
    return f"{method.constant}: Method[{method.result}] = Method({', '.join(arguments)})"


def _param_source(param: Param) -> str:
    optional = ", True" if param.optional else ""
    return f"Param({param.name!r}, {str(param.type)!r}{optional})"


def _tuple_source(items: list[str]) -> str:
    """Write a tuple with the comma that makes one of a single item."""
    return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"


def _method_source(method: Method) -> str:
    params = [f"{param.name}: {param.type}{' = None' * param.optional}" for param in method.params]
    signature = ", ".join(["self", *params, "*", "timeout: float | None = None"])
    given = _tuple_source([param.name for param in method.params])
    call = f"await self._call({method.constant}, {given}, timeout)"
    returns_nothing = method.result == Name("None")
    lines = [
        f"    async def {method.name}({signature}) -> {method.result}:",
        prose.docstring(method.doc, 8),
        f"        {call}" if returns_nothing else f"        return {call}",
    ]
    if method.deprecated:
        lines.insert(0, f"    @deprecated({method.deprecated!r})")
    return "\n".join(lines)


def _table_source(core: Core) -> str:
    names = ", ".join(method.constant for method in core.methods)
    return (
        "METHODS: Mapping[str, Method[object]] = MappingProxyType(\n"
        f"    {{method.name: method for method in ({names})}}\n)\n"
        '"""Every method by its name."""\n'
    )
