"""Device trees of hot-plugged devices."""

from hypothesis import strategies as st

from reference.spapr.device_tree import Node, Property

SIZES = (0, 4, 1, 8, 20, 255, 4071, 4072, 4073, 4096, 5000)
"""Bytes of a property's value; a work area of 4096 has room for 4071 behind a name of four."""
NAMES = ("reg", "device", "ibm,my-drc-index", "a" * 31, "assigned-addresses")
PROPERTY = st.integers(0, 2 * len(NAMES) * len(SIZES) - 1)
PROPERTIES = st.integers(0, 3)
CHILDREN = (st.sampled_from((0, 0, 1, 2)), st.sampled_from((0, 1, 0, 3)), st.integers(0, 1))
"""How many nodes may lie below one, by its depth; below the last there are none."""


@st.composite
def device_trees(draw: st.DrawFn, *, depth: int = 0) -> Node:
    """Trees from ``Node(name='device')`` to such with nodes at four depths.

    Among the properties are such without a value, such that do not fit into a work area, and such
    that are replaced by NOP tags. ``depth`` is that of the node in the tree.
    """
    properties = []
    for place in range(draw(PROPERTIES)):
        number, nop = divmod(draw(PROPERTY), 2)
        size, name = divmod(number, len(NAMES))
        value = bytes((place + 1,)) * SIZES[size]
        properties.append(Property(f"{NAMES[name]}{place or ''}", value, nop=bool(nop)))
    below = draw(CHILDREN[depth]) if depth < len(CHILDREN) else 0
    children = [draw(device_trees(depth=depth + 1)) for _ in range(below)]
    return Node(f"device@{depth}" if depth else "device", tuple(properties), tuple(children))
