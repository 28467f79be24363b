"""Ours alone: every way of sweeping a graph, in short programs, often enough to be measured."""

from time import perf_counter

SECONDS = 0.02  # that one step takes about


def _polynomial(x):
    for _ in range(20):
        x = x * 0.9 + x * x * 0.01 + 0.1
    return x


def _branching(x):
    """A logarithm behind a condition: its second derivative is nan where the branch is not taken."""
    from autograd import log, where

    return where(x > 0, log(x) * x, x * x)


def _rosenbrock(x):
    return sum(100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in zip(x, x[1:]))


def _samples(n):
    import numpy as np

    return np.linspace(-1.0, 2.0, n)


def _programs(n):
    """What each name measures, at a size."""
    from autograd import Value, grad, hessian, hvp, vmap

    def masked_first():
        x = Value(_samples(n))
        _branching(x).mean().backward()
        return x.grad

    point = [0.1 * i for i in range(n)]
    return {
        "grad": lambda: grad(_polynomial)(1.3),
        "grad of grad": lambda: grad(grad(_polynomial))(1.3),
        "hessian": lambda: hessian(_rosenbrock)(point),
        "hvp": lambda: hvp(_rosenbrock)(point, [1.0] * n),
        "vmap(grad)": lambda: vmap(grad(_polynomial))(_samples(n)),
        "masked sweep": masked_first,
        "masked second sweep": lambda: vmap(grad(grad(_branching)))(_samples(n)),
    }


def contestant(name, size):
    """One of `_programs`, repeated; its result as a list of floats."""
    import warnings

    import numpy as np

    warnings.simplefilter("ignore")  # NumPy's, of the branch that is not taken
    run = _programs(size)[name]
    start = perf_counter()
    run()
    times = max(1, int(SECONDS / (perf_counter() - start)))

    def step():
        start = perf_counter()
        for _ in range(times):
            result = run()
        seconds = (perf_counter() - start) / times
        return {"seconds": {"step": seconds}, "results": np.ravel(result).tolist()}

    return step
