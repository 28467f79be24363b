"""Random programs with loops in them, written out one block after the other."""

import random

import numpy as np

from autograd.compiler.programs.program import Program

SAFE = "neg abs tanh sin cos sigmoid relu arctan".split()
PAIRS = "add sub mul maximum minimum".split()
LENGTH = 2000  # numbers of the arrays that are read along


def arrays(n, seed=0):
    """Arguments: single numbers, a series, and a series a sample."""
    rng = np.random.default_rng(seed)
    return [rng.normal(size=4), rng.normal(size=LENGTH), rng.normal(size=(max(n, 1), 60))]


class Planter:
    """A program of random code, with loops whose numbers the rest reads."""

    def __init__(self, seed, per_sample=True):
        self.random, self.program = random.Random(seed), Program()
        p = self.program
        self.numbers = [p.input(0, k) for k in range(4)] + [p.constant(0.5)]
        self.per_sample = per_sample
        if per_sample:
            self.numbers += [p.input(2, k, 60, per_sample=True) for k in range(2)]
        self.tape = []  # by row, what every block of the last loop made of it

    def pick(self, numbers=None):
        return self.random.choice(numbers or self.numbers[-12:])

    def straight(self, length):
        for _ in range(length):
            self.numbers.append(self.operation(self.pick(self.numbers), self.pick()))

    def operation(self, x, y, kind=None):
        p, kind = self.program, self.random.random() if kind is None else kind
        if kind < 0.3:
            return p.add(SAFE[int(kind / 0.3 * len(SAFE))], x)
        if kind < 0.9:
            return p.add(PAIRS[int((kind - 0.3) / 0.6 * len(PAIRS))], x, y)
        return p.add("select", p.add("lt", x, y), y, p.add("tanh", x))

    def loop(self, count, length):
        """Blocks of so many operations; every operand is one of the kinds that a loop may have."""
        kinds = [self.random.random() for _ in range(length)]
        reads = [[self.operand(r, length, count) for _ in range(2)] for r in range(length)]
        before = [[self.pick() for _ in range(length)] for _ in range(3)]
        blocks = before
        for k in range(count):
            block = []
            for kind, both in zip(kinds, reads, strict=True):
                x, y = (read(k, block, blocks) for read in both)
                block.append(self.program.add("tanh", self.operation(x, y, kind)))
            blocks = [*blocks, block]
        self.tape = blocks[3:]
        self.numbers += self.tape[-1]

    def operand(self, row, length, count):
        p, kind = self.program, self.random.random()
        other, start = self.random.randrange(length), self.random.randrange(40)
        if kind < 0.3 and row:
            j = self.random.randrange(row)
            return lambda k, block, blocks: block[j]
        if kind < 0.55:  # of a block before
            far = self.random.choice([1, 1, 1, 2])
            return lambda k, block, blocks: blocks[-far][other]
        if kind < 0.7 and self.tape and len(self.tape) >= count:
            back, j = self.random.random() < 0.6, self.random.randrange(len(self.tape[0]))
            tape = self.tape[::-1] if back else self.tape
            return lambda k, block, blocks: tape[k][j]
        if kind < 0.8:
            return lambda k, block, blocks: p.constant(0.1 + k * 0.37)
        if kind < 0.85:
            return lambda k, block, blocks: p.input(1, start + 3 * k)
        if kind < 0.9 and self.per_sample:
            return lambda k, block, blocks: p.input(2, k % 60, 60, per_sample=True)
        fixed = self.pick()
        return lambda k, block, blocks: fixed


def planted(seed, per_sample=True):
    """A program with one to three loops."""
    planter = Planter(seed, per_sample)
    planter.straight(planter.random.randrange(8))
    for _ in range(planter.random.randint(1, 3)):
        planter.loop(planter.random.randint(8, 50), planter.random.randint(3, 12))
        planter.straight(planter.random.randrange(6))
    p = planter.program
    if per_sample:
        totals = [p.add("total", i) for i in planter.numbers if p.per_sample[i]][-3:]
        planter.numbers += totals
        planter.straight(4)
    p.outputs = planter.numbers[-6:] + [planter.tape[k][0] for k in (0, 3, -2)]
    p.watch = planter.numbers[-2:-1]
    return p
