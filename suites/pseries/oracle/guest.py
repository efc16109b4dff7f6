"""A guest that goes on: it reads a tree to its end, or asks for all that there is."""

from reference.spapr.actions import (
    CheckException,
    ConfigureConnector,
    ConfigureConnectorStatus,
    GetSensorState,
    GetTimeOfDay,
    Status,
)
from strategies.pseries.actions import EPOCH_2026, EVERY_CLASS, give_back
from suites.pseries.oracle.acting import Twins


def read_on(twins: Twins, drc_index: int) -> None:
    """Let the guest read a tree to its end, or until it is told why it cannot."""
    while twins.act(ConfigureConnector(drc_index)).status > ConfigureConnectorStatus.COMPLETE:
        pass


def drain(twins: Twins) -> None:
    """Ask for everything that a guest can ask for: so each loss shows in some answer."""
    twins.act(GetTimeOfDay(EPOCH_2026))
    for connector in twins.twin.connectors:
        index = connector.drc_index
        twins.act(GetSensorState(index))
        read_on(twins, index)
        twins.act(ConfigureConnector(index))
        for call in give_back(index):
            twins.act(call)
        twins.act(GetSensorState(index))
    while twins.act(CheckException(EVERY_CLASS)).status == Status.SUCCESS:
        pass
