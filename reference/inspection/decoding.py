"""From a stream to what it says, section by section.

Each payload is tried with our own descriptions, and then with the stream's: newer programs than
ours exist. Where the stream says how long a section is, only a description that takes just as many
bytes explains it.
"""

from collections.abc import Iterator

from reference.inspection.decoded import Content, DecodedSection, DecodedStream, Fields
from reference.inspection.known import own_descriptions
from reference.spapr.configuration import CONFIGURATION
from reference.vmstate.access import SUBSECTIONS
from reference.vmstate.compiler import compile_decoder
from reference.vmstate.described import description_of
from reference.vmstate.description import VMStateDescription
from reference.vmstate.plan import check_version
from reference.wire.description import find_description, read_description
from reference.wire.description_records import DeviceDescription
from reference.wire.errors import (
    DescriptionRejected,
    FieldRejected,
    StreamError,
    UnknownSection,
)
from reference.wire.frames import Command, Configuration, Section, SectionType
from reference.wire.framing import read_frames
from reference.wire.htab import HashTable, read_htab
from reference.wire.ram import check_capabilities, read_ram
from reference.wire.ram_records import RamRecord
from reference.wire.reader import Buffer, Reader

DEFAULT_MACHINE_TYPE = "pseries-2.1"
"""That of a stream that does not name one: the machine types up to 2.3 do not."""
PAGE_SIZE = 4096
"""Bytes of a page where there is no vmdescription to say it (TARGET_PAGE_SIZE of ppc64)."""


def decode(data: Buffer, type_name: str = DEFAULT_MACHINE_TYPE) -> DecodedStream:
    """All that a stream says; it must fill ``data``.

    ``type_name`` is the machine type where the stream does not name it. The sections of a machine
    that is no pseries one are decoded by the stream's vmdescription alone. Raises `StreamError`.
    """
    return Decoding(data, type_name).stream()


class Decoding:
    """One stream that is being decoded."""

    def __init__(self, data: Buffer, type_name: str) -> None:
        self.reader = Reader(data)
        self.type_name = type_name
        self.description = find_description(data)
        self.page_size = self.description.page_size if self.description else PAGE_SIZE
        devices = self.description.devices if self.description else ()
        self.devices = {(one.name, one.instance_id): one for one in devices}
        self.configuration: Fields | None = None
        self.ignore_shared: bool | None = None
        self.htab_shift: int | None = None

    def stream(self) -> DecodedStream:
        """Read all of it."""
        reader = self.reader
        frames: list[DecodedSection | Command] = []
        footers = None
        for frame in read_frames(reader):
            match frame:
                case Configuration():
                    self.configure(frame)
                case Section():
                    frames.append(self.section(frame))
                    if footers is None:
                        footers = reader.next_is(SectionType.FOOTER)
                case Command():
                    frames.append(frame)
        end = reader.position - 1
        description = read_description(reader) if reader.remaining else None
        if reader.remaining:
            raise DescriptionRejected(
                f"{reader.remaining} bytes follow the vmdescription", offset=reader.position
            )
        return DecodedStream(
            configuration=self.configuration,
            frames=tuple(frames),
            footers=bool(footers),
            end=end,
            description=description,
            size=reader.size,
        )

    def configure(self, frame: Configuration) -> None:
        """Read the configuration section, which says how to read the rest."""
        plan = compile_decoder(CONFIGURATION, CONFIGURATION.version_id)
        try:
            values = plan.load(self.reader, None)
        except StreamError as error:
            raise error.in_section(CONFIGURATION.name) from None
        self.configuration = Fields(plan=plan, values=values)
        self.type_name = values["name"].decode("latin-1")
        capabilities = {
            one["name"].decode("latin-1")
            for _, _, subsection in values.get(SUBSECTIONS, ())
            for one in subsection.get("capabilities", ())
        }
        check_capabilities(capabilities, offset=frame.offset)
        self.ignore_shared = "x-ignore-shared" in capabilities

    def section(self, section: Section) -> DecodedSection:
        """Read one payload."""
        start = self.reader.position
        try:
            content = self.content(section)
        except StreamError as error:
            raise error.in_section(section.name) from None
        return DecodedSection(section, slice(start, self.reader.position), content)

    def content(self, section: Section) -> Content:
        """What a payload says."""
        if section.idstr == "ram":
            return tuple(self.ram())
        if section.idstr == "spapr/htab":
            content = read_htab(self.reader, shift=self.htab_shift)
            if isinstance(content, HashTable):
                self.htab_shift = content.shift
            return content
        return self.fields(section)

    def ram(self) -> list[RamRecord]:
        """The records of ``ram``.

        Without a configuration section nothing says whether each block has its guest address.
        They are looked for where the records make no sense without them.
        """
        start = self.reader.position
        try:
            return read_ram(
                self.reader, page_size=self.page_size, ignore_shared=bool(self.ignore_shared)
            )
        except StreamError as error:
            if self.ignore_shared is not None:
                raise
            self.reader.position = start
            try:
                return read_ram(self.reader, page_size=self.page_size, ignore_shared=True)
            except StreamError:
                raise error from None

    def fields(self, section: Section) -> Fields:
        """What the first description that explains the payload makes of it."""
        start = self.reader.position
        device = self.devices.get((section.idstr, section.instance_id))
        failures: list[StreamError] = []
        for vmsd, described in self.candidates(section, device):
            self.reader.position = start
            try:
                if vmsd.version_id:  # a section of the old style is described without one
                    check_version(vmsd, section.version_id, section.offset)
                plan = compile_decoder(vmsd, section.version_id)
                values = plan.load(self.reader, None)
                taken = self.reader.position - start
                if device is not None and taken != device.size:
                    raise FieldRejected(
                        f"{taken} bytes, where the vmdescription has {device.size}", offset=start
                    )
            except StreamError as error:
                failures.append(error)
            else:
                return Fields(plan=plan, values=values, described=described)
        if failures:
            raise failures[0]
        raise UnknownSection(
            f"Unknown savevm section {section.name}: neither we nor the stream describe it",
            offset=section.offset,
        )

    def candidates(
        self, section: Section, device: DeviceDescription | None
    ) -> Iterator[tuple[VMStateDescription, DeviceDescription | None]]:
        """The descriptions that may explain a payload: ours, then the stream's.

        Ours are found by the name of the stream's, else by the idstr, or the end of its path.
        """
        own = own_descriptions(self.type_name)
        name = section.idstr if device is None else device.vmsd_name
        for vmsd in own.get(name) or own.get(name.rpartition("/")[2], ()):
            yield vmsd, None
        if device is not None:
            yield description_of(device), device
