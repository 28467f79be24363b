"""Headless Chromium for the tests of pages."""

import shutil
from contextlib import contextmanager

CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")


@contextmanager
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield chromium
        finally:
            chromium.close()


def stop_clock(page):
    """Let a page's time stand still but for ``page.clock.run_for``, however slow the machine is."""
    page.clock.install(time=0)
    page.clock.pause_at(1000)
