"""What the suites have found in released programs, as a page: ``python -m suites.found``.

Made from the lists of known failures that the adapters come with, so that it cannot be out of step.
``python -m suites.found reproducers`` makes the shell scripts that show what was found of devices;
that takes the programs in which it was found.
"""

import sys
from collections import Counter
from pathlib import Path

import jinja2

from adapters.qemu.devices.adapter import QemuDevices
from suites.devices.oracle.bench import Bench
from suites.devices.oracle.known import Finding, read_findings
from suites.devices.oracle.twins import with_comment
from suites.harness.known import read_known_failures

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "found.md"
PSERIES = ROOT / "adapters" / "qemu" / "pseries" / "known-failures.toml"
DEVICES = ROOT / "adapters" / "qemu" / "devices" / "known-findings.toml"
SCRIPTS = PAGE.parent / "reproducers"
TEMPLATE = """\
# What was found in released programs

Made by `python -m suites.found` from the lists of known failures
(`adapters/qemu/*/known-*.toml`), each of which is tried in every run and has to fail still. "Since"
is the first release that does it of those that were tried: Debian's 5.2, 7.2, 10.0 and 11.1 for
pseries machines, 7.2 for devices. What was found of a device comes with a shell script that shows
it where nothing of ours is; tests/unit/test_found.py runs them.

## Devices

{% for one in devices %}
### {{ one.devices | join(", ") }}: {{ one.reason }}

{{ one.clause }}; since {{ one.since or "the first" }}\
{% if one.until %}, no more in {{ one.until }}{% endif %}; machine types \
`{{ one.machines | join(", ") }}`. {{ one.source }}

```text
{% for step in one.script %}
{{ step }}
{% endfor %}
```

Reproducer: [{{ one.setup }}]({{ reproducers[loop.index0] }})

{% endfor %}
## The pseries machine

{% for one in pseries %}
### {{ one.reason }}

{{ one.clauses | join(", ") }}, {{ one.kind }}; since {{ one.since or "the first" }}\
{% if one.until %}, no more in {{ one.until }}{% endif %}. {{ one.source }}

Smallest case: {{ one.witness }}

{% endfor %}
"""


def render() -> str:
    """The page."""
    environment = jinja2.Environment(  # noqa: S701 -- it makes Markdown
        trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    known = read_known_failures(PSERIES), read_findings(DEVICES)
    paths = [one.relative_to(PAGE.parent) for one in reproducers()]
    text = environment.from_string(TEMPLATE).render(
        pseries=known[0], devices=known[1], reproducers=paths
    )
    return text.rstrip("\n") + "\n"


def reproducers() -> dict[Path, Finding]:
    """Where the script of each finding of a device lies: several of one device are numbered."""
    seen: Counter[str] = Counter()
    paths = {}
    for one in read_findings(DEVICES):
        seen[one.devices[0]] += 1
        paths[SCRIPTS / f"{one.devices[0]}-{seen[one.devices[0]]}.sh"] = one
    return paths


def reproducer(finding: Finding) -> str:
    """The script that shows a finding; raises `Unsupported` where its set-up does not start."""
    adapter = QemuDevices(finding.setup)
    bench = Bench(adapter)
    try:
        bench.machine()
        where = finding.where[0] if finding.where else ""
        text = adapter.reproducer(bench.spelled(finding.steps, where), adapter)
        return with_comment(text, [f"{finding.devices[0]}: {finding.reason}"])
    finally:
        adapter.close()


if __name__ == "__main__":
    if sys.argv[1:] == ["reproducers"]:
        for path, finding in reproducers().items():
            path.write_text(reproducer(finding), encoding="utf-8")
    PAGE.write_text(render(), encoding="utf-8")
