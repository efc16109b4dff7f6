"""Stream versions: a base and features, checked for sense."""

import re
from contextlib import suppress

import pytest

from reference.compatibility.expectation import carries, common_machine_type
from reference.compatibility.table import ASPECTS
from reference.spapr.features import FEATURES
from reference.spapr.machine_types import machine_type
from reference.spapr.versions import (
    BASES,
    STREAM_VERSIONS,
    TESTED,
    UnknownStreamVersion,
    put_to_test,
    stream_version,
)

NO_VERSIONS = {
    "2.10+events": "2.10 has 'events' already, since 2.10; leave it out.",
    "5.0+unplug": "5.0 has 'unplug' already, since 5.0; leave it out.",
    "3+unplug": "'unplug' needs 'connectors', which 3 lacks; name 3+connectors+unplug.",
    "3+ccs+ccs-queue": "'ccs' and 'ccs-queue' both claim spapr/ccs; name one.",
    "3+ccs+busy": "'ccs' and 'busy' both claim spapr/ccs; name one.",
    "3+ccs+series": "has 'ccs' twice; leave one out.",
    "3+events+ccs": "is called '3+ccs+events'.",
    "7.1+ccs+ccs": "is called '7.1+ccs'.",
    "3+bump": "is called '4'.",
    "2+ccs": "'ccs' cannot be added to 2; it can be to 3, 2.7, 2.8, 2.9, 2.10, 2.12,",
    "10.0+series": "'series' cannot be added to 10.0; it can be to 3, 2.7, 2.8, 2.9.",
    "7.1+css": "there is no feature 'css'; did you mean 'ccs'?",
    "7.1+zzz": "there is no feature 'zzz'; there are bump, ccs, ccs-queue, busy,",
    "7.2": "is no stream version. QEMU 7.2 writes as '7.1' does: name '7.1'.",
    "7.2+ccs": "QEMU 7.2 writes as '7.1' does: name '7.1+ccs'.",
    "7.1+": "is no stream version. Did you mean '7.1'?",
    "newest": "is no stream version. Use one of 1, 2, 3, 2.7,",
}


@pytest.mark.parametrize(("name", "sentence"), NO_VERSIONS.items())
def test_what_makes_no_sense_is_refused(name: str, sentence: str) -> None:
    """One sentence says why, and what to name in its place."""
    with pytest.raises(UnknownStreamVersion) as refused:
        stream_version(name)
    assert str(refused.value).startswith(repr(name))
    assert sentence in str(refused.value)


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("feature", dict.fromkeys(one.name for one in FEATURES))
def test_every_composition_is_a_version_or_is_refused(base: str, feature: str) -> None:
    """A base with one feature makes sense, or there is a sentence that says why not."""
    name = f"{base}+{feature}"
    fitting = [one for one in FEATURES if one.name == feature and one.until > BASES[base]]
    with suppress(UnknownStreamVersion):
        version = stream_version(name)
        assert version.release >= BASES[base]
        assert version.features[0] in fitting
        return
    with pytest.raises(UnknownStreamVersion, match=f"^{re.escape(repr(name))}"):
        stream_version(name)


@pytest.mark.parametrize(
    ("name", "release"),
    [("3", (2, 3)), ("3+ccs", (2, 6)), ("2.7+ccs", (2, 7)), ("7.1+ccs", (7, 1)), ("4", (2, 6))],
)
def test_a_feature_has_the_release_it_was_written_for(name: str, release: tuple[int, int]) -> None:
    """A base stands for several releases: what was written for a later one is of that."""
    assert stream_version(name).release == release


@pytest.mark.parametrize("aspect", ["ccs_list", "pending_events", "connectors.state"])
def test_the_whole_series_carries_what_its_parts_do(aspect: str) -> None:
    """With 3+series nothing of a hot-plug is lost in the era of the patch."""
    (row,) = (one for one in ASPECTS if one.name == aspect)
    kind = machine_type(common_machine_type("3+series"))
    assert carries(stream_version("3+series"), row, kind)
    assert not carries(stream_version("3"), row, kind)


def test_a_version_that_is_named_comes_behind_its_base(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the matrix has it, whoever named it."""
    monkeypatch.setattr("reference.spapr.versions.STREAM_VERSIONS", dict(STREAM_VERSIONS))
    from reference.spapr import versions  # noqa: PLC0415 -- the patched one

    put_to_test("7.1+ccs")
    order = list(versions.STREAM_VERSIONS)
    assert order.index("7.1+ccs") == order.index("7.1") + 1
    assert [one for one in order if one != "7.1+ccs"] == list(TESTED)
