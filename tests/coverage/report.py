"""What the tests reach, as a page: ``python -m tests.coverage.report`` writes docs/coverage.md."""

from collections.abc import Iterable
from itertools import combinations, product
from pathlib import Path
from typing import Any

import jinja2

from reference.compatibility.expectation import Accepted, common_machine_type, expected, pair
from reference.spapr.versions import STREAM_VERSIONS
from suites.pseries.oracle.combinations import parts_of, with_parts
from tests.coverage.asked import Kind, Line, lines, parts
from tests.coverage.holes import FILE, read_holes
from tests.coverage.measuring import ROOT, measured
from tests.coverage.recording import Reached

PAGE = ROOT / "docs" / "coverage.md"
TEMPLATE = Path(__file__).with_name("coverage.md.jinja")
WORDS = ("missing", "twice", "unknown", "elsewhere")
"""How the parts of a stream are changed (`suites.pseries.oracle.parts`)."""
FRAMES = ("configuration", "end marker", "vmdescription", "live section", "command")
"""What frames a stream, beside footers."""


Row = dict[str, Any]
"""A row of a table, by the names of the template."""


class CoverageError(Exception):
    """The tests do not reach what they should, or more than it is said."""


def reached_of(line: Line, version: str, reached: Reached) -> int:
    """How much of what is asked of a line in a version was reached."""
    asked = line.versions[version]
    texts = reached.numbers.get(line.kind, {}).get(line.name, {}).get(version, set())
    numbers = {int(text, 16) for text in texts}
    if line.kind is not Kind.BITMAP:
        return len(asked & numbers)
    told_apart = {tuple(one >> bit & 1 for one in numbers) for bit in asked}
    return sum(map(any, told_apart))


def needed_tests(line: Line, reached: Reached) -> list[str]:
    """The fewest tests that reach as much as all, the one that reaches most first."""
    asked = frozenset[int]().union(*line.versions.values())
    tests = {
        test: {int(text, 16) for text in texts}
        for test, texts in sorted(reached.tests.get(line.kind, {}).get(line.name, {}).items())
    }
    if line.kind is not Kind.BITMAP:
        tests = {test: numbers & asked for test, numbers in tests.items()}
    chosen: list[str] = []
    seen: set[int] = set()
    while missing := {test: numbers - seen for test, numbers in tests.items() if numbers - seen}:
        chosen.append(max(missing, key=lambda test: len(missing[test])))
        seen |= tests[chosen[-1]]
    return chosen


def told(versions: Iterable[str]) -> str:
    """Versions in few words: all, or from which to which, and how many."""
    known = list(versions)
    if len(known) == len(STREAM_VERSIONS):
        return f"all {len(known)}"
    return known[0] if len(known) == 1 else f"{known[0]} to {known[-1]}: {len(known)}"


def line_row(line: Line, reached: Reached) -> Row:
    """A line for the page."""
    lacking = {
        version: len(asked) - reached_of(line, version, reached)
        for version, asked in line.versions.items()
    }
    worst = max(lacking, key=lambda version: lacking[version])
    asked = len(line.versions[worst])
    return {
        "kind": line.kind,
        "name": line.name,
        "type": line.type,
        "versions": told(line.versions),
        "asked": asked,
        "reached": asked - lacking[worst],
        "whole": not lacking[worst],
        "by": ", ".join(f"`{one}`" for one in needed_tests(line, reached)),
    }


def part_row(name: str, versions: Iterable[str], changes: dict[str, str], reached: Reached) -> Row:
    """A part: in how many versions it is changed, by the word and what the change is called."""
    counts = {word: len(reached.changes.get(changes.get(word, ""), ())) for word in WORDS}
    shown = {word: str(count or "") for word, count in counts.items()}
    return {"name": name, "versions": told(versions), **shown}


def part_rows(reached: Reached) -> list[Row]:
    """The parts of a stream, and in how many versions each is changed in which way."""
    rows = []
    for name, versions in parts().items():
        changes = {word: f"{word} {name}" for word in WORDS} | {
            "unknown": f"unknown {name}/unknown"
        }
        rows.append(part_row(f"`{name}`", versions, changes, reached))
        footers = {word: f"{word} footer of {name}" for word in WORDS}
        if footers["missing"] in reached.changes:
            rows.append(part_row(f"footer of `{name}`", versions, footers, reached))
    for name in FRAMES:
        changes = {word: f"{word} {name}" for word in WORDS}
        if name == "configuration":
            changes["unknown"] = "unknown subsection of configuration"
        rows.append(part_row(name, STREAM_VERSIONS, changes, reached))
    return rows


