"""Linear algebra on Values against NumPy's values, differences and identities."""

from fractions import Fraction

import numpy as np
import pytest
from helpers import assert_right
from helpers import close_arrays as close

import autograd as ag
from autograd import GradientLostError, grad, hessian, jacobian, vmap

A = np.array([[0.0, 2.0, 1.0], [1.0, 0.5, -1.0], [4.0, 0.25, 3.0]])  # its first pivot is 0
STACK = np.array([A, A[[1, 0, 2]], A[[2, 1, 0]] + np.eye(3)])  # every sample has pivots of its own
V = np.array([1.0, -2.0, 0.5])

RIGHT = {
    "solve, matrix": (lambda a: np.linalg.solve(a, V), A),
    "solve, right side": (lambda b: np.linalg.solve(A, b), V),
    "solve, both": (lambda a: np.linalg.solve(a, a[0]), A),
    "solve, columns": (lambda a: np.linalg.solve(a, A[:, :2]), A),
    "solve, a stack": (lambda a: np.linalg.solve(a, V[:, None]), STACK),
    "solve, broadcast": (lambda a: np.linalg.solve(a, STACK), A),
    "cholesky": (lambda a: np.linalg.cholesky(a @ a.T), A),
    "cholesky, upper": (lambda a: np.linalg.cholesky(a @ a.T, upper=True), A),
    "cholesky of a stack": (lambda a: np.linalg.cholesky(a @ np.swapaxes(a, -1, -2)), STACK),
    "inv": (np.linalg.inv, A),
    "inv of a stack": (np.linalg.inv, STACK),
    "det": (np.linalg.det, A),
    "det of a stack": (np.linalg.det, STACK),
    "det of one number": (lambda a: np.linalg.det(a[:1, 1:2]), A),
    "det of a singular matrix": (np.linalg.det, np.outer(V, V) + np.outer([1.0, 0, 0], V)),
    "det, 4 × 4, singular": (np.linalg.det, np.diag([1.0, 2.0, 3.0, 0.0])),
    "slogdet": (lambda a: np.linalg.slogdet(a)[1] * np.linalg.slogdet(a)[0], A),
    "slogdet of a stack": (lambda a: np.linalg.slogdet(a).logabsdet, STACK),
    "matrix_power": (lambda a: np.linalg.matrix_power(a, 5), A),
    "matrix_power of none": (lambda a: np.linalg.matrix_power(a, 0), A),
    "matrix_power, negative": (lambda a: np.linalg.matrix_power(a, -2), A),
    "norm": (np.linalg.norm, V),
    "norm of a matrix": (np.linalg.norm, A),
    "norm, inf": (lambda v: np.linalg.norm(v, np.inf), V),
    "norm, -inf": (lambda v: np.linalg.norm(v, -np.inf), V),
    "norm, 1": (lambda v: np.linalg.norm(v, 1), V),
    "norm, 3": (lambda v: np.linalg.norm(v, 3), V),
    "norm, 0": (lambda v: np.linalg.norm(v, 0) * v, V),
    "norm, axis": (lambda a: np.linalg.norm(a, axis=1), A),
    "norm, axis, 1": (lambda a: np.linalg.norm(a, 1, axis=0, keepdims=True), A),
    "norm, axes": (lambda a: np.linalg.norm(a, axis=(0, 2)), STACK),
    "norm, keepdims": (lambda a: np.linalg.norm(a, keepdims=True), A),
    "matrix norm 1": (lambda a: np.linalg.norm(a, 1), A),
    "matrix norm inf": (lambda a: np.linalg.norm(a, np.inf), A),
    "matrix norm -1": (lambda a: np.linalg.norm(a, -1, keepdims=True), A),
    "matrix norm fro, axes": (lambda a: np.linalg.norm(a, "fro", axis=(1, 2)), STACK),
    "vector_norm": (lambda a: np.linalg.vector_norm(a, axis=0, ord=3), A),
    "matrix_norm": (lambda a: np.linalg.matrix_norm(a, ord=np.inf, keepdims=True), STACK),
}


