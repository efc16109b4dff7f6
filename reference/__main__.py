"""The command line: ``python -m reference check | show | save | load``; see docs/command-line.md.

Here are the arguments and what is printed. All else is in `reference.inspection`.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from reference.inspection.checking import Counts, count, first_difference
from reference.inspection.decoding import DEFAULT_MACHINE_TYPE, decode
from reference.inspection.files import NotReadable, read_file
from reference.inspection.loading import load_stream
from reference.inspection.machine_documents import DocumentRejected, read_machine, write_machine
from reference.inspection.showing import as_text
from reference.inspection.stream_documents import as_document
from reference.spapr.machine_types import UnknownMachineType, machine_type
from reference.spapr.saving import save_machine
from reference.spapr.versions import UnknownStreamVersion, stream_version
from reference.vmstate.errors import SaveError
from reference.wire.errors import StreamError

EXPECTED = (
    DocumentRejected,
    NotReadable,
    OSError,
    SaveError,
    StreamError,
    UnicodeDecodeError,
    UnknownMachineType,
)
"""What can be wrong with a file; the message is for the user."""

COLUMNS = (*Counts.__struct_fields__, "total")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status, 0 or 1. A wrong usage exits with 2."""
    options = parser().parse_args(arguments)
    try:
        status: int = options.command(options)
        sys.stdout.flush()
    except BrokenPipeError:
        # Nobody reads any more. Python would complain when it closes the output.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except EXPECTED as error:
        return complain(options.file, error)
    return status


def parser() -> argparse.ArgumentParser:
    """What the commands take."""
    result = argparse.ArgumentParser(prog="python -m reference", description=__doc__.split(";")[0])
    commands = result.add_subparsers(required=True, metavar="COMMAND")

    def command(run: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        one = commands.add_parser(run.__name__, help=text, description=text)
        one.set_defaults(command=run)
        return one

    one = command(check, "Decode streams, encode them again, compare and count the bytes.")
    one.add_argument("file", metavar="STREAM", nargs="+", help="a stream, plain or gzip")
    add_machine_type(one)
    one = command(show, "Print what a stream says.")
    one.add_argument("file", metavar="STREAM", help="a stream, plain or gzip")
    one.add_argument("--json", action="store_true", help="for a program, with all values")
    add_machine_type(one)
    one = command(save, "Write the stream of a machine in JSON to standard output.")
    one.add_argument(
        "file", metavar="MACHINE", nargs="?", default="-", help="default: standard input"
    )
    add_version(one)
    one = command(load, "Print the machine that a stream holds, in JSON.")
    one.add_argument("file", metavar="STREAM", help="a stream, plain or gzip")
    add_version(one)
    add_machine_type(one)
    return result


def add_version(to: argparse.ArgumentParser) -> None:
    """The stream version of the program that saves or loads."""
    to.add_argument(
        "--version",
        required=True,
        metavar="V",
        type=known(stream_version, UnknownStreamVersion),
        help="the stream version of the program, such as 10.0",
    )


def add_machine_type(to: argparse.ArgumentParser) -> None:
    """The machine type of streams that do not name theirs."""
    to.add_argument(
        "--machine-type",
        metavar="TYPE",
        default=DEFAULT_MACHINE_TYPE,
        type=known(machine_type, UnknownMachineType),
        help="of streams without a configuration section (default %(default)s)",
    )


def known(find: Callable[[str], object], unknown: type[Exception]) -> Callable[[str], str]:
    """An argument that ``find`` has to know."""

    def check_name(name: str) -> str:
        try:
            find(name)
        except unknown as error:
            raise argparse.ArgumentTypeError(str(error)) from None
        return name

    return check_name


def complain(file: str, error: Exception) -> int:
    """Say what is wrong with a file; returns the exit status for that."""
    print(f"{'standard input' if file == '-' else file}: {error}", file=sys.stderr)
    return 1


def check(options: argparse.Namespace) -> int:
    """Check all files; what is wrong with one does not stop the others."""
    print("".join(f"{title:>12}" for title in COLUMNS))
    status = 0
    for file in options.file:
        try:
            data = read_file(file)
            stream = decode(data, options.machine_type)
            difference = first_difference(data, stream)
            counts = count(stream)
            row = "".join(f"{getattr(counts, name):>12}" for name in COLUMNS)
            print(f"{row}  {file}: {difference or 'identical'}")
            status |= difference is not None
        except EXPECTED as error:
            status = complain(file, error)
    return status


def show(options: argparse.Namespace) -> int:
    """Print a stream."""
    stream = decode(read_file(options.file), options.machine_type)
    if options.json:
        print(json.dumps(as_document(stream)))
    else:
        for line in as_text(stream):
            print(line)
    return 0


def save(options: argparse.Namespace) -> int:
    """Write a machine's stream."""
    data = sys.stdin.buffer.read() if options.file == "-" else Path(options.file).read_bytes()
    stream = save_machine(read_machine(data.decode()), options.version)
    sys.stdout.buffer.write(stream)
    return 0


def load(options: argparse.Namespace) -> int:
    """Print a stream's machine."""
    print(
        write_machine(load_stream(read_file(options.file), options.version, options.machine_type))
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
