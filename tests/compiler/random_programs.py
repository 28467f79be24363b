"""Random flat programs, for comparing what is done to a program with the program itself."""

import random

import numpy as np

from autograd.compiler.programs.program import (
    ARITHMETIC,
    BINARY,
    COMPARISONS,
    CONDITIONS,
    DOTS,
    OF_ORDER,
    UNARY,
    Program,
)

ARRAYS = [np.array([0.3, -1.2, 2.0, 0.0]), np.random.default_rng(0).normal(size=15)]
FUNCTIONS = sorted(UNARY)
PAIRS = sorted(BINARY - OF_ORDER)
PLAIN = ["neg", "abs"], sorted(ARITHMETIC)  # operations of which everyone computes the same bits


def random_program(seed, unary=FUNCTIONS, binary=PAIRS, totals=True):
    """A program of all operations, uniform and per sample, with sums over samples between."""
    rng = random.Random(seed)
    p = Program()
    numbers = [p.input(0, k) for k in range(4)]
    numbers += [p.input(1, k, 3, per_sample=True) for k in range(3)]
    numbers += [p.constant(x) for x in (0.5, -0.0, 2.0)] + [p.count()]
    conditions = []
    for _ in range(rng.randrange(5, 80)):
        kind = rng.random()
        x, y = rng.choice(numbers), rng.choice(numbers)
        if kind < 0.25:
            numbers.append(p.add(rng.choice(unary), x))
        elif kind < 0.6:
            numbers.append(p.add(rng.choice(binary), x, y))
        elif kind < 0.7:
            conditions.append(p.add(rng.choice(sorted(COMPARISONS)), x, y))
        elif kind < 0.8 and conditions:
            c, d = rng.choice(conditions), rng.choice(conditions)
            conditions.append(p.add("not", p.add(rng.choice(["and", "or", "xor"]), c, d)))
            numbers.append(p.add("select", conditions[-1], x, y))
        elif kind < 0.9:
            terms = [rng.choices(numbers, k=rng.randrange(1, 5)) for _ in range(2)]
            k = min(map(len, terms))
            op, start = rng.choice([*DOTS]), rng.choice(numbers)
            start = start if op == "subdot" else rng.choice([-1, start])
            numbers.append(p.dot(terms[0][:k], terms[1][:k], start, op))
        elif p.per_sample[x] and totals:
            numbers.append(p.add("total", x))
    p.outputs = rng.choices(numbers, k=5)
    p.watch = [numbers[-1]]
    return p


def with_all_outputs(program):
    """The program with every number that it computes as an output."""
    program.outputs = [i for i, op in enumerate(program.op) if op not in CONDITIONS]
    return program
