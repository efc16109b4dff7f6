"""What the suites have found in released programs, as a page: ``python -m suites.found``.

Made from the lists of known failures that the adapters come with, so that it cannot be out of step.
"""

from pathlib import Path

import jinja2

from suites.devices.oracle.known import read_findings
from suites.harness.known import read_known_failures

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "found.md"
PSERIES = ROOT / "adapters" / "qemu" / "pseries" / "known-failures.toml"
DEVICES = ROOT / "adapters" / "qemu" / "devices" / "known-findings.toml"
TEMPLATE = """\
# What was found in released programs

Made by `python -m suites.found` from the lists of known failures
(`adapters/qemu/*/known-*.toml`), each of which is tried in every run and has to fail still. "Since"
is the first release that does it of those that were tried: Debian's 5.2, 7.2, 10.0 and 11.1 for
pseries machines, 7.2 for devices.

## Devices

{% for one in devices %}
### {{ one.device }}: {{ one.reason }}

{{ one.clause }}; since {{ one.since or "the first" }}\
{% if one.until %}, no more in {{ one.until }}{% endif %}; machine types \
`{{ one.machine }}`. {{ one.source }}

```text
{% for step in one.script %}
{{ step }}
{% endfor %}
```

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
    text = environment.from_string(TEMPLATE).render(pseries=known[0], devices=known[1])
    return text.rstrip("\n") + "\n"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
