"""The counts and lengths of streams: found by the descriptions, all of them."""

import pytest

from reference.spapr.configuration import CONFIGURATION
from reference.spapr.sections import plans
from reference.spapr.versions import STREAM_VERSIONS, stream_version
from reference.vmstate.description import Buffer, Queue, Structure, VMStateDescription
from suites.pseries.oracle.counts import counts, counts_of, types_with


def counted_by(vmsd: VMStateDescription) -> set[str]:
    """The names by which lists and buffers of a description, and of all inside of it, go."""
    found: set[str] = set()
    for field in vmsd.fields:
        named = field.info.size if isinstance(field.info, Buffer) else field.count
        found |= {named} if isinstance(named, str) else set()
        if isinstance(field.info, Structure | Queue):
            found |= counted_by(field.info.vmsd)
    return found.union(*map(counted_by, vmsd.subsections))


@pytest.mark.parametrize("version", STREAM_VERSIONS)
def test_whatever_has_a_length_is_lied_about(version: str) -> None:
    """No list and no buffer goes by a number that is not among the counts."""
    known = plans(stream_version(version), stream_version(version).newest_machine_type)
    named = {name for plan in known.values() for name in counted_by(plan.vmsd)}
    assert named == {
        one.path[-1] for one in counts_of(version) if one.section != CONFIGURATION.name
    }
    assert counted_by(CONFIGURATION) == {path[-1] for path, _ in counts(CONFIGURATION)}


@pytest.mark.parametrize("version", STREAM_VERSIONS)
def test_each_is_in_the_stream_of_a_machine(version: str) -> None:
    """There is a machine type by which every count can be lied about."""
    assert all(types_with(version, one) for one in counts_of(version))
