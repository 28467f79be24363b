"""What the tests share: arguments from a primitive's domain, derivatives by differences, threads.

A formula's parameters have fixed names: c is a condition, xs and ws are sequences, shape is a shape,
n the order of a function, an integer; everything else is one number, and derivatives are asked of
numbers and sequences.
"""

import gc
import inspect
import math
import threading

import mpmath
import numpy as np

from autograd import Value, jacobian, jvp
from autograd.kinds.masks import instantiate

POINTS = 6


def arguments_of(op, points=POINTS):
    """Tuples of floats, sequences and conditions spread over the domain of a primitive."""
    names = [*inspect.signature(op).parameters]
    return [
        tuple(
            _argument(name, interval, (0.07 + 0.618034 * point + 0.29 * place) % 1)
            for place, (name, interval) in enumerate(zip(names, op.domain, strict=True))
        )
        for point in range(points)
    ]


def _argument(name, interval, u):
    low, high = interval
    if name == "c":
        return u > 0.5
    if name == "n":
        return low
    if name == "shape":
        return ()
    if name in ("xs", "ws"):
        return [_inside(low, high, (u + 0.37 * k) % 1) for k in range(3)]
    return _inside(low, high, u)


def _inside(low, high, u):
    return low + (high - low) * (0.03 + 0.94 * u)


def places(arguments):
    """Where the differentiable numbers stand: (i,) or, within a sequence, (i, k)."""
    return [
        place
        for i, x in enumerate(arguments)
        for place in ([(i, k) for k in range(len(x))] if isinstance(x, list) else [(i,)])
        if isinstance(at(arguments, place), (float, mpmath.mpf))
    ]


def at(arguments, place):
    """The number at a place."""
    x = arguments
    for i in place:
        x = x[i]
    return x


def changed(arguments, place, x):
    """The arguments with another number at one place."""
    new = [[*a] if isinstance(a, list) else a for a in arguments]
    if len(place) == 1:
        new[place[0]] = x
    else:
        new[place[0]][place[1]] = x
    return tuple(new)


def mapped(function, arguments):
    """A function of every differentiable number, the rest as it is."""
    for place in places(arguments):
        arguments = changed(arguments, place, function(at(arguments, place)))
    return arguments


def stacked(samples):
    """Tuples of arguments as one of batches; an order is the same for all."""
    return tuple(map(_stack, zip(*samples, strict=True)))


def _stack(column):
    if isinstance(column[0], list):
        return [np.array(row) for row in np.array(column).T]
    return column[0] if type(column[0]) is int else np.array(column)


def gradients(f, arguments, where):
    """f's value and its gradients at some places, by a backward pass."""
    leaves = []
    for place in where:
        leaves.append(Value(at(arguments, place)))
        arguments = changed(arguments, place, leaves[-1])
    z = f(*arguments)
    z.backward()
    return z.data, [instantiate(leaf.grad) for leaf in leaves]


def central_difference(f, arguments, place, h=1e-3):
    """∂f/∂(the number at a place) by differences of the fourth order."""
    x = at(arguments, place)
    near = [f(*changed(arguments, place, x + k * h)) for k in (-2, -1, 1, 2)]
    return (near[0] - 8 * near[1] + 8 * near[2] - near[3]) / (12 * h)


def close(a, b, tolerance):
    """Equal but for rounding; nan equals nan and every infinity itself."""
    if a != a or b != b:
        return a != a and b != b
    if math.isinf(a) or math.isinf(b):
        return a == b
    return abs(a - b) <= tolerance * max(1, abs(a), abs(b))


def same(a, b):
    """Whether two floats are the same number: nan is nan; the sign of a zero counts not."""
    return a == b or (a != a and b != b)


def assert_rules_hold(op):
    """Every pullback of a primitive agrees with central differences over its domain."""
    for arguments in arguments_of(op):
        where = places(arguments)
        assert where, f"{op.name} has no differentiable argument"
        _, received = gradients(op, arguments, where)
        for place, c in zip(where, received, strict=True):
            expected = central_difference(op, arguments, place)
            assert close(c, expected, 1e-7), (op.name, arguments, place, c, expected)


def differences(f, x, h=1e-3):
    """The Jacobian by central differences of the fourth order."""
    columns = []
    for i in range(x.size):
        e = np.zeros(x.size)
        e[i] = h
        e = e.reshape(x.shape)
        near = [np.asarray(f(x + k * e), dtype=float) for k in (-2, -1, 1, 2)]
        columns.append((near[0] - 8 * near[1] + 8 * near[2] - near[3]) / (12 * h))
    return np.stack(columns, axis=-1).reshape((*columns[0].shape, *x.shape))


def close_arrays(ours, theirs):
    """Arrays or numbers of one shape, equal to what differences of floats can tell."""
    assert np.shape(ours) == np.shape(theirs)
    ours, theirs = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
    assert np.allclose(ours, theirs, rtol=1e-6, atol=1e-7, equal_nan=True), (ours, theirs)


def assert_right(f, x):
    """A function of NumPy's: its value and its derivatives in both modes, against plain NumPy."""
    value, _ = jvp(f, (x,), (np.ones(x.shape),))
    close_arrays(value, f(x))
    for mode in ("forward", "reverse"):
        close_arrays(jacobian(f, mode=mode)(x), differences(f, x))


def side_by_side(work, arguments):
    """Call a function in threads that run at once, one for each argument."""
    threads = [threading.Thread(target=work, args=(x,)) for x in arguments]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def living(kind):
    """How many objects of a class there are."""
    gc.collect()
    return sum(type(x) is kind for x in gc.get_objects())
