"""The contestants of `native.py`: each runs the rows that it knows, in its own best form.

``contestant("PEER ROW DETAIL", MILLISECONDS)`` measures each part of a row for so long; for 0, once.
Ours compares every gradient with the eager engine's first.
"""

import atexit
import functools
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import models
from contest import HERE, agree
from fresh import flat, jax_of_one_thread, squared_error, squared_error_of_matrices

BATCHES = (1, 8, 64, 1024)
FEW = (1, 8)  # of a quick run
SINGLE = 1e-4  # relative to 1 and more, what float32 is right to
KEPT = 20_000  # numbers of a result that are compared; of more, every so many


def contestant(name, size):
    """The step of one contestant, of one row."""
    peer, row, detail = name.split()
    parts = globals()[f"{row}_by_{peer}"](detail, quick=size == 0)

    def step():
        seconds, results = {}, {}
        for part, run in parts.items():
            seconds[part], result = run() if row in TIMED_BY_ITSELF else shortest(run, size / 1e3)
            results[part] = thinned(flat(result))
        return {"seconds": seconds, "results": results}

    return step


def shortest(run, seconds):
    """The shortest time of a call within so many seconds, and what it answered."""
    start = perf_counter()
    result = run()
    once = perf_counter() - start
    if not seconds:
        return once, result
    repeat = max(1, int(seconds / 8 / once))
    for _ in range(8):
        start = perf_counter()
        for _ in range(repeat):
            run()
        once = min(once, (perf_counter() - start) / repeat)
    return once, result


