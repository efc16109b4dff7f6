"""The configuration section (QEMU migration/savevm.c, vmstate_configuration).

It is an ordinary description, of which only the fields and subsections are in the stream: no
version, no footer.
"""

from reference.vmstate.description import VMStateDescription
from reference.vmstate.fields import buffer, struct, uint8, uint32
from reference.vmstate.records import Record


class MigrationCapability(Record, frozen=True):
    """A capability of the migration, such as ``x-ignore-shared``, that both sides must have."""

    name: bytes


class Configuration(Record, frozen=True):
    """What the section says: the machine type; for others than us, capabilities and a UUID."""

    name: bytes
    target_page_bits: int | None = None
    capabilities: tuple[MigrationCapability, ...] = ()
    uuid: bytes | None = None


MIGRATION_CAPABILITY = VMStateDescription(
    name="configuration/capabilities/capability",
    fields=(uint8("length", counts="name"), buffer("name", size="length")),
    record=MigrationCapability,
)

CONFIGURATION = VMStateDescription(
    name="configuration",
    fields=(uint32("len", counts="name"), buffer("name", size="len")),
    subsections=(
        VMStateDescription(
            name="configuration/target-page-bits",
            needed=lambda configuration: configuration.target_page_bits is not None,
            fields=(uint32("target_page_bits"),),
        ),
        VMStateDescription(
            name="configuration/capabilities",
            needed=lambda configuration: bool(configuration.capabilities),
            fields=(
                uint32("caps_count", counts="capabilities"),
                struct("capabilities", MIGRATION_CAPABILITY, count="caps_count"),
            ),
        ),
        VMStateDescription(
            name="configuration/uuid",
            needed=lambda configuration: configuration.uuid is not None,
            fields=(buffer("uuid", size=16),),
        ),
    ),
    record=Configuration,
)
