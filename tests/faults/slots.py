"""Faults of machines with more parts than most: the ninth connector, the second host bridge."""

from msgspec.structs import replace

from adapters.reference import ReferenceAdapter
from reference.spapr.connector import Connector
from reference.spapr.machine import Machine

KIND_AND_SLOT = 0xF000FFFF
"""Of the index of a PCI connector what tells slots of one host bridge apart."""
WINDOW_OF_A_BRIDGE = 0xFF00FFFF
"""Of a LIOBN what tells the windows of one host bridge apart."""


def resting_from(connectors: tuple[Connector, ...], number: int) -> tuple[Connector, ...]:
    """The connectors, those behind the first ``number`` as after a reset."""
    return connectors[:number] + tuple(one.fresh() for one in connectors[number:])


class KeepsEightConnectors(ReferenceAdapter):
    """A table has room for the states of eight connectors, more are dropped (3f1c49e2136f)."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Keep eight."""
        machine = super().load(stream, version, onto)
        return replace(machine, connectors=resting_from(machine.connectors, 8))


class KeepsAHundredConnectors(ReferenceAdapter):
    """A table has room for the states of a hundred connectors; a machine may have thousands."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Keep a hundred."""
        machine = super().load(stream, version, onto)
        return replace(machine, connectors=resting_from(machine.connectors, 100))


class KeepsTwoWindows(ReferenceAdapter):
    """The windows of the first host bridge are loaded, those of the second are not."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Keep two."""
        machine = super().load(stream, version, onto)
        tables = machine.iommu_tables
        rest = tuple(one.fresh() for one in tables[2:])
        return replace(machine, iommu_tables=tables[:2] + rest)


def without_bridges(machine: Machine) -> Machine:
    """The machine with connectors that all seem to be of the first host bridge."""
    connectors = (
        replace(one, drc_index=one.drc_index & KIND_AND_SLOT) for one in machine.connectors
    )
    return replace(machine, connectors=tuple(connectors))


class NumbersSlotsOfOneBridge(ReferenceAdapter):
    """The number of the host bridge, bits 16 to 27, is cut off an index (a6a7005d14b3)."""

    def save(self, machine: Machine, version: str) -> bytes:
        """Save under shorter numbers."""
        return super().save(without_bridges(machine), version)

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Give each connector the state that its shorter number has."""
        machine = super().load(stream, version, without_bridges(onto))
        found = {one.drc_index: one for one in machine.connectors}
        connectors = (
            replace(found[one.drc_index & KIND_AND_SLOT], drc_index=one.drc_index)
            for one in onto.connectors
        )
        return replace(machine, connectors=tuple(connectors))


class SharesWindowsBetweenBridges(ReferenceAdapter):
    """Windows are looked up without the number of their bridge, bits 16 to 23 (a6a7005d14b3)."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Give each window the state of the last one that is called alike."""
        machine = super().load(stream, version, onto)
        found = {one.liobn & WINDOW_OF_A_BRIDGE: one for one in machine.iommu_tables}
        tables = (
            replace(found[one.liobn & WINDOW_OF_A_BRIDGE], liobn=one.liobn)
            for one in machine.iommu_tables
        )
        return replace(machine, iommu_tables=tuple(tables))