def thinned(numbers):
    """Not too many of them."""
    return numbers[:: 1 + len(numbers) // KEPT]


def batches(detail, quick):
    return FEW if quick else (1024,) if detail.count("512") else BATCHES


def simulated(quick):
    """How many steps."""
    return 40 if quick else 400


# ----------------------------------------------------------------------------------------- ours


def _compiled(f, *arguments, tolerance=1e-8, **settings):
    """jit(f), whose answer is the eager one's."""
    from autograd import jit

    compiled = jit(f, backend="llvm", **settings)
    compared_with_eager(f, compiled, *arguments, tolerance=tolerance)
    return compiled


def compared_with_eager(f, compiled, *arguments, tolerance=1e-8):
    """SystemExit unless a compiled function answers what the function itself does."""
    agree("eager", flat(f(*arguments)), "native", flat(compiled(*arguments)), tolerance)


def network_by_ours(detail, quick):
    """Bound, and by a plain call; and the most that the core does of what networks are made of."""
    from autograd import value_and_grad

    parts = {"peak": _multiply_adds(quick)}
    for n in batches(detail, quick):
        arguments = models.network(detail, n)
        layers, X, Y = arguments
        few = slice(8 if "512" in detail else n)  # eager, 301,066 weights see a few samples only
        gradient = _compiled(value_and_grad(squared_error), layers, X[few], Y[few])
        parts[f"{n}"] = gradient.bind(*arguments)
        parts[f"{n} call"] = lambda g=gradient, a=arguments: g(*a)
    return parts


def single_by_ours(detail, quick):
    """The same in both widths: a network's gradient, bound, or a scalar program's of many samples."""
    import autograd

    parts = {}
    for dtype, tolerance in (("float64", 1e-8), ("float32", SINGLE)):
        arguments, settings = _of(dtype, detail, quick), {"dtype": dtype, "tolerance": tolerance}
        if "-" in detail:
            f = autograd.value_and_grad(squared_error)
            parts[dtype] = _compiled(f, *arguments, **settings).bind(*arguments)
        else:
            f = models.scalar(autograd, detail)
            f = autograd.vmap(autograd.value_and_grad(f, argnums=(0, 1, 2, 3)))
            g = _compiled(f, *[x[:1000] for x in arguments], **settings)
            parts[dtype] = lambda g=g, a=arguments: g(*a)
    return parts


def _of(dtype, detail, quick):
    """The arguments of a network, or of a program's samples, of a dtype."""
    if "-" not in detail:
        return [x.astype(dtype) for x in _many(quick)]
    layers, X, Y = models.network(detail, 8 if quick else 1024)
    return [(w.astype(dtype), b.astype(dtype)) for w, b in layers], X.astype(dtype), Y.astype(dtype)


def threads_by_ours(detail, quick):
    """Loss and all gradients of a large batch."""
    from autograd import value_and_grad

    layers, X, Y = models.network("4-32-32-1", 1024 if quick else 65_536)
    few = slice(100)
    gradient = value_and_grad(squared_error)
    compiled = _compiled(gradient, layers, X[few], Y[few], threads=int(detail))
    return {"call": lambda: compiled(layers, X, Y)}


def scalar_by_ours(detail, quick):
    import autograd

    f = autograd.value_and_grad(models.scalar(autograd, detail), argnums=(0, 1, 2, 3))
    gradient, point = _compiled(f, *models.POINT), models.POINT
    return {"call": lambda: gradient(*point)}


def _many(quick):
    import numpy as np

    rng = np.random.default_rng(0)
    return [x + 0.1 * rng.normal(size=1000 if quick else 1_000_000) for x in models.POINT]


def samples_by_ours(detail, quick):
    import autograd

    f = autograd.vmap(
        autograd.value_and_grad(models.scalar(autograd, detail), argnums=(0, 1, 2, 3))
    )
    arguments = _many(quick)
    gradient = _compiled(f, *[x[:1000] for x in arguments])
    return {"call": lambda: gradient(*arguments)}


def mixture_by_ours(_, quick):
    from autograd import dot, exp, logsumexp, mean, value_and_grad, vmap
    from autograd import sum as total

    def likelihood(shapes, X):
        weights, means, logs = shapes

        def one(shapes, x):
            weights, means, logs = shapes
            terms = []
            for w, m, s in zip(weights, means, logs):
                z = [(x[j] - m[j]) * exp(-s[j]) for j in range(10)]
                terms.append(w - 0.5 * dot(z, z) - total([*s]))
            return logsumexp(terms) - logsumexp([*weights])

        return mean(vmap(one, in_axes=(None, 0))((weights, means, logs), X))

    arguments = models.mixture(50 if quick else 1024)
    function = _compiled(likelihood, *arguments)
    gradient = _compiled(value_and_grad(likelihood), *arguments)
    return {"function": function.bind(*arguments), "gradient": gradient.bind(*arguments)}


def bundle_by_ours(_, quick):
    import autograd

    f = lambda *arguments: models.reprojection(autograd, *arguments)
    arguments = models.projections(50 if quick else 10_000)
    function = _compiled(autograd.vmap(f), *arguments)
    gradient = _compiled(autograd.vmap(autograd.value_and_grad(f, argnums=(0, 1))), *arguments)
    return {"function": function.bind(*arguments), "gradient": gradient.bind(*arguments)}


def flow_by_ours(detail, quick):
    import autograd

    slope, p, y = models.FLOWS[detail]
    count = len(p)

    def f(*numbers):
        state, slopes = [*numbers[count:]], slope(autograd, numbers[:count])
        for _ in range(8 if quick else 200):
            state = models.runge_kutta(slopes, state, 0.01)
        return state[0] * state[0] + state[1]

    numbers = [*p, *y]
    gradient = _compiled(autograd.value_and_grad(f, argnums=(*range(len(numbers)),)), *numbers)
    return {"call": lambda: gradient(*numbers)}


def simulation_by_ours(_, quick):
    import numpy as np

    import autograd

    p = np.array(models.TRUTH)
    jacobian = _compiled(
        autograd.jacobian(lambda p: models.residuals(autograd, p, simulated(quick))), p
    )
    return {"call": lambda: jacobian(p)}


def _multiply_adds(quick):
    """Fused multiply-adds that wait for nothing: the result is how many floating-point operations."""
    import ctypes

    from autograd.compiler.llvm.machine.loading import Loaded
    from autograd.compiler.llvm.machine.target import host
    from autograd.compiler.llvm.text.ir import Code
    from autograd.compiler.llvm.text.lanes import Numbers

    code, turns, side_by_side = Code(), 100 if quick else 20_000, 24 if host().lanes == 8 else 12
    n = Numbers(code, host().lanes)
    x = n.broadcast(n.code.new("load double, ptr %x, align 8"))
    start = [(n.type, n.number(float(k))) for k in range(side_by_side)]
    total, *others = code.loop(turns, lambda _, sums: [n.fma(x, x, y) for y in sums], start)
    for y in others:
        total = n.add(total, y)
    n.store(total, "%x")
    code.do("ret void")
    text = "\n".join([*code.declarations.values(), code.text("void @run(ptr %x)")])
    loaded, memory = Loaded([host().compile(text)], []), (ctypes.c_double * n.lanes)()
    function = loaded.function("run", None, ctypes.c_void_p)

    def run(alive=loaded):
        function(memory)
        return 2.0 * turns * side_by_side * n.lanes

    return run


# --------------------------------------------------------------------------- NumPy, and plain floats


def network_by_numpy(detail, quick):
    """The gradient derived by hand."""
    import numpy as np

    def gradient(layers, X, Y):
        hidden = [X]
        for w, b in layers[:-1]:
            hidden.append(np.tanh(hidden[-1] @ w.T + b))
        w, b = layers[-1]
        error = hidden[-1] @ w.T + b - Y
        adjoint, found = (2 / len(X)) * error, []
        for (w, _), h in zip(reversed(layers), reversed(hidden)):
            found.append((adjoint.T @ h, adjoint.sum(0)))
            adjoint = (adjoint @ w) * (1 - h * h)
        return (error * error).sum() / len(X), found[::-1]

    given = {n: models.network(detail, n) for n in batches(detail, quick)}
    return {f"{n}": lambda a=a: gradient(*a) for n, a in given.items()}


def samples_by_numpy(detail, quick):
    """In stretches that stay in the cache."""
    import numpy as np

    gradient, arguments, stretch = models.by_hand(np, detail), _many(quick), 4096

    def run():
        out = np.empty((5, len(arguments[0])))
        for k in range(0, len(arguments[0]), stretch):
            for row, x in zip(out, gradient(*[x[k : k + stretch] for x in arguments])):
                row[k : k + stretch] = x
        return out

    return {"call": run}


def simulation_by_differences(_, quick):
    """Forward, on Python's floats."""
    import math

    steps = simulated(quick)

    def run(h=1e-7):
        p = models.TRUTH
        here = models.residuals(math, p, steps)
        there = [
            models.residuals(math, [x + h * (i == k) for i, x in enumerate(p)], steps)
            for k in range(len(p))
        ]
        return [[(r[i] - here[i]) / h for r in there] for i in range(len(here))]

    return {"call": run}


# ------------------------------------------------------------------------------------ JAX, PyTorch


def _jitted(jax, f, *arguments):
    compiled, place = jax.jit(f), lambda tree: jax.tree_util.tree_map(jax.numpy.asarray, tree)
    arguments = place(arguments)
    return lambda: jax.block_until_ready(compiled(*arguments))


def network_by_jax(detail, quick):
    jax = jax_of_one_thread()
    loss = squared_error_of_matrices(jax)
    given = {n: models.network(detail, n) for n in batches(detail, quick)}
    return {f"{n}": _jitted(jax, jax.value_and_grad(loss), *a) for n, a in given.items()}


def network_by_torch(detail, quick):
    import torch

    torch.set_num_threads(1)

    def runner(layers, X, Y):
        layers = [[torch.tensor(x, requires_grad=True) for x in layer] for layer in layers]
        X, Y, parameters = torch.tensor(X), torch.tensor(Y), [x for both in layers for x in both]

        def run():
            hidden = X
            for w, b in layers[:-1]:
                hidden = torch.tanh(torch.addmm(b, hidden, w.T))
            w, b = layers[-1]
            loss = ((torch.addmm(b, hidden, w.T) - Y) ** 2).sum() / len(X)
            return loss.detach(), torch.autograd.grad(loss, parameters)

        return run

    return {f"{n}": runner(*models.network(detail, n)) for n in batches(detail, quick)}


def samples_by_jax(detail, quick):
    jax = jax_of_one_thread()
    f = models.scalar(jax.numpy, detail)
    gradient = jax.vmap(jax.value_and_grad(f, argnums=(0, 1, 2, 3)))
    return {"call": _jitted(jax, gradient, *_many(quick))}


def single_by_jax(detail, quick):
    jax, arguments = jax_of_one_thread(), _of("float32", detail, quick)
    if "-" in detail:
        gradient = jax.value_and_grad(squared_error_of_matrices(jax))
    else:
        f = models.scalar(jax.numpy, detail)
        gradient = jax.vmap(jax.value_and_grad(f, argnums=(0, 1, 2, 3)))
    return {"float32": _jitted(jax, gradient, *arguments)}


def mixture_by_jax(_, quick):
    jax = jax_of_one_thread()
    jnp, lse = jax.numpy, jax.scipy.special.logsumexp

    def likelihood(shapes, X):
        w, means, logs = shapes
        z = (X[:, None, :] - means) * jnp.exp(-logs)
        terms = w - 0.5 * (z * z).sum(-1) - logs.sum(-1)
        return jnp.mean(lse(terms, axis=1) - lse(w))

    arguments = models.mixture(50 if quick else 1024)
    gradient = _jitted(jax, jax.value_and_grad(likelihood), *arguments)
    return {"function": _jitted(jax, likelihood, *arguments), "gradient": gradient}


def bundle_by_jax(_, quick):
    jax = jax_of_one_thread()
    f = lambda *arguments: models.reprojection(jax.numpy, *arguments)
    arguments = models.projections(50 if quick else 10_000)
    gradient = jax.vmap(jax.value_and_grad(f, argnums=(0, 1)))
    return {
        "function": _jitted(jax, jax.vmap(f), *arguments),
        "gradient": _jitted(jax, gradient, *arguments),
    }


def flow_by_jax(detail, quick):
    jax = jax_of_one_thread()
    slope, p, y = models.FLOWS[detail]

    def f(p, y):
        step = lambda y, _: (models.runge_kutta(slope(jax.numpy, p), y, 0.01), None)
        y, _ = jax.lax.scan(step, y, None, length=8 if quick else 200)
        return y[0] * y[0] + y[1]

    return {"call": _jitted(jax, jax.value_and_grad(f, (0, 1)), p, y)}


def simulation_by_jax(_, quick):
    """In forward mode, which is faster here than in reverse."""
    jax = jax_of_one_thread()
    jnp = jax.numpy

    def residuals(p):
        step = models.oscillator(jnp, p)
        times = 0.02 * jnp.arange(simulated(quick))

        def advance(state, t):
            state = step(*state, t)
            return state, state[0]

        _, places = jax.lax.scan(advance, (p[8], p[9]), times)
        every = slice(models.WATCHED - 1, None, models.WATCHED)
        return places[every] - jnp.cos(times[every])

    return {"call": _jitted(jax, jax.jacfwd(residuals), jnp.array(models.TRUTH))}


# -------------------------------------------------------------------------------------- CasADi, ddx


def _casadi(detail, **options):
    import casadi
    import numpy as np

    symbols = [casadi.SX.sym(name) for name in "abcd"]
    value = models.scalar(casadi, detail)(*symbols)
    both = [value, casadi.gradient(value, casadi.vertcat(*symbols))]
    function = casadi.Function("f", symbols, both, options)
    buffer, run = function.buffer()
    given, out = [np.array([x]) for x in models.POINT], np.empty(5)
    for k, x in enumerate(given):
        buffer.set_arg(k, memoryview(x))
    buffer.set_res(0, memoryview(out[:1]))
    buffer.set_res(1, memoryview(out[1:]))

    def call(alive=(function, buffer, given)):
        run()
        return out

    return {"call": call}


def scalar_by_casadi(detail, quick):
    """Its virtual machine, by buffers."""
    return _casadi(detail)


def scalar_by_casadi_c(detail, quick):
    """Its C code, compiled, by buffers."""
    os.chdir(tempfile.mkdtemp())  # where it leaves its files
    return _casadi(detail, jit=True, compiler="shell", jit_options={"flags": ["-O2"]})


def scalar_by_ddx(detail, quick):
    """Compiled, by its buffer."""
    import ddx
    import numpy as np

    f = ddx.equation(lambda: models.scalar(ddx, detail)(*map(ddx.var, "abcd")))
    f.compile(backend=ddx.Backend.COMPILE)
    buffer = f.buffer(np.array(models.POINT))

    def call():
        buffer()
        return buffer.value, buffer.jacobian

    return {"call": call}


# ----------------------------------------------------------------------------------- fresh processes


def first_by_ours(_, quick):
    """A process with an empty cache, one that finds its predecessor's machine code there, and what of
    both is not ours.
    """
    from autograd import jit, value_and_grad

    def cold():
        with tempfile.TemporaryDirectory() as cache:
            return _process("first('ours')", cache)

    kept = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, kept)
    _process("first('ours')", kept)
    compiled, text = jit(value_and_grad(squared_error), backend="llvm"), Path(kept, "text")
    compiled(*models.network("2-16-16-1", 64))
    text.write_text(compiled.source, encoding="utf-8")
    return {
        "cold": cold,
        "cold, bare": lambda: _process(f"bare({str(text)!r})", kept),
        "warm": lambda: _process("first('ours')", kept),
        "warm, bare": lambda: _process("bare('')", kept),
    }


