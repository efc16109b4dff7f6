"""What tests that step through the descriptions must catch: faults for what was once missed."""

from tests.faults.caught import Caught

STEPS = {
    "test_bad_input.py::test_a_count_is_not_believed": (
        Caught(
            "BAD-5",
            "largest signed-2.12-spapr_pci/msi_devs_num",
            "announced:WrapsTheNumberOfMsis",
            "expected  rejected",
        ),
        Caught(
            "BAD-5",
            "largest signed-3+series-spapr/ccs_list_num",
            "announced:WrapsTheNumberOfWalks",
            "expected  rejected",
        ),
        Caught(
            "BAD-5",
            "largest-7.1-spapr/fdt_size",
            "announced:WrapsTheSizeOfATree",
            "expected  rejected",
        ),
        Caught(
            "BAD-5",
            "largest-2.12-spapr_iommu/mig_nb_table",
            "announced:WrapsTheSizeOfAWindow",
            "expected  rejected",
        ),
        Caught(
            "BAD-5",
            "largest-3.1-spapr/extended_length",
            "announced:WrapsTheSizeOfAnEvent",
            "expected  rejected",
        ),
    ),
    "test_bad_input.py::test_a_load_that_was_rejected_leaves_nothing_behind": (
        Caught("BAD-6", "5.0", "going_on:KeepsWhatWasCut", "pending_events[1]"),
    ),
    "test_every_machine_type.py::test_a_machine_at_rest_is_sent_nothing_that_came_after_its_type": (
        Caught(
            "MT-9",
            "pseries-2.5",
            "types_between:SendsATableToOldTypes",
            "expected  no spapr_patb_entry, since 2.9",
        ),
        Caught(
            "MT-9",
            "pseries-2.8",
            "types_between:SendsATreeToOldTypes",
            "expected  no spapr_dtb, since 4.0",
        ),
        Caught(
            "MT-9",
            "pseries-2.4",
            "types_between:SendsOptionsToOldTypes",
            "expected  no spapr_option_vector_ov5_cas, since 2.8",
        ),
    ),
    "test_every_machine_type.py::test_a_machine_type_is_sent_what_it_needs_and_as_it_was": (
        Caught(
            "SUB-1",
            "pseries-4.2",
            "types_between:TakesTheNextDefaults",
            "expected  sent: spapr/cap/ccf_assist",
        ),
    ),
    "test_lists.py::test_every_list_survives_at_every_length": (
        Caught("LIST-3", "connectors-5.0", "slots:KeepsEightConnectors", "connectors[8].state"),
        Caught("LIST-3", "fdt_blob-10.0", "lengths:CountsBytesOfATreeInSixteenBits", "fdt_blob"),
        Caught(
            "LIST-3",
            "pending_events-10.2",
            "lengths:CountsEventsInSixteenBits",
            "pending_events[1]",
        ),
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
        Caught(
            "LIST-3", "connectors-5.0", "slots:KeepsAHundredConnectors", "connectors[100].state"
        ),
    ),
    "test_load.py::test_any_section_may_come_first": (
        Caught("LOAD-5", "5.0", "places:FinishesInTheMiddle", "connectors[0].state"),
    ),
    "test_load.py::test_state_of_a_part_that_is_not_there_is_rejected": (
        Caught(
            "LOAD-7", "5.0", "comparisons:PassesOverConnectors", "load at 5.0 without 0x40000002"
        ),
        Caught("LOAD-7", "4.0", "comparisons:PassesOverWindows", "load at 4.0 without 0x80000000"),
        Caught(
            "LOAD-7", "5.0", "places:LoadsTheOnlyConnector", "load at 5.0 0x40000002 onto another"
        ),
    ),
    "test_load.py::test_streams_that_differ_in_their_ends_are_two": (
        Caught("LOAD-8", "2.9", "going_on:AnswersFromTheFirstPage", "iommu_tables[0].table[2048]"),
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
            "pseries-5.0",
            "comparisons:ComparesAnyPart",
            "load '5.0' onto pseries-5.0 at 5.0",
        ),
        Caught(
            "MT-8",
            "pseries-6.0",
            "comparisons:ComparesElevenLetters",
            "load 'pseries-6.0x' onto pseries-6.0 at 5.0",
        ),
        Caught(
            "MT-8",
            "pseries-5.0",
            "comparisons:ComparesNoNameBefore",
            "load '5.0' onto pseries-5.0 at 5.0",
        ),
        Caught(
            "MT-8",
            "pseries-6.1",
            "comparisons:ComparesWithoutCase",
            "load 'PSERIES-6.1' onto pseries-6.1 at 5.0",
        ),
    ),
    "test_machine_types.py::test_a_stream_for_another_machine_type_is_rejected": (
        Caught(
            "MT-8",
            "pseries-2.4",
            "types_between:ConfiguresFromALaterType",
            "load 'pseries-2.5' onto pseries-2.4 at 3",
        ),
        Caught(
            "MT-8",
            "pseries-6.0",
            "types_between:FramesSomeTypesAsOld",
            "load 'pseries-6.1' onto pseries-6.0 at 5.0",
        ),
        Caught(
            "MT-8",
            "pseries-2.12-sxxm",
            "types_between:FramesVariantsAsOld",
            "load 'pseries-2.12' onto pseries-2.12-sxxm at 2.12",
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
        Caught("MT-6", "pseries-2.4", "types_between:FootersFromTheNextType", "expected  accepted"),
        Caught(
            "MT-5",
            "pseries-4.1",
            "types_between:SendsThePageSizeTooLate",
            "expected  rejected: spapr/cap/hpt_maxpagesize, which is sent as machin",
        ),
    ),
    "test_pairs.py::test_whether_a_part_arrives_depends_on_no_other": (
        Caught("PAIR-4", "5.0->10.2", "combinations:LosesEventsOnAnUpgrade", "pending_events[0]"),
        Caught("PAIR-4", "10.0->7.1", "combinations:LosesTheMapBesideTwo", "irq_map[0]"),
        Caught("PAIR-4", "5.0->10.2", "middles:ForgetsTheModeOfTheMmu", "ov5_cas.bitmap[0]"),
        Caught("PAIR-4", "5.0->2.9", "middles:KnowsFourPageSizes", "iommu_tables[2].page_shift"),
        Caught("PAIR-4", "3.1->2.7", "slots:KeepsTwoWindows", "iommu_tables[2].bus_offset"),
        Caught("PAIR-4", "4.0->5.0", "slots:NumbersSlotsOfOneBridge", "expected  accepted"),
    ),
    "test_parts.py::test_a_part_in_another_place_is_rejected": (
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
    "test_subsections.py::test_any_subsection_may_come_first": (
        Caught(
            "SUB-3", "10.0+ccs", "places:ForgetsAWalkBeforeARequest", "connectors[12].ccs_offset"
        ),
        Caught("SUB-3", "5.0", "places:LooksForOptionsAtTheEnds", "ov5_cas.bitmap[0]"),
    ),
    "test_values.py::test_every_number_survives_at_its_boundaries": (
        Caught("VAL-1", "2.9", "middles:ExchangesBitsOfABus", "host_bridge.msis[0].key"),
        Caught("VAL-1", "10.0", "middles:ExchangesBitsOfTheCpu", "fwnmi_machine_check_interlock"),
        Caught(
            "VAL-1", "10.0+ccs", "slots:SharesWindowsBetweenBridges", "iommu_tables[1].bus_offset"
        ),
    ),
    "test_values.py::test_every_number_survives_for_every_machine_type": (
        Caught("VAL-1", "pseries-5.2", "middles:DropsABitForOneType", "patb_entry"),
    ),
    "test_wire_format.py::test_a_stream_is_framed_as_its_machine_type_says": (
        Caught(
            "WIRE-2",
            "pseries-2.2",
            "types_between:DescribesATypeTooEarly",
            "expected  nothing behind the end",
        ),
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
            "described_fields:DescribesTheTreeFirst",
            "expected  spapr_option_vector_ov5_cas, spapr_patb_entry, spapr_pending",
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
