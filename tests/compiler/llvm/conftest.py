"""Compiled programs of the tests are kept in a directory of the tests'."""

import pytest

from autograd.compiler.kept import disk


@pytest.fixture(autouse=True)
def kept_in(monkeypatch, tmp_path):
    """Where entries of the cache are: empty for every test."""
    place = tmp_path / "cache" / "native"
    monkeypatch.setattr(disk, "directory", lambda: place)
    monkeypatch.setattr(
        disk, "stamp_now", lambda: "these files"
    )  # though somebody may be editing them
    monkeypatch.setattr(disk, "stamp", lambda: "these files")
    return place
