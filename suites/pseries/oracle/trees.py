"""Device trees of real devices, as QEMU 7.2 gave them to a guest.

From tests/captures/transcripts; values are in hexadecimal.
"""

from reference.spapr.device_tree import Node, Property

TREES = {
    0x40000010: Node(  # virtio-rng-pci
        "legacy-device@2",
        tuple(
            Property(name, bytes.fromhex(value))
            for name, value in (
                ("max-latency", "00000000"),
                ("min-grant", "00000000"),
                (
                    "reg",
                    (
                        "0000100000000000000000000000000000000000010010100000000000000000"
                        "0000000000000020020010140000000000000000000000000000100003001020"
                        "00000000000000000000000000004000"
                    ),
                ),
                ("ibm,req#msi-x", "00000002"),
                ("ibm,my-drc-index", "40000010"),
                (
                    "ibm,loc-code",
                    "71656d755f76697274696f2d726e672d7063693a303030303a30303a30322e3000",
                ),
                ("devsel-speed", "00000000"),
                ("cache-line-size", "00000000"),
                ("subsystem-vendor-id", "00001af4"),
                ("subsystem-id", "00000004"),
                ("interrupts", "00000001"),
                ("class-code", "0000ff00"),
                ("revision-id", "00000000"),
                ("device-id", "00001005"),
                ("vendor-id", "00001af4"),
            )
        ),
    ),
    0x80000004: Node(  # 256 MiB of memory
        "memory@800000040000000",
        tuple(
            Property(name, bytes.fromhex(value))
            for name, value in (
                ("ibm,associativity", "0000000400000000000000000000000000000000"),
                ("reg", "08000000400000000000000010000000"),
                ("device_type", "6d656d6f727900"),
            )
        ),
    ),
    0x10000001: Node(  # a POWER9 core
        "PowerPC,POWER9@1",
        tuple(
            Property(name, bytes.fromhex(value))
            for name, value in (
                ("name", "506f77657250432c504f57455239403100"),
                ("ibm,dec-bits", "00000038"),
                ("ibm,processor-radix-AP-encodings", "0000000ca0000010200000154000001e"),
                ("ibm,ppc-interrupt-gserver#s", "0000000100000000"),
                ("ibm,ppc-interrupt-server#s", "00000001"),
                ("ibm,pft-size", "0000000000000015"),
                ("ibm,chip-id", "00000000"),
                (
                    "ibm,pa-features",
                    (
                        "4200f63fc7c080f0800000000000000000008000800080000000800080008000"
                        "80008000c0008000800080008000800080008000800080008000800080008000"
                        "80000000"
                    ),
                ),
                (
                    "ibm,segment-page-sizes",
                    (
                        "0000000c00000000000000010000000c00000000000000100000011000000001"
                        "0000001000000001"
                    ),
                ),
                ("ibm,dfp", "00000001"),
                ("ibm,vmx", "00000002"),
                ("ibm,processor-segment-sizes", "0000001c00000028ffffffffffffffff"),
                ("ibm,spurr", "00000001"),
                ("ibm,purr", "00000001"),
                ("64-bit", ""),
                ("status", "6f6b617900"),
                ("ibm,slb-size", "00000020"),
                ("slb-size", "00000020"),
                ("clock-frequency", "3b9aca00"),
                ("timebase-frequency", "1e848000"),
                ("i-cache-size", "00008000"),
                ("d-cache-size", "00008000"),
                ("i-cache-line-size", "00000080"),
                ("i-cache-block-size", "00000080"),
                ("d-cache-line-size", "00000080"),
                ("d-cache-block-size", "00000080"),
                ("cpu-version", "004e1200"),
                ("device_type", "63707500"),
                ("reg", "00000001"),
                ("ibm,my-drc-index", "10000001"),
            )
        ),
    ),
}
"""By the index of a connector: the tree of the device that was plugged into it."""

LONG_TREE = Node(
    "device",
    (
        *(Property(f"p{place}", bytes((place,)) * 4000) for place in range(17)),
        Property("ibm,my-drc-index", bytes.fromhex("40000010")),
    ),
)
"""A tree of more than 64 KiB: its last tags lie beyond a page, and beyond 16 bits."""
