"""Faults of devices, by the tests that must catch them."""

from tests.faults.caught import Caught

DEVICES = {
    "test_twins.py::test_what_was_written_is_there_after_a_migration": (
        Caught("TWIN-1", "board on reference", "devices:SavesAndDoesNotRestore", "uart+0x7"),
        Caught("TWIN-1", "board on reference", "devices:InvertsTheMask", "interrupts+0x1"),
        Caught("TWIN-1", "board on reference", "devices:MasksABit", "dma+0x1c"),
    ),
    "test_twins.py::test_a_driver_may_be_interrupted_anywhere": (
        Caught("TWIN-1", "board on reference-TWIN-1", "devices:ForgetsTheDivider", "uart+0x0"),
        Caught("TWIN-6", "board on reference-TWIN-6", "devices:ForgetsTheDivider", "uart+0x0"),
        Caught("TWIN-1", "board on reference-TWIN-1", "devices:SavesAndDoesNotRestore", "uart+0x7"),
        Caught("TWIN-6", "board on reference-TWIN-6", "devices:SavesAndDoesNotRestore", "uart+0x7"),
        Caught("TWIN-1", "board on reference-TWIN-1", "devices:ReversesTheReceived", "uart+0x0"),
        Caught("TWIN-6", "board on reference-TWIN-6", "devices:ReversesTheReceived", "uart+0x0"),
        Caught(
            "TWIN-1", "board on reference-TWIN-1", "devices:NeedsTheQueueWhenItIsFull", "uart+0x0"
        ),
        Caught(
            "TWIN-6", "board on reference-TWIN-6", "devices:NeedsTheQueueWhenItIsFull", "uart+0x0"
        ),
        Caught("TWIN-1", "board on reference-TWIN-1", "devices:LosesWhatChanged", "uart+0x6"),
        Caught("TWIN-6", "board on reference-TWIN-6", "devices:LosesWhatChanged", "uart+0x6"),
        Caught("TWIN-2", "board on reference-TWIN-2", "devices:LosesTheLevels", "interrupts+0x0"),
        Caught(
            "TWIN-2",
            "board on reference-TWIN-2",
            "devices:LosesTheStepOfInitialisation",
            "interrupts+0x1",
        ),
        Caught("TWIN-1", "board on reference-TWIN-1", "devices:InvertsTheMask", "interrupts+0x1"),
        Caught("TWIN-2", "board on reference-TWIN-2", "devices:InvertsTheMask", "interrupts+0x3"),
        Caught(
            "TWIN-2", "board on reference-TWIN-2", "devices:LosesTheAutomaticEnd", "interrupts+0x3"
        ),
        Caught("TWIN-1", "board on reference-TWIN-1", "devices:LosesTheTimer", "interrupts+0x0"),
        Caught("TWIN-6", "board on reference-TWIN-6", "devices:LosesTheTimer", "interrupts+0x0"),
        Caught(
            "TWIN-1",
            "board on reference-TWIN-1",
            "devices:TakesNanosecondsForTicks",
            "interrupts+0x0",
        ),
        Caught(
            "TWIN-6",
            "board on reference-TWIN-6",
            "devices:TakesNanosecondsForTicks",
            "interrupts+0x0",
        ),
        Caught("TWIN-1", "board on reference-TWIN-1", "devices:LosesTheLatch", "timer+0x0"),
        Caught("TWIN-6", "board on reference-TWIN-6", "devices:LosesTheLatch", "timer+0x0"),
        Caught("TWIN-2", "board on reference-TWIN-2", "devices:LosesTheFlipFlop", "interrupts+0x0"),
        Caught("TWIN-1", "board on reference-TWIN-1", "devices:LosesTheReadFlipFlop", "timer+0x1"),
        Caught("TWIN-6", "board on reference-TWIN-6", "devices:LosesTheReadFlipFlop", "timer+0x1"),
        Caught(
            "TWIN-6", "board on reference-TWIN-6", "devices:LoadsTheClockLast", "interrupts+0x0"
        ),
        Caught("TWIN-3", "board on reference-TWIN-1", "devices:SkipsADescriptor", "memory"),
        Caught("TWIN-3", "board on reference-TWIN-5", "devices:SkipsADescriptor", "memory"),
        Caught("TWIN-3", "board on reference-TWIN-1", "devices:DropsHalfARequest", "memory"),
        Caught("TWIN-3", "board on reference-TWIN-5", "devices:DropsHalfARequest", "memory"),
        Caught("TWIN-3", "board on reference-TWIN-1", "devices:DoesHalfARequestTwice", "memory"),
        Caught("TWIN-3", "board on reference-TWIN-5", "devices:DoesHalfARequestTwice", "memory"),
        Caught("TWIN-3", "board on reference-TWIN-1", "devices:WritesElsewhere", "memory"),
        Caught("TWIN-3", "board on reference-TWIN-5", "devices:WritesElsewhere", "memory"),
        Caught("TWIN-1", "board on reference-TWIN-1", "devices:MasksABit", "dma+0x1c"),
        Caught("TWIN-6", "board on reference-TWIN-6", "devices:MasksABit", "dma+0x1c"),
        Caught(
            "TWIN-1",
            "board on reference-TWIN-1",
            "devices:ForgetsTheConfigurationSpace",
            "disk+0x0",
        ),
        Caught(
            "TWIN-3", "board on reference-TWIN-5", "devices:ForgetsTheConfigurationSpace", "memory"
        ),
        Caught("TWIN-3", "board on reference-TWIN-1", "devices:ReversesTheRequests", "memory"),
        Caught("TWIN-3", "board on reference-TWIN-6", "devices:ReversesTheRequests", "memory"),
        Caught("TWIN-3", "board on reference-TWIN-1", "devices:LosesTheLastRequest", "memory"),
        Caught("TWIN-2", "board on reference-TWIN-2", "devices:LosesTheLastRequest", "disk+0x14"),
        Caught("TWIN-3", "board on reference-TWIN-1", "devices:ReadsInsteadOfWriting", "memory"),
        Caught("TWIN-3", "board on reference-TWIN-5", "devices:ReadsInsteadOfWriting", "memory"),
        Caught("TWIN-4", "board on reference-TWIN-1", "devices:RefusesToSave", "refused:"),
        Caught("TWIN-4", "board on reference-TWIN-5", "devices:RefusesToSave", "refused:"),
        Caught("TWIN-4", "board on reference-TWIN-1", "devices:CrashesOnALegalState", "crashed"),
        Caught("TWIN-4", "board on reference-TWIN-5", "devices:CrashesOnALegalState", "crashed"),
        Caught("TWIN-4", "board on reference-TWIN-1", "devices:RejectsAFullQueue", "rejected:"),
        Caught("TWIN-5", "board on reference-TWIN-5", "machines:AbortsOnReset", "crashed"),
        Caught(
            "TWIN-5", "board on reference-TWIN-5", "machines:KeepsARegisterOverAReset", "uart+0x7"
        ),
        Caught(
            "TWIN-6", "board on reference-TWIN-6", "machines:LosesOnTheSecondMigration", "disk+0x14"
        ),
        Caught("TWIN-7", "board on reference-TWIN-7", "machines:SavingReadsRegisters", "uart+0x5"),
        Caught(
            "TWIN-7", "board on reference-TWIN-7", "machines:SavingStopsTheTimer", "interrupts+0x0"
        ),
    ),
    "test_twins.py::test_every_register_reads_as_on_a_twin": (
        Caught("TWIN-1", "board on reference", "devices:ForgetsTheConfigurationSpace", "disk+0x0"),
    ),
    "test_twins.py::test_what_a_guest_does_next_is_answered_as_by_a_twin": (
        Caught("TWIN-2", "board on reference", "devices:ForgetsTheConfigurationSpace", "disk+0x0"),
    ),
    "test_twins.py::test_a_reset_after_a_migration_is_one_without_it": (
        Caught("TWIN-5", "board on reference", "machines:IsResetOtherwise", "uart+0x6"),
    ),
    "test_twins.py::test_a_second_migration_loses_nothing": (
        Caught("TWIN-6", "board on reference", "devices:ForgetsTheConfigurationSpace", "disk+0x0"),
    ),
    "test_twins.py::test_saving_changes_nothing": (
        Caught("TWIN-7", "board on reference", "machines:SavingHangsUp", "uart+0x6"),
    ),
    "test_twins.py::test_a_machine_that_did_nothing_arrives": (
        Caught("TWIN-8", "board on reference-1", "devices:ForgetsTheConfigurationSpace", "disk"),
        Caught("TWIN-8", "board on reference-2", "devices:ForgetsTheConfigurationSpace", "disk"),
    ),
    "test_changed_streams.py::test_no_field_of_a_stream_brings_a_machine_down": (
        Caught("TWIN-9", "board on reference", "machines:AssertsInsteadOfRejecting", "crashed"),
    ),
    "test_changed_streams.py::test_each_field_of_a_stream_may_be_anything": (
        Caught(
            "TWIN-9", "board on reference-all bits", "machines:BelievesInEveryNumber", "crashed"
        ),
        Caught("TWIN-9", "board on reference-0", "machines:NeverLoadsAgain", "rejected:"),
        Caught("TWIN-9", "board on reference-all bits", "machines:NeverLoadsAgain", "rejected:"),
        Caught(
            "TWIN-9", "board on reference-the highest bit", "machines:NeverLoadsAgain", "rejected:"
        ),
    ),
    "test_handed_over.py::test_another_build_goes_on": (
        Caught("TWIN-10", "reference 0.1.0->reference 0.2.0", "machines:OtherRelease", "uart+0x6"),
    ),
    "test_handed_over.py::test_a_guest_that_comes_back_has_lost_nothing": (
        Caught("TWIN-10", "reference 0.1.0->reference 0.2.0", "machines:OtherRelease", "uart+0x6"),
        Caught("TWIN-10", "reference 0.2.0->reference 0.1.0", "machines:OtherRelease", "uart+0x6"),
    ),
}
