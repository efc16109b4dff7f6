"""The command line, as its user sees it."""

import gzip
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from reference.__main__ import main
from reference.inspection.decoding import decode
from reference.spapr.machine import Machine
from reference.spapr.saving import save_machine
from tests.unit.captured import captured, path_of, short

NAME = "qemu-7.2_pseries-7.2_midwalk"
CAPTURE = str(path_of(NAME))
MACHINE = Machine(machine_type="pseries-2.6", patb_entry=16)


@pytest.fixture
def stream(tmp_path: Path) -> Path:
    """A file with a stream, not packed."""
    path = tmp_path / "stream.mig"
    path.write_bytes(short(NAME))
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """The exit status of a command, and what it printed: output, errors."""
    status = main(arguments)
    printed = capsys.readouterr()
    return status, printed.out, printed.err


def usage(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The last line that a wrong usage prints."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    return capsys.readouterr().err.splitlines()[-1]


def test_check(capsys: pytest.CaptureFixture[str], stream: Path) -> None:
    """A stream that holds, packed or not, has a line with its numbers of bytes; status 0."""
    status, output, errors = run(capsys, "check", CAPTURE, str(stream))
    head, packed, plain = output.splitlines()
    assert (status, errors) == (0, "")
    assert head.split() == ["framing", "own", "described", "opaque", "description", "total"]
    assert packed.split()[:6] == ["748", "2229151", "65796", "45526", "7527", "2348748"]
    assert packed.endswith(f"  {CAPTURE}: identical")
    assert plain.split()[2:4] == ["0", "0"]
    assert plain.endswith(f"{stream}: identical")


def test_check_of_a_difference(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A stream that differs has the offset, the section and the field; status 1."""
    data = bytearray(captured(NAME))
    (section,) = (one for one in decode(data).sections if one.section.instance_id == 0x80000000)
    offset = section.payload.start + 8
    data[offset] = 2
    path = tmp_path / "bad.mig"
    path.write_bytes(data)
    status, output, _ = run(capsys, "check", str(path))
    assert status == 1
    assert output.endswith(
        f"differs at byte {offset:#x}, section spapr_iommu/0x80000000, field bypass\n"
    )


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "the stream ends after 0 of 4 bytes (byte 0x0)."),
        (b"garbage of any kind", "Not a migration stream"),
        (gzip.compress(b"QEVM", mtime=0)[:-6], "The gzip file is damaged"),
        (b"\x1f\x8bnonsense", "Unknown compression method"),
        (gzip.compress(bytes(100), mtime=0)[:10] + b"\xff" * 20, "The gzip file is damaged"),
        (save_machine(MACHINE, "10.0")[:-300], "the stream ends after"),
    ],
)
def test_bad_stream_does_not_stop_the_others(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, data: bytes, problem: str
) -> None:
    """A bad stream is reported by name, the others are checked all the same; status 1."""
    bad = tmp_path / "bad.mig"
    bad.write_bytes(data)
    status, output, errors = run(capsys, "check", str(bad), CAPTURE)
    assert status == 1
    assert errors.startswith(f"{bad}: ")
    assert problem in errors
    assert output.endswith(f"{CAPTURE}: identical\n")


@pytest.mark.parametrize("command", [("check",), ("show",), ("load", "--version", "10.0")])
@pytest.mark.parametrize(
    ("name", "problem"), [("missing", "No such file or directory"), (".", "Is a directory")]
)
def test_unreadable_file(
    capsys: pytest.CaptureFixture[str], command: tuple[str, ...], name: str, problem: str
) -> None:
    """A file that cannot be read is named; status 1."""
    status, _, errors = run(capsys, *command, name)
    assert (status, errors) == (1, f"{name}: {problem}\n")


def test_show(capsys: pytest.CaptureFixture[str], stream: Path) -> None:
    """Show prints the sections for a person."""
    status, output, _ = run(capsys, "show", str(stream))
    assert status == 0
    assert "FULL spapr_drc/0x40000010 version 1" in output


def test_show_json(capsys: pytest.CaptureFixture[str], stream: Path) -> None:
    """Show prints a document for a program."""
    status, output, _ = run(capsys, "show", "--json", str(stream))
    document = json.loads(output)
    assert status == 0
    assert document["machine_type"] == "pseries-7.2"
    assert document["size"] == len(short(NAME))


def test_machine_type_of_a_nameless_stream(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The machine type of a stream that does not name it is an option, pseries-2.1 by default."""
    path = tmp_path / "old.mig"
    path.write_bytes(save_machine(Machine(machine_type="pseries-2.2"), "2.7"))
    _, output, _ = run(capsys, "load", "--version", "2.7", str(path))
    assert json.loads(output)["machine_type"] == "pseries-2.1"
    arguments = ("--version", "2.7", "--machine-type", "pseries-2.2")
    _, output, _ = run(capsys, "load", *arguments, str(path))
    assert json.loads(output)["machine_type"] == "pseries-2.2"


def save(
    monkeypatch: pytest.MonkeyPatch,
    capsysbinary: pytest.CaptureFixture[bytes],
    document: bytes,
    version: str = "10.0",
) -> tuple[int, bytes, str]:
    """Save a document from standard input: status, stream, errors."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(document)))
    status = main(["save", "--version", version])
    printed = capsysbinary.readouterr()
    return status, printed.out, printed.err.decode()


def test_save_from_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    """Save writes the stream of the machine, and nothing else."""
    document = b'{"machine_type": "pseries-2.6", "patb_entry": 16}'
    status, output, errors = save(monkeypatch, capsysbinary, document)
    assert (status, output, errors) == (0, save_machine(MACHINE, "10.0"), "")


@pytest.mark.parametrize(
    ("document", "version", "problem"),
    [
        (b'{"machine_typ": ""}', "10.0", "Did you mean `machine_type`?"),
        (b'{"machine_type": "pseries-7.1"}', "2.8", "no machine type pseries-7.1"),
        (b'{"machine_type": "pc"}', "2.8", "'pc' is no pseries machine type"),
        (b'{"machine_type": "pseries-2.1", "rtc_ns_offset": 1}', "2", "no whole seconds"),
        (b"\xff", "10.0", "can't decode byte 0xff"),
    ],
)
def test_save_refused(
    monkeypatch: pytest.MonkeyPatch,
    capsysbinary: pytest.CaptureFixture[bytes],
    document: bytes,
    version: str,
    problem: str,
) -> None:
    """What cannot be saved is reported, without a stream; status 1."""
    status, output, errors = save(monkeypatch, capsysbinary, document, version)
    assert (status, output) == (1, b"")
    assert errors.startswith("standard input: ")
    assert problem in errors


def test_load_and_save(capsysbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> None:
    """What load prints, save takes; of a real stream the model's sections come out of it."""
    assert main(["load", "--version", "10.0", CAPTURE]) == 0
    document = tmp_path / "machine.json"
    document.write_bytes(capsysbinary.readouterr().out)
    assert main(["save", "--version", "10.0", str(document)]) == 0
    saved = capsysbinary.readouterr().out
    payload = next(one.payload for one in decode(saved).sections if one.section.idstr == "spapr")
    assert saved[payload] in captured(NAME)


def test_load_into_an_older_program(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A program that cannot load the stream says why; status 1."""
    status, output, errors = run(capsys, "load", "--version", "5.0", CAPTURE)
    assert (status, output) == (1, "")
    assert "stream version 5.0 has no machine type pseries-7.2" in errors


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "error: the following arguments are required: COMMAND"),
        (("check",), "error: the following arguments are required: STREAM"),
        (("load", "a"), "error: the following arguments are required: --version"),
        (
            ("save", "--version", "7.2"),
            (
                "error: argument --version: '7.2' is no stream version. "
                "QEMU 7.2 writes as '7.1' does: name '7.1'."
            ),
        ),
        (
            ("show", "--machine-type", "pserie-2.4", "a"),
            "they are called pseries-X.Y. Did you mean pseries-2.4?",
        ),
    ],
)
def test_usage(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], sentence: str
) -> None:
    """A wrong usage is one sentence that says what is right; status 2."""
    assert usage(capsys, *arguments).endswith(sentence)


def test_reader_that_went_away() -> None:
    """Output that nobody reads ends the command without a word."""
    command = f'"{sys.executable}" -m reference show --json "{CAPTURE}" | head -c 1'
    done = subprocess.run(  # noqa: S602 - our own command
        command, shell=True, capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("{", "")
