"""What wrong machines are derived from: the reference, with one device or the machine otherwise."""

from dataclasses import replace
from typing import Any

from adapters.reference_devices import ReferenceDevices
from reference.devices.device import Device
from reference.devices.machine import DEVICES
from reference.vmstate.description import VMStateDescription


def with_device(device: Device) -> tuple[Device, ...]:
    """The devices of the reference, with another of the same name."""
    return tuple(device if one.name == device.name else one for one in DEVICES)


def without(vmsd: VMStateDescription, *names: str) -> VMStateDescription:
    """A description that lacks some fields."""
    return replace(vmsd, fields=tuple(one for one in vmsd.fields if one.name not in names))


def needed_if(vmsd: VMStateDescription, name: str, needed: Any) -> VMStateDescription:
    """A description of which a subsection is needed at other times; never, where that is None."""
    others = tuple(one for one in vmsd.subsections if one.name != name)
    (one,) = (one for one in vmsd.subsections if one.name == name)
    changed = () if needed is None else (replace(one, needed=needed),)
    return replace(vmsd, subsections=(*others, *changed))


__all__ = ["ReferenceDevices", "needed_if", "with_device", "without"]
