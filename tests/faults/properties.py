"""Why a property stays although another notices all faults that it does."""

KEPT = {
    # Property: "redundant" where a rule is said on its own that another implies; "lacks a fault"
    # where one can be thought of that only it would notice.
    "test_round_trip.py::test_a_round_trip_loses_only_what_the_version_declares": (
        "redundant: the diagonal of the pairs, for who declares one version and not QEMU's format"
    ),
    "test_round_trip.py::test_saving_leaves_its_source_as_it_was": (
        "lacks a fault: the state of the reference cannot be changed but for its capabilities"
    ),
    "test_round_trip.py::test_a_second_save_agrees_with_the_first": (
        "lacks a fault: one that differs only between two saves without a load between"
    ),
    "test_load.py::test_what_a_stream_leaves_out_has_its_default": (
        "redundant: says which default is wrong, and needs no generated machine"
    ),
    "test_load.py::test_state_of_a_part_that_is_not_there_is_rejected": (
        "redundant: for who does not speak QEMU's format"
    ),
    "test_subsections.py::test_a_capability_is_sent_if_and_only_if_it_was_changed": (
        "redundant: each capability alone; others meet each in one of a hundred machines"
    ),
    "test_lists.py::test_walks_in_progress_keep_their_order": (
        "redundant: its example is a list of walks and nothing else"
    ),
    "test_lists.py::test_pending_events_keep_their_order": (
        "redundant: its example is a list of events and nothing else"
    ),
    "test_forward.py::test_the_newest_version_understands_every_older_one": (
        "redundant: a row of the pairs, for who declares the newest version only"
    ),
    "test_forward.py::test_seconds_become_nanoseconds_modulo_two_to_the_64": (
        "redundant: every boundary of the clock, where pairs draw some"
    ),
    "test_backward.py::test_a_version_bump_breaks_backward_migration_for_good": (
        "redundant: the pairs of versions that a bump closes, with a machine at rest"
    ),
    "test_backward.py::test_a_subsection_breaks_backward_migration_only_while_it_is_needed": (
        "redundant: the two roads that the review of 2016 is about, by name"
    ),
    "test_pairs.py::test_a_pair_closed_by_a_version_bump_lets_nothing_through": (
        "lacks a fault: a bump that is ignored for some machines"
    ),
    "test_builds.py::test_a_guest_is_handed_from_build_to_build_and_back": (
        "redundant for one implementation: it is there for two builds of one program"
    ),
    "test_machine_types.py::test_a_program_with_its_own_machine_type": (
        "redundant: the first two rows of QEMU's table of cases, to be complete"
    ),
    "test_busy.py::test_a_save_is_refused_exactly_during_a_walk": (
        "lacks a fault: refusing machines whose walk is over"
    ),
    "test_busy.py::test_a_save_that_was_refused_succeeds_in_the_end": (
        "lacks a fault: a refusal that outlives the walk only where a guest goes on"
    ),
    "test_every_machine_type.py::"
    "test_a_capability_that_was_not_given_is_as_high_as_the_default_of_its_type": (
        "lacks a fault: a default that is wrong for one machine type, and compared"
    ),
    "test_every_machine_type.py::test_a_machine_type_with_footers_has_them_compared": (
        "lacks a fault: footers that are not looked at for one machine type"
    ),
    "test_parts.py::test_what_is_missing_is_as_after_a_reset_or_is_missed": (
        "lacks a fault: a default that is wrong only where a single part is missing"
    ),
    "test_parts.py::test_a_part_in_another_place_is_rejected": (
        "lacks a fault: a subsection that is taken in another section"
    ),
    "test_walks.py::test_a_walk_goes_on_in_a_tree_of_many_pages": (
        "redundant: a long tree in every version, where others draw one at times"
    ),
    "test_walks.py::test_an_unplug_request_is_answered_after_a_migration": (
        "redundant: the story of an unplug step by step, where others show two machines"
    ),
}
