"""The libraries raced, under the same names: functions of scalars, and transforms of functions of a
list of scalars (``arrays``: of an array). Each does it the way its documentation does, eagerly.
"""

from time import perf_counter
from types import SimpleNamespace

import arrays
import programs


def _ours(form):
    import autograd as ad

    return SimpleNamespace(
        exp=ad.exp, log=ad.log, sin=ad.sin, cos=ad.cos, sqrt=ad.sqrt,
        grad=ad.grad, jacobian=ad.jacobian, hessian=ad.hessian, hvp=ad.hvp,
        point=list, finished=lambda result: result,
    )  # fmt: skip


def _hips(form):
    import autograd.numpy as np  # HIPS's

    from autograd import grad, hessian, jacobian, make_jvp

    # HIPS differentiates by arrays: the scalar code gets an array's elements, and gives an array
    def on_arrays(f):
        def g(x):
            out = f([x[i] for i in range(len(x))])
            return np.array(out) if isinstance(out, list) else out

        return f if form == "arrays" else g

    def inner_grad(f):
        def gradient(x):
            out = grad(on_arrays(f))(np.array(x))
            return out if form == "arrays" else [out[i] for i in range(len(x))]

        return gradient

    return SimpleNamespace(
        np=np, exp=np.exp, log=np.log, sin=np.sin, cos=np.cos, sqrt=np.sqrt,
        grad=inner_grad,
        jacobian=lambda f: jacobian(on_arrays(f)),
        hessian=lambda f: hessian(on_arrays(f)),
        hvp=lambda f: lambda x, v: make_jvp(grad(on_arrays(f)))(x)(v)[1],
        point=np.array, finished=lambda result: result,
    )  # fmt: skip


def _jax(form):
    import jax
    import jax.numpy as np

    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_platforms", "cpu")
    np.zeros(1)
    return SimpleNamespace(
        np=np, exp=np.exp, log=np.log, sin=np.sin, cos=np.cos, sqrt=np.sqrt,
        grad=jax.grad, hessian=jax.hessian,
        jacobian=jax.jacrev if form == "arrays" else jax.jacfwd,
        hvp=lambda f: lambda x, v: jax.jvp(jax.grad(f), (x,), (v,))[1],
        point=np.array if form == "arrays" else lambda x: [np.array(n) for n in x],
        finished=jax.block_until_ready,
    )  # fmt: skip


PEERS = {"ours": _ours, "HIPS": _hips, "JAX": _jax}


def contestant(name, size):
    """``PEER FORM ROW``: one derivative of a row's program, by one peer, in one form of the code."""
    peer, form, row = name.split()
    F = PEERS[peer](form)
    transform, point = ROWS[row].transform, ROWS[row].point(size)
    f = getattr(arrays, row)(F.np, size) if form == "arrays" else getattr(programs, row)(F, size)
    derivative = getattr(F, transform)(f)
    arguments = [F.point(point)]
    if transform == "hvp":
        arguments.append(F.point([1.0 / (1 + i) for i in range(len(point))]))

    def step():
        start = perf_counter()
        result = F.finished(derivative(*arguments))
        return {"seconds": {"step": perf_counter() - start}, "results": flat(result)}

    return step


def flat(nest):
    """The floats of nested lists and arrays, in order."""
    if hasattr(nest, "tolist"):
        nest = nest.tolist()
    return [x for part in nest for x in flat(part)] if isinstance(nest, list) else [float(nest)]


def _spread(n):
    return [0.3 + 0.5 * ((7 * i) % 11) / 11 for i in range(n)]


def _row(title, transform, size, small, point=_spread):
    """What is measured, for a size and for a small one, at which point."""
    return SimpleNamespace(title=title, transform=transform, size=size, small=small, point=point)


ROWS = {
    "lotka_volterra": _row(
        "gradient, Lotka–Volterra by RK4", "grad", 200, 2, lambda _: [1.5, 1.0, 1.0, 3.0]
    ),
    "arm": _row("Jacobian, six-joint arm", "jacobian", 6, 2),
    "likelihood": _row("Hessian, likelihood of 30", "hessian", 30, 2),
    "rosenbrock": _row("H·v, Rosenbrock of 1000", "hvp", 1000, 3),
    "particle": _row("gradient, particle in a field", "grad", 10, 1, lambda _: [0.0]),
    "saddle": _row("gradient, saddle point", "grad", 5, 1, lambda _: [1.0, 1.0]),
}
