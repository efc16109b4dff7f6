"""The sections of whole machines that the model lacks: stepped over, as far as they are known."""

from reference.inspection.decoding import decode
from reference.spapr.machine_types import machine_type
from reference.spapr.other_sections import other_sections
from reference.wire.errors import StreamError
from reference.wire.frames import Section
from reference.wire.framing import read_frames
from reference.wire.ram import read_ram
from reference.wire.reader import Buffer, Reader

UNDESCRIBED = ("spapr-xive",)
"""Known sections of which only the stream says how long they are."""
LIVE = ("ram", "spapr/htab")
SHARED, CONFIGURATION_SIZE = b"x-ignore-shared", 256
"""The capability of a migration that leaves memory out, and where a stream names it."""
PCI_DEVICE = "pci@"
"""What the idstr of a device on the PCI bus begins with (hw/pci/pci.c, pcibus_get_dev_path)."""


def shares_memory(stream: Buffer) -> bool:
    """Whether a stream was written with x-ignore-shared, and is to be read with it.

    It says so in its configuration. Machine types up to 2.3 have none: there it shows in the list
    of blocks of ``ram``, the first section, which makes no sense when it is read without.
    """
    if SHARED in bytes(stream[:CONFIGURATION_SIZE]):
        return True
    reader = Reader(stream)
    try:
        first = next(read_frames(reader))
    except StreamError:
        return False
    if not isinstance(first, Section) or first.idstr != "ram":
        return False
    try:
        read_ram(reader)
    except StreamError:
        return True
    return False


class Others:
    """Steps over what the model lacks of one stream; for `reference.spapr.loading.load_machine`.

    The stream is decoded for it when the first such section comes, and must be whole then.
    """

    def __init__(self, stream: Buffer, type_name: str) -> None:
        self.stream, self.type_name = stream, type_name
        self.shares = shares_memory(stream)
        self.sizes: dict[int, int] = {}

    def __call__(self, section: Section, reader: Reader) -> bool:
        """Move the reader over the payload of ``section``; False where it is unknown."""
        if not self.knows(section.idstr):
            return False
        if not self.sizes:
            whole = decode(self.stream, self.type_name)
            self.sizes = {one.section.offset: one.size for one in whole.sections}
        reader.take(self.sizes[section.offset])
        return True

    def knows(self, idstr: str) -> bool:
        """Whether QEMU's pseries machines have a section of that name."""
        if idstr in LIVE:
            return self.shares  # else the model's own, with nothing in them
        known = other_sections(machine_type(self.type_name))
        name = idstr.rpartition("/")[2]
        return (
            idstr.startswith(PCI_DEVICE) or idstr in known or name in known or name in UNDESCRIBED
        )
