"""Random rolled programs, for comparing a back end with the reference."""

import random

from autograd.compiler.rolling.rolled import Dot, Group, Leaf, Loop, Outputs, Rolled, Stage
from autograd.compiler.source.array_group import instances

SMOOTH = "exp tanh sigmoid sin arctan relu abs neg sqrt log1p floor sign".split()
BINARY = "add sub mul maximum minimum hypot mod arctan2".split()
ARRAY = 8  # numbers of an argument array of single numbers


class Maker:
    """A random program of one or more stages over n samples."""

    def __init__(self, seed, stages=("U", "S", "U")):
        self.random = random.Random(seed)
        self.rolled = r = Rolled()
        r.constants = [0.5, -0.25, 1.0, 2.0]
        features = self.random.randint(1, 4)
        r.sample_inputs = [(1, k, features) for k in range(features)]
        self.features = features
        r.sample_slots = features
        self.filled = {"U": set(), "S": set(range(features))}
        self.outputs = self.random.randint(2, 12)
        r.uniform_slots = self.outputs + 2  # two more outputs are one number a sample
        self.free = [*range(self.outputs)]  # U slots of outputs
        for kind in stages:
            self.stage(kind == "S")
        for slot in self.free:
            r.stages.append(
                Stage(False, [Group((0,), (self.leaf(False),), Leaf("U", slot), False)])
            )
        outputs = [Leaf("U", k) for k in range(self.outputs)]
        outputs += [Leaf("S", self.random.choice(sorted(self.filled["S"]))) for _ in range(2)]
        r.outputs = Outputs.of(outputs)

    def stage(self, per_sample):
        stage = Stage(per_sample)
        self.rolled.stages.append(stage)
        totals = []
        for _ in range(self.random.randint(2, 7)):
            kind = self.random.random()
            if per_sample and kind < 0.25:
                totals.append(self.total())
                stage.items.append(totals[-1])
            elif kind < 0.4:
                stage.items.append(self.loop(per_sample))
            else:
                stage.items.append(self.group(per_sample, self.random.choice([1, 1, 3, 9, 20])))
        for group in totals:
            last = group.target.base + group.count * group.outer
            self.filled["U"] |= {*range(group.target.base, last)}

    def room(self, space, count):
        """Fresh slots side by side."""
        name = "uniform_slots" if space == "U" else "sample_slots"
        first = getattr(self.rolled, name)
        if space == "U" and count == 1 and self.free and self.random.random() < 0.5:
            return self.free.pop()
        setattr(self.rolled, name, first + count)
        return first

    def looked_up(self, space, addresses, *moves, array=-1):
        """A leaf whose addresses are in a table."""
        first = len(self.rolled.tables)
        self.rolled.tables += addresses
        return Leaf(space, first, *moves, array=array, looked_up=True)

    def leaf(self, per_sample, count=1, outer=1):
        """A leaf whose addresses are all filled."""
        filled = sorted(self.filled["S" if per_sample else "U"])
        if filled and self.random.random() < 0.2:
            places = self.random.choices(filled, k=count * outer)
            return self.looked_up("S" if per_sample else "U", places, 1, count)
        spaces = "AAKUSS" if per_sample else "AAKU"
        space = self.random.choice(spaces)
        if space == "K":
            return Leaf("K", self.random.randrange(4))
        if space == "A":
            return Leaf("A", self.random.randrange(ARRAY), array=0)
        filled = self.filled[space]
        if not filled:
            return Leaf("K", 0)
        base = self.random.choice(sorted(filled))
        for inner, out in ((1, count), (2, 1), (1, 0), (0, 1), (0, 0)):
            places = {base + i * inner + o * out for i in range(count) for o in range(outer)}
            if places <= filled and self.random.random() < 0.8:
                return Leaf(space, base, inner, out)
        return Leaf(space, base)

    def tree(self, leaves, make, depth=3):
        """Postfix code, bounded so that numbers stay small."""
        pick = self.random.random()
        if depth == 0 or pick < 0.2:
            leaves.append(make())
            return [len(leaves) - 1]
        if pick < 0.35:
            condition = [*self.tree(leaves, make, 0), *self.tree(leaves, make, 0), "lt"]
            if pick < 0.27:
                condition += [*condition[:2], "ge", "not", "and"]
            return [
                *condition,
                *self.tree(leaves, make, depth - 1),
                *self.tree(leaves, make, 0),
                "select",
            ]
        if pick < 0.65:
            return [*self.tree(leaves, make, depth - 1), "tanh", self.random.choice(SMOOTH)]
        left, right = self.tree(leaves, make, depth - 1), self.tree(leaves, make, depth - 1)
        return [*left, *right, self.random.choice(BINARY)]

    def group(self, per_sample, count, total=False, outer=1):
        space = "U" if total or not per_sample else "S"
        leaves = []
        code = self.tree(leaves, lambda: self.leaf(per_sample, count, outer))
        if per_sample and not any(leaf.space == "S" for leaf in leaves):
            leaves.append(Leaf("S", 0))
            code += [len(leaves) - 1, "mul"]
        dots = ()
        if self.random.random() < 0.4:
            terms = self.random.choice([1, 3, 6])
            x = Leaf("S", 0) if per_sample else Leaf("A", 0, array=0)
            w = Leaf("A", 0, self.random.choice([0, 1]), array=2)
            if self.random.random() < 0.3:
                places = self.random.choices(range(20), k=count + 3 * terms)
                w = self.looked_up("A", places, w.inner, array=2)
            leaves += [w, x]
            stride = 1 if not per_sample or terms <= self.features else 0
            start = self.random.choice([(), (0,), (0, "neg", 0, "add")])
            op = self.random.choice(["dot", "subdot"]) if start else "dot"
            along = self.random.choice([0, 1, 2]), stride
            dots = (Dot(terms, len(leaves) - 2, len(leaves) - 1, *along, start, op),)
            code += [-1, "add"]
        code.append("tanh")
        base = self.room(space, count * outer)
        target = Leaf(space, base, 1, count) if count * outer > 1 else Leaf(space, base)
        if not total and self.random.random() < 0.2:
            places = [*range(base, base + count * outer)]
            self.random.shuffle(places)
            target = self.looked_up(space, places, 1, count)
        made = Group(tuple(code), tuple(leaves), target, per_sample, count, outer, dots, total)
        if not total:
            self.filled[space] |= {*range(base, base + count)}
        return made

    def total(self):
        count, outer = self.random.choice([1, 2, 5, 9]), self.random.choice([1, 1, 3, 6])
        return self.group(True, count, True, outer)

    def loop(self, per_sample):
        """x ← w·tanh(a x) - x, keeping a tape; tanh(a x), one or several, are locals."""
        space, many = ("S", per_sample) if per_sample else ("U", False)
        count, width = self.random.randint(2, 6), self.random.choice([2, 3, 6])
        tape = self.room(space, count + 1)
        local, before = self.rolled.locals, Leaf(space, tape, step=1)
        self.rolled.locals += width
        leaves = (before, Leaf("A", 1, 1, array=0))
        together = Group((0, 1, "mul", "tanh"), leaves, Leaf("L", local, 1), many, width)
        body = (
            *([together] if self.random.random() < 0.5 else instances(together)),
            Group(
                (-1, 2, "sub", 2, "sin", "add"),
                (Leaf("A", 0, array=0), Leaf("L", local), before),
                Leaf(space, tape + 1, step=1),
                many,
                dots=(Dot(width, 0, 1, 1, 1),),
            ),
        )
        self.filled[space] |= {*range(tape + 1, tape + count + 1)}
        start = Group((0,), (Leaf("K", 1),), Leaf(space, tape), many)
        return Loop(count, (start, *body), per_sample)
