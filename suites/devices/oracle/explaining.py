"""What the streams of two machines say of where they differ, by their own descriptions."""

from adapters.answers import AdapterAnswer
from reference.inspection.comparing import changes
from reference.wire.errors import StreamError
from suites.devices.oracle.bench import Bench
from suites.devices.oracle.scripts import Hop, Script, without_hops

SHOWN = 6
"""How many fields are named."""


def explained(bench: Bench, script: Script) -> list[str]:
    """The fields in which a machine that went through the hops and its twin differ.

    Both are saved right after the last hop; what two twins do not agree on is left out. Nothing is
    said where that cannot be.
    """
    last = max(number for number, step in enumerate(script) if isinstance(step, Hop))
    until = script[: last + 1]
    try:
        scripts = without_hops(until), until, without_hops(until)
        stayed, migrated, control = (bench.saved(one) for one in scripts)
        noise = {
            (one.section, one.field) for one in changes(stayed, control, bench.plugged.machine)
        }
        differing = changes(stayed, migrated, bench.plugged.machine)
        found = [str(one) for one in differing if (one.section, one.field) not in noise]
    except (AdapterAnswer, StreamError):
        return ["the streams of the two cannot be compared"]
    if not found:
        return ["the streams of the two say the same: nothing in the stream carries it"]
    more = [f"and {len(found) - SHOWN} fields more"] if len(found) > SHOWN else []
    return [f"in its stream, that of the twin first: {one}" for one in found[:SHOWN]] + more
