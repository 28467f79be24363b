"""Pictures: `draw`, and pages, `step_through`, `descent_page`, `film`; a Value shows its own.

Graphviz is loaded when the first picture is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ..protocols import python
from ..value import Value

if TYPE_CHECKING:
    from .page.sheet import Page
    from .render import Picture


STYLES = ("cards", "micrograd")


def draw(v: Value, *, adjoints: bool = False, limit: int = 300, style: str = "cards") -> Picture:
    """The graph that v was computed by, left to right, as a ``graphviz.Digraph``.

    Every node shows its label, operation, value and gradient, which is "–" as long as no backward
    pass started at v. With ``adjoints=True`` every edge shows what flowed back along it. Nodes made
    in a `group` are framed; a graph of more than ``limit`` nodes is folded by groups, and without
    groups all but the nodes nearest v are folded; the picture says what it folded. With
    ``style="micrograd"`` an operation is an ellipse before the node that it makes.

    ``draw(v).save("graph.png")`` writes the picture. No ``dot`` program is needed where pygraphviz
    is installed (the extra ``draw``). Raises TypeError for what is no Value, ValueError for another
    style and a limit below 1, RendererError when rendered with neither.

    >>> from autograd import Value, draw
    >>> x = Value(3.0, "x")
    >>> picture = draw(x * x)
    >>> picture.source.startswith("digraph")
    True
    """
    from .dot import digraph

    if not isinstance(v, Value):
        raise TypeError(f"draw() takes a Value of autograd, got {v!r} of type {type(v).__name__}")
    if style not in STYLES:
        raise ValueError(f"style is {' or '.join(map(repr, STYLES))}, got {style!r}")
    if not isinstance(limit, int) or limit < 1:
        raise ValueError(f"limit is how many nodes are drawn one by one, 1 or more; got {limit!r}")
    return digraph(v, adjoints=adjoints, limit=limit, style=style)


def step_through(v: Value) -> Page:
    """A page that plays the forward and the backward pass of v, in one HTML file: no network.

    Its leaves can be edited: the page computes everything anew, by the formulas of this registry.
    Leaves below an operation whose formulas run on floats only, such as a user's that asks ``if``,
    keep their numbers; of batches and other kinds of number it shows what was computed. A condition
    that Python decided stays as it was. ``.html`` is the page, ``.save(path)`` writes it, and a
    notebook shows it (an untrusted one the picture of `draw`). Raises TypeError for what is no Value.

    >>> from autograd import Value, step_through
    >>> page = step_through(Value(3.0, "x") * 2)
    >>> page.html.startswith("<!doctype html>")
    True
    """
    from .page.writer import of_graph

    if not isinstance(v, Value):
        raise TypeError(
            f"step_through() takes a Value of autograd, got {v!r} of type {type(v).__name__}"
        )
    return of_graph(v)


def descent_page(
    loss: Callable[[Any, Any], Any],
    *,
    start: Sequence[float],
    limits: Sequence[tuple[float, float]],
    lr: float = 0.1,
    momentum: float = 0.0,
    steps: int = 50,
    names: Sequence[str] = ("w", "b"),
) -> Page:
    """A page of gradient descent on a loss of two parameters, in one HTML file: no network.

    b ← momentum · b + g, w ← w - lr · b, as `nn.SGD` does: the rate, the momentum and the start are
    dragged there, and the path over the surface is computed anew, by the formulas of this registry.
    ``loss(w, b)`` gives one number: it is called on Values all over ``limits``, the intervals of w
    and b, for the surface, and once more for the graph that the page follows, in which batches are
    taken apart sample by sample. ``.html``, ``.save(path)`` and notebooks as with `step_through`.

    Raises TypeError for a loss that cannot be recorded (one that asks ``if`` of a Value: use
    `where`), ValueError for settings out of range and a loss that is finite nowhere.

    >>> page = descent_page(lambda w, b: w**2 + 3 * b**2, start=(2, 1), limits=((-3, 3), (-2, 2)))
    >>> page.html.startswith("<!doctype html>")
    True
    """
    from .descent.writer import of_loss

    return of_loss(loss, start, limits, lr, momentum, steps, names)


def film(frames: Sequence[tuple[str, bytes | str, str]], title: str = "Step through") -> Page:
    """A page that steps through pictures, in one HTML file: no network.

    A frame is (caption, picture, words): the picture is PNG as bytes or SVG as text, the words are
    its alternative text. ``.html``, ``.save(path)`` and notebooks as with `step_through`; an
    untrusted notebook shows the last picture. Raises TypeError for what is no frame, ValueError for
    no frames, and for what is neither PNG nor SVG.

    >>> w, frames = Value(1.0, "w"), []
    >>> for step in range(3):
    ...     loss = (w - 3) ** 2
    ...     loss.backward()
    ...     frames.append((f"step {step}", draw(loss).pipe("svg"), draw(loss).alt))
    ...     w.data, w.grad = w.data - 0.1 * w.grad, 0.0
    >>> film(frames)
    <the film of 3 pictures: save(path) writes it>
    """
    from .frames.writer import of_frames

    return of_frames(frames, title)


python.picture = draw
