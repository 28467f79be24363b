"""Programs on arrays that begin or end where memory may not be touched. Run as a script: a program
that reads beyond its arguments ends the process.
"""

import ctypes
import mmap
import sys

import numpy as np

from autograd import dot, jit, mean, tanh, value_and_grad, vmap
from autograd.transforms.pytree import flatten

PAGE = mmap.PAGESIZE
PROTECT = ctypes.CDLL(None, use_errno=True).mprotect
PROTECT.argtypes = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int
COUNTS = [*range(1, 10), 15, 16, 17, 31, 33, 63, 65, 100, 129]


def protected(x, at_end):
    """A copy of an array, right before or right after a page that nobody may read."""
    size = -(-x.nbytes // PAGE) * PAGE
    room = mmap.mmap(-1, size + 2 * PAGE)
    address = ctypes.addressof(ctypes.c_char.from_buffer(room))
    for page in (0, PAGE + size):
        if PROTECT(address + page, PAGE, 0):
            raise OSError(ctypes.get_errno(), "mprotect refused")
    first = PAGE + (size - x.nbytes if at_end else 0)
    copy = np.frombuffer(room, x.dtype, x.size, first).reshape(x.shape)
    copy[...] = x
    return copy


def loss(layers, X, y):
    def one(x, target):
        for W, b in layers:
            x = tanh(W @ x + b)
        error = dot([*x], [*x]) - target
        return error * error

    return mean(vmap(one)(X, y))


def by_columns(w, X, y):
    return ((tanh(X[:, 0] * w[0] + X[:, -1] * w[1]) - y) ** 2).mean()


def programs(d, dtype):
    rng = np.random.default_rng(d)
    layers = [(rng.normal(size=(a, b)), rng.normal(size=a)) for a, b in ((5, d), (3, 5))]
    yield loss, [tuple(x.astype(dtype) for x in layer) for layer in layers]
    yield by_columns, rng.normal(size=2).astype(dtype)


def main():
    for dtype in ("float64", "float32"):
        for d in (1, 3, 8, 17):
            for f, parameters in programs(d, dtype):
                g = jit(value_and_grad(f), backend="llvm", dtype=dtype, threads=2)
                for n in COUNTS:
                    rng = np.random.default_rng(n)
                    X, y = rng.normal(size=(n, d)).astype(dtype), rng.normal(size=n).astype(dtype)
                    expected = g(parameters, X, y)
                    for at_end in (True, False):
                        given = protected(X, at_end), protected(y, at_end)
                        for found in (g(parameters, *given), g.bind(parameters, *given)()):
                            same = [*map(np.array_equal, flatten(found)[0], flatten(expected)[0])]
                            assert all(same), (f.__name__, dtype, d, n, at_end)


if __name__ == "__main__":
    main()
    sys.stdout.write("no program read beyond its arguments\n")
