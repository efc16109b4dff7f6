"""Machines in JSON."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from reference.inspection.machine_documents import DocumentRejected, read_machine, write_machine
from reference.spapr.connector import Connector
from reference.spapr.device_tree import Node, Property
from reference.spapr.machine import (
    UINT64_MAX,
    ConfigureConnectorState,
    EventLogEntry,
    HostBridge,
    Machine,
    Msi,
    Timebase,
)
from reference.spapr.saving import save_machine
from reference.vmstate.errors import SaveError
from strategies.pseries import machine_states


@given(machine_states(version="10.0", machine_type="pseries-10.0"))
def test_there_and_back(machine: Machine) -> None:
    """A machine comes out of its document as it went in."""
    assert read_machine(write_machine(machine)) == machine


def test_least_document() -> None:
    """Only the machine type has to be there; all else is as usual."""
    assert read_machine('{"machine_type": "pseries-2.6"}') == Machine(machine_type="pseries-2.6")


def test_numbers_are_exact() -> None:
    """Integers are exact up to 64 bits, and beyond: old programs keep the clock in seconds."""
    machine = Machine(
        machine_type="pseries-2.1",
        tb=Timebase(guest_timebase=UINT64_MAX, time_of_the_day_ns=-(1 << 63)),
        rtc_ns_offset=10**27,
    )
    text = write_machine(machine)
    assert str(UINT64_MAX) in text
    assert read_machine(text) == machine


def test_bytes_are_base64() -> None:
    """Bytes are base64."""
    machine = Machine(machine_type="pseries-2.6", pending_events=(EventLogEntry(1, b"\x00\xff~"),))
    document = json.loads(write_machine(machine))
    assert document["pending_events"] == [{"summary": 1, "extended_log": "AP9+"}]


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ({}, "Object missing required field `machine_type`."),
        (
            {"machine_type": "pseries-2.6", "conectors": []},
            "Object contains unknown field `conectors`. Did you mean `connectors`?",
        ),
        (
            {"machine_type": "pseries-2.6", "connectors": [{"drc_index": 1, "dr_indicater": 0}]},
            "unknown field `dr_indicater` - at `$.connectors[0]`. Did you mean `dr_indicator`?",
        ),
        (
            {"machine_type": "pseries-2.6", "host_bridge": {"lsi_table": [{"number": 1}]}},
            "unknown field `number` - at `$.host_bridge.lsi_table[0]`. Use one of irq.",
        ),
        (
            {"machine_type": "pseries-2.6", "tb": {"guest_timebase": "1"}},
            "Expected `int`, got `str` - at `$.tb.guest_timebase`.",
        ),
        (
            {"machine_type": "pseries-2.6", "irq_map": [1, 2.0]},
            "Expected `int`, got `float` - at `$.irq_map[1]`.",
        ),
        (
            {"machine_type": "pseries-2.6", "fdt_blob": "no base64"},
            "Invalid base64 encoded string - at `$.fdt_blob`.",
        ),
        (
            {"machine_type": "pseries-2.6", "capabilities": {"htn": 1}},
            "Unknown capability `htn` - at `$.capabilities`. Did you mean `htm`?",
        ),
        (
            {"machine_type": "pseries-2.6", "connectors": [{"drc_index": 1 << 32}]},
            "4294967296 has more than 32 bits - at `$.connectors[0].drc_index`.",
        ),
        ([], "Expected `object`, got `array`."),
    ],
)
def test_rejected(document: Any, problem: str) -> None:
    """A document that is no machine says what is wrong, where, and what was meant."""
    with pytest.raises(DocumentRejected) as caught:
        read_machine(json.dumps(document))
    assert str(caught.value).endswith(problem)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"machine_type": "a", "machine_type": "b"}', "The key `machine_type` is there twice"),
        ('{"machine_type": ', "This is no JSON: Expecting value"),
        ("[" * 100_000, "nested too deeply"),
        ('{"machine_type": "a", "patb_entry": ' + "9" * 5000 + "}", "This is no JSON"),
        ('{"a` - at `$.b": 1}', "Object contains unknown field `a` - at `$.b`"),
        ('{"machine_type": "a", "fdt_blob": "\\ud800"}', "This is no JSON"),
    ],
)
def test_no_machine(text: str, problem: str) -> None:
    """A text that is no JSON object with keys that differ is rejected."""
    with pytest.raises(DocumentRejected) as caught:
        read_machine(text)
    assert problem in str(caught.value)


def numbers(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths to all numbers in a document."""
    if isinstance(value, dict):
        return [one for key, inner in value.items() for one in numbers(inner, (*path, key))]
    if isinstance(value, list):
        return [one for index, inner in enumerate(value) for one in numbers(inner, (*path, index))]
    return [path] if isinstance(value, int) and not isinstance(value, bool) else []


TREE = Node("pci@2", (Property("reg", b"\0"),), (Node("child"),))
FULL = json.loads(
    write_machine(
        Machine(
            machine_type="pseries-2.6",
            capabilities={"vsx": 0},
            pending_events=(EventLogEntry(1),),
            ccs_list=(ConfigureConnectorState(0x40000010, 60, 1),),
            connectors=(
                Connector(
                    0x40000010, state=7, dr_indicator=0, fdt=TREE, ccs_offset=60, ccs_depth=1
                ),
            ),
            host_bridge=HostBridge(msis=(Msi(0x800, 0x1300, 2),)),
            irq_map=(1,),
            patb_entry=1,
            fwnmi_machine_check_addr=1,
        )
    )
)


def keys(value: Any) -> set[str]:
    """All keys of a document, but the names of capabilities."""
    if isinstance(value, list):
        return set().union(*map(keys, value))
    if not isinstance(value, dict):
        return set()
    inner = (keys(one) for key, one in value.items() if key != "capabilities")
    return set(value).union(*inner)


def test_documented() -> None:
    """docs/command-line.md has every key of a machine's document."""
    text = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text()
    listed = set(re.findall(r"[`.](\w+)(?=[`.\[])", text))
    assert keys(FULL) <= listed
    assert len(keys(FULL)) > 40


@pytest.mark.parametrize(
    ("path", "number"),
    [
        pytest.param(path, number, id=".".join(map(str, path)) + f"={number}")
        for path in numbers(FULL)
        for number in (1 << 64, -(1 << 63) - 1)
        # A depth below 1 is no walk, and is not sent.
        if path[-1] != "ccs_depth" or number > 0
    ],
)
def test_number_that_no_field_holds(path: tuple[Any, ...], number: int) -> None:
    """A number of more than 64 bits is refused by name, wherever it stands."""
    sent_by = "pseries-7.1" if path[0] == "fdt_initial_size" else "pseries-2.6"
    version = "3+ccs" if path[0] == "ccs_list" else "10.0+ccs"
    document = {**json.loads(json.dumps(FULL)), "machine_type": sent_by}
    inner = document
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = number
    with pytest.raises((DocumentRejected, SaveError), match=str(number)):
        save_machine(read_machine(json.dumps(document)), version)
