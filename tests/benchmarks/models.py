"""What native code is raced on: data and scalar code, the same for everyone who takes scalars.

F has a peer's functions of scalars: sin, exp, tanh, sqrt.
"""

import math
import random

# ------------------------------------------------------------------------------------- networks


def network(sizes, n):
    """Layers (weights, biases), inputs and targets of a network such as "2-16-16-1": sines of squares,
    which look drawn, without what `numpy.random` adds to the start of a fresh process.
    """
    import numpy as np

    sizes, drawn = [int(k) for k in sizes.split("-")], 0

    def draw(*shape):
        nonlocal drawn
        first, drawn = drawn, drawn + math.prod(shape)
        return 2**0.5 * np.sin(np.arange(first + 1.0, drawn + 1.0) ** 2).reshape(shape)

    layers = [(draw(b, a) / a**0.5, draw(b)) for a, b in zip(sizes, sizes[1:])]
    return layers, draw(n, sizes[0]), draw(n, sizes[-1])


# ------------------------------------------------------------------------------- scalar programs


STEPS = {"40": 12, "120": 39, "1900": 800}
POINT = (0.3, 0.7, -0.2, 1.1)


def steps(size):
    """A random program of four numbers: (operation, which numbers it takes). None repeats another."""
    draw = random.Random(1)
    kinds = ("add", "sub", "mul", "mul", "sin", "tanh")
    return [
        (draw.choice(kinds), k if k < 4 else draw.randrange(k, k + 4), draw.randrange(k + 4))
        for k in range(STEPS[size])
    ]


def scalar(F, size):
    """The function that runs those steps; sums are halved, so that numbers stay small."""
    program = steps(size)

    def f(a, b, c, d):
        known = [a, b, c, d]
        for kind, i, j in program:
            x, y = known[i], known[j]
            if kind == "add":
                known.append((x + y) * 0.5)
            elif kind == "sub":
                known.append(x - 0.25 * y)
            elif kind == "mul":
                known.append(x * y)
            else:
                known.append(getattr(F, kind)(x))
        total = known[-1]
        for x in known[-8:-1]:
            total = total + x
        return total

    return f


