"""What tests that step through the descriptions must catch: faults for what was once missed."""

from tests.faults.caught import Caught

STEPS = {
    "test_lists.py::test_every_list_survives_at_every_length": (
        Caught("LIST-3", "fdt_blob-10.0", "lengths:CountsBytesOfATreeInSixteenBits", "fdt_blob"),
        Caught(
            "LIST-3", "table-2.12", "lengths:CountsPagesInEightBits", "iommu_tables[0].table[0]"
        ),
        Caught("LIST-3", "ccs_list-3+series", "lengths:CountsWalksInElevenBits", "ccs_list[2048]"),
        Caught(
            "LIST-3",
            "extended_log-3.1",
            "lengths:CutsLogsOfOldPrograms",
            "pending_events[0].extended_log",
        ),
        Caught("LIST-3", "msis-3.1", "lengths:KeepsAHundredInterrupts", "host_bridge.msis[100]"),
        Caught("LIST-3", "fdt_blob-10.0", "lengths:KeepsSmallTrees", "fdt_blob"),
        Caught(
            "LIST-3",
            "extended_log-5.0",
            "middles:TurnsTheEndOfALog",
            "pending_events[0].extended_log",
        ),
        Caught("LIST-3", "fdt_blob-10.0", "middles:TurnsTheWordsOfATree", "fdt_blob"),
    ),
    "test_load.py::test_state_of_a_part_that_is_not_there_is_rejected": (
        Caught(
            "LOAD-7",
            "4.0",
            "comparisons:PassesOverWindows",
            "load at 4.0 without window 0x80000000",
        ),
    ),
    "test_load.py::test_what_a_load_compares_must_be_the_same": (
        Caught(
            "LOAD-6",
            "2.9",
            "comparisons:TakesAnyBridge",
            "load at 2.9, spapr_pci, buid differs by 0x1",
        ),
        Caught(
            "LOAD-6",
            "2.9",
            "comparisons:TakesAnyInterrupts",
            "load at 2.9, spapr_pci, lsi_table[0].irq differs by 0x1",
        ),
        Caught(
            "LOAD-6",
            "3+ccs",
            "comparisons:TakesTablesOfAnySize",
            "load at 3+ccs, spapr_iommu/0x80000000, nb_table differs by -0x1",
        ),
        Caught(
            "LOAD-6",
            "3+ccs",
            "comparisons:TakesWindowsElsewhere",
            "load at 3+ccs, spapr_pci, dma_liobn[0] differs by 0x1",
        ),
        Caught(
            "LOAD-6",
            "2.9",
            "comparisons:TakesWindowsOfOthers",
            "load at 2.9, spapr_iommu/0x80000000, liobn differs by 0x1",
        ),
    ),
    "test_machine_types.py::test_a_machine_type_is_compared_as_far_as_the_stream_has_it": (
        Caught(
            "MT-8",
            "pseries-2.12-sxxm",
            "comparisons:ComparesAnyPart",
            "load 'x' onto pseries-2.12-sxxm at 2.12",
        ),
        Caught(
            "MT-8",
            "pseries-2.12",
            "comparisons:ComparesElevenLetters",
            "load 'pseries-2.11' onto pseries-2.12 at 2.12",
        ),
        Caught(
            "MT-8",
            "pseries-2.4",
            "comparisons:ComparesNoNameBefore",
            "load 'x' onto pseries-2.4 at 3",
        ),
    ),
    "test_machine_types.py::test_the_same_program_with_an_older_machine_type": (
        Caught("MT-3", "pseries-9.1", "combinations:ExchangesAddresses", "fwnmi_system_reset_addr"),
        Caught(
            "MT-3",
            "pseries-9.0",
            "combinations:LosesInterruptsBesideACapability",
            "host_bridge.msis[0]",
        ),
        Caught("MT-3", "pseries-5.0", "middles:TurnsMiddleWords", "irq_map[0]"),
    ),
    "test_machine_types.py::test_two_programs_with_a_machine_type_that_both_know": (
        Caught("MT-6", "pseries-6.1", "combinations:LosesATreeAmongThree", "fdt_blob"),
    ),
    "test_pairs.py::test_whether_a_part_arrives_depends_on_no_other": (
        Caught("PAIR-4", "5.0->10.2", "combinations:LosesEventsOnAnUpgrade", "pending_events[0]"),
        Caught("PAIR-4", "10.0->7.1", "combinations:LosesTheMapBesideTwo", "irq_map[0]"),
        Caught("PAIR-4", "5.0->10.2", "middles:ForgetsTheModeOfTheMmu", "ov5_cas.bitmap[0]"),
        Caught("PAIR-4", "5.0->2.9", "middles:KnowsFourPageSizes", "iommu_tables[2].page_shift"),
    ),
    "test_parts.py::test_a_part_in_another_place_is_rejected": (
        Caught(
            "PART-4",
            "3+series",
            "comparisons:PassesOverConnectors",
            "load at 3+series, spapr_drc/0x400abc02 elsewhere",
        ),
        Caught(
            "PART-4", "2.9", "places:LoadsAnyInstance", "load at 2.9, spapr/rtc/0xabc00 elsewhere"
        ),
    ),
    "test_parts.py::test_what_is_there_twice_counts_once_or_is_rejected": (
        Caught("PART-2", "2.9", "places:AddsUpInterrupts", "host_bridge.msis[1].key"),
    ),
    "test_round_trip.py::test_a_guest_goes_on_after_a_save": (
        Caught(
            "RT-3", "reading-3+busy", "going_on:ChangedByARefusal", "expected  0 event 3, hot-plug"
        ),
        Caught("RT-3", "asked-2.12", "going_on:DropsRequests", "expected  0 success"),
        Caught("RT-3", "asked-3", "going_on:EmptiesTheQueue", "expected  0 event 1, hot-plug"),
        Caught(
            "RT-3",
            "reading-3.1",
            "going_on:EndsOtherWalks",
            "expected  3 next property 'device_type', 7 bytes 6d656d6f727900",
        ),
        Caught(
            "RT-3",
            "asked-1",
            "going_on:SetsTheClock",
            "expected  0 2026-11-24 06:00:07, low word of all ns 0x4f724600",
        ),
    ),
    "test_values.py::test_every_number_survives_at_its_boundaries": (
        Caught("VAL-1", "2.9", "middles:ExchangesBitsOfABus", "host_bridge.msis[0].key"),
        Caught("VAL-1", "10.0", "middles:ExchangesBitsOfTheCpu", "fwnmi_machine_check_interlock"),
    ),
    "test_wire_format.py::test_the_vmdescription_says_what_the_reference_says": (
        Caught("WIRE-4", "pseries-5.2", "described_fields:CallsSignedUnsigned", "fields[0]"),
        Caught("WIRE-4", "pseries-5.2", "described_fields:DescribesAnOlderSection", "vmsd_name"),
        Caught("WIRE-4", "pseries-5.2", "described_fields:DescribesAnotherLayout", "vmsd_name"),
        Caught(
            "WIRE-4",
            "pseries-5.2",
            "described_fields:DescribesFieldsInAnotherOrder",
            "spapr_fwnmi.fields[0]",
        ),
        Caught(
            "WIRE-4",
            "pseries-5.2",
            "described_fields:DescribesLargePages",
            "expected  pages of 4096 bytes",
        ),
        Caught(
            "WIRE-4",
            "pseries-7.2",
            "described_fields:DescribesTheVersionOfAnother",
            "spapr_dtb.vmsd_name",
        ),
        Caught(
            "WIRE-4",
            "pseries-5.2",
            "described_fields:DescribesTwoFieldsAsOne",
            "fields[3].struct.fields[1]",
        ),
        Caught("WIRE-4", "pseries-5.2", "described_fields:MiscountsAnArray", "fields[1]"),
        Caught("WIRE-4", "pseries-5.2", "described_fields:MisnamesAField", "fields[0]"),
        Caught("WIRE-4", "pseries-7.2", "described_fields:MovesABoundary", "spapr_dtb.fields[0]"),
    ),
}
"""By the test: rows that come behind those of its chapter."""
