"""micrograd's demo: two moons told apart by a net 2-16-16-1, with a hinge loss and weight decay.

The contestants start from the same weights: ``micrograd`` is PyPI's, with its own `nn.MLP`; ``plain``
is ours written with + and *; ``dot`` is ours with one `dot` a neuron; ``eager`` and ``batch`` are
`nn.fit` with that backend; ``torch`` is PyTorch's own layers, eager.
"""

import math
import random
from time import perf_counter

HIDDEN = 16
EPOCHS = 5  # in one call of fit


def data(samples):
    """Points on two half circles with noise, and the side of each, -1 or 1."""
    noise = random.Random(1).gauss
    points, sides = [], []
    for i in range(samples):
        angle, upper = math.pi * (i // 2) / (samples // 2 - 1), i % 2 == 0
        x, y = math.cos(angle), math.sin(angle)
        x, y = (x, y) if upper else (1 - x, 0.5 - y)
        points.append([x + noise(0, 0.1), y + noise(0, 0.1)])
        sides.append(-1 if upper else 1)
    return points, sides


def _plain():
    return lambda weights, bias, inputs: sum((w * x for w, x in zip(weights, inputs)), bias)


def _with_dot():
    from autograd import dot

    return lambda weights, bias, inputs: dot(weights, inputs) + bias


class Net:
    """micrograd's MLP written for our Values: weights drawn in the same order."""

    def __init__(self, sizes, neuron):
        from autograd import Value

        def weights(n):
            return tuple(Value(random.uniform(-1, 1)) for _ in range(n)), Value(0)

        self.neuron = neuron
        self.layers = [[weights(n) for _ in range(m)] for n, m in zip(sizes, sizes[1:])]

    def __call__(self, x):
        *hidden, last = self.layers
        for layer in hidden:
            x = tuple([self.neuron(ws, b, x).relu() for ws, b in layer])
        return self.neuron(*last[0], x)

    def parameters(self):
        return [p for layer in self.layers for ws, b in layer for p in (*ws, b)]

    def zero_grad(self):
        for p in self.parameters():
            p.grad = 0


def _rate(done):
    """The demo's learning rate, which falls over its 100 steps."""
    return 1.0 - 0.9 * done / 100


def _drawn():
    """The demo's first weights, layer by layer: each neuron's, with a bias of 0.

    Drawn before a library is imported: one of them draws numbers too.
    """
    sizes = [2, HIDDEN, HIDDEN, 1]
    return [
        [[random.uniform(-1, 1) for _ in range(n)] for _ in range(m)]
        for n, m in zip(sizes, sizes[1:])
    ]


def _fit(backend, points, sides):
    """A step of `nn.fit`: an epoch, of several that a call of it runs."""
    weights = _drawn()
    import numpy as np

    from nn import MLP, SGD, fit, hinge_loss, l2

    model = MLP(2, [HIDDEN, HIDDEN, 1])
    state = model.state_dict()
    for i, rows in enumerate(weights):
        state[f"layers.{i}.weight"] = np.array(rows)
        state[f"layers.{i}.bias"] = np.zeros(len(rows))
    model.load_state_dict(state)
    optimizer = SGD(model.parameters(), lr=_rate)
    points, sides = np.array(points), np.array(sides)
    history, waiting, seconds = None, [], 0

    another = MLP(2, [1])  # of which a call loads what a first one loads
    sgd = SGD(another.parameters(), lr=0.1)
    fit(
        another, points, sides, loss=hinge_loss, optimizer=sgd, backend=backend,
        epochs=1, progress=False,
    )  # fmt: skip

    def step():
        nonlocal history, seconds
        if not waiting:
            start = perf_counter()
            history = fit(
                model, points, sides, loss=hinge_loss, optimizer=optimizer, backend=backend,
                epochs=EPOCHS + (history.epochs if history else 0), history=history,
                regularizer=lambda ws: 1e-4 * l2(ws), progress=False,
            )  # fmt: skip
            seconds = (perf_counter() - start) / EPOCHS
            waiting.extend(history.loss[-EPOCHS:])
        return {"seconds": {"step": seconds}, "results": [waiting.pop(0)]}

    return step


def _torch(points, sides):
    """A step of PyTorch's."""
    weights = _drawn()
    import torch

    torch.set_num_threads(1)
    points, sides = (torch.tensor(x, dtype=torch.float64) for x in (points, sides))
    layers = []
    for rows in weights:
        layer = torch.nn.Linear(len(rows[0]), len(rows), dtype=torch.float64)
        with torch.no_grad():
            layer.weight.copy_(torch.tensor(rows, dtype=torch.float64))
            layer.bias.zero_()
        layers += [layer, torch.nn.ReLU()]
    model, done = torch.nn.Sequential(*layers[:-1]), 0
    parameters = list(model.parameters())
    optimizer = torch.optim.SGD(parameters, lr=1.0)

    def step():
        nonlocal done
        start = perf_counter()
        optimizer.zero_grad()
        loss = (1 - sides * model(points)[:, 0]).relu().mean()
        loss = loss + 1e-4 * sum((p * p).sum() for p in parameters)
        loss.backward()
        optimizer.param_groups[0]["lr"] = _rate(done)
        optimizer.step()
        done += 1
        return {"seconds": {"step": perf_counter() - start}, "results": [loss.item()]}

    return step


def contestant(name, samples):
    """One step of training: forward, backward, update, and the graph given back."""
    random.seed(1337)
    points, sides = data(samples)
    if name in ("eager", "batch"):
        return _fit(name, points, sides)
    if name == "torch":
        return _torch(points, sides)
    if name == "micrograd":
        from micrograd.engine import Value
        from micrograd.nn import MLP

        model, prepare = MLP(2, [HIDDEN, HIDDEN, 1]), lambda row: list(map(Value, row))
    else:
        neuron = {"plain": _plain, "dot": _with_dot}[name]()
        model, prepare = Net([2, HIDDEN, HIDDEN, 1], neuron), tuple

    def loss():
        scores = [model(prepare(row)) for row in points]
        losses = [(1 + -side * score).relu() for side, score in zip(sides, scores)]
        decay = 1e-4 * sum(p * p for p in model.parameters())
        right = [(side > 0) == (score.data > 0) for side, score in zip(sides, scores)]
        return sum(losses) * (1.0 / len(losses)) + decay, sum(right) / len(right)

    total, done = None, 0

    def step():
        nonlocal total, done
        start = perf_counter()
        total, _ = loss()  # as in the demo, the last step's graph lives until here
        model.zero_grad()
        total.backward()
        for p in model.parameters():
            p.data -= _rate(done) * p.grad
        done += 1
        seconds = perf_counter() - start
        return {"seconds": {"step": seconds}, "results": [total.data]}

    return step
