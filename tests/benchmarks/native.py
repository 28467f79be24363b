"""Native code against its peers: loss and all gradients of small networks, as ratios of one run.

    python tests/benchmarks/native.py [--quick]

The back end alone: each network's program is written here in its rolled form, as `roll` is to hand it
over, and called through its builtin for arrays (checks of every argument included). The peers are NumPy
with the gradient derived by hand and, if it is installed, JAX on matrix code. Every gradient is
compared with the one derived by hand first. One core: start it under ``taskset -c 0``.
"""

import os
import sys
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import numpy as np  # noqa: E402  (after the number of threads is set)

from autograd.compiler.llvm import backend  # noqa: E402
from autograd.compiler.rolled import Dot, Group, Leaf, Rolled, Stage  # noqa: E402

NETWORKS = [(2, 16, 16, 1), (4, 32, 32, 1), (4, 64, 64, 1), (64, 128, 10)]
BATCHES = [1, 8, 64, 1024]


class Network:
    """The program of a tanh network: squared error over outputs, averaged over samples."""

    def __init__(self, sizes):
        self.sizes, self.layers = sizes, [*zip(sizes, sizes[1:], strict=False)]
        self.rolled = Rolled(constants=[1.0, 2.0])
        x, y = 2 * len(self.layers), 2 * len(self.layers) + 1
        inputs = [(x, k, sizes[0]) for k in range(sizes[0])]
        self.rolled.sample_inputs = inputs + [(y, k, sizes[-1]) for k in range(sizes[-1])]
        self.slots = len(self.rolled.sample_inputs)
        self.gradients = 1 + sum(a * b + b for a, b in self.layers)
        self.scale, self.squares = self.gradients, self.gradients + 1
        hidden = [0]
        items = [self.layer(k, hidden) for k in range(len(self.layers))]
        items += self.backward(hidden)
        once = Group((0, "count", "div"), (Leaf("K", 1),), Leaf("U", self.scale), False)
        mean = Group((0, "count", "div"), (Leaf("U", self.squares),), Leaf("U", 0), False)
        self.rolled.stages = [Stage(False, [once]), Stage(True, items), Stage(False, [mean])]
        self.rolled.sample_slots, self.rolled.uniform_slots = self.slots, self.gradients + 2
        self.rolled.outputs = [Leaf("U", k) for k in range(self.gradients)]

    def room(self, count):
        first, self.slots = self.slots, self.slots + count
        return first

    def layer(self, k, hidden):
        """tanh(W h + b); the last: W h + b - y."""
        a, b = self.layers[k]
        last = k == len(self.layers) - 1
        leaves = [Leaf("A", 0, inner=a, array=2 * k), Leaf("S", hidden[-1])]
        leaves += [Leaf("A", 0, inner=1, array=2 * k + 1), Leaf("S", self.sizes[0], inner=1)]
        code = (-1, 2, "add", 3, "sub") if last else (-1, 2, "add", "tanh")
        hidden.append(self.room(b))
        target = Leaf("S", hidden[-1], inner=1)
        return Group(code, tuple(leaves), target, True, b, dots=(Dot(a, 0, 1, 1, 1),))

    def backward(self, hidden):
        out, error = self.sizes[-1], hidden[-1]
        both = (Leaf("S", error), Leaf("S", error))
        square = Dot(out, 0, 1, 1, 1)
        yield Group((-1,), both, Leaf("U", self.squares), True, dots=(square,), total=True)
        adjoint = self.room(out)
        leaves = Leaf("S", error, inner=1), Leaf("U", self.scale)
        yield Group((0, 1, "mul"), leaves, Leaf("S", adjoint, inner=1), True, out)
        end = self.gradients
        for k in reversed(range(len(self.layers))):
            a, b = self.layers[k]
            end -= a * b + b
            leaves = Leaf("S", adjoint, outer=1), Leaf("S", hidden[k], inner=1)
            target = Leaf("U", end, inner=1, outer=a)
            yield Group((0, 1, "mul"), leaves, target, True, a, b, total=True)
            target = Leaf("U", end + a * b, inner=1)
            yield Group((0,), (Leaf("S", adjoint, inner=1),), target, True, b, total=True)
            if k:
                h = Leaf("S", hidden[k], inner=1)
                leaves = Leaf("A", 0, inner=1, array=2 * k), Leaf("S", adjoint), Leaf("K", 0), h
                adjoint = self.room(a)
                code = (-1, 2, 3, 3, "mul", "sub", "mul")
                dots = (Dot(b, 0, 1, a, 1),)
                yield Group(code, leaves, Leaf("S", adjoint, inner=1), True, a, dots=dots)


