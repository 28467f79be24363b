"""Training as machine code: whole epochs of `fit(backend="llvm")` against scikit-learn and JAX.

    python tests/benchmarks/epochs.py [--quick]

Times are the least of many, taken in turns on one core, of calls alone: models are made before. Digits:
scikit-learn's 1,797 images, a network 64-32-10, 20 epochs of mini-batches of 200, one call of `fit`;
"first" compiles (machine code may be on disk), "again" is another model of the same form. Steps: Adam
on a tanh network, batches of 100 of 1,000 samples; ours shuffle every epoch, JAX's `lax.scan` goes over
batches that are cut beforehand. Worth: how many steps of "batch" take as long as compiling one step,
with its machine code on disk and without.
"""

import argparse
import os
import sys
import tempfile
import time
import warnings
from unittest import mock

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")
if hasattr(os, "sched_setaffinity"):  # of Linux alone
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

import numpy as np  # noqa: E402  (after the number of threads is set)
from contest import QUICK, describe_machine, milliseconds, table, times  # noqa: E402

from nn import MLP, Adam, cross_entropy, fit, mse_loss  # noqa: E402
from nn.training.native import recorded_step  # noqa: E402

RATE = 1e-3


def seconds(prepared):
    """What a call takes, of a function that prepares it."""
    run = prepared()
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def least(rounds, *runs):
    """The least time of each, round by round."""
    return [
        min(column)
        for column in zip(*([seconds(r) for r in runs] for _ in range(rounds)), strict=True)
    ]


def training(sizes, loss, x, y, epochs, batch_size, backend="llvm"):
    """The function that trains a new network with Adam, and answers its history."""
    model = MLP(sizes[0], list(sizes[1:]), "tanh", seed=0)
    optimizer = Adam(model.parameters(), lr=RATE)
    settings = {"epochs": epochs, "batch_size": batch_size, "progress": False}
    return lambda: fit(model, x, y, loss, optimizer=optimizer, backend=backend, **settings)


# ------------------------------------------------------------------------------------------ digits


def digits(rounds, epochs):
    """`fit` and MLPClassifier on the digits."""
    from sklearn.datasets import load_digits
    from sklearn.neural_network import MLPClassifier

    warnings.filterwarnings("ignore")
    x, y = load_digits(return_X_y=True)
    x = x / 16

    def ours():
        return training((64, 32, 10), cross_entropy, x, y, epochs, 200)

    def first():
        recorded_step._kept.clear()
        return ours()

    def theirs():
        network = MLPClassifier((32,), activation="tanh", max_iter=epochs, batch_size=200, alpha=0)
        return lambda: network.fit(x, y)

    native, batch = ours()(), training((64, 32, 10), cross_entropy, x, y, 1, 200, "batch")()
    np.testing.assert_allclose(native.loss[0], batch.loss[0], rtol=1e-9)
    one, again, peer = least(rounds, first, ours, theirs)
    rows = [
        ("scikit-learn", milliseconds(peer), times(1), "", ""),
        ("fit, first", milliseconds(one), times(peer / one), "1 ×", "2 ×"),
        ("fit, again", milliseconds(again), times(peer / again), "1 ×", "2 ×"),
    ]
    table(f"digits, 64-32-10, {epochs} epochs", ["", "a call", "faster", "must ≥", "aim"], rows)


# ------------------------------------------------------------------------------------------- steps


def jax_epochs(sizes, x, y, batch, epochs):
    """The same steps as JAX's scan, compiled; None without JAX."""
    try:
        import jax
    except ImportError:
        return None
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", val=True)
    model = MLP(sizes[0], list(sizes[1:]), "tanh", seed=0)
    state = model.state_dict()
    layers = range(len(sizes) - 1)
    params = [
        (jnp.array(state[f"layers.{k}.weight"]), jnp.array(state[f"layers.{k}.bias"]))
        for k in layers
    ]
    each = jax.tree_util.tree_map

    def loss(params, x, y):
        for k, (w, b) in enumerate(params):
            x = x @ w.T + b
            x = jnp.tanh(x) if k < len(params) - 1 else x
        return ((x[:, 0] - y) ** 2).mean()

    def step(carry, xy):
        p, m, v, t = carry
        value, g = jax.value_and_grad(loss)(p, *xy)
        t = t + 1
        m = each(lambda m, g: 0.9 * m + 0.1 * g, m, g)
        v = each(lambda v, g: 0.999 * v + 0.001 * g * g, v, g)
        p = each(
            lambda p, m, v: p - RATE * (m / (1 - 0.9**t)) / (jnp.sqrt(v / (1 - 0.999**t)) + 1e-8),
            p,
            m,
            v,
        )
        return (p, m, v, t), value

    n = len(x) // batch
    xs = jnp.array(x).reshape(n, batch, -1), jnp.array(y).reshape(n, batch)
    epoch = jax.jit(lambda carry: jax.lax.scan(step, carry, xs))
    zeros = each(jnp.zeros_like, params)

    def run():
        carry = params, zeros, zeros, 0.0
        for _ in range(epochs):
            carry, losses = epoch(carry)
        return jax.block_until_ready(losses)

    return run


