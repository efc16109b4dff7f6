"""Finding an adapter by its name, ``module:attribute``, and checking it before any test runs."""

import difflib
import importlib
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeGuard, TypeVar

from adapters.driven import DrivenAdapter, Plugged
from adapters.protocol import Ability, Adapter, AdapterError, Implementation, Support
from adapters.qemu.devices.configuration import is_about_devices
from adapters.qemu.program import SCHEME
from reference.compatibility.table import ASPECTS
from reference.spapr.versions import UnknownStreamVersion, stream_version

Described = TypeVar("Described", Implementation, Plugged)

DEFAULT_ADAPTER = "adapters.reference:ReferenceAdapter"
DEFAULT_ADAPTERS = (DEFAULT_ADAPTER, "adapters.reference_devices:ReferenceDevices")
"""Who is tested where nobody is named: the reference of each suite."""
METHODS = ("describe", "save", "load")
DRIVEN_METHODS = ("describe", "start", "load")
"""Those of an adapter of machines without a model, which is told by its ``start``."""
FURTHER = {Ability.CALL: ("call",), Ability.FIT: ("fitted", "devices")}
"""The methods that come with an ability."""
ASPECT_NAMES = {one.name for one in ASPECTS}


def check_names(names: Sequence[str]) -> None:
    """Raise `AdapterError` for a name that is given twice: nobody could tell the two apart."""
    for name in names:
        if names.count(name) > 1:
            raise AdapterError(
                f"adapter {name!r} is named twice; name each build once, or tell them apart by "
                "their options, such as cpu= and version=."
            )


def is_driven(adapter: Any) -> TypeGuard[DrivenAdapter]:
    """Whether an adapter is one of machines without a model (`adapters.driven`)."""
    return hasattr(adapter, "start")


def load_adapter(name: str, directory: Path) -> Adapter | DrivenAdapter:
    """The adapter called ``name``: ``module:attribute``, modules relative to ``directory`` too.

    The attribute is an adapter, or a class or function without arguments that makes one. A name
    that begins with ``qemu:`` is that of a real QEMU (`adapters.qemu.program.program`). Raises
    `AdapterError`, also for what `declared` finds.
    """
    if name.startswith(SCHEME) and is_about_devices(name):
        from adapters.qemu.devices.adapter import QemuDevices  # noqa: PLC0415 -- nobody else needs QMP

        return QemuDevices(name)
    if name.startswith(SCHEME):
        from adapters.qemu.pseries.adapter import QemuAdapter  # noqa: PLC0415 -- nobody else needs QMP

        return QemuAdapter(name)
    module_name, colon, attribute = name.partition(":")
    if not (module_name and colon and attribute):
        raise AdapterError(f"adapter {name!r}: expected module:attribute, as in {DEFAULT_ADAPTER}.")
    if str(directory) not in sys.path:
        sys.path.append(str(directory))
    with _foreign_code(f"adapter {name!r}: module {module_name!r} does not import"):
        module = importlib.import_module(module_name)
    if not hasattr(module, attribute):
        hint = _suggestion(attribute, vars(module))
        raise AdapterError(f"adapter {name!r}: {module_name!r} has no {attribute!r}{hint}.")
    adapter = getattr(module, attribute)
    if callable(adapter) and (isinstance(adapter, type) or not hasattr(adapter, "describe")):
        with _foreign_code(f"adapter {name!r}: calling it without arguments failed"):
            adapter = adapter()
    if is_driven(adapter):
        check_driven(adapter, name)
    else:
        declared(adapter, name)
    return adapter  # type: ignore[no-any-return] # it has the methods of the protocol


def makers_of(
    names: Sequence[str], adapters: Sequence[Adapter], directory: Path
) -> dict[int, Callable[[], Adapter]]:
    """What makes another adapter like each, by its id; those of a real QEMU are not made twice."""
    return {
        id(adapter): partial(load_adapter, name, directory)  # type: ignore[misc] # of its kind
        for name, adapter in zip(names, adapters, strict=True)
        if not name.startswith(SCHEME)
    }


def declared(adapter: Any, name: str) -> Implementation:
    """What the adapter called ``name`` says of itself; raises `AdapterError` if that is wrong."""
    implementation = _described(adapter, name, METHODS, Implementation, "adapters.protocol")
    for problem in _problems(adapter, implementation):
        raise AdapterError(f"adapter {name!r}: {problem}")
    return implementation


def check_driven(adapter: Any, name: str) -> None:
    """Raise `AdapterError` if an adapter of machines without a model is none."""
    _described(adapter, name, DRIVEN_METHODS, Plugged, "adapters.driven")


def _described(
    adapter: Any, name: str, methods: tuple[str, ...], kind: type[Described], protocol: str
) -> Described:
    """What an adapter of a protocol says of itself, which is of a kind; raises `AdapterError`."""
    for method in methods:
        if not callable(getattr(adapter, method, None)):
            raise AdapterError(
                f"adapter {name!r}: {type(adapter).__name__} has no method {method!r}; an adapter "
                f"has {', '.join(methods)} (see {protocol.replace('.', '/')}.py)."
            )
    with _foreign_code(f"adapter {name!r}: describe() failed"):
        described = adapter.describe()
    if not isinstance(described, kind):
        raise AdapterError(
            f"adapter {name!r}: describe() returned {type(described).__name__}; "
            f"it must return an {protocol}.{kind.__name__}."
        )
    return described


def _problems(adapter: Any, implementation: Implementation) -> Iterator[str]:
    """What is wrong with what an adapter says of itself."""
    versions: dict[str, Any] = implementation.versions
    for version, support in versions.items():
        try:
            stream_version(version)
        except UnknownStreamVersion as error:
            yield f"unknown stream version: {error}"
        if not isinstance(support, Support):
            yield (
                f"version {version!r} is declared with {support!r}; "
                "it must be an adapters.protocol.Support."
            )
    for ability, further in FURTHER.items():
        lacking = [one for one in further if not callable(getattr(adapter, one, None))]
        if ability in implementation.abilities and lacking:
            yield (
                f"{ability!r} is declared, but {type(adapter).__name__} has no method "
                f"{lacking[0]!r} (see docs/adapters.md)."
            )
    for aspect in implementation.unobserved.keys() - ASPECT_NAMES:
        yield f"unknown aspect {aspect!r}{_suggestion(aspect, ASPECT_NAMES)}."
    for ability in implementation.abilities - set(Ability):
        yield f"unknown ability {ability!r}{_suggestion(str(ability), Ability)}."


@contextmanager
def _foreign_code(problem: str) -> Iterator[None]:
    """Turn whatever the code of an adapter raises into an `AdapterError` of one sentence."""
    try:
        yield
    except AdapterError:
        raise
    except Exception as error:  # there is no telling what foreign code raises
        raise AdapterError(f"{problem}: {type(error).__name__}: {error}.") from error


def _suggestion(wrong: str, known: Iterable[str]) -> str:
    """What ``wrong`` was probably meant to be; nothing where no known name is close."""
    close = difflib.get_close_matches(wrong, known, n=3)
    return f" (did you mean {' or '.join(repr(str(one)) for one in close)}?)" if close else ""