def by_hand(parameters, X, Y):
    """The same with NumPy."""
    hidden = [X]
    for w, b in parameters[:-1]:
        hidden.append(np.tanh(hidden[-1] @ w.T + b))
    w, b = parameters[-1]
    error = hidden[-1] @ w.T + b - Y
    adjoint, gradients = (2 / len(X)) * error, []
    for (w, _), h in zip(reversed(parameters), reversed(hidden), strict=True):
        gradients.append((adjoint.T @ h, adjoint.sum(0)))
        adjoint = (adjoint @ w) * (1 - h * h)
    return (error * error).sum() / len(X), gradients[::-1]


def jax_gradient():
    """JAX's compiled function of (parameters, X, Y), or None where it is not installed."""
    try:
        import jax
    except ImportError:
        return None
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)

    def loss(parameters, X, Y):
        for w, b in parameters[:-1]:
            X = jnp.tanh(X @ w.T + b)
        w, b = parameters[-1]
        return jnp.sum((X @ w.T + b - Y) ** 2) / len(X)

    compiled = jax.jit(jax.value_and_grad(loss))
    place = lambda tree: jax.tree_util.tree_map(jnp.asarray, tree)

    def prepared(*arguments):
        arguments = place(arguments)
        return lambda: jax.block_until_ready(compiled(*arguments))

    return prepared


def best(f, seconds=0.1):
    """The shortest time of a call."""
    f()
    start = time.perf_counter()
    f()
    repeat = max(1, int(seconds / 10 / max(time.perf_counter() - start, 1e-9)))
    times = []
    for _ in range(10):
        start = time.perf_counter()
        for _ in range(repeat):
            f()
        times.append((time.perf_counter() - start) / repeat)
    return min(times)


def flat(value, gradients):
    return np.concatenate([[value], *[np.ravel(x) for pair in gradients for x in pair]])


def race(sizes, n, jax):
    """Nanoseconds a sample: ours, NumPy's, JAX's."""
    rng = np.random.default_rng(0)
    network = Network(sizes)
    parameters = [(rng.normal(size=(b, a)) / a**0.5, rng.normal(size=b)) for a, b in network.layers]
    X, Y = rng.normal(size=(n, sizes[0])), rng.normal(size=(n, sizes[-1]))
    arrays = [*(x for pair in parameters for x in pair), X, Y]
    kernel = backend.build(network.rolled, len(arrays))
    shapes = [*(x.shape for x in arrays[:-2]), (-1, sizes[0]), (-1, sizes[-1])]
    run, out = kernel.entry(shapes), np.empty(network.rolled.uniform_slots)
    kernel.run(arrays, n)
    assert run(*arrays, out) is None
    want = flat(*by_hand(parameters, X, Y))
    np.testing.assert_allclose(out[: network.gradients], want, rtol=1e-8, atol=1e-8)
    times = [best(lambda: run(*arrays, out)), best(lambda: by_hand(parameters, X, Y))]
    if jax:
        times.append(best(jax(parameters, X, Y)))
    return [t / n * 1e9 for t in times]


def main():
    quick = "--quick" in sys.argv
    jax = None if quick else jax_gradient()
    print("| network | batch | ours, ns a sample | NumPy by hand | JAX |")
    print("|---|---|---|---|---|")
    for sizes in NETWORKS[:1] if quick else NETWORKS:
        for n in BATCHES[:3] if quick else BATCHES:
            ours, *peers = race(sizes, n, jax)
            ratios = " | ".join(f"{peer / ours:.1f} ×" for peer in peers) + " | –" * (jax is None)
            print(f"| {'-'.join(map(str, sizes))} | {n} | {ours:.0f} | {ratios} |", flush=True)


if __name__ == "__main__":
    main()