@pytest.mark.parametrize("name", RIGHT)
def test_values_and_derivatives_are_right(name):
    assert_right(*RIGHT[name])


@pytest.mark.parametrize(
    "f",
    [
        lambda a: np.linalg.solve(a, V),
        np.linalg.inv,
        np.linalg.det,
        lambda a: np.linalg.slogdet(a)[1],
    ],
)
def test_under_vmap_every_sample_has_its_own_pivots(f):
    close(vmap(f)(STACK), [f(a) for a in STACK])
    close(vmap(jacobian(f))(STACK), [jacobian(f)(a) for a in STACK])
    close(grad(lambda s: vmap(f)(s).sum())(STACK), [grad(lambda a: np.sum(f(a)))(a) for a in STACK])


def test_second_derivatives_of_log_det():
    """∂² log det A / ∂Aᵢⱼ∂Aₖₗ = -(A⁻¹)ₗᵢ (A⁻¹)ⱼₖ: Petersen and Pedersen, The matrix cookbook (2012)."""
    inverse = np.linalg.inv(A)
    expected = -np.einsum("li,jk->ijkl", inverse, inverse)
    close(hessian(lambda a: np.linalg.slogdet(a)[1])(A), expected)


def test_rational_systems_are_solved_exactly():
    a = np.array([[Fraction(1, 3), Fraction(1, 7)], [Fraction(2), Fraction(5, 11)]])
    b = np.array([Fraction(1), Fraction(2)])
    x = grad(lambda b: np.linalg.solve(a, b).sum())(b)
    assert x.tolist() == grad(lambda b: ag.dot(x.tolist(), b.tolist()))(b).tolist()
    det = a[0, 0] * a[1, 1] - a[0, 1] * a[1, 0]
    assert x.tolist() == [(a[1, 1] - a[1, 0]) / det, (a[0, 0] - a[0, 1]) / det]


def test_rational_matrices_are_inverted_exactly():
    a = np.array([[Fraction(1), Fraction(2)], [Fraction(3), Fraction(5)]])
    inverse = np.array([[-5, 2], [3, -1]])
    slopes = jacobian(np.linalg.inv)(a)
    assert {*map(type, slopes.flat)} == {Fraction}
    assert slopes.tolist() == (-np.einsum("ik,lj->ijkl", inverse, inverse)).tolist()
    assert (
        jacobian(lambda a: np.linalg.matrix_power(a, 0))(a).tolist() == np.zeros((2,) * 4).tolist()
    )


def test_the_gradient_of_a_length_at_0_is_the_least_subgradient():
    assert grad(np.linalg.norm)(np.zeros(3)).tolist() == [0, 0, 0]


def test_what_cannot_be_computed_says_so():
    for f, match in (
        (lambda a: np.linalg.solve(a * 0, V), "Singular"),
        (lambda a: np.linalg.inv(np.outer(a[0], a[0])), "Singular"),
        (lambda a: np.linalg.inv(a[:2]), "square"),
        (lambda a: np.linalg.cholesky(a - a), "positive definite"),
        (lambda a: np.linalg.cholesky(a[:2]), "square"),
        (lambda a: np.linalg.det(a[0]), "square"),
    ):
        with pytest.raises(np.linalg.LinAlgError, match=match):
            grad(lambda a, f=f: np.sum(f(a)))(A)
    with pytest.raises(ValueError, match=r"\(3, 3\) and a right side of \(2,\)"):
        grad(lambda a: np.linalg.solve(a, V[:2]).sum())(A)
    with pytest.raises(GradientLostError, match="singular values"):
        grad(lambda a: np.linalg.norm(a, 2))(A)
    with pytest.raises(GradientLostError, match=r"np.linalg.eigh.*autograd's"):
        grad(lambda a: np.linalg.eigh(a)[0].sum())(A)
    with pytest.raises(GradientLostError, match=r"np.linalg.solve\(A.T @ A"):
        grad(lambda a: np.linalg.lstsq(a, V)[0].sum())(A)
    assert vmap(np.linalg.slogdet)(np.zeros((2, 2, 2))).logabsdet.tolist() == [-np.inf, -np.inf]
