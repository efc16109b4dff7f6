"""What tests of bytes must catch: WIRE, BAD."""

from tests.faults.caught import Caught

SIGNED = "largest signed"
"""A lie of `suites.pseries.oracle.counts`."""

BYTES = {
    "test_every_machine_type.py::test_a_machine_type_with_footers_has_them_compared": (
        Caught("BAD-4", "pseries-2.4", "framing:SkipsFooters", "spapr with another footer"),
    ),
    "test_wire_format.py::test_every_section_has_the_bytes_of_the_reference": (
        Caught("WIRE-1", "3", "versions:ForgetsTheVersionTest", "spapr"),
        Caught("WIRE-1", "2", "layouts:SwapsTwoFields", "spapr"),
        Caught("WIRE-1", "3.1", "layouts:EnlargesABitmap", "spapr"),
        Caught("WIRE-1", "2.9", "layouts:LittleEndian", "patb_entry"),
        Caught("WIRE-1", "2.9", "layouts:SendsAFieldTwice", "spapr"),
        Caught("WIRE-1", "3", "layouts:RenamesASection", "spapr_pci"),
        Caught("WIRE-1", "2.10", "loading:NumbersByCreation", "spapr_drc"),
    ),
    "test_wire_format.py::test_a_stream_is_framed_as_its_machine_type_says": (
        Caught("WIRE-2", "pseries-2.3", "framing:ConfiguresOldTypes", "section type 7"),
        Caught("WIRE-2", "pseries-10.0", "framing:ConfiguresNoType", "onfiguration"),
        Caught("WIRE-2", "pseries-2.3", "framing:FootersForOldTypes", "section type 126"),
        Caught("WIRE-2", "pseries-2.7", "framing:NoFooters", "footer"),
        Caught("WIRE-2", "pseries-2.1", "vmdescriptions:DescribesOldTypes", "nothing behind"),
        Caught(
            "WIRE-2", "pseries-2.3", "vmdescriptions:LeavesALongerStreamBehind", "vmdescription"
        ),
    ),
    "test_wire_format.py::test_the_vmdescription_agrees_with_the_bytes": (
        Caught("WIRE-3", "3", "vmdescriptions:MiscountsStructs", "spapr"),
        Caught("WIRE-3", "3", "vmdescriptions:DescribesNoHostBridge", "spapr_pci"),
        Caught("WIRE-3", "10.0", "vmdescriptions:EndsWithAComma", "cannot be read"),
    ),
    "test_wire_format.py::test_the_vmdescription_says_what_the_reference_says": (
        Caught("WIRE-4", "pseries-2.3", "vmdescriptions:NamesAFieldOtherwise", "lsi: uint32"),
        Caught("WIRE-4", "pseries-10.0", "vmdescriptions:ForgetsTheSign", "uint64, 8"),
    ),
    "test_parts.py::test_what_is_missing_is_as_after_a_reset_or_is_missed": (
        Caught("PART-1", "10.0", "parts:WantsADescription", "vmdescription missing"),
    ),
    "test_parts.py::test_what_is_there_twice_counts_once_or_is_rejected": (
        Caught("PART-2", "10.0", "parts:StartsOverAtARepetition", "twice"),
    ),
    "test_parts.py::test_a_part_that_nobody_knows_is_rejected": (
        Caught("PART-3", "10.0", "parts:PassesOverCommands", "command unknown"),
    ),
    "test_parts.py::test_a_part_in_another_place_is_rejected": (
        Caught("PART-4", "10.0", "parts:SkipsWhatIsNotThere", "elsewhere"),
    ),
    "test_bad_input.py::test_a_stream_that_was_cut_is_rejected": (
        Caught("BAD-1", "3", "hostile:AcceptsTheBeginning", "expected  rejected"),
        Caught("BAD-1", "10.0", "hostile:TakesTheEndForAMarker", "expected  rejected"),
    ),
    "test_bad_input.py::test_a_vmdescription_that_was_cut_changes_nothing": (
        Caught("BAD-1", "10.0", "vmdescriptions:ReadsTheDescription", "JSON"),
    ),
    "test_bad_input.py::test_a_corrupted_stream_crashes_nobody": (
        Caught("BAD-2", "10.0", "hostile:LooksUpSections", "KeyError"),
        Caught("BAD-2", "10.0", "hostile:AssertsTheType", "AssertionError"),
        Caught("BAD-2", "2.10", "hostile:IndexesByState", "IndexError"),
        Caught("BAD-2", "3", "vmdescriptions:ReadsTheDescription", "Error"),
    ),
    "test_bad_input.py::test_what_does_not_begin_as_a_stream_is_rejected": (
        Caught("BAD-3", "3", "framing:SkipsTheHeader", "beginning with"),
        Caught("BAD-3", "3", "framing:ReadsTheMagicOnly", "51 45 56 4d"),
    ),
    "test_bad_input.py::test_a_section_that_ends_elsewhere_is_rejected": (
        Caught("BAD-4", "10.0", "framing:SkipsFooters", "another footer"),
        Caught("BAD-4", "10.0", "framing:SearchesForFooters", "a byte too many"),
    ),
    "test_bad_input.py::test_a_count_is_not_believed": (
        Caught("BAD-5", f"{SIGNED}-4-spapr/ccs_list_num", "hostile:BelievesCounts", "MemoryError"),
        Caught(
            "BAD-5",
            "largest-4-spapr/ccs_list_num",
            "hostile:TakesNegativeForNone",
            "expected  rejected",
        ),
        Caught(
            "BAD-5",
            f"{SIGNED}-10.0-spapr_iommu/mig_nb_table",
            "hostile:BelievesTheSizeOfAWindow",
            "MemoryError",
        ),
        Caught(
            "BAD-5",
            f"{SIGNED}-10.0-spapr_pci/msi_devs_num",
            "hostile:BelievesTheNumberOfMsis",
            "MemoryError",
        ),
        Caught(
            "BAD-5", f"{SIGNED}-4.0-spapr/fdt_size", "hostile:BelievesTheSizeOfATree", "MemoryError"
        ),
        Caught(
            "BAD-5",
            f"{SIGNED}-7.1-spapr/extended_length",
            "hostile:BelievesTheSizeOfAnEvent",
            "MemoryError",
        ),
    ),
}
