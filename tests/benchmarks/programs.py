"""The programs whose derivatives are raced: scalar code, the same for everyone.

Each takes the peer's functions F (`peers.py`) and a size, and gives a function of a list of scalars.
"""

import random


def lotka_volterra(F, steps):
    """Prey and predators after a time of 5, by Runge and Kutta's method of order 4; 4 parameters."""

    def slope(p, x, y):
        return p[0] * x - p[1] * x * y, p[2] * x * y - p[3] * y

    def populations(p):
        h = 5.0 / steps
        x, y = 1.0, 1.0
        for _ in range(steps):
            a, b = slope(p, x, y)
            c, d = slope(p, x + h / 2 * a, y + h / 2 * b)
            e, f = slope(p, x + h / 2 * c, y + h / 2 * d)
            u, v = slope(p, x + h * e, y + h * f)
            x, y = x + h / 6 * (a + 2 * c + 2 * e + u), y + h / 6 * (b + 2 * d + 2 * f + v)
        return x + y

    return populations


# distance, length and twist of a UR5's joints (its data sheet): Denavit and Hartenberg's d, a and
# the cosine and sine of α
JOINTS = [
    (0.089159, 0.0, 0.0, 1.0),
    (0.0, -0.425, 1.0, 0.0),
    (0.0, -0.39225, 1.0, 0.0),
    (0.10915, 0.0, 0.0, 1.0),
    (0.09465, 0.0, 0.0, -1.0),
    (0.0823, 0.0, 1.0, 0.0),
]


def arm(F, joints):
    """Where a robot's hand is (3 numbers) and which way it points (3) at the angles of its joints."""

    def hand(angles):
        axes = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
        place = [0.0, 0.0, 0.0]
        for angle, (d, a, cos_twist, sin_twist) in zip(angles, JOINTS[:joints]):
            x, y, z = axes
            c, s = F.cos(angle), F.sin(angle)
            new_x = [c * p + s * q for p, q in zip(x, y)]
            across = [c * q - s * p for p, q in zip(x, y)]
            place = [o + d * r + a * p for o, r, p in zip(place, z, new_x)]
            axes = [
                new_x,
                [cos_twist * q + sin_twist * r for q, r in zip(across, z)],
                [cos_twist * r - sin_twist * q for q, r in zip(across, z)],
            ]
        return place + axes[2]

    return hand


OBSERVATIONS = 20


def observations(variables):
    """Random regressors, and outcomes of 1 and -1."""
    draw = random.Random(3).gauss
    regressors = [[draw(0, 1) for _ in range(variables)] for _ in range(OBSERVATIONS)]
    return regressors, [1.0 if draw(0, 1) > 0 else -1.0 for _ in range(OBSERVATIONS)]


def likelihood(F, variables):
    """The negative log-likelihood of a logistic regression with a normal prior."""
    regressors, outcomes = observations(variables)

    def loss(weights):
        total = 0.0
        for row, outcome in zip(regressors, outcomes):
            score = 0.0
            for w, x in zip(weights, row):
                score = score + w * x
            total = total + F.log(1 + F.exp(-outcome * score))
        for w in weights:
            total = total + 0.5 * w * w
        return total

    return loss


def rosenbrock(F, variables):
    """Rosenbrock's function of many variables."""

    def valley(x):
        total = 0.0
        for a, b in zip(x, x[1:]):
            u, v = b - a * a, 1 - a
            total = total + 100 * u * u + v * v
        return total

    return valley


def particle(F, steps):
    """Where a particle between two charges hits the ground, by Euler's method; the field is a
    gradient inside. After B. Pearlmutter and J. Siskind, Reverse-mode AD in a functional framework,
    ACM TOPLAS 30 (2008). ``steps`` are those of a unit of time.
    """
    h = 1 / steps

    def landing(w):
        charges = [(10.0, 10 - w[0]), (10.0, 0.0)]

        def potential(x):
            return sum(1 / F.sqrt((x[0] - c) ** 2 + (x[1] - d) ** 2) for c, d in charges)

        x, y, u, v = 0.0, 8.0, 0.75, 0.0
        while True:
            a, b = F.grad(potential)([x, y])
            next_x, next_y = x + h * u, y + h * v
            if next_y <= 0:
                return (x - y / v * u) ** 2
            x, y, u, v = next_x, next_y, u - h * a, v - h * b

    return landing


def saddle(F, steps):
    """min over (a, b) of max over (c, d) of a² + b² - (c² + d²) + ac, both by gradient descent: the
    value reached, as a function of where the outer descent starts. After the same paper.
    """
    rate = 0.25

    def descend(f, x):
        for _ in range(steps):
            x = [p - rate * g for p, g in zip(x, F.grad(f)(x))]
        return x

    def game(x, y):
        return x[0] * x[0] + x[1] * x[1] - (y[0] * y[0] + y[1] * y[1]) + x[0] * y[0]

    def best_answer(x):
        return game(x, descend(lambda y: -game(x, y), [1.0, 1.0]))

    def reached(start):
        return best_answer(descend(best_answer, start))

    return reached
