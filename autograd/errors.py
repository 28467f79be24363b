"""The exceptions: each derives from the builtin one that a caller would expect to catch."""

from __future__ import annotations


class NumberError(TypeError):
    """Something that is no number of a registered kind was given as one."""


class KindError(TypeError):
    """A function was asked of a kind of number that does not have it (``exp`` of a Fraction)."""


class BatchError(ValueError):
    """Batches of different lengths met, or one number was asked of a batch."""


class GradientLostError(TypeError):
    """A conversion (``float(v)``, ``math.exp(v)``) would have cut the gradient silently."""


class PrimitiveError(TypeError):
    """A primitive lacks a formula, or one of its formulas returned no number."""


class AnomalyError(FloatingPointError):
    """A number became nan or infinite under ``detect_anomaly()``."""


class GradcheckError(AssertionError):
    """A derivative and the central differences beside it disagree, or cannot be compared."""


class ExpressionError(ValueError):
    """The command line's expression is not one that it understands.

    ``offset`` is the place in the text, counted from 0, or None where there is none.
    """

    def __init__(self, message: str, offset: int | None = None) -> None:
        super().__init__(message)
        self.offset = offset


class RendererError(RuntimeError):
    """No program or package that turns DOT into a picture was found."""


class TransformError(TypeError):
    """A transform was given arguments, or its function returned a result, of the wrong form."""


class RecordingError(TransformError):
    """A number that `jit` records was asked for its value, which it does not have yet."""
