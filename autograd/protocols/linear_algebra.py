"""Linear algebra on Values: systems by elimination with partial pivoting, determinants, norms.

Elimination is arithmetic, so its derivatives are the chain rule's. The pivot is the largest number of
its column; of samples that differ (under `vmap`, in batches) each takes its own.

Source: G. H. Golub, C. F. Van Loan, Matrix computations, 4th edition, algorithms 3.4.1 and 4.2.1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import GradientLostError
from ..operations import sequences
from ..operations.arithmetic import sqrt
from ..operations.branches import abs, sign, where
from ..operations.elementary import log
from .boxes import checked_axes, data_of, plain, unboxed
from .products import matmul
from .ufuncs import reduction

# -------------------------------------------------------------------------------------- elimination


def _check_square(a: Any, name: str) -> None:
    if a.ndim < 2 or a.shape[-1] != a.shape[-2]:
        raise np.linalg.LinAlgError(f"{name} takes square matrices, got an array of {a.shape}")


def _along_stack(function: Callable[..., Any], *arrays: Any) -> Any:
    """A function of matrices for each of a stack of them."""
    stack = np.broadcast_shapes(*(x.shape[:-2] for x in arrays))
    full = [np.broadcast_to(plain(x), stack + x.shape[-2:]) for x in arrays]
    places = [*np.ndindex(stack)]
    results = [function(*(x[i].astype(object) for x in full)) for i in places]
    if not stack:
        return results[0]
    whole = np.empty(stack + np.shape(results[0]), dtype=object)
    for i, result in zip(places, results, strict=True):
        whole[i] = result
    return whole


def _eliminated(rows: Any, n: int) -> tuple[Any, Any]:
    """[A | B] made upper triangular in its first n columns, below whose diagonal stands what nobody
    reads; and the sign of the row exchanges.
    """
    exchanges: Any = 1  # integers leave Fractions exact
    for k in range(n):
        rows, exchanges = _with_pivot(rows, k, exchanges)
        for i in range(k + 1, n):
            factor = rows[i, k] / rows[k, k]
            pairs = zip(rows[k, k + 1 :], rows[i, k + 1 :], strict=True)
            rows[i, k + 1 :] = [y - factor * x for x, y in pairs]
    return rows, exchanges


def _with_pivot(rows: Any, k: int, exchanges: Any) -> tuple[Any, Any]:
    """Row k exchanged with every larger one, by the number in its column: each sample its own."""
    for i in range(k + 1, len(rows)):
        larger = abs(rows[i, k]) > abs(rows[k, k])
        if not isinstance(larger, (bool, np.bool_)):
            pairs = [*zip(rows[i, k:], rows[k, k:], strict=True)]
            rows[k, k:] = [where(larger, x, y) for x, y in pairs]
            rows[i, k:] = [where(larger, y, x) for x, y in pairs]
            exchanges = where(larger, -exchanges, exchanges)
        elif larger:
            rows[[k, i]] = rows[[i, k]]
            exchanges = -exchanges
    if _is_zero(rows[k, k]):
        raise np.linalg.LinAlgError("Singular matrix")
    return rows, exchanges


def _is_zero(x: Any) -> bool:
    """Whether it is 0, of some sample at least; a number that is being recorded cannot tell."""
    zero = data_of(x) == 0
    return zero is True or (hasattr(zero, "dtype") and bool(zero.any()))


def _solved(a: Any, b: Any) -> Any:
    """X with A X = B: elimination, then back substitution."""
    n = len(a)
    rows, _ = _eliminated(np.concatenate([a, b], axis=1), n)
    solution = np.empty(b.shape, dtype=object)
    for i in reversed(range(n)):
        for j in range(b.shape[1]):
            rest = rows[i, n + j]
            if i + 1 < n:
                rest = rest - sequences.dot(
                    rows[i, i + 1 : n].tolist(), solution[i + 1 :, j].tolist()
                )
            solution[i, j] = rest / rows[i, i]
    return solution


def _solve(a: Any, b: Any) -> Any:
    a, b = np.asanyarray(a), np.asanyarray(b)
    _check_square(a, "solve")
    columns = b[:, None] if b.ndim == 1 else b
    if columns.ndim < 2 or columns.shape[-2] != a.shape[-1]:
        raise ValueError(f"solve: a matrix of shape {a.shape} and a right side of {b.shape}")
    result = _along_stack(_solved, a, columns)
    return result[..., 0] if b.ndim == 1 else result


def _identity(a: Any) -> Any:
    """Of integers, which leave Fractions exact."""
    return np.eye(a.shape[-1], dtype=int)


def _inv(a: Any) -> Any:
    _check_square(a, "inv")
    return _along_stack(_solved, a, _identity(a))


def _matrix_power(a: Any, n: int) -> Any:
    _check_square(a, "matrix_power")
    if n < 1:
        return _matrix_power(unboxed(_inv(a)), -n) if n else _identity(a) + 0 * a
    if n == 1:
        return a
    half = _matrix_power(a, n // 2)
    return matmul(matmul(half, half), a) if n % 2 else matmul(half, half)


def _cholesky(a: Any, /, *, upper: bool = False) -> Any:
    _check_square(a, "cholesky")
    if upper:
        return np.swapaxes(_cholesky(np.swapaxes(a, -1, -2)), -1, -2)
    return _along_stack(_triangle, a)


def _triangle(a: Any) -> Any:
    """L with L Lᵀ = A, column after column; what is above A's diagonal is not looked at."""
    n = len(a)
    lower = np.full((n, n), 0.0, dtype=object)
    for j in range(n):
        for i in range(j, n):
            rest = a[i, j]
            if j:
                rest = rest - sequences.dot(lower[i, :j].tolist(), lower[j, :j].tolist())
            if i == j and not _may_be_positive(rest):
                raise np.linalg.LinAlgError("Matrix is not positive definite")
            lower[i, j] = sqrt(rest) if i == j else rest / lower[j, j]
    return lower