STEPS = (((2, 16, 16, 1), ("3 ×", "5 ×")), ((4, 64, 64, 1), ("", "")))
WORTH = ((2, 4, 1), (2, 16, 16, 1), (4, 64, 64, 1), (64, 32, 10))


def steps(rounds, epochs, networks):
    """A step of Adam, whole epochs, against JAX's scan."""
    rows = []
    for sizes, goals in networks:
        rng = np.random.default_rng(0)
        x, y = rng.normal(size=(1000, sizes[0])), rng.normal(size=1000)
        full = training(sizes, mse_loss, x, y, 3, None)()
        peer = jax_epochs(sizes, x, y, 100, epochs)
        whole = jax_epochs(sizes, x, y, 1000, 3)
        if whole:
            np.testing.assert_allclose(full.loss[-1], whole()[-1], rtol=1e-9)

        def ours(sizes=sizes, x=x, y=y):
            return training(sizes, mse_loss, x, y, epochs, 100)

        ours()()
        found = least(rounds, ours, *[lambda peer=peer: peer] * (peer is not None))
        a_step = [f"{s / epochs / 10 * 1e6:.1f} µs" for s in found]
        name = "-".join(map(str, sizes))
        ratio = times(found[1] / found[0]) if peer else "JAX is missing"
        rows.append((name, a_step[0], a_step[1] if peer else "", ratio, *goals))
    columns = ["", "fit", "JAX's scan", "faster", "must ≥", "aim"]
    table(f"a step of Adam on 100 samples, {epochs} epochs of 10", columns, rows)


# ------------------------------------------------------------------------------------------- worth


def worth(rounds, epochs, networks):
    """Compiling a step, counted in steps of "batch"."""
    rows = []
    for sizes in networks:
        rng = np.random.default_rng(0)
        x, y = rng.normal(size=(100, sizes[0])), rng.normal(size=(100, sizes[-1]))
        y = y[:, 0] if sizes[-1] == 1 else y

        def native(sizes=sizes, x=x, y=y):
            recorded_step._kept.clear()
            return training(sizes, mse_loss, x, y, 1, None)

        def afresh(native=native):
            os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(dir=empty)
            return native()

        def batch(sizes=sizes, x=x, y=y):
            return training(sizes, mse_loss, x, y, epochs, None, "batch")

        with tempfile.TemporaryDirectory() as empty, mock.patch.dict(os.environ):
            (new,) = least(rounds, afresh)
            native()()
            known, stepping = least(rounds, native, batch)
        counts = [f"{compiling / stepping * epochs:.0f}" for compiling in (known, new)]
        name, step = "-".join(map(str, sizes)), milliseconds(stepping / epochs)
        rows.append((name, milliseconds(known), milliseconds(new), step, *counts))
    columns = ["", "on disk", "not", 'a step of "batch"', "steps, on disk", "not"]
    table("what compiling is worth", columns, rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=10, help="calls to take the least of")
    parser.add_argument("--quick", action="store_true", help=QUICK)
    options = parser.parse_args()
    rounds = 1 if options.quick else options.rounds
    describe_machine()
    if "sklearn" in sys.modules or not _missing("sklearn"):
        digits(rounds, 2 if options.quick else 20)
    steps(rounds, *((5, STEPS[:1]) if options.quick else (200, STEPS)))
    worth(rounds, *((2, WORTH[:1]) if options.quick else (10, WORTH)))


def _missing(name):
    from importlib.util import find_spec

    return find_spec(name) is None


if __name__ == "__main__":
    main()
