"""A Value shows its picture in a notebook by itself."""

from __future__ import annotations

from typing import Any

from ..value import Value


def _repr_mimebundle_(self: Value, **kinds: Any) -> dict[str, Any]:
    """What IPython and Jupyter show: the picture, ``repr`` in a console."""
    from .dot import digraph

    return digraph(self)._repr_mimebundle_(**kinds)


def attach() -> None:
    """Give Value the method that notebooks ask for."""
    setattr(Value, _repr_mimebundle_.__name__, _repr_mimebundle_)
