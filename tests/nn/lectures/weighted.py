"""Networks with the weights that a lecture gives."""

from nn import MLP


def mlp(sizes, weights, **settings):
    """An MLP with the given [(W, b), ...]."""
    model = MLP(sizes[0], sizes[1:], **settings)
    state = {}
    for i, (W, b) in enumerate(weights):
        state |= {f"layers.{i}.weight": W, f"layers.{i}.bias": b}
    model.load_state_dict(state)
    return model
