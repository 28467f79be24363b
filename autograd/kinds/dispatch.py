"""What kinds of number ask of those above them: they put it here.

Arrays of variables stand below the operations, and NumPy asks them: `protocols`, which knows the
functions, answers. A series takes the pullback formulas of the primitives: `operations` names them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

ufunc: Callable[..., Any]
"""Answers NumPy's protocol of ufuncs (NEP 13): (ufunc, method, inputs, settings) -> result."""
function: Callable[..., Any]
"""Answers NumPy's protocol of all other functions (NEP 18): (function, args, settings) -> result."""
picked: Callable[..., Any]
"""Answers ``array[index]`` where the index is itself made of Values: (array, index) -> result."""
primitives: dict[str, Any] = {}
"""Every primitive of the engine by its name."""
