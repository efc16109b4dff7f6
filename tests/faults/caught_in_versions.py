"""What tests of several versions must catch: FWD, BWD, PAIR, ROAD, MT, BUSY."""

from tests.faults.caught import Caught

VERSIONS = {
    "test_every_machine_type.py::"
    "test_a_capability_that_was_not_given_is_as_high_as_the_default_of_its_type": (
        Caught(
            "MT-10", "pseries-2.8", "configuration:ComparesNoCapability", "htm=1 onto htm=0 at 2.12"
        ),
    ),
    "test_forward.py::test_the_newest_version_understands_every_older_one": (
        Caught("FWD-1", "2->10.0", "versions:RaisesTheMinimumVersion", "too old"),
        Caught("FWD-1", "5.0->10.0", "versions:RaisesTheMinimumVersion", "too old"),
    ),
    "test_forward.py::test_seconds_become_nanoseconds_modulo_two_to_the_64": (
        Caught("FWD-2", "3-1", "versions:TakesSecondsForNanoseconds", "0x3b9aca00"),
        Caught("FWD-2", "10.0-2", "versions:HalvesTheSeconds", "rtc_ns_offset"),
        Caught("FWD-3", "3-2", "versions:SaturatesTheClock", "0x8000000000000000"),
    ),
    "test_forward.py::test_a_section_below_the_minimum_version_is_rejected": (
        Caught("FWD-4", "3", "versions:ForgetsTheMinimumVersion", "spapr"),
        Caught("FWD-4", "3", "versions:LowersTheMinimumVersion", "spapr_iommu"),
    ),
    "test_forward.py::test_what_an_unused_field_holds_is_ignored": (
        Caught("FWD-5", "3-1", "versions:LooksAtUnusedFields", "unused field holds"),
    ),
    "test_backward.py::test_the_release_before_accepts_exactly_what_it_knows": (
        Caught("BWD-1", "2.10->2.9", "subsections:SkipsUnknownSections", "expected  rejected"),
        Caught("BWD-1", "2.10->2.9", "subsections:SendsConnectorsAtRest", "spapr_drc"),
        Caught("BWD-1", "10.0->7.1", "versions:BumpsTheVersion", "too new"),
    ),
    "test_backward.py::test_a_version_bump_breaks_backward_migration_for_good": (
        Caught("BWD-2", "2->1", "versions:IgnoresTheVersion", "rejected: spapr version 2"),
    ),
    "test_backward.py::test_a_section_of_a_later_version_is_rejected": (
        Caught("BWD-2", "3", "versions:IgnoresTheVersion", "spapr/rtc version 2"),
        Caught("BWD-2", "10.0", "hostile:GoesOnAfterAnError", "expected  rejected"),
        Caught("BWD-2", "10.0", "versions:AcceptsTheNextVersion", "spapr_pci"),
    ),
    "test_backward.py::test_a_subsection_breaks_backward_migration_only_while_it_is_needed": (
        Caught("BWD-3", "3+ccs->3", "subsections:AlwaysSendsTheSubsection", "spapr/ccs"),
    ),
    "test_pairs.py::test_every_pair_does_what_the_table_states": (
        Caught("PAIR-1", "3+ccs->3", "subsections:AlwaysSendsTheSubsection", "spapr/ccs"),
        Caught("PAIR-1", "3->3", "versions:ForgetsTheVersionTest", "adapter to reference"),
        Caught("PAIR-1", "10.0->7.1", "versions:BumpsTheVersion", "too new"),
        Caught("PAIR-1", "1->1", "versions:CountsFieldsForAVersion", "version"),
        Caught("PAIR-2", "4->4", "lists:DropsAConnector", "ccs_list[1]"),
        Caught("PAIR-2", "3->3", "layouts:SwapsTwoFields", "adapter to reference"),
        Caught("PAIR-2", "2.10->2.10", "subsections:SkipsLogicalConnectors", "connectors["),
        Caught("PAIR-2", "2.8->2.8", "configuration:ForgetsTheOptions", "ov5_cas.bitmap[0]"),
        Caught("PAIR-2", "2.9->2.9", "layouts:LittleEndian", "patb_entry"),
        Caught("PAIR-1", "3.1->3.1", "layouts:EnlargesABitmap", "adapter to reference"),
        Caught("PAIR-3", "2.10->2.9", "versions:BlamesTheVersion", "expected  rejected: spapr_"),
    ),
    "test_pairs.py::test_a_pair_closed_by_a_version_bump_lets_nothing_through": (
        Caught("PAIR-1", "2->1", "versions:IgnoresTheVersion", "rejected: spapr version 2"),
    ),
    "test_pairs.py::test_whether_a_part_arrives_depends_on_no_other": (
        Caught("PAIR-4", "5.0->10.0", "parts:UpgradesThreeParts", "fwnmi_machine_check_addr"),
    ),
    "test_builds.py::test_a_guest_is_handed_from_build_to_build_and_back": (
        Caught(
            "BUILD-1",
            "reference 0.1.0->reference 0.1.0-pseries-10.0-mid-walk",
            "behaviour:BuildsTheTreeTooLate",
            "2 next child 'legacy-device@2'",
        ),
        Caught(
            "BUILD-1",
            "reference 0.1.0->reference 0.1.0-pseries-2.10-events",
            "lists:ReversesTheEvents",
            "expected  0 event 1",
        ),
        Caught(
            "BUILD-2",
            "reference 0.1.0->reference 0.1.0-pseries-2.10-events",
            "wholes:SendsNoRest",
            "1 no errors found",
        ),
        Caught(
            "BUILD-3",
            "reference 0.1.0->reference 0.1.0-pseries-2.10-idle",
            "wholes:StopsTheTimer",
            "timer cpu_ticks_offset: 0x1234, then 0x0",
        ),
    ),
    "test_roads.py::test_several_hops_lose_no_more_than_each": (
        Caught("ROAD-1", "2.10->2.12->2.10", "saving:LosesWhatArrived", "pending_events"),
    ),
    "test_roads.py::test_there_and_back_again": (
        Caught("ROAD-2", "7.1->10.0->7.1", "saving:LosesWhatArrived", "pending_events"),
    ),
    "test_machine_types.py::test_a_program_with_its_own_machine_type": (
        Caught("MT-1", "10.2", "machine_types:ForgetsTheNewest", "unplug_requested"),
        Caught("MT-2", "2.7", "machine_types:ForgetsTheWindows", "bus_offset"),
    ),
    "test_machine_types.py::test_the_same_program_with_an_older_machine_type": (
        Caught("MT-3", "pseries-2.6", "machine_types:ShortensTheHostBridge", "spapr_pci"),
    ),
    "test_machine_types.py::test_a_machine_type_from_the_future_is_refused": (
        Caught("MT-4", "2.10", "machine_types:FallsBackToItsNewestType", "expected  refused"),
    ),
    "test_machine_types.py::test_two_programs_with_a_machine_type_that_both_know": (
        Caught("MT-5", "pseries-2.7", "machine_types:OffersToOldTypes", "spapr_option_vector_ov5"),
        Caught("MT-6", "pseries-5.0", "versions:RaisesTheMinimumVersion", "spapr_iommu"),
    ),
    "test_machine_types.py::test_a_guest_from_an_older_program_travels_on": (
        Caught("MT-7", "pseries-2.10", "saving:LosesWhatArrived", "pending_events"),
    ),
    "test_machine_types.py::test_a_stream_for_another_machine_type_is_rejected": (
        Caught("MT-8", "pseries-7.1", "machine_types:ComparesNoName", "onto pseries-7.1"),
    ),
    "test_machine_types.py::test_a_machine_type_is_compared_as_far_as_the_stream_has_it": (
        Caught("MT-8", "pseries-2.5", "machine_types:ComparesWholeNames", "onto pseries-2.5"),
    ),
    "test_machine_types.py::test_a_machine_at_rest_is_understood_by_the_program_of_its_type": (
        Caught("MT-9", "2.8->2.7", "machine_types:OffersToOldTypes", "spapr_option_vector_ov5"),
        Caught("MT-9", "5.0->4.0", "machine_types:SendsThePageSizeToOldTypes", "hpt_maxpagesize"),
        Caught("MT-9", "2.10->2.9", "subsections:SendsConnectorsAtRest", "spapr_drc"),
    ),
    "test_machine_types.py::test_a_capability_may_be_lower_but_not_higher": (
        Caught("MT-10", "10.0-dawr1", "subsections:ForgetsACapability", "dawr1=1 onto dawr1=0"),
        Caught("MT-10", "2.12-htm", "configuration:ComparesNoCapability", "htm=1 onto htm=0"),
        Caught("MT-10", "2.12-cfpc", "configuration:WantsEqualCapabilities", "cfpc=0 onto cfpc=1"),
        Caught("MT-10", "10.0-ibs", "configuration:TakesTheCapabilities", "capabilities[ibs]"),
        Caught(
            "MT-10", "10.0-ibs", "configuration:TakesTheCapabilitiesInPlace", "capabilities[ibs]"
        ),
    ),
    "test_busy.py::test_a_save_is_refused_exactly_during_a_walk": (
        Caught("BUSY-1", "3+busy", "saving:NeverDefers", "expected  refused"),
        Caught("BUSY-1", "3+busy", "saving:DefersForEver", "the walk is over"),
    ),
}
