"""Calls of what is not written inline: a library's function, lane by lane, or one of the module's.

The first is for what nobody has as a vector: SciPy's special functions, ``pow``. The second keeps a
long way that few numbers need, such as the sine of 1e300, out of the loop that all go through.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .ir import Code, Text
from .lanes import Numbers


def by_lane(n: Numbers, name: str, *xs: Text, more: Sequence[tuple[Text, Text]] = ()) -> Text:
    """A library's function of doubles, called once a lane; ``more`` is what else it is given."""
    one, total = n if n.lanes == 1 else Numbers(n.code, 1), "poison"
    for lane in range(n.lanes):
        doubles = [("double", one.to_double(n.lane(x, lane))) for x in xs]
        z = n.code.call(name, "double", [*doubles, *more])
        total = n.with_lane(total, lane, one.of_double(z))
    return total


def apart(n: Numbers, name: str, body: Callable[[Numbers, Text], Text], x: Text) -> Text:
    """``body(n, x)`` as a function of its own: what is seldom needed is out of the way there."""
    code, name = Code(n.element), f"{name}.{n.suffix}"
    z = body(Numbers(code, n.lanes), "%x")
    code.do(f"ret {n.type} {z}")
    n.code.helpers[name] = code.text(
        f"internal {n.type} @{name}({n.type} %x) noinline cold nounwind"
    )
    n.code.declarations |= code.declarations
    return n.code.once(f"call {n.type} @{name}({n.type} {x})")
