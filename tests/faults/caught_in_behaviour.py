"""Faults, by the tests of behaviour that must catch them."""

from tests.faults.caught import Caught

CONTINUATION = "test_continuation.py::test_a_guest_never_notices"
WALKS = "test_walks.py::test_a_walk_goes_on_after_each_of_its_calls"

BEHAVIOUR = {
    CONTINUATION: (
        Caught("CONT-1", "10.0+ccs", "behaviour:DeepensByOne", "got       4 previous parent"),
        Caught("CONT-1", "3+ccs", "behaviour:ForgetsTheDepth", "got       4 previous parent"),
        Caught("CONT-1", "10.0+ccs", "behaviour:BuildsTheTreeTooLate", "2 next child 'device'"),
        Caught("CONT-2", "3+ccs", "behaviour:LoadsAWalkTwice", "expected  2 next child 'device'"),
        Caught("CONT-3", "3+ccs", "behaviour:KeepsAWalkAfterIsolation", "2 next child 'device'"),
        Caught("CONT-4", "2.10", "lists:ReversesTheEvents", "expected  0 event 1"),
        Caught("CONT-4", "2.10", "behaviour:DeliversAnEventTwice", "got       0 event 1"),
        Caught("CONT-5", "3", "behaviour:TakesNanosecondsForSeconds", "get-time-of-day"),
        Caught("CONT-6", "10.0", "behaviour:DropsTheUnplugRequest", "back (event"),
        Caught("CONT-7", "3+ccs", "lists:ReversesTheWalks", "ccs_list[0].drc_index"),
    ),
    WALKS: (
        Caught("CONT-1", "4->4", "behaviour:DeepensByOne", "got       4 previous parent"),
        Caught("CONT-1", "3+ccs->3+ccs", "behaviour:ForgetsTheDepth", "got       4 previous"),
        Caught("CONT-1", "10.0+ccs->10.0+ccs", "behaviour:BuildsTheTreeTooLate", "legacy-device"),
        Caught("CONT-2", "3+ccs->3+ccs", "behaviour:LoadsAWalkTwice", "expected  2 next child"),
    ),
    "test_walks.py::test_a_walk_goes_on_in_a_tree_of_many_pages": (
        Caught("CONT-1", "2.10", "behaviour:ReadsAPageOfTheTree", "got       -1 error"),
    ),
    "test_walks.py::test_a_walk_does_not_survive_isolation": (
        Caught("CONT-3", "3+ccs->3+ccs", "behaviour:KeepsAWalkAfterIsolation", "'legacy-device"),
    ),
    "test_walks.py::test_an_unplug_request_is_answered_after_a_migration": (
        Caught("CONT-6", "is asked again-5.0->5.0", "behaviour:DropsTheUnplugRequest", "(event 3)"),
    ),
    "test_busy.py::test_a_save_that_was_refused_succeeds_in_the_end": (
        Caught("BUSY-2", "3+busy", "saving:DefersForEver", "saved again"),
    ),
    "test_bad_walks.py::test_what_is_no_tree_is_read_as_an_error": (
        Caught("WALK-1", "text-10.0", "behaviour:BelievesInTheTree", "no device tree: 7 bytes"),
        Caught("WALK-1", "empty header-3", "behaviour:TakesTheEndForSuccess", "got       0"),
    ),
    "test_bad_walks.py::test_a_walk_outside_of_its_tree_is_an_error_until_it_starts_again": (
        Caught("WALK-2", "0x1000-3+ccs", "behaviour:TakesTheEndForSuccess", "got       0"),
    ),
    "test_bad_walks.py::test_a_walk_that_cannot_be_is_rejected": (
        Caught("WALK-3", "8-0-10.0+ccs", "behaviour:TakesAnyWalk", "ccs_offset 8, ccs_depth 0"),
    ),
    "test_bad_walks.py::test_a_connector_has_one_walk": (
        Caught("WALK-4", "4", "behaviour:TakesTwoWalks", "ccs_list[1]"),
    ),
}
