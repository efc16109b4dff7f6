"""Finding an adapter, and saying in one sentence what is wrong with it."""

import sys
from pathlib import Path

import pytest

from adapters.loading import DEFAULT_ADAPTER, declared, load_adapter
from adapters.protocol import AdapterError
from tests.conftest import TINY_ADAPTER, Project

BAD_ADAPTERS = {
    "tiny": "adapter 'tiny': expected module:attribute, as in adapters.reference:ReferenceAdapter.",
    "tiny:": "adapter 'tiny:': expected module:attribute",
    "tinny:Tiny": "module 'tinny' does not import: ModuleNotFoundError: No module named 'tinny'.",
    "broken:Tiny": "module 'broken' does not import: RuntimeError: no licence.",
    "tiny:Tinny": "'tiny' has no 'Tinny' (did you mean 'Tiny'?).",
    "bad:NoLoad": "NoLoad has no method 'load'; an adapter has describe, save, load",
    "bad:unready": "calling it without arguments failed: ValueError: not ready.",
    "bad:number": "int has no method 'describe'",
    "bad:Fails": "describe() failed: ZeroDivisionError: division by zero.",
    "bad:Text": "describe() returned str; it must return an adapters.protocol.Implementation.",
    "bad:Version": "'3+css': there is no feature 'css'; did you mean 'ccs'?",
    "bad:NoSupport": "version '3' is declared with True; it must be an adapters.protocol.Support.",
    "bad:Ability": "unknown ability 'load-on' (did you mean 'load-onto'?).",
}

BAD_MODULE = """
from tiny import Tiny, Implementation, Support

number = 3

class NoLoad(Tiny):
    load = None

def unready():
    raise ValueError("not ready")

class Fails(Tiny):
    def describe(self):
        1 / 0

class Text(Tiny):
    def describe(self):
        return "tiny"

class Version(Tiny):
    def describe(self):
        return Implementation(name="", release="", versions={"3+css": Support()})

class NoSupport(Tiny):
    def describe(self):
        return Implementation(name="", release="", versions={"3": True})

class Ability(Tiny):
    def describe(self):
        return Implementation(name="", release="", versions={}, abilities={"load-on"})

tiny = Tiny()

def make():
    return tiny
"""


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with modules of adapters, which the next test does not see."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    for name, text in {
        "tiny": TINY_ADAPTER,
        "bad": BAD_MODULE,
        "broken": "raise RuntimeError('no licence')",
    }.items():
        (tmp_path / f"{name}.py").write_text(text)
        monkeypatch.delitem(sys.modules, name, raising=False)
    return tmp_path


def test_the_default_is_the_reference() -> None:
    """Without a name the reference is tested."""
    implementation = load_adapter(DEFAULT_ADAPTER, Path()).describe()
    assert implementation.name == "reference"


@pytest.mark.parametrize("attribute", ["Tiny", "tiny", "make"])
def test_a_class_an_object_and_a_function_name_an_adapter(directory: Path, attribute: str) -> None:
    """The attribute is an adapter or makes one, in a module beside the user."""
    adapter = load_adapter(f"bad:{attribute}", directory)
    assert adapter.describe().name == "tiny"


@pytest.mark.parametrize("name", BAD_ADAPTERS)
def test_a_bad_adapter_is_refused_in_one_sentence(directory: Path, name: str) -> None:
    """The sentence says which adapter, what is wrong with it, and what is expected."""
    with pytest.raises(AdapterError) as caught:
        load_adapter(name, directory)
    message = str(caught.value)
    assert message.startswith(f"adapter {name!r}: ")
    assert BAD_ADAPTERS[name] in message
    assert "\n" not in message


def test_an_adapter_may_be_checked_alone() -> None:
    """What a fixture gives is checked like what an option names."""
    with pytest.raises(AdapterError, match="object has no method 'describe'"):
        declared(object(), "mine")


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_a_bad_adapter_stops_the_run_before_any_test(project: Project, workers: str) -> None:
    """The sentence is all that pytest says, with its status for wrong usage."""
    result = project.run("def test(): pass", "--adapter=tiny:Tinny", workers)
    assert result.returncode == pytest.ExitCode.USAGE_ERROR
    assert result.stderr.strip() == (
        "ERROR: adapter 'tiny:Tinny': 'tiny' has no 'Tinny' (did you mean 'Tiny'?)."
    )
    assert "test_fake" not in result.stdout
