"""Scripts and data files of devices are parsed strictly."""

from pathlib import Path

import pytest

from adapters.driven import (
    Contents,
    Fill,
    Look,
    Migration,
    Moment,
    Plugged,
    Read,
    Reset,
    Saving,
    Write,
)
from suites.devices.oracle.known import read_findings
from suites.devices.oracle.noise import NoiseError, about, known_of
from suites.devices.oracle.scripts import Sweep
from suites.devices.oracle.texts import ScriptError, line_of, step_of
from suites.harness.known import KnownFailuresError

STEPS = (
    Write("uart", 3, 0x80, 1),
    Read("virtio-pci-common-virtio-blk", 0x14, 4),
    Fill(3, Contents.RECORDS),
    Reset(),
    Moment(),
    Migration(),
    Saving(),
    Sweep(),
    Look(),
)


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_a_step_is_a_line(step: object) -> None:
    """What is written is read again."""
    assert step_of(line_of(step)) == step  # type: ignore[arg-type] # they are steps


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("migrat", "did you mean 'migrate'"),
        ("write uart+0x3 1", "'write uart+0x3 1' is no step; write 'write REGION"),
        ("read uart+0x3 1 3", "is no step"),
        ("fill 3 sand", "is no step"),
    ],
)
def test_what_is_no_step_is_named(line: str, said: str) -> None:
    """The line, and what one looks like."""
    with pytest.raises(ScriptError) as caught:
        step_of(line)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("pattern", "where", "covered"),
    [
        ("uart+0x1c", "uart+0x1c", True),
        ("uart+0x1c..0x3c", "uart+0x3c", True),
        ("uart+0x1c..0x3c", "uart+0x40", False),
        ("uart+*", "uart+0x40", True),
        ("*config+0x4", "e1000e config+0x4", True),
        ("uart+*", "memory", False),
    ],
)
def test_a_pattern_is_about_registers(pattern: str, where: str, *, covered: bool) -> None:
    """One, a range with both ends, or all of a region."""
    assert about(pattern, where) is covered


NOISE = 'kind = "reserved"\nreason = "r"\nsource = "s"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f'[[noise]]\n{NOISE}register = ["toy+*"]', "(did you mean 'registers'?)"),
        (
            f'[[noise]]\n{NOISE}registers = ["tox+*"]',
            "region is called 'tox' (did you mean 'toy'",
        ),
        (f'[[noise]]\n{NOISE}registers = ["toy"]', "'toy' is no register"),
        (f"[[noise]]\n{NOISE}", "a refusal names no registers, and all other kinds name some"),
        ('[[noise]]\nkind = "vague"', "Invalid enum value 'vague'"),
        ('[[program]]\nname = "n"\nsource = "s"\nsteps = ["rest"]', "did you mean 'reset'"),
        ("[[noise", "is no TOML"),
    ],
)
def test_a_data_file_that_is_wrong_is_named(tmp_path: Path, text: str, said: str) -> None:
    """The file, the entry, and what was probably meant."""
    (tmp_path / "toy.toml").write_text(text, encoding="utf-8")
    plugged = Plugged("toys", "1.0", "toy board", ("toy",), data=str(tmp_path))
    with pytest.raises(NoiseError) as caught:
        known_of(plugged, ["toy"])
    assert said in str(caught.value)
    assert "toy.toml" in str(caught.value)


KEYS = {"setup": "d on m", "reason": "r", "source": "s", "clause": "TWIN-1"}
PLACES = 'devices = ["d"]\nmachines = ["*"]\n'
ENTRY = "\n".join(("[[finding]]", *(f'{key} = "{one}"' for key, one in KEYS.items()), PLACES))


def test_a_finding_that_is_wrong_is_named(tmp_path: Path) -> None:
    """An unknown key, and a script that is none."""
    path = tmp_path / "known.toml"
    path.write_text(f'{ENTRY}script = ["migrate"]\nwere = ["d+0x0"]', encoding="utf-8")
    with pytest.raises(KnownFailuresError, match=r"did you mean 'where'\?"):
        read_findings(path)
    path.write_text(f'{ENTRY}script = ["migrat"]\nwhere = ["d+0x0"]', encoding="utf-8")
    with pytest.raises(KnownFailuresError, match=r"finding 1 \(r\): 'migrat' is no step"):
        read_findings(path)
    path.write_text(f'{ENTRY}script = ["migrate"]', encoding="utf-8")
    with pytest.raises(KnownFailuresError, match="either at registers, where, or in words, says"):
        read_findings(path)


def test_a_finding_of_no_release_is_named(tmp_path: Path) -> None:
    """As a known failure of a pseries machine: what was probably meant is said."""
    path = tmp_path / "known.toml"
    more = 'script = ["migrate"]\nwhere = ["d+0x0"]\nsince = "10.0"\nuntil = "7.2"'
    path.write_text(f"{ENTRY}{more}", encoding="utf-8")
    with pytest.raises(KnownFailuresError, match=r"was since = '7\.2', until = '10\.0' meant"):
        read_findings(path)