def straight(count):
    """A function of two numbers whose program is a straight line of about so many operations."""
    from autograd import sin

    draw = random.Random(1)
    plan = [(draw.randrange(50), draw.random()) for _ in range(count // 2)]

    def f(a, b):
        known = [a, b]
        for back, c in plan:
            x, y = known[-1 - back % len(known)], known[-1]
            known.append(sin(x) * y if c < 0.5 else x * 0.5 + y * c)
        return known[-1]

    return f


def by_hand(np, size):
    """The same with its gradient, on arrays: the derivatives of the steps, last to first."""
    program = steps(size)

    def f(*inputs):
        known = [*inputs]
        for kind, i, j in program:
            x, y = known[i], known[j]
            if kind == "add":
                known.append((x + y) * 0.5)
            elif kind == "sub":
                known.append(x - 0.25 * y)
            elif kind == "mul":
                known.append(x * y)
            else:
                known.append(getattr(np, kind)(x))
        adjoint = [0.0] * (len(known) - 8) + [1.0] * 8
        for k in reversed(range(len(program))):
            (kind, i, j), g = program[k], adjoint[k + 4]
            if isinstance(g, float) and g == 0.0:  # nothing reads it
                continue
            if kind == "add":
                adjoint[i], adjoint[j] = _added(adjoint, i, g * 0.5, j, g * 0.5)
            elif kind == "sub":
                adjoint[i], adjoint[j] = _added(adjoint, i, g, j, -0.25 * g)
            elif kind == "mul":
                adjoint[i], adjoint[j] = _added(adjoint, i, g * known[j], j, g * known[i])
            elif kind == "sin":
                adjoint[i] = adjoint[i] + g * np.cos(known[i])
            else:
                adjoint[i] = adjoint[i] + g * (1 - known[k + 4] ** 2)
        return [sum(known[-8:]), *adjoint[:4]]

    return f


def _added(adjoint, i, g, j, h):
    if i == j:
        return adjoint[i] + (g + h), adjoint[i] + (g + h)
    return adjoint[i] + g, adjoint[j] + h


# ------------------------------------------------------------------------------------ simulations


def runge_kutta(slope, y, h):
    """One step of order 4, of a list of numbers."""
    k1 = slope(y)
    k2 = slope([a + h / 2 * b for a, b in zip(y, k1)])
    k3 = slope([a + h / 2 * b for a, b in zip(y, k2)])
    k4 = slope([a + h * b for a, b in zip(y, k3)])
    return [a + h / 6 * (b + 2 * c + 2 * d + e) for a, b, c, d, e in zip(y, k1, k2, k3, k4)]


def pendulum(F, p):
    """A damped pendulum."""
    return lambda y: [y[1], -p[0] * F.sin(y[0]) - p[1] * y[1]]


def lorenz(F, p):
    """E. Lorenz, Deterministic nonperiodic flow, J. Atmos. Sci. 20 (1963), equations 25 to 27."""
    return lambda y: [p[0] * (y[1] - y[0]), y[0] * (p[1] - y[2]) - y[1], y[0] * y[1] - p[2] * y[2]]


FLOWS = {
    "pendulum": (pendulum, [9.81, 0.1], [1.0, 0.0]),
    "lorenz": (lorenz, [10.0, 28.0, 8 / 3], [1.0, 1.0, 1.0]),
}

TRUTH = [1.0, 0.3, 0.05, 0.02, 0.2, 0.1, 0.5, 1.3, 1.0, 0.1]
WATCHED = 10  # every which step is measured


def oscillator(F, p):
    """A step of a driven oscillator of nonlinear spring and friction: place, speed, time."""
    h = 0.02

    def step(x, v, t):
        spring = x * (p[0] + x * (p[1] + x * (p[2] + x * p[3])))
        friction = v * (p[4] + p[5] * v * v)
        v = v + h * (p[6] * F.sin(p[7] * t) - spring - friction)
        return x + h * v, v

    return step


def residuals(F, p, steps):
    """Where it is at every tenth time, less the cosine that was measured there."""
    step, x, v, found = oscillator(F, p), p[8], p[9], []
    for k in range(steps):
        x, v = step(x, v, 0.02 * k)
        if k % WATCHED == WATCHED - 1:
            found.append(x - math.cos(0.02 * k))
    return found


# ------------------------------------------------------------------------------------- two models


def mixture(n):
    """Parameters of 25 normal distributions in 10 dimensions, and n samples."""
    import numpy as np

    rng = np.random.default_rng(0)
    shapes = rng.normal(size=25) * 0.1, rng.normal(size=(25, 10)), rng.normal(size=(25, 10)) * 0.1
    return shapes, rng.normal(size=(n, 10))


def projections(n):
    """Cameras (rotation vector, centre, focal length, principal point, distortion), points, pixels."""
    import numpy as np

    rng = np.random.default_rng(0)
    parts = [0.3 * rng.normal(size=(n, 3)), rng.normal(size=(n, 3)), np.full((n, 1), 2.0)]
    parts += [0.1 * rng.normal(size=(n, 2)), 0.01 * rng.normal(size=(n, 2))]
    cameras = np.concatenate(parts, axis=1)
    return cameras, rng.normal(size=(n, 3)) + np.array([0, 0, 8]), rng.normal(size=(n, 2))


def reprojection(F, camera, point, pixel):
    """The squared distance of a point's image from a pixel. F. Šrajer, Z. Kukelova and A. Fitzgibbon,
    A benchmark of selected algorithmic differentiation tools, Optim. Methods Softw. 33 (2018).
    """
    r, c, focal = camera[:3], camera[3:6], camera[6]
    x = [point[k] - c[k] for k in range(3)]
    squared = r[0] * r[0] + r[1] * r[1] + r[2] * r[2]
    angle = F.sqrt(squared)
    cos, sin = F.cos(angle), F.sin(angle)
    w = [r[k] / angle for k in range(3)]
    across = [w[1] * x[2] - w[2] * x[1], w[2] * x[0] - w[0] * x[2], w[0] * x[1] - w[1] * x[0]]
    along = (w[0] * x[0] + w[1] * x[1] + w[2] * x[2]) * (1 - cos)
    x = [x[k] * cos + across[k] * sin + w[k] * along for k in range(3)]
    u, v = x[0] / x[2], x[1] / x[2]
    far = u * u + v * v
    bent = (1 + camera[9] * far + camera[10] * far * far) * focal
    a, b = u * bent + camera[7] - pixel[0], v * bent + camera[8] - pixel[1]
    return a * a + b * b
