"""Where NumPy finds what answers it: `protocols`, which knows the functions, puts its answers here.

Arrays of variables stand below the operations, and NumPy asks them.
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
