"""What tests of one version must catch: RT, LOAD, SUB, LIST, VAL."""

from tests.faults.caught import Caught

VALUES = "test_values.py::test_every_number_survives_at_its_boundaries"

STATE = {
    "test_round_trip.py::test_a_round_trip_loses_only_what_the_version_declares": (
        Caught("RT-1", "2.9", "subsections:CopiesAName", "spapr_pending_events"),
        Caught("RT-1", "2.9", "loading:RemembersTheLoadBefore", "patb_entry"),
        Caught("RT-1", "2.10", "loading:ResetsWhatWasLoaded", "connectors[0]"),
        Caught("RT-1", "1", "loading:StartsTooLate", "keeps something from one call to the next"),
    ),
    "test_round_trip.py::test_a_loaded_machine_saves_to_the_same_bytes": (
        Caught("RT-2", "2.10", "saving:LosesWhatArrived", "the bytes differ"),
        Caught("RT-2", "10.0", "saving:DescribesWhatArrived", "the bytes differ"),
    ),
    "test_round_trip.py::test_saving_leaves_its_source_as_it_was": (
        Caught("RT-3", "10.0", "saving:SetsTheCapabilities", "capabilities[dawr1]"),
    ),
    "test_round_trip.py::test_a_second_save_agrees_with_the_first": (
        Caught("RT-4", "3", "saving:LetsTheClockRun", "the bytes differ"),
        Caught("RT-4", "10.0", "vmdescriptions:DescribesLessTheSecondTime", "the bytes differ"),
    ),
    "test_load.py::test_what_a_machine_held_before_a_load_does_not_matter": (
        Caught("LOAD-1", "3+ccs", "lists:AppendsOnLoad", "[0]  absent"),
        Caught("LOAD-1", "2.9", "loading:KeepsOptionalParts", "patb_entry  0"),
        Caught("LOAD-1", "2.7", "loading:KeepsTheDefaultWindow", "def_win"),
        Caught("LOAD-1", "10.0", "loading:LoadsOnce", "loaded already"),
        Caught("LOAD-1", "2.10", "configuration:WantsTheSameState", "bad config data"),
    ),
    "test_load.py::test_what_a_stream_leaves_out_has_its_default": (
        Caught(
            "LOAD-2", "2.10", "loading:DefaultsToEmpty", "connectors[0].dr_indicator  1         0"
        ),
    ),
    "test_load.py::test_what_a_stream_leaves_out_does_not_stay_as_it_was": (
        Caught("LOAD-2", "2.9->2.9", "loading:KeepsOptionalParts", "patb_entry"),
        Caught("LOAD-2", "3->4", "loading:KeepsWalksOfItsOwn", "ccs_list[0]  absent"),
        Caught("LOAD-2", "2.7->2.7", "loading:KeepsTheDefaultWindow", "def_win"),
    ),
    "test_load.py::test_a_load_changes_no_configuration": (
        Caught("LOAD-3", "10.0", "configuration:TakesTheCapabilities", "capabilities"),
        Caught("LOAD-3", "10.0", "configuration:TakesTheCapabilitiesInPlace", "capabilities"),
    ),
    "test_load.py::test_the_windows_of_the_host_bridge_are_not_taken_from_the_stream": (
        Caught("LOAD-3", "2.8", "configuration:TakesTheWindows", "host_bridge.mem_win_addr"),
    ),
    "test_load.py::test_state_finds_its_part_by_name_and_instance": (
        Caught("LOAD-4", "2.7", "loading:MatchesByPlace", "liobn"),
        Caught("LOAD-4", "2.10", "loading:NumbersByCreation", "Unknown savevm section or instance"),
    ),
    "test_load.py::test_sections_are_accepted_in_any_order": (
        Caught("LOAD-5", "10.0", "loading:ReliesOnTheOrder", "iommu_tables"),
    ),
    "test_load.py::test_what_a_load_compares_must_be_the_same": (
        Caught("LOAD-6", "10.0", "parts:ComparesNoInterrupts", "lsi_table[0].irq differs by 0x1"),
    ),
    "test_load.py::test_state_of_a_part_that_is_not_there_is_rejected": (
        Caught("LOAD-7", "2.7", "parts:SkipsWhatIsNotThere", "without 0x80000000"),
        Caught("LOAD-7", "10.0", "parts:SkipsWhatIsNotThere", "without 0x"),
    ),
    "test_subsections.py::test_an_optional_part_is_sent_if_and_only_if_it_is_needed": (
        Caught("SUB-1", "3+ccs", "subsections:AlwaysSendsTheSubsection", "spapr/ccs"),
        Caught("SUB-1", "2.10", "subsections:SendsConnectorsAtRest", "spapr_drc/0x"),
        Caught("SUB-1", "2.10", "subsections:SkipsLogicalConnectors", "spapr_drc/0x"),
        Caught("SUB-1", "2.10", "loading:SendsEverySectionTwice", "spapr_drc/0x"),
    ),
    "test_subsections.py::test_a_capability_is_sent_if_and_only_if_it_was_changed": (
        Caught("SUB-1", "10.0", "subsections:ForgetsACapability", "spapr/cap/dawr1"),
    ),
    "test_subsections.py::test_an_unknown_subsection_is_rejected": (
        Caught("SUB-2", "10.0", "subsections:SkipsUnknownSubsections", "/unknown at 10.0"),
        Caught("SUB-2", "10.0", "subsections:SkipsForeignSubsections", "/unknown at 10.0"),
    ),
    "test_subsections.py::test_subsections_are_accepted_in_any_order": (
        Caught("SUB-3", "10.0", "subsections:LoadsSubsectionsInOrderOnly", "comes late"),
    ),
    "test_subsections.py::test_a_subsection_of_a_later_version_is_rejected": (
        Caught(
            "SUB-4", "3+ccs", "subsections:IgnoresTheVersionOfSubsections", "spapr/ccs version 2"
        ),
        Caught(
            "SUB-4", "2.7", "subsections:IgnoresTheVersionOfWindows", "spapr_iommu_ex version 2"
        ),
    ),
    "test_lists.py::test_walks_in_progress_keep_their_order": (
        Caught("LIST-1", "3+ccs", "lists:DropsAConnector", "absent"),
        Caught("LIST-1", "4", "lists:ReversesTheWalks", "ccs_list[1].drc_index"),
        Caught("LIST-1", "4", "layouts:ReadsIndexesAsSigned", "-0x"),
    ),
    "test_lists.py::test_pending_events_keep_their_order": (
        Caught("LIST-2", "2.10", "lists:ReversesTheEvents", "pending_events[1]"),
    ),
    "test_lists.py::test_every_list_survives_at_every_length": (
        Caught("LIST-3", "ccs_list-4", "lists:CountsInEightBits", "ccs_list[0]"),
        Caught("LIST-3", "pending_events-2.10", "lists:CountsInEightBits", "pending_events[0]"),
        Caught("LIST-3", "msis-4", "lists:CountsInSixteenBits", "host_bridge.msis[1]"),
    ),
    VALUES: (
        Caught("VAL-1", "3", "values:CountsInterruptsInEightBits", "msis[0].num"),
        Caught("VAL-1", "3", "layouts:KeepsTheClockIn32Bits", "rtc_ns_offset"),
        Caught("VAL-1", "3", "values:KeepsThreeDevices", "host_bridge.msis[3]"),
        Caught("VAL-1", "2.10", "values:KeepsTheIndicatorInOneBit", "dr_indicator"),
        Caught("VAL-1", "10.0+ccs", "values:ReadsSmallTreesOnly", "ccs_offset"),
        Caught("VAL-1", "10.0", "values:NumbersCpusInEightBits", "machine_check_interlock"),
        Caught("VAL-1", "2.7", "values:KnowsTwoPageSizes", "page_shift"),
        Caught("VAL-1", "2.8", "values:StopsBeforeTheLastBit", "ov5_cas.bitmap"),
        Caught("VAL-1", "2.9", "values:NeedsTheLowerHalf", "0x200000000"),
        Caught("VAL-1", "2.9", "values:RejectsTheHighestAddress", "out of range"),
        Caught("VAL-1", "2.10", "values:SortsConnectorsAsText", "dr_indicator"),
        Caught("VAL-1", "3", "values:SkipsTheTimebase", "tb.guest_timebase"),
    ),
    "test_values.py::test_every_part_survives_alone": (
        Caught("VAL-2", "2.9", "subsections:AsksForAnotherPart", "patb_entry"),
        Caught("VAL-2", "2.10", "values:RemembersOneHook", "connectors[1]"),
        Caught("VAL-2", "3", "values:ForgetsTheBypass", "bypass"),
        Caught("VAL-2", "5.0", "values:ForgetsTheInterlock", "machine_check_interlock"),
        Caught("VAL-2", "10.0", "behaviour:GuessesTheUnplugRequest", "unplug_requested"),
    ),
    "test_values.py::test_equal_elements_stay_apart": (
        Caught("VAL-3", "2.10", "values:TakesEqualEventsForOne", "pending_events[1]"),
        Caught("VAL-3", "3", "values:MergesEqualPages", "iommu_tables[0].table[1]"),
    ),
}