def unchanged_parts(reached: Reached) -> list[str]:
    """The parts that are not missing, twice or elsewhere in some version that has them."""
    return [
        f"{name} is nowhere {word} at {version}"
        for name, versions in parts().items()
        for word in ("missing", "twice", "elsewhere")
        for version in versions
        if version not in reached.changes.get(f"{word} {name}", set())
    ]


def road(source: str, destination: str, reached: Reached) -> tuple[int, int, int]:
    """Of a road: the parts that arrive, the combinations of three of them, and those on it."""
    type_name = common_machine_type(source, destination)
    if pair(source, destination, type_name).always_rejected:
        return 0, 0, 0
    arriving = [
        one
        for one in parts_of(source, type_name)
        if isinstance(
            expected(source, destination, with_parts(source, type_name, frozenset({one}))),
            Accepted,
        )
    ]
    machines = [set(one) for one in reached.combinations.get(f"{source}->{destination}", ())]
    strength = min(3, len(arriving))
    seen = {
        (chosen, tuple(one in away for one in chosen))
        for chosen in combinations(arriving, strength)
        for away in machines
    }
    every = {
        (chosen, states)
        for chosen in combinations(arriving, strength)
        for states in product((True, False), repeat=strength)
    }
    return len(arriving), len(every), len(every & seen)


def combination_rows(reached: Reached) -> list[Row]:
    """For each version, what travels from it to all others."""
    rows = []
    for source, version in STREAM_VERSIONS.items():
        roads = [road(source, destination, reached) for destination in STREAM_VERSIONS]
        arriving = [one for one, _, _ in roads]
        every = sum(asked for _, asked, _ in roads)
        rows.append(
            {
                "version": source,
                "roads": len(roads),
                "parts": len(parts_of(source, version.newest_machine_type)),
                "arriving": f"{min(arriving)} to {max(arriving)}",
                "triples": every // 8,
                "reached": f"{sum(got for _, _, got in roads)} of {every}",
                "whole": all(asked == got for _, asked, got in roads),
                "machines": sum(
                    len(reached.combinations.get(f"{source}->{one}", ())) for one in STREAM_VERSIONS
                ),
            }
        )
    return rows


def checked(rows: list[Row], reasons: dict[tuple[Kind, str], str]) -> list[Row]:
    """The rows that are holes, with their reasons; raises `CoverageError` for one without."""
    for row in rows:
        known = (row["kind"], row["name"]) in reasons
        if row["whole"] and known:
            raise CoverageError(
                f"{FILE.name}: {row['name']!r} of {row['kind']} is reached whole; leave it out."
            )
        if not row["whole"] and not known:
            raise CoverageError(
                f"{row['name']!r} of {row['kind']}: {row['reached']} of {row['asked']} are "
                f"reached. Step through the others, or say why not in {FILE.name}."
            )
    return [
        {**row, "reason": reasons[row["kind"], row["name"]]} for row in rows if not row["whole"]
    ]


def render(reached: Reached) -> str:
    """The page; raises `CoverageError` and `HoleError`."""
    every = lines()
    reasons = read_holes(FILE.read_text(encoding="utf-8"), [(one.kind, one.name) for one in every])
    rows = [line_row(one, reached) for one in every]
    holes = checked(rows, reasons)
    if lacking := unchanged_parts(reached):
        raise CoverageError(f"{lacking[0]}, and {len(lacking) - 1} more.")
    combined = combination_rows(reached)
    for row in combined:
        if not row["whole"]:
            raise CoverageError(f"from {row['version']}: {row['reached']} combinations travel.")
    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 -- Markdown, of texts of our own
    )
    page = environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(
        versions=len(STREAM_VERSIONS),
        kinds={kind: [row for row in rows if row["kind"] == kind] for kind in Kind},
        parts=part_rows(reached),
        combinations=combined,
        holes=holes,
    )
    return page.rstrip() + "\n"


if __name__ == "__main__":
    PAGE.write_text(render(measured()), encoding="utf-8")
