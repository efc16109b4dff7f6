"""Measures what the suites do with faults: ``python -m tests.faults.kills [--own] [FAULT ...]``.

Writes the kill matrix to kills.json, from which docs/faults.md is made. All faults take an hour or
more on two cores; those that are named are measured alone (``lists:ReversesTheEvents``), with
``--own`` by the tests that must catch them alone, which takes some seconds.
"""

import os
import sys
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import hypothesis
import msgspec

from suites.harness.clauses import clauses
from suites.pseries.test_walks import ANSWERS, WALKING
from tests.faults.catalogue import BY_FAULT, CHAPTERS, DEVICE_CHAPTERS
from tests.faults.running import HANDED, REFERENCE_DEVICES, ROOT, Outcome, outcomes

KILLS = Path(__file__).with_name("kills.json")
OWN = "--own"
SEEDS = range(10)
RIGHT = {
    "adapters.reference:ReferenceAdapter": CHAPTERS,
    REFERENCE_DEVICES: DEVICE_CHAPTERS,
    # Another build, for what is handed from one to the other.
    "tests.faults.allowed_devices:OtherOrder": f"{DEVICE_CHAPTERS}{HANDED}",
}
"""Who passes all tests of which suites."""
SHRUNK = range(3)
"""The seeds for which a failure is shrunk, to show it."""
WALKS = f"{CHAPTERS}test_walks.py"
EVERYTHING = sorted(
    {f"{CHAPTERS}{one.name}" for one in (ROOT / CHAPTERS).glob("test_*.py")} - {WALKS}
)
EVERYTHING.append(f"{WALKS}::test_a_walk_goes_on_in_a_tree_of_many_pages")
EVERYTHING += [
    f"{WALKS}::{name}{version}->{version}]"
    for version in WALKING
    for name in (
        "test_a_walk_goes_on_after_each_of_its_calls[",
        "test_a_walk_does_not_survive_isolation[",
        *(f"test_an_unplug_request_is_answered_after_a_migration[{one}-" for one in ANSWERS),
    )
]
"""All suites; of the walks, which draw nothing and take half the time, those within a version."""


class Catch(msgspec.Struct, frozen=True):
    """What a test that must catch a fault did.

    ``examples``: for each of `SEEDS` how many until one failed, None where none did; 1 for a test
    that draws none. ``witness``: the smallest failure of those shrunk, without the rule.
    """

    test: str
    clause: str
    examples: tuple[int | None, ...]
    witness: str


class Kill(msgspec.Struct, frozen=True):
    """What the suites do with a fault.

    ``failed``: by property, the test function, the clauses under which it failed, and for how many
    of its parameters; of all properties, if ``whole``, else of those that must catch it.
    """

    failed: dict[str, dict[str, int]]
    caught: tuple[Catch, ...]
    whole: bool = True


class Kills(msgspec.Struct, frozen=True):
    """The kill matrix: ``properties``, the test functions; ``faults``; and with which Hypothesis.

    ``properties`` has for each how many tests it is.
    """

    hypothesis: str
    properties: dict[str, int]
    faults: dict[str, Kill]


def by_property(outcomes_of: dict[str, Outcome]) -> dict[str, dict[str, int]]:
    """The clauses under which each property failed, and how often; "" where it was none."""
    failed: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for test, outcome in outcomes_of.items():
        if outcome.text:
            said = outcome.text.partition(":")[0]
            failed[test.partition("[")[0]][said if said in clauses() else ""] += 1
    return {name: dict(broken) for name, broken in failed.items()}


def killed(fault: str, *, whole: bool) -> Kill:
    """Measure one fault: its own tests with ten seeds, and if ``whole`` all suites, few examples.

    Tests that draw nothing do the same with every seed.
    """
    adapter, rows = f"tests.faults.{fault}", BY_FAULT[fault]
    tests = [test for test, _ in rows]
    runs: list[dict[str, Outcome]] = []
    for seed in SEEDS:
        draws = not runs or any(one.examples or not one.text for one in runs[0].values())
        profile = "default-fresh" if seed in SHRUNK else "default-unshrunk"
        runs.append(outcomes(adapter, tests, profile=profile, seed=seed) if draws else runs[0])
    all_suites = [DEVICE_CHAPTERS] if tests[0].startswith(DEVICE_CHAPTERS) else EVERYTHING
    everything = outcomes(adapter, all_suites, profile="smoke-unshrunk") if whole else runs[0]
    caught = []
    for test, row in rows:
        failures = [runs[seed][test].witness for seed in SHRUNK if runs[seed][test].text]
        examples = tuple(max(1, one[test].examples) if one[test].text else None for one in runs)
        smallest = min(failures, key=len, default="")
        caught.append(Catch(test, row.clause, examples, smallest))
    return Kill(by_property(everything), tuple(caught), whole)


def measured(faults: Sequence[str], *, whole: bool) -> Kills:
    """Measure faults, as many at once as there are cores; of others keep what was measured."""
    properties: defaultdict[str, int] = defaultdict(int)
    for adapter, suites in RIGHT.items():
        for test, outcome in outcomes(adapter, [suites], profile="smoke-fresh").items():
            assert not outcome.text, f"{test} fails for {adapter}:\n{outcome.text}"
            properties[test.partition("[")[0]] += 1
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        kills = dict(zip(faults, pool.map(partial(killed, whole=whole), faults), strict=True))
    before = read_kills().faults
    for fault in BY_FAULT:
        if fault not in kills:
            kills[fault] = before[fault]
        elif not whole and fault in before and before[fault].whole:
            kills[fault] = msgspec.structs.replace(before[fault], caught=kills[fault].caught)
    return Kills(hypothesis.__version__, dict(properties), kills)


def read_kills() -> Kills:
    """The kill matrix that was measured last."""
    return msgspec.json.decode(KILLS.read_bytes(), type=Kills)


if __name__ == "__main__":
    named = [one for one in sys.argv[1:] if one != OWN]
    result = measured(named or list(BY_FAULT), whole=OWN not in sys.argv)
    matrix = msgspec.json.encode(result, order="sorted")
    KILLS.write_bytes(msgspec.json.format(matrix) + b"\n")
