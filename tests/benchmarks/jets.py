"""All derivatives up to an order: `jet` beside nested gradients, and how its time grows with the order.

    python tests/benchmarks/jets.py [--quick]

The cost of nesting multiplies with every order, the jet's grows with its square. Where both run, they
must agree.
"""

import argparse
import sys
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parents[2]))

from contest import QUICK, agree, describe_machine, milliseconds, table, times

from autograd import cos, exp, gammaln, grad, jet, sin, tanh

PROGRAMS = {
    "tanh(sin(x) x + 1/x)": lambda x: tanh(sin(x) * x + 1 / x),
    "exp(cos x)": lambda x: exp(cos(x)),
    "gammaln(x)": gammaln,
}
AT = 0.7


def nested(f, order):
    """f and its derivatives up to an order, by gradients of gradients."""
    found = [f(AT)]
    for _ in range(order):
        f = grad(f)
        found.append(f(AT))
    return found


def seconds(run, rounds):
    """The least time of some runs, and what they found."""
    least = float("inf")
    for _ in range(rounds):
        start = perf_counter()
        found = run()
        least = min(least, perf_counter() - start)
    return least, found


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help=QUICK)
    options = parser.parse_args()
    deepest, orders, rounds = (3, (2, 4), 1) if options.quick else (6, (5, 10, 20, 40), 5)
    describe_machine()
    rows = []
    for order in range(1, deepest + 1):
        f = PROGRAMS["tanh(sin(x) x + 1/x)"]
        ours, found = seconds(lambda f=f, n=order: jet(f, AT, n), rounds)
        theirs, expected = seconds(lambda f=f, n=order: nested(f, n), rounds)
        agree("jet", found, "nested", expected, 1e-9)
        rows.append([order, milliseconds(ours), milliseconds(theirs), times(theirs / ours)])
    title = "All derivatives of tanh(sin(x) x + 1/x) up to an order"
    table(title, ["order", "jet", "nested grad", "nested / jet"], rows)
    rows = []
    for name, f in PROGRAMS.items():
        found = [seconds(lambda f=f, n=n: jet(f, AT, n), rounds)[0] for n in orders]
        rows.append([name, *map(milliseconds, found), times(found[-1] / found[-2])])
    last = f"order {orders[-1]} / {orders[-2]}"
    table("A jet, by its order", ["program", *map(str, orders), last], rows)


if __name__ == "__main__":
    main()
