"""Where CI runs, a test that skips fails, unless it waits for a peer that CI does not install."""

import os

import pytest

PEERS = ("torch", "jax", "HIPS")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if report.skipped and "CHAINRULE_CI" in os.environ and not hasattr(report, "wasxfail"):
        reason = str(report.longrepr[2])
        if not any(peer in reason for peer in PEERS):
            report.outcome = "failed"
            report.longrepr = f"skipped where it must run: {reason}"
