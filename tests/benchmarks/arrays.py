"""The programs that have an array form, as users of the peers write it; np is a peer's NumPy."""

from programs import JOINTS, observations


def arm(np, joints):
    """The arm's hand by products of matrices."""
    links = [
        (np.array([[1, 0, 0], [0, cos, -sin], [0, sin, cos]]), np.array([a, 0.0, d]))
        for d, a, cos, sin in JOINTS[:joints]
    ]

    def hand(angles):
        turned, place = np.eye(3), np.zeros(3)
        for i, (twist, offset) in enumerate(links):
            c, s = np.cos(angles[i]), np.sin(angles[i])
            z = np.array([[0.0, 0, 0], [0, 0, 0], [0, 0, 1]])
            turn = c * np.array([[1.0, 0, 0], [0, 1, 0], [0, 0, 0]]) + z
            turn = turn + s * np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 0]])
            turned = turned @ turn
            place = place + turned @ offset
            turned = turned @ twist
        return np.concatenate([place, turned[:, 2]])

    return hand


def likelihood(np, variables):
    """The logistic regression by one product of a matrix."""
    regressors, outcomes = map(np.array, observations(variables))

    def loss(weights):
        scores = regressors @ weights
        return np.sum(np.log(1 + np.exp(-outcomes * scores))) + 0.5 * np.sum(weights * weights)

    return loss


def rosenbrock(np, variables):
    """The valley by slices."""

    def valley(x):
        return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)

    return valley
