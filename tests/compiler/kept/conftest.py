"""What other tests registered in this process does not count."""

import pytest

import nn  # noqa: F401  (registers Modules, before registers are put aside)
from autograd.kinds import users
from autograd.transforms import pytree


@pytest.fixture(autouse=True)
def nothing_of_others(monkeypatch):
    """Kinds and nodes that other tests registered in this process would leave no function a
    fingerprint.
    """
    monkeypatch.setattr(users, "_own", {})
    ours = {cls: ways for cls, ways in pytree._registered.items() if cls.__module__[:2] == "nn"}
    monkeypatch.setattr(pytree, "_registered", ours)
