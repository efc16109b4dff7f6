"""The engine: a description at one version, ready to load, save and describe.

The order of everything is that of QEMU's migration/vmstate.c (vmstate_load_state,
vmstate_save_state_v). Plans are made by `reference.vmstate.compiler`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

from reference.vmstate.access import SUBSECTIONS, Access, Mappings
from reference.vmstate.description import VMStateDescription
from reference.vmstate.errors import SaveError
from reference.vmstate.runs import FixedRun
from reference.vmstate.steps import Described, Step, Values, call_hook
from reference.vmstate.subsections import MARK, describe_subsections, scan, subsection
from reference.wire.errors import StreamError, VersionRejected, VersionTooOld
from reference.wire.reader import Reader

Compile = Callable[[VMStateDescription, int], "Plan"]
"""Makes the plan of a subsection, for the same kind of state as its parent's."""
NOTHING: Described = ("", 0)
"""What is said of what is not there."""


class Plan:
    """A description at one version, for one kind of state.

    ``minimum_size`` is the number of bytes that every state of it takes at least. ``run`` is set
    where the whole plan is one run of plain numbers; such a plan can be applied to many states at
    once. ``transient`` are fields that the state does not keep: the counts of its arrays. ``bare``
    is a plan whose bytes are those of its steps: neither a hook nor a subsection has a say.
    """

    def __init__(  # noqa: PLR0913 -- the compiler is the only caller
        self,
        vmsd: VMStateDescription,
        version_id: int,
        access: Access,
        *,
        steps: tuple[Step, ...],
        transient: tuple[str, ...],
        compressible: bool,
        compile_subsection: Compile,
    ) -> None:
        self.vmsd = vmsd
        self.version_id = version_id
        self.access = access
        self.steps = steps
        self.transient = transient
        self.compressible = compressible
        self.compile_subsection = compile_subsection
        self.generic = isinstance(access, Mappings)
        self.name = vmsd.name.encode()
        self.known = {one.name.encode(): one for one in vmsd.subsections}
        self.minimum_size = sum(step.minimum_size for step in steps)
        self.head = f'"vmsd_name": "{vmsd.name}", "version": {version_id}, "fields": ['
        hooks = (vmsd.pre_save, vmsd.post_save)
        self.bare = not vmsd.subsections and (self.generic or not any(hooks))
        self.run = self.only_run()
        if self.run is not None:
            self.builder = access.builder(self.run.attributes)

    def only_run(self) -> FixedRun | None:
        """The single run of plain numbers that the plan consists of, if it does."""
        vmsd = self.vmsd
        hooks = (vmsd.pre_load, vmsd.post_load, vmsd.pre_save, vmsd.post_save)
        if len(self.steps) != 1 or vmsd.subsections or any(hooks):
            return None
        (step,) = self.steps
        return step if isinstance(step, FixedRun) and step.is_plain else None

    def load(self, reader: Reader, state: Any) -> Any:
        """The state after loading onto ``state``, which is None where there was none before.

        Raises `StreamError` with the path to the field.
        """
        vmsd = self.vmsd
        hooked = not self.generic
        if hooked and vmsd.pre_load is not None and state is not None:
            state = call_hook(reader, vmsd.pre_load, state)
        values: Values = {}
        for step in self.steps:
            step.load(reader, values, state)
        for name in self.transient:
            values.pop(name, None)
        state = self.access.build(state, values)
        if reader.next_is(MARK):
            state = self.load_subsections(reader, state)
        if hooked and vmsd.post_load is not None:
            state = call_hook(reader, vmsd.post_load, state, self.version_id)
        return state

    def load_subsections(self, reader: Reader, state: Any) -> Any:
        """The state with what the subsections that follow say of it."""
        for vmsd, version_id in scan(reader, self.name, self.known):
            try:
                check_version(vmsd, version_id, reader.position)
                plan = self.compile_subsection(vmsd, version_id)
                if self.generic:
                    loaded = plan.load(reader, None)
                    state.setdefault(SUBSECTIONS, []).append((vmsd.name, version_id, loaded))
                else:
                    state = plan.load(reader, state)
            except StreamError as error:
                raise error.inside(vmsd.name) from None
        return state

    def save(self, state: Any) -> bytes:
        """The bytes of ``state``; raises `SaveError` with the path to the field."""
        if self.bare:
            return b"".join([step.save(state) for step in self.steps])
        data, _ = self.write(state, described=False)
        return data

    def write(self, state: Any, *, described: bool = True) -> tuple[bytes, Described]:
        """The bytes of ``state``, and what the vmdescription says of them, if that is wanted.

        All in one go, as hooks are called once for both. Raises `SaveError`.
        """
        if self.bare:
            return self.save(state), self.describe(state) if described else NOTHING
        state = self.before_save(state)
        inner: list[tuple[str, Described]] = []
        try:
            parts = [step.save(state) for step in self.steps]
            of_steps = [step.describe(state) for step in self.steps] if described else []
            for plan, one in self.needed(state) if self.vmsd.subsections else ():
                try:
                    payload, text = plan.write(one, described=described)
                except SaveError as error:
                    raise error.inside(plan.vmsd.name) from None
                parts.append(subsection(plan.vmsd.name, plan.version_id, payload))
                inner.append((plan.vmsd.name, text))
        finally:
            if self.vmsd.post_save is not None and not self.generic:
                self.vmsd.post_save(state)
        return b"".join(parts), self.described(of_steps, inner) if described else NOTHING

    def describe(self, state: Any) -> Described:
        """What the vmdescription says of the bytes that `save` returns; and how many they are."""
        if self.fixed is not None:
            return self.fixed
        state = self.before_save(state)
        inner = [(plan.vmsd.name, plan.describe(one)) for plan, one in self.needed(state)]
        return self.described([step.describe(state) for step in self.steps], inner)

    def described(
        self, of_steps: Iterable[Described], of_subsections: Sequence[tuple[str, Described]]
    ) -> Described:
        """What is said of all steps, and of subsections by their names."""
        texts = []
        total = 0
        for text, size in of_steps:
            total += size
            if text:
                texts.append(text)
        inner, size = describe_subsections(of_subsections) if of_subsections else NOTHING
        return f"{self.head}{', '.join(texts)}]{inner}", total + size

    @cached_property
    def fixed(self) -> Described | None:
        """What the vmdescription says, where that is the same for every state."""
        of_steps = [step.fixed for step in self.steps if step.fixed is not None]
        if self.vmsd.subsections or len(of_steps) < len(self.steps):
            return None
        return self.described(of_steps, ())

    def before_save(self, state: Any) -> Any:
        """The state that is saved in place of ``state``."""
        if self.vmsd.pre_save is None or self.generic:
            return state
        return self.vmsd.pre_save(state)

    def needed(self, state: Any) -> Iterator[tuple["Plan", Any]]:
        """The subsections that a stream of ``state`` has, each with the state it is saved from."""
        if self.generic:
            by_name = {vmsd.name: vmsd for vmsd in self.vmsd.subsections}
            for name, version_id, one in state.get(SUBSECTIONS, ()):
                yield self.compile_subsection(by_name[name], version_id), one
            return
        for vmsd in self.vmsd.subsections:
            if vmsd.needed is None or vmsd.needed(state):
                yield self.compile_subsection(vmsd, vmsd.version_id), state


def check_version(vmsd: VMStateDescription, version_id: int, offset: int) -> None:
    """Raise `VersionRejected` unless the description can load ``version_id``."""
    if version_id > vmsd.version_id:
        raise VersionRejected(
            f"{vmsd.name}: incoming version_id {version_id} is too new for local version_id "
            f"{vmsd.version_id}",
            offset=offset,
        )
    if version_id < vmsd.minimum_version_id:
        raise VersionTooOld(
            f"{vmsd.name}: incoming version_id {version_id} is too old for local minimum "
            f"version_id {vmsd.minimum_version_id}",
            offset=offset,
        )
