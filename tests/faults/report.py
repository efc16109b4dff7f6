"""What the suites detect, as a page: ``python -m tests.faults.report`` writes docs/faults.md."""

import importlib
from pathlib import Path
from statistics import median
from typing import Any

import jinja2

from suites.harness.clauses import clauses
from tests.faults.catalogue import CATALOGUE, CHAPTERS
from tests.faults.classes import CLASSES
from tests.faults.kills import Catch, Kill, Kills, read_kills
from tests.faults.properties import KEPT
from tests.faults.running import ROOT

PAGE = ROOT / "docs" / "faults.md"
TEMPLATE = Path(__file__).with_name("faults.md.jinja")
DEFAULT = 100
"""The examples of the default profile."""


def short(test: str) -> str:
    """The id of a test without its file."""
    return test.partition("::")[2]


def spread(catch: Catch) -> str:
    """How many examples a test took: ``3, 17``; and how often it caught nothing."""
    took = [one for one in catch.examples if one is not None]
    missed = len(catch.examples) - len(took)
    return f"{median(took):.0f}, {max(took)}" + (f", missed {missed}" if missed else "")


def described(fault: str, precedent: str, kill: Kill) -> dict[str, Any]:
    """A fault for the page."""
    module, name = fault.split(":")
    wrong = getattr(importlib.import_module(f"tests.faults.{module}"), name)
    smallest = min(kill.caught, key=lambda one: len(one.witness))
    caught = [
        {"clause": one.clause, "test": short(one.test).replace("|", r"\|"), "examples": spread(one)}
        for one in kill.caught
    ]
    return {
        "name": fault,
        "says": " ".join(wrong.__doc__.split()),
        "precedent": precedent,
        "caught": caught,
        "properties": len(kill.failed) if kill.whole else f"{len(kill.failed)} or more",
        "smallest": smallest,
        "size": len(smallest.witness),
    }


def property_rows(kills: Kills) -> list[dict[str, Any]]:
    """Each property, in the order of the catalogue: what it notices, and what only it does.

    Whether another notices as much is said only where all its faults were measured with all suites.
    """
    noticed = {
        name: {fault for fault, kill in kills.faults.items() if name in kill.failed}
        for name in CATALOGUE
    }
    compared = {
        name: {fault for fault in faults if kills.faults[fault].whole}
        for name, faults in noticed.items()
    }
    rows = []
    for name, faults in noticed.items():
        broken = {one for fault in faults for one in kills.faults[fault].failed[name]}
        whole = compared[name]
        only = sorted(one for one in whole if len(kills.faults[one].failed) == 1)
        wider = [
            one
            for one, others in compared.items()
            if one != name and whole == faults and whole <= others and not only
        ]
        why = f"{KEPT[name.removeprefix(CHAPTERS)]}; all by `{short(wider[0])}`" if wider else ""
        rows.append(
            {
                "name": short(name),
                "clauses": ", ".join(one for one in clauses() if one in broken),
                "faults": len(faults),
                "only": ", ".join(only),
                "why": why,
            }
        )
    return rows


def render() -> str:
    """The page."""
    kills = read_kills()
    catches = [one for kill in kills.faults.values() for one in kill.caught]
    took = [it for one in catches for it in one.examples if it is not None]
    summary = {
        "hypothesis": kills.hypothesis,
        "faults": len(kills.faults),
        "rows": len(catches),
        "seeds": len(catches[0].examples),
        "caught": sum(None not in one.examples for one in catches),
        "within": sum(
            all(it is not None and it <= DEFAULT for it in one.examples) for one in catches
        ),
        "median": f"{median(took):.0f}",
        "most": max(took),
        "whole": sum(one.whole for one in kills.faults.values()),
        "noticed": sum(one.whole and bool(one.failed) for one in kills.faults.values()),
        "properties": len(kills.properties),
        "tests": sum(kills.properties.values()),
    }
    classes = {
        letter: {
            "title": one.title,
            "faults": [
                described(fault, precedent, kills.faults[fault])
                for fault, precedent in one.faults.items()
            ],
        }
        for letter, one in CLASSES.items()
    }
    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 -- Markdown, of texts of our own
    )
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    page = template.render(summary=summary, classes=classes, properties=property_rows(kills))
    return page.rstrip() + "\n"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
