"""From any stream to a machine: what the model has is loaded, the rest is stepped over.

A load compares much of a stream with the machine it is loaded onto. Here there is none, so that
one is made which is configured as the stream says.
"""

from collections.abc import Iterator
from typing import Any

from reference.inspection.decoded import DecodedStream, Fields
from reference.inspection.decoding import DEFAULT_MACHINE_TYPE, decode
from reference.inspection.naming import named
from reference.spapr.capabilities import CAPABILITIES, default_capabilities
from reference.spapr.connector import Connector
from reference.spapr.loading import load_machine
from reference.spapr.machine import HostBridge, IommuTable, Lsi, Machine
from reference.vmstate.access import SUBSECTIONS
from reference.wire.frames import Section
from reference.wire.reader import Buffer, Reader

FIRST_PCI_LIOBN = 0x80000000
"""DMA windows from here on belong to host bridges; those below to VIO devices, which have none in
the model (QEMU include/hw/ppc/spapr.h, SPAPR_PCI_LIOBN and SPAPR_VIO_LIOBN)."""

WINDOWS = ("liobn", "mem_win_addr", "mem_win_size", "io_win_addr", "io_win_size")
"""What machine types up to 2.7 send of a host bridge, each as ``mig_`` and this name."""


def load_stream(data: Buffer, version_id: str, type_name: str = DEFAULT_MACHINE_TYPE) -> Machine:
    """The machine after a program of ``version_id`` loaded the stream.

    Sections that the model lacks are stepped over, as far as they are described. ``type_name`` is
    the machine type where the stream does not name it. Raises `StreamError`, `UnknownMachineType`
    and `UnknownStreamVersion`.
    """
    decoded = decode(data, type_name)
    sizes = {one.section.offset: one.size for one in decoded.sections}

    def skip(section: Section, reader: Reader) -> bool:
        size = sizes.get(section.offset)
        if size is not None:
            reader.take(size)
        return size is not None

    return load_machine(data, version_id, destination(decoded, type_name), skip=skip)


def destination(stream: DecodedStream, type_name: str = DEFAULT_MACHINE_TYPE) -> Machine:
    """A machine that is configured as ``stream`` says, in the state of its reset."""
    type_name = stream.type_name or type_name
    bridges = (one for instance, one in sections(stream, "spapr_pci") if instance == 0)
    return Machine(
        machine_type=type_name,
        capabilities=capabilities(stream, default_capabilities(type_name)),
        connectors=tuple(connectors(stream)),
        iommu_tables=tuple(
            IommuTable(liobn=instance, table=(0,) * values["mig_nb_table"])
            for instance, values in sections(stream, "spapr_iommu")
            if instance >= FIRST_PCI_LIOBN
        ),
        host_bridge=next(map(host_bridge, bridges), HostBridge()),
    )


def sections(stream: DecodedStream, idstr: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The sections called ``idstr`` that our descriptions explain: instance_id, values by name."""
    for one in stream.sections:
        content = one.content
        if one.section.idstr == idstr and isinstance(content, Fields) and not content.described:
            yield one.section.instance_id, named(content.plan.vmsd, content.values)


def capabilities(stream: DecodedStream, defaults: dict[str, int]) -> dict[str, int]:
    """The capabilities that differ from their defaults."""
    sent = {
        subsection["name"]: value
        for _, values in sections(stream, "spapr")
        for subsection in values.get(SUBSECTIONS, ())
        for value in subsection["fields"].values()
    }
    return {
        one.name: sent[f"spapr/cap/{one.name}"]
        for one in CAPABILITIES
        if sent.get(f"spapr/cap/{one.name}", defaults[one.name]) != defaults[one.name]
    }


def connectors(stream: DecodedStream) -> Iterator[Connector]:
    """The connectors that a stream has anything of, in its order.

    ``spapr_drc`` is sent for a connector with a device, and the indicator where it is not what
    goes with the device or its absence.
    """
    drcs = dict(sections(stream, "spapr_drc"))
    indicators = dict(sections(stream, "spapr_drc/physical"))
    for drc_index in drcs | indicators:
        device = drc_index in drcs or indicators[drc_index]["dr_indicator"] == 0
        yield Connector(drc_index=drc_index, device=device)


def host_bridge(values: dict[str, Any]) -> HostBridge:
    """The host bridge; what the stream does not say of it is as usual."""
    windows = {name: values[f"mig_{name}"] for name in WINDOWS if f"mig_{name}" in values}
    irqs = tuple(Lsi(one["irq"]) for one in values["lsi_table"])
    return HostBridge(buid=values["buid"], lsi_table=irqs, **windows)
