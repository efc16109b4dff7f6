"""Streams in files."""

import gzip
import zlib
from mmap import ACCESS_READ, mmap
from os import fstat

from reference.wire.reader import Buffer

GZIP_MAGIC = b"\x1f\x8b"


class NotReadable(Exception):
    """A file that cannot be read; the message says why."""


def read_file(path: str) -> Buffer:
    """The stream in a file, plain or packed with gzip; raises `NotReadable`.

    A plain file is mapped: only what is looked at takes memory.
    """
    try:
        with open(path, "rb") as file:  # noqa: PTH123 -- pathlib would only call it
            if file.peek(2)[:2] == GZIP_MAGIC:
                with gzip.open(file) as unpacked:
                    return unpacked.read()
            if not fstat(file.fileno()).st_size:
                return file.read()
            return mmap(file.fileno(), 0, access=ACCESS_READ)
    except OSError as error:
        raise NotReadable(error.strerror or str(error)) from None
    except (EOFError, zlib.error) as error:
        raise NotReadable(f"The gzip file is damaged: {error}") from None
