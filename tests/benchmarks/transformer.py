"""A program like a transformer of sums and products alone: 60,000 nodes with the sizes below.

Each layer: queries, keys and values; scores without a softmax; a residual sum; a feed-forward net
whose activation is the square; a residual sum. Contestants: ``ours`` and ``lean``.
"""

import random
from time import perf_counter

TOKENS, WIDTH, HIDDEN = 8, 8, 16


def inner(ws, xs):
    """Σ wᵢ xᵢ with one node a product and one a sum."""
    total = ws[0] * xs[0]
    for w, x in zip(ws[1:], xs[1:]):
        total = total + w * x
    return total


def times(rows, matrix):
    """Each row by a matrix, kept as the list of its columns."""
    return [[inner(column, row) for column in matrix] for row in rows]


def plus(rows, others):
    """Elementwise sum."""
    return [[x + y for x, y in zip(*pair)] for pair in zip(rows, others)]


def layer(rows, weights):
    """Attention and feed-forward, each beside a residual path."""
    query, key, value, out, up, down = weights
    scores = times(times(rows, query), times(rows, key))
    mixed = times(scores, list(zip(*times(rows, value))))
    rows = plus(rows, times(mixed, out))
    hidden = [[x * x for x in row] for row in times(rows, up)]
    return plus(rows, times(hidden, down))


def program(kind, layers):
    """The parameters and the loss, a function of no arguments."""
    draw = random.Random(1).uniform

    def matrix(columns, n):
        return [[kind(draw(-0.3, 0.3)) for _ in range(n)] for _ in range(columns)]

    square = [(WIDTH, WIDTH)] * 4
    shapes = [*square, (HIDDEN, WIDTH), (WIDTH, HIDDEN)]
    weights = [[matrix(*shape) for shape in shapes] for _ in range(layers)]
    tokens = [[draw(-1, 1) for _ in range(WIDTH)] for _ in range(TOKENS)]

    def loss():
        rows = tokens
        for w in weights:
            rows = layer(rows, w)
        flat = [x for row in rows for x in row]
        return inner(flat, flat)

    return [p for w in weights for m in w for column in m for p in column], loss


def _kind(name):
    if name == "lean":
        from lean import Lean

        return Lean
    from autograd import Value

    return Value


def contestant(name, layers):
    """One forward and one backward pass, and the graph given back."""
    parameters, loss = program(_kind(name), layers)

    def step():
        for p in parameters:
            p.grad = 0.0
        start = perf_counter()
        out = loss()
        built = perf_counter()
        out.backward()
        swept = perf_counter()
        results = [out.data]
        del out
        seconds = {
            "forward": built - start,
            "backward": swept - built,
            "freeing": perf_counter() - swept,
        }
        return {"seconds": seconds, "results": results + [p.grad for p in parameters]}

    return step
