"""The faults by class, each with a bug of its kind that really happened.

Classes and bugs are those of the project's list of real migration bugs: hashes of 12 digits are
commits of QEMU; CH, CR and FC are Cloud Hypervisor, crosvm and Firecracker.
"""

from msgspec import Struct


class FaultClass(Struct, frozen=True):
    """A class of faults: its ``title``, and its ``faults``, each with the ``precedent``."""

    title: str
    faults: dict[str, str]


CLASSES = {
    "A": FaultClass(
        "Field layout: width, signedness, order",
        {
            "layouts:SwapsTwoFields": "032ab092904c: registers restored to the place of others",
            "layouts:EnlargesABitmap": "2e323f03bfa3, efd6b3d1768d: a constant grew, an array too",
            "layouts:ReadsIndexesAsSigned": "caea03279e11: ids above 2^31 were read as signed",
            "layouts:LittleEndian": "fd38804b388f: big-endian guest layout against native numbers",
            "layouts:KeepsTheClockIn32Bits": "c0a63857282a: a clock's offset was a 32-bit int",
            "layouts:SendsAFieldTwice": "c0a63857282a: the field was listed twice, too",
            "values:CountsInterruptsInEightBits": "338c25b6929b: counts of 16 bits overflowed",
            "values:KeepsTheIndicatorInOneBit": "38298611d5a8: a flag stood for two priorities",
            "values:ReadsSmallTreesOnly": "6b4f7b0705be: indexes of another width than the stream",
            "values:NumbersCpusInEightBits": "c0a63857282a: a number that outgrew its type",
            "values:StopsBeforeTheLastBit": "efd6b3d1768d: a bitmap of another length",
            "versions:HalvesTheSeconds": "c0a63857282a: a clock's offset was a 32-bit int",
            "versions:SaturatesTheClock": "c0a63857282a: a clock that overflows",
        },
    ),
    "B": FaultClass(
        "Versioning: bumps, minimum version, version tests",
        {
            "versions:IgnoresTheVersion": "9366f4186025: `newer than mine` was ignored",
            "versions:AcceptsTheNextVersion": "719ffe1f5f72: a comparison that is off by one",
            "versions:ForgetsTheMinimumVersion": "4efef9864082: sections of a wrong version",
            "versions:LowersTheMinimumVersion": "9b54ca0ba781: host bridge fixed by a version",
            "versions:RaisesTheMinimumVersion": "33a0c404fb90: minimum raised without need",
            "versions:BumpsTheVersion": "33a0c404fb90: version raised without need",
            "versions:CountsFieldsForAVersion": "c1990468d5a1: version_id was a struct's size",
            "versions:ForgetsTheVersionTest": "2811af3b497b: a field without version or test",
            "versions:LooksAtUnusedFields": "4f2b82f60431: a removed register was not ignored",
            "versions:TakesSecondsForNanoseconds": "032cfe6a79c8: an old field's other meaning",
            "versions:BlamesTheVersion": "579cedf43058: failures that are hard to tell apart",
            "values:SkipsTheTimebase": "13f5545daa8b: a nested struct asked for a version",
        },
    ),
    "C": FaultClass(
        "Subsections: presence, name, defaulting, lookup",
        {
            "subsections:AlwaysSendsTheSubsection": "e6fa978d8343: sent for types without it",
            "subsections:SendsConnectorsAtRest": "a32e900b8abf: connectors at rest were sent",
            "subsections:SkipsLogicalConnectors": "c618e300eb22: logical ones were skipped",
            "subsections:ForgetsACapability": "1a7a31aec475: a capability was not sent",
            "subsections:CopiesAName": "203beb6f0474: the name of another subsection",
            "subsections:SkipsUnknownSubsections": "942566ffc189: lookup by name went astray",
            "subsections:SkipsForeignSubsections": "942566ffc189: lookup by name went astray",
            "subsections:LoadsSubsectionsInOrderOnly": "6b321a3df55d: read at another time",
            "subsections:IgnoresTheVersionOfSubsections": "5a78b821eb9e: new parts, old readers",
            "subsections:IgnoresTheVersionOfWindows": "5a78b821eb9e: new parts, old readers",
            "subsections:SkipsUnknownSections": "I3 46f7afa37096: sections that are swallowed",
            "parts:SkipsWhatIsNotThere": "I3 46f7afa37096: sections that are swallowed",
            "subsections:AsksForAnotherPart": "c618e300eb22: the condition was of something else",
            "values:NeedsTheLowerHalf": "a83c2844903c: the condition looked at other memory",
            "machine_types:OffersToOldTypes": "aef19c04bf88: an option made it needed",
            "machine_types:SendsThePageSizeToOldTypes": "64d4a5343173: sent for all types",
            "configuration:ForgetsTheOptions": "62ef3760d4e4: negotiated options not migrated",
        },
    ),
    "D": FaultClass(
        "Counts, lengths and offsets from the wire",
        {
            "hostile:BelievesCounts": "71f7fe48e10a, d2ef4b61fe6d: counts from the wire",
            "hostile:BelievesTheSizeOfAWindow": "5f691ff91d32: maximum and count from the wire",
            "hostile:BelievesTheNumberOfMsis": "cc45995294b9: number of queues from the wire",
            "hostile:BelievesTheSizeOfATree": "a890a2f9137a: a length larger than ours",
            "hostile:BelievesTheSizeOfAnEvent": "98f93ddd8480: n asked for, more read",
            "hostile:TakesNegativeForNone": "71f7fe48e10a: a negative count passed",
            "hostile:IndexesByState": "d8d0a0bc7e19: an index that is not checked",
            "hostile:LooksUpSections": "FC 9e627a782: a panic on what was not expected",
            "hostile:AssertsTheType": "3c3ce981423e: an assertion, as the hook cannot fail",
            "behaviour:TakesAnyWalk": "4b53c2c72cb5: an index that is used only later",
            "behaviour:BelievesInTheTree": "4b53c2c72cb5: loads, and fails at the next access",
            "behaviour:TakesTheEndForSuccess": "7b84b9096656: a marker taken for a value",
            "values:RejectsTheHighestAddress": "9f8e9895c504, 719ffe1f5f72: strict at equality",
        },
    ),
    "E": FaultClass(
        "Lists, queues and tables",
        {
            "lists:DropsAConnector": "E3, qemu-devel 2016: walks that are not in the stream",
            "lists:ReversesTheWalks": "E3, qemu-devel 2016: a list copied into an array",
            "lists:ReversesTheEvents": "94869d5c528b: a queue is loaded by appending",
            "lists:AppendsOnLoad": "94869d5c528b: loading appends to what is there",
            "lists:CountsInEightBits": "3f1c49e2136f: a count of eight bits",
            "lists:CountsInSixteenBits": "338c25b6929b: counts of 16 bits overflowed",
            "behaviour:LoadsAWalkTwice": "CR 468ec9a0d: restored twice",
            "behaviour:TakesTwoWalks": "E3, qemu-devel 2016: each element is inserted",
            "behaviour:DeliversAnEventTwice": "94869d5c528b: duplicates in a queue",
            "behaviour:GuessesTheUnplugRequest": "16ee99805e06: guessed from an indicator",
            "parts:UpgradesThreeParts": "a26fdf393404: a table of another size",
            "values:KeepsThreeDevices": "a26fdf393404: a table of another size",
            "values:TakesEqualEventsForOne": "35049eb0d2fc: all elements taken for the first",
            "values:MergesEqualPages": "35049eb0d2fc: all elements taken for the first",
            "values:SortsConnectorsAsText": 'CH fefbf8b00: "11" came before "2"',
            "loading:SendsEverySectionTwice": "CR 468ec9a0d: snapshotted twice",
        },
    ),
    "F": FaultClass(
        "Saving damages or misreports the source",
        {
            "saving:SetsTheCapabilities": "5852d3bfe16c: pre_save changed the source",
            "saving:LetsTheClockRun": "42043e4f1241: the clock ran while stopped",
            "saving:LosesWhatArrived": "10a06fd65f66: a stale copy was saved",
            "saving:NeverDefers": "560d027b5406: state was filled in on one path only",
            "vmdescriptions:DescribesLessTheSecondTime": "c573fc03da65: left over by a save",
            "saving:DefersForEver": "c573fc03da65: the next migration failed as well",
        },
    ),
    "G": FaultClass(
        "post_load: missing, too early, too late, wrong",
        {
            "behaviour:BuildsTheTreeTooLate": "552a1e01a41d: not built yet when it is needed",
            "behaviour:DeepensByOne": "454b580ae9ae: off by one, to make up for another",
            "loading:ReliesOnTheOrder": "310cda5b5e9d: sections behind that of the machine",
            "loading:KeepsTheDefaultWindow": "ee4d9ecc3675: a default survived the load",
            "loading:DefaultsToEmpty": "1481fe5fcfeb: a default for those that cannot have it",
            "configuration:TakesTheCapabilities": "1433e38cc840: properties overwritten",
            "configuration:TakesTheCapabilitiesInPlace": "1433e38cc840: properties overwritten",
            "configuration:TakesTheWindows": "1433e38cc840: properties overwritten",
            "values:KnowsTwoPageSizes": "66cf169e29b0: a register made of its mask",
            "values:RemembersOneHook": "924c3ccb310e: one global place for two objects",
            "behaviour:TakesNanosecondsForSeconds": "ae46e23964ad: a timer in another base",
        },
    ),
    "H": FaultClass(
        "Loading into a dirty object, a second load, stale data",
        {
            "loading:KeepsOptionalParts": "3eb21fe9e5a0: defaults were set too late",
            "loading:KeepsWalksOfItsOwn": "94fd9cbaa319: counted on a state that was wiped",
            "parts:StartsOverAtARepetition": "CR 468ec9a0d: restored twice",
            "loading:LoadsOnce": "5089e1862fe8: the second load met what the first had left",
            "loading:StartsTooLate": "5089e1862fe8: one load depends on another",
            "loading:RemembersTheLoadBefore": "0631d4b44845: a parser that was not pristine",
            "loading:ResetsWhatWasLoaded": "75e972dab51b: loaded state was overwritten",
            "vmdescriptions:LeavesALongerStreamBehind": "FC cd47c0e94: a file was not truncated",
        },
    ),
    "I": FaultClass(
        "Identity: names, instance ids, registration",
        {
            "loading:MatchesByPlace": "c95f6161de0b: numbered by the order of plugging",
            "loading:NumbersByCreation": "f6e984443f16: ids by a counter",
            "layouts:RenamesASection": "6783ecf144c8: names made of names of types",
        },
    ),
    "J": FaultClass(
        "Machine types: compat properties, exact comparisons",
        {
            "configuration:ComparesNoCapability": "64d4a5343173: one was not compared",
            "configuration:WantsEqualCapabilities": "efb7db250ada: compared too strictly",
            "configuration:WantsTheSameState": "625b370c45f4: volatile bits were compared",
            "machine_types:ForgetsTheWindows": "575a6f4082c4: overwritten by the reset",
            "machine_types:ShortensTheHostBridge": "5c4537bded40: scratch fields for old types",
            "machine_types:FallsBackToItsNewestType": "62bdb8871512: aliases of a type",
            "machine_types:ComparesWholeNames": "57c522f47bf8: old streams kept valid",
            "parts:ComparesNoInterrupts": "8edd56735baa: another configuration accepted",
            "machine_types:ComparesNoName": "8edd56735baa: another configuration accepted",
        },
    ),
    "K": FaultClass(
        "Framing: header, footers, description, order",
        {
            "framing:ConfiguresOldTypes": "09b5e30da5b1: a section for types without it",
            "framing:ConfiguresNoType": "902c053d834e: a section that is switched off",
            "framing:FootersForOldTypes": "ff14e817f6c5: footers for old types",
            "framing:NoFooters": "ff14e817f6c5: footers by machine type",
            "framing:SkipsTheHeader": "9366f4186025: version 2 and version 3",
            "framing:ReadsTheMagicOnly": "9366f4186025: version 2 and version 3",
            "framing:SkipsFooters": "59f39a47411a: the id in a footer",
            "framing:SearchesForFooters": "13cde5088923: garbage parsed after an error",
            "hostile:GoesOnAfterAnError": "13cde5088923, cd4c0da6dbea: no stop at an error",
            "hostile:AcceptsTheBeginning": "d39c90f5f3ae: success reported after a failure",
            "hostile:TakesTheEndForAMarker": "8421b205ddb7: read on behind the end mark",
            "saving:DescribesWhatArrived": "8421b205ddb7: when the description is sent",
            "vmdescriptions:DescribesOldTypes": "cba0e7796be1: description for old types",
            "vmdescriptions:MiscountsStructs": "35049eb0d2fc: description of other bytes",
            "vmdescriptions:DescribesNoHostBridge": "029ff892e104: what tools do not expect",
            "vmdescriptions:NamesAFieldOtherwise": "029ff892e104: what tools do not expect",
            "vmdescriptions:ForgetsTheSign": "35049eb0d2fc: description of other bytes",
            "parts:PassesOverCommands": "13cde5088923: no stop at what is not understood",
            "parts:WantsADescription": "1aca9a5f7d5a: waited for a description",
            "vmdescriptions:EndsWithAComma": "c36c31c86b48: what tools cannot read",
            "vmdescriptions:ReadsTheDescription": "1aca9a5f7d5a: waited for a description",
        },
    ),
    "L": FaultClass(
        "State that is not migrated",
        {
            "behaviour:ReadsAPageOfTheTree": "a890a2f9137a: a length larger than ours",
            "behaviour:ForgetsTheDepth": "50641c5ce258: in the middle of a transfer",
            "behaviour:KeepsAWalkAfterIsolation": "4445b1d27ee6: walks and their connectors",
            "behaviour:DropsTheUnplugRequest": "16ee99805e06: pending unplugs were not sent",
            "machine_types:ForgetsTheNewest": "628bda1ab759: a new flag was never migrated",
            "values:ForgetsTheBypass": "CH 76a036e96: one register of a family forgotten",
            "values:ForgetsTheInterlock": "cfc61ba62f30: an interrupt in progress",
            "wholes:SendsNoRest": "10a06fd65f66: a stale copy was sent",
            "wholes:StopsTheTimer": "432732b5e455: a part of a timer was forgotten",
        },
    ),
}
"""By the letter of the class."""
