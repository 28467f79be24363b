"""A browser for the tests of a folder, and pages in it that may ask for nothing."""

from contextlib import contextmanager

import pytest
from browsing import browser


@pytest.fixture(scope="module")
def chromium():
    with browser() as chromium:
        yield chromium


@pytest.fixture
def opened(chromium, tmp_path):
    """Open a page; nothing may be written to the console, go wrong or be asked of the network."""
    wrong = []

    @contextmanager
    def open_page(html, **settings):
        (tmp_path / "page.html").write_text(html, encoding="utf-8")
        page = chromium.new_page(**settings)
        page.set_default_timeout(5000)
        page.on("console", lambda message: wrong.append(message.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda request: wrong.append(request.url))
        page.goto((tmp_path / "page.html").as_uri())
        yield page
        page.close()
        assert wrong[1:] == [], wrong
        assert wrong.pop().endswith("page.html")

    return open_page
