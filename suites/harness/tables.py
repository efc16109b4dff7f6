"""Lists that users write, as TOML files of tables: parsed strictly, with what was meant."""

import difflib
import re
import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import TypeVar, get_args, get_type_hints

import msgspec

Listed = TypeVar("Listed", bound=msgspec.Struct)

UNKNOWN = re.compile(r"unknown field `(\w+)`")
"""How msgspec names a key that there is not."""


def read_tables(path: Path, kind: type[Listed], problem: type[Exception]) -> Listed:
    """A whole file: ``kind`` has a field for each kind of table: a tuple of entries, or of texts.

    Raises ``problem`` for a file that cannot be read, is no TOML, or has what ``kind`` has not.
    """
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), kind)
    except OSError as error:
        raise problem(f"{path}: {error.strerror}.") from error
    except tomllib.TOMLDecodeError as error:
        raise problem(f"{path} is no TOML: {error}.") from error
    except msgspec.ValidationError as error:
        entries = {name: get_args(hint)[0] for name, hint in get_type_hints(kind).items()}
        structs = {name: one for name, one in entries.items() if issubclass(one, msgspec.Struct)}
        keys = {name: one.__struct_fields__ for name, one in structs.items()}
        unknown = UNKNOWN.search(str(error))
        known = [*entries, *(key for of_one in keys.values() for key in of_one)]
        hint = meant(unknown[1], known) if unknown else ""
        tables = "; ".join(f"a [[{name}]] has {', '.join(of_one)}" for name, of_one in keys.items())
        raise problem(f"{path}: {error}{hint}; {tables}.") from error


def meant(wrong: str, known: Collection[str]) -> str:
    """What was probably meant; nothing where nothing is close."""
    close = difflib.get_close_matches(wrong, known, n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""
