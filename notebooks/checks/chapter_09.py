"""The exercises of notebook 9: the order of a backward pass, what a lost share costs, descent."""

from . import Exercise

by_age = Exercise(
    (5, 4, 3, 2, 1),
    because="the youngest first: whoever uses a node is younger than it, so all have sent their share",
    mistakes=[
        ((1, 2, 3, 4, 5), "that is the forward pass; a gradient starts at the result"),
        ((5, 3, 4, 2, 1), "3 is used by 4, so 4 must send its share first"),
        ((5, 4, 3, 1, 2), "topological too, for 1 and 2 are leaves; but by age 2 is the younger"),
        ((5, 3, 2, 1, 4), "4 sends a share to 3 and 2, so it comes before both"),
    ],
)

lost = Exercise(
    (3, 3),
    because="a·a sends 3 twice, and the second overwrites the first; in the sum it overwrites the 1 "
    "too. Right are 6 and 7",
    mistakes=[
        ((6, 7), "those are right, with +=; what does an engine with = say?"),
        ((3, 4), "the square is right; in the sum, too, the last share overwrites all before it"),
        ((6, 6), "the square's two shares, 3 and 3, overwrite each other"),
        ((3, 1), "in the sum the 1 arrives first, and the square's shares overwrite it"),
    ],
)


def _by_steps(w: float, steps: int, *, reset: bool = True, rate: float = 0.1) -> float:
    grad = 0.0
    for _ in range(steps):
        grad = (0.0 if reset else grad) + 4 * (2 * w - 6)
        w -= rate * grad
    return w


descent = Exercise(
    lambda w, steps: 3 + (w - 3) * 0.2**steps,
    because="a step multiplies the distance to w = 3 by 1 - 0.1 · 8 = 0.2",
    mistakes=[
        (lambda w, steps: _by_steps(w, steps, reset=False), "set w.grad to 0 before each step"),
        (
            lambda w, steps: _by_steps(w, steps, rate=-0.1),
            "that climbs: w minus the rate times grad",
        ),
        (lambda w, steps: _by_steps(w, steps, rate=1.0), "the step is a tenth of the gradient"),
        (lambda w, steps: _by_steps(w, steps + 1), "that is one step too many"),
    ],
    at=[(1.0, 3), (0.0, 2)],
)
