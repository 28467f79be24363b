"""Which tests are slow, and which begin; and where CI runs, a test that skips fails, unless it waits
for a peer that CI does not install.
"""

import gc
import os
import signal
import sys
import tempfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

HERE = Path(__file__).parent
PEERS = ("torch", "HIPS")
sys.modules.setdefault("rfc3987_syntax", None)  # 38 grammars, 2 s, for addresses no notebook has
SLOW = """
    compiler
    kinds/test_balls.py
    kinds/test_series.py
    nn
    operations/test_precision.py
    pictures
    protocols
    test_benchmarks.py
    test_gallery.py
    test_images.py
    test_jupyterlab.py
    test_notebooks.py
    test_scale.py
    test_typing.py
    tools
    transforms/test_jet.py
    transforms/test_perturbation.py
""".split()
LONG = """
    test_notebooks.py
    test_benchmarks.py
    test_jupyterlab.py
    compiler/test_jit_calls.py
    compiler/llvm/kernels/test_kernel.py
""".split()
"""Whose single tests take as long as thousands of others: they go first, in this order, so that what
is left at the end is short and no core waits for another.
"""
TURN = {HERE / name: turn for turn, name in enumerate(LONG)}


def pytest_configure(config):
    """Programs that tests compile are kept while the suite runs, for all its processes; not beside the
    developer's own. Each process computes on the core that it has: BLAS's threads would wait for those
    of the others. JAX compares what is called a few times: its compiler need not optimise.
    """
    slow = [HealthCheck.too_slow]  # which is the fault of whatever else the machine does
    settings.register_profile("suite", suppress_health_check=slow)
    settings.load_profile("suite")
    if not hasattr(config, "workerinput"):  # xdist's workers inherit what follows
        os.environ["OPENBLAS_NUM_THREADS"] = "1"
        os.environ["JAX_DISABLE_MOST_OPTIMIZATIONS"] = "1"
        place = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        os.environ["XDG_CACHE_HOME"] = place.name
        config.add_cleanup(place.cleanup)


def pytest_sessionstart():
    """Ctrl-C interrupts, in a suite that runs in the background too, where shells let it be ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def no_figure_is_left():
    """A test that draws leaves pyplot to the next as it found it."""
    yield
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")


@cache
def is_slow(path):
    """Whether a test file is not the heart's own, or takes seconds: it or a folder of its is named."""
    return any(HERE / name in (path, *path.parents) for name in SLOW)


def pytest_ignore_collect(collection_path, config):
    """Where slow tests are not asked for their files are not read."""
    return True if config.option.markexpr == "not slow" and is_slow(collection_path) else None


def pytest_collection_modifyitems(items):
    """Mark the tests of slow files ``slow``, and begin with the long ones."""
    for item in items:
        if is_slow(item.path):
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: TURN.get(item.path, len(TURN)))


def pytest_collection_finish():
    settle()


@pytest.fixture(scope="module", autouse=True)
def what_a_file_leaves_is_settled():
    yield
    settle()


def settle():
    """Thousands of tests, the libraries they import and what they leave stay: the collector need not
    walk over them again and again.
    """
    gc.collect()
    gc.freeze()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if report.skipped and "CHAINRULE_CI" in os.environ and not hasattr(report, "wasxfail"):
        reason = str(report.longrepr[2])
        if not any(peer in reason for peer in PEERS):
            report.outcome = "failed"
            report.longrepr = f"skipped where it must run: {reason}"
