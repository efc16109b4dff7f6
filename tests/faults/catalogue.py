"""The faults, and the tests that must catch them."""

from msgspec import Struct


class Fault(Struct, frozen=True):
    """A fault: its class, as ``--adapter`` names it; and by clause a test that must fail.

    ``story`` are words of the counterexample by which a reader knows what is wrong.
    """

    adapter: str
    caught_by: dict[str, str]
    story: tuple[str, ...]


WALKS = "suites/test_lists.py::test_walks_in_progress_keep_their_order"
PAIRS = "suites/test_pairs.py::test_every_pair_does_what_the_table_states"

FAULTS = (
    Fault(
        "tests.faults.lists:DropsAConnector",
        {"LIST-1": f"{WALKS}[3+ccs]", "PAIR-1": f"{PAIRS}[4->4]"},
        story=("ccs_list[1]", "absent"),
    ),
    Fault(
        "tests.faults.lists:ReversesTheWalks",
        {"LIST-1": f"{WALKS}[4]", "PAIR-1": f"{PAIRS}[3+ccs-queue->3+ccs-queue]"},
        story=("ccs_list[0].drc_index", "ccs_list[1].drc_index"),
    ),
    Fault(
        "tests.faults.lists:AppendsOnLoad",
        {
            "LOAD-1": "suites/test_load.py::"
            "test_what_a_machine_held_before_a_load_does_not_matter[3+ccs]"
        },
        story=("[0]  absent",),
    ),
    Fault(
        "tests.faults.descriptions:AlwaysSendsTheSubsection",
        {
            "SUB-1": "suites/test_subsections.py::"
            "test_an_optional_part_is_sent_if_and_only_if_it_is_needed[3+ccs]",
            "BWD-3": "suites/test_backward.py::"
            "test_a_subsection_breaks_backward_migration_only_while_it_is_needed[3+ccs->3]",
            "PAIR-1": f"{PAIRS}[3+ccs->3]",
        },
        story=("spapr/ccs",),
    ),
    Fault(
        "tests.faults.descriptions:ForgetsTheVersionTest",
        {
            "WIRE-1": "suites/test_wire_format.py::"
            "test_every_section_has_the_bytes_of_the_reference[3]",
            "PAIR-1": f"{PAIRS}[3->3]",
        },
        story=(),
    ),
)
