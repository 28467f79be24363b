"""What looks at a graph or checks it: pictures, explanations, checks. Loaded when one is asked for."""

from ..tools.check_engine import check_engine
from ..tools.explain import explain, formula
from ..tools.gradcheck import gradcheck, numerical_gradient
from . import descent_page, draw, film, step_through

__all__ = [
    "check_engine",
    "descent_page",
    "draw",
    "explain",
    "film",
    "formula",
    "gradcheck",
    "numerical_gradient",
    "step_through",
]
