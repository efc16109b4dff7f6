"""Features of somebody's own: read strictly, and tested like any other."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from reference.compatibility.declarations import DeclarationError, read_declarations

ROOT = Path(__file__).parents[2]
MOOD = """
[[feature]]
name = "mood"
bases = ["7.1"]
section = "spapr"
subsection = "spapr/mood"
fields = [
    { name = "guest_mood", type = "uint32" },
    { name = "guest_colour", type = "buffer", size = 6 },
]
needed = "guest_mood != 0"
loses = "the mood of the guest"
"""
TUNE = """
[[feature]]
name = "tune"
bases = ["7.1", "10.0"]
section = "spapr"
version_id = 4
fields = [{ name = "guest_tune", type = "int16" }]
loses = "the tune"
"""
OTHER_CCS = """
[[feature]]
name = "walk"
bases = ["10.0"]
section = "spapr_drc"
subsection = "spapr_drc/walk"
fields = [{ name = "ccs_offset", type = "int32" }, { name = "ccs_depth", type = "int32" }]
needed = "ccs_depth > 0"
carries = "connectors.ccs"
"""
HIDDEN = """
[[feature]]
name = "seal"
bases = ["10.0"]
section = "spapr_pci"
subsection = "spapr_pci/seal"
fields = [{ name = "seal", type = "uint64" }]
needed = "seal >= 0x100"
opaque = true
"""

BAD = {
    MOOD.replace(
        "loses", "looses"
    ): "unknown field `looses` - at `$.feature[0]`; did you mean 'loses'?",
    MOOD.replace("size = 6", "sise = 6"): "unknown field `sise`",
    MOOD.replace("[[feature]]", "[[features]]"): "did you mean 'feature'?",
    MOOD.replace("uint32", "u32"): "unknown type 'u32'; did you mean 'uint32'?",
    MOOD.replace(", size = 6", ""): "'guest_colour': a buffer has a size in bytes",
    MOOD.replace("mood != 0", "mod != 0"): "is about no number of it; did you mean 'guest_mood'?",
    MOOD.replace("!= 0", "<> 0"): "unknown comparison; use one of !=, ==, >, >=, <, <=.",
    MOOD.replace("!= 0", "is set"): "unknown condition 'guest_mood is set'",
    MOOD.replace('needed = "guest_mood != 0"', ""): "a subsection is sent when it is needed",
    MOOD.replace('"7.1"', '"7.2"'): "unknown base '7.2'; did you mean '7.1'?",
    MOOD.replace(
        'section = "spapr"', 'section = "spaper"'
    ): "unknown section 'spaper'; did you mean",
    MOOD.replace("spapr/mood", "mood"): "does not begin with 'spapr': no loader would find it",
    MOOD.replace('loses = "the mood of the guest"', ""): "say what it is to the guest with one of",
    MOOD.replace('"the mood of the guest"', '"ccs_list"'): "say carries in place of loses",
    MOOD.replace('"mood"', '"ccs"'): "there is a feature of this name already",
    MOOD + MOOD: "the file has two features of this name",
    MOOD.replace("guest_mood", "patb_entry"): "the model has 'patb_entry': say with carries",
    MOOD + "version_id = 4": "either a subsection or a version_id",
    TUNE.replace('"spapr"', '"spapr_drc"'): "spapr_drc is not always sent",
    OTHER_CCS.replace("connectors.ccs", "connectors.cs"): "unknown aspect 'connectors.cs'; did you",
    OTHER_CCS.replace("ccs_depth", "ccs_deep"): "the model has no 'ccs_deep' in spapr_drc; did you",
    "feature = 1": "Expected `array`",
    "[[feature": "is no TOML",
}


@pytest.mark.parametrize(("text", "sentence"), BAD.items())
def test_a_bad_file_is_refused_in_one_sentence(text: str, sentence: str, tmp_path: Path) -> None:
    """It names the file, the feature, what is wrong, and what was probably meant."""
    path = tmp_path / "my-patch.toml"
    path.write_text(text)
    with pytest.raises(DeclarationError) as refused:
        read_declarations(path)
    assert str(path) in str(refused.value)
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)


def run(directory: Path, text: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What pytest says of the suites with a file of versions."""
    path = directory / "my-patch.toml"
    path.write_text(text)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    command += [f"--versions={path}", "--hypothesis-profile=smoke", "--hypothesis-seed=1"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
    return subprocess.run(  # noqa: S603 -- our own command
        [*command, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("text", "version"),
    [(MOOD, "7.1+mood"), (TUNE, "10.0+tune"), (OTHER_CCS, "10.0+walk"), (HIDDEN, "10.0+seal")],
    ids=["mood", "tune", "walk", "seal"],
)
def test_a_declared_feature_is_tested_against_all_versions(
    text: str, version: str, tmp_path: Path
) -> None:
    """The reference writes it and reads it; every pair does what the rows of its file say."""
    chapters = ["suites/pseries", "--ignore=suites/pseries/test_walks.py", "-k", version]
    said = run(tmp_path, text, *chapters)
    assert said.returncode == pytest.ExitCode.OK, said.stdout
    (row,) = (line.split() for line in said.stdout.splitlines() if line.startswith(f"{version} "))
    assert "x" in "".join(row[1:])


def test_what_the_guest_loses_is_said_in_the_words_of_the_file(tmp_path: Path) -> None:
    """A program of the base has the state, and does not send it."""
    said = run(tmp_path, MOOD, "suites/pseries/test_pairs.py", "-k", "7.1-")
    assert said.returncode == pytest.ExitCode.OK, said.stdout
    assert "L the mood of the guest: lost on " in said.stdout


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (MOOD.replace("spapr/mood", "spapr_dtb"), "7.1 has spapr_dtb already; call yours"),
        (TUNE.replace("version_id = 4", "version_id = 3"), "spapr has version 3 in 7.1 already"),
        (OTHER_CCS.replace('"10.0"', '"2.9"'), "2.9 has no section spapr_drc; take 2.9 out"),
        (MOOD.replace('"uint32"', '"uint23"'), "unknown type 'uint23'; did you mean 'uint32'?"),
    ],
)
def test_a_feature_that_contradicts_its_base_is_refused_before_any_test(
    text: str, sentence: str, tmp_path: Path
) -> None:
    """As a usage error, without a traceback."""
    said = run(tmp_path, text, "suites/pseries/test_pairs.py")
    assert said.returncode == pytest.ExitCode.USAGE_ERROR
    assert sentence in said.stderr
    assert "Traceback" not in said.stderr + said.stdout
