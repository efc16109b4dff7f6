"""A machine as a JSON document, and back; docs/command-line.md has its fields.

The document has the attributes of `reference.spapr.machine.Machine`. Integers are exact, however
long; bytes are base64. Nothing is guessed: a key that is not known, a key that is there twice, a
value of another type are errors.
"""

import difflib
import json
import re
from collections.abc import Collection
from functools import cache
from typing import Any

import msgspec
from msgspec import inspect

from reference.spapr.capabilities import CAPABILITIES
from reference.spapr.machine import Machine


class DocumentRejected(Exception):
    """A text that is no machine: what is wrong, where in it, and what may have been meant."""


def write_machine(machine: Machine) -> str:
    """The document of ``machine``, on one line."""
    return json.dumps(msgspec.to_builtins(machine))


def read_machine(text: str) -> Machine:
    """The machine of a document; raises `DocumentRejected`.

    Whether a number fits its field is for the save to say.
    """
    try:
        document = json.loads(text, object_pairs_hook=_unique)
        machine = msgspec.convert(document, Machine)
    except msgspec.ValidationError as error:
        raise DocumentRejected(f"{error}.{_meant(str(error))}") from None
    except RecursionError:
        raise DocumentRejected("The document is nested too deeply.") from None
    except ValueError as error:
        raise DocumentRejected(f"This is no JSON: {error}.") from None
    for index, connector in enumerate(machine.connectors):
        if not 0 <= connector.drc_index < 1 << 32:
            raise DocumentRejected(
                f"{connector.drc_index} has more than 32 bits - "
                f"at `$.connectors[{index}].drc_index`."
            )
    names = [one.name for one in CAPABILITIES]
    for name in machine.capabilities:
        if name not in names:
            hint = _closest(name, names)
            raise DocumentRejected(f"Unknown capability `{name}` - at `$.capabilities`.{hint}")
    return machine


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys differ."""
    members = dict(pairs)
    if len(members) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise DocumentRejected(f"The key `{twice}` is there twice in one object.")
    return members


def _meant(problem: str) -> str:
    """The key that may have been meant, where ``problem`` is about one that is not known."""
    match = re.search(r"unknown field `(.*?)`(?: - at `\$(.*)`)?$", problem, re.DOTALL)
    if match is None:
        return ""
    attributes = re.findall(r"\.(\w+)", match[2] or "")
    return _closest(match[1], _fields().get(attributes[-1] if attributes else "", ()))


def _closest(name: str, names: Collection[str]) -> str:
    """A sentence with the one of ``names`` that may have been meant, or with all of them."""
    close = difflib.get_close_matches(name, names, n=1)
    return f" Did you mean `{close[0]}`?" if close else f" Use one of {', '.join(sorted(names))}."


@cache
def _fields() -> dict[str, tuple[str, ...]]:
    """The keys of each object in a document, by the attribute that it is found under."""
    found: dict[str, tuple[str, ...]] = {}

    def walk(attribute: str, kind: inspect.Type) -> None:
        if isinstance(kind, inspect.VarTupleType):
            walk(attribute, kind.item_type)
        elif isinstance(kind, inspect.StructType):
            found[attribute] = tuple(field.encode_name for field in kind.fields)
            for field in kind.fields:
                walk(field.name, field.type)

    walk("", inspect.type_info(Machine))
    return found