def _may_be_positive(x: Any) -> bool:
    """Whether it is a positive number, of every sample; one being recorded cannot tell, and may be."""
    positive = data_of(x) > 0
    return bool(positive.all()) if hasattr(positive, "dtype") else positive is not False


# ------------------------------------------------------------------------------------- determinants


def _det(a: Any) -> Any:
    _check_square(a, "det")
    return _along_stack(_determinant, a)


def _determinant(a: Any) -> Any:
    """The product of the pivots; of a singular matrix, which has cofactors too, without division."""
    n = len(a)
    try:
        rows, exchanges = _eliminated(a.copy(), n)
    except np.linalg.LinAlgError:
        return _without_division(a)
    return sequences.prod([exchanges, *(rows[i, i] for i in range(n))])


def _without_division(a: Any) -> Any:
    """Source: R. S. Bird, A simple division-free algorithm for computing determinants, Information
    Processing Letters 111 (2011), 1072-1074. It costs n products of matrices.
    """
    x, n = a, len(a)
    for _ in range(n - 1):
        upper = np.triu(x, 1)
        for i in range(n):
            upper[i, i] = -sequences.sum([0, *(x[k, k] for k in range(i + 1, n))])
        x = plain(matmul(upper, a))
    return x[0, 0] if n % 2 else -x[0, 0]


def _slogdet(a: Any) -> Any:
    _check_square(a, "slogdet")
    both = _along_stack(_log_determinant, a)
    named = type(np.linalg.slogdet(np.eye(1)))  # NumPy's own pair, whose name moves with versions
    return named(*(unboxed(np.asarray(both, dtype=object)[..., i]) for i in (0, 1)))


def _log_determinant(a: Any) -> Any:
    try:
        rows, exchanges = _eliminated(a.copy(), len(a))
    except np.linalg.LinAlgError:
        return [0.0, -np.inf]
    pivots = [rows[i, i] for i in range(len(a))]
    signs = sequences.prod([exchanges, *map(sign, pivots)])
    return [signs, sequences.sum([log(abs(x)) for x in pivots])]


# -------------------------------------------------------------------------------------------- norms


def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """Of a vector (Σ |xᵢ|ᵖ)^(1/p), or the largest; of a matrix Frobenius', or of rows and columns."""
    axes = checked_axes(axis, x.ndim)
    if len(axes) == 1 or (axis is None and (ord is None or x.ndim < 2)):
        return _vector(x, 2 if ord is None else ord, axes, keepdims)
    if len(axes) != 2:
        raise ValueError(f"a norm is of one axis or two, got {axis!r}")
    return _matrix(x, ord, axes, keepdims)


def _length(x: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
    """√(Σ xᵢ²), whose derivative at 0 is 0, the least subgradient, as `hypot` has it."""
    squares = reduction("add", np.square(x), axes, keepdims)
    return np.where(squares == 0, squares, np.sqrt(squares))


def _vector(x: Any, p: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
    if p == 2:
        return _length(x, axes, keepdims)
    if p in (np.inf, -np.inf):
        return reduction("maximum" if p > 0 else "minimum", np.abs(x), axes, keepdims)
    if p in ("fro", "nuc"):
        raise ValueError(f"a vector has no norm {p!r}")
    if p == 0:
        return reduction("add", np.not_equal(x, 0) + 0, axes, keepdims)
    powers = np.abs(x) if p == 1 else np.abs(x) ** p
    total = reduction("add", powers, axes, keepdims)
    return total if p == 1 else total ** (1 / p)


def _matrix(x: Any, ord: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
    if ord in (None, "fro"):
        return _length(x, axes, keepdims)
    if ord not in (1, -1, np.inf, -np.inf):
        raise GradientLostError(
            f"a matrix of Values has the norms 'fro', 1, -1, inf, -inf; {ord!r} needs singular values"
        )
    rows = axes if abs(ord) == 1 else axes[::-1]
    sums = reduction("add", np.abs(x), rows[0], True)
    result = reduction("maximum" if ord > 0 else "minimum", sums, rows[1], True)
    return result if keepdims else np.squeeze(result, axes)


def _vector_norm(x: Any, /, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Any:
    return _vector(x, ord, checked_axes(axis, x.ndim), keepdims)


def _matrix_norm(x: Any, /, *, keepdims: bool = False, ord: Any = "fro") -> Any:
    return _matrix(x, ord, checked_axes((-2, -1), x.ndim), keepdims)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "linalg.solve": _solve,
    "linalg.inv": _inv,
    "linalg.cholesky": _cholesky,
    "linalg.det": _det,
    "linalg.slogdet": _slogdet,
    "linalg.norm": norm,
    "linalg.vector_norm": _vector_norm,
    "linalg.matrix_norm": _matrix_norm,
    "linalg.matrix_power": _matrix_power,
}