def first_by_jax(_, quick):
    jax_of_one_thread()
    return {"cold": lambda: _process("first('jax')", "")}


def _process(what, cache):
    """Seconds from a process's start to its end, and what it prints: its first gradient."""
    start = perf_counter()
    numbers = _printed(what, cache)
    return perf_counter() - start, numbers


def _printed(what, cache):
    """The numbers that a function of `fresh` prints in a process of its own."""
    command = [sys.executable, "-c", f"import fresh; fresh.print_{what}"]
    environment = {**os.environ, "XDG_CACHE_HOME": cache, "PYTHONPYCACHEPREFIX": _bytecode()}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(
        command, env=environment, cwd=HERE, check=True, capture_output=True, text=True
    )
    return [float(x) for x in done.stdout.split()]


@functools.cache
def _bytecode():
    """Where all these processes keep their bytecode: beside the sources. A checkout that Python may not
    write to would be read anew by each of them, so there it is kept elsewhere, that of all packages.
    """
    if os.access(HERE, os.W_OK):
        return ""
    kept = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, kept)
    return kept


def second_by_ours(detail, quick):
    """A process with an empty cache, and one that finds its predecessor's program there: the seconds of
    each from `import autograd` to the first answer, and of the whole process.
    """
    kept = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, kept)
    _printed(f"second('{detail}')", kept)

    def first(whole):
        with tempfile.TemporaryDirectory() as cache:
            return once(cache, whole)

    def once(cache, whole):
        start = perf_counter()
        seconds, *numbers = _printed(f"second('{detail}')", cache)
        return perf_counter() - start if whole else seconds, numbers

    return {
        "first": lambda: first(False),
        "second": lambda: once(kept, False),
        "first, whole": lambda: first(True),
        "second, whole": lambda: once(kept, True),
    }


# ------------------------------------------------------------------------------------------- scale


def length_by_ours(detail, quick):
    """Seconds, and bytes of memory at most, an operation of straight-line code, in a new process."""
    count = 3000 if quick else int(detail)

    def run():
        with tempfile.TemporaryDirectory() as cache:
            seconds, *rest = _printed(f"length({count})", cache)
        return seconds, rest

    return {"first": run}


def weights_by_ours(detail, quick):
    """The first call of a wide network, in a new process."""

    def run():
        with tempfile.TemporaryDirectory() as cache:
            size = "4-32-32-1" if quick else detail
            seconds, *rest = _printed(f"weights('{size}')", cache)
        return seconds, rest

    return {"first": run}


TIMED_BY_ITSELF = {"first", "second", "length", "weights"}
