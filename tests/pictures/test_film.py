"""The film: pictures to step through, in a page that asks for nothing."""

import html

import pytest
from browsing import CHROMIUM, stop_clock

from autograd import Value, draw, film

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="there is no chromium-headless-shell")

EVIL = '"></script><script>document.title = "stolen"</script>'


def square(colour):
    rect = f'<rect width="40" height="30" fill="{colour}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30">{rect}</svg>'


def frames(n=4):
    return [(f"step {i}", square(f"rgb({50 * i}, 0, 0)"), f"Square {i}.") for i in range(n)]


def shown(page):
    words = page.locator("#frame").get_attribute("alt")
    return page.locator("#step").inner_text(), words, page.locator("#count").text_content()


def test_buttons_slider_and_keys_step(opened):
    with opened(film(frames()).html) as page:
        assert shown(page) == ("step 0", "Square 0.", "1 / 4")
        assert page.evaluate("document.getElementById('frame').naturalWidth") == 40
        page.locator("#forward").click()
        page.keyboard.press("ArrowRight")
        assert shown(page) == ("step 2", "Square 2.", "3 / 4")
        page.locator("#back").click()
        assert shown(page) == ("step 1", "Square 1.", "2 / 4")
        page.locator("#slider").fill("3")
        assert shown(page) == ("step 3", "Square 3.", "4 / 4")
        page.locator("#forward").click()
        assert shown(page) == ("step 3", "Square 3.", "4 / 4")
        page.keyboard.press("Home")
        assert shown(page) == ("step 0", "Square 0.", "1 / 4")


def test_it_plays_and_pauses(opened):
    with opened(film(frames()).html) as page:
        stop_clock(page)
        page.locator("#play").click()
        page.clock.run_for(1100)
        assert shown(page)[0] == "step 2"
        page.locator("#play").click()
        page.clock.run_for(2000)
        assert shown(page)[0] == "step 2"
        page.locator("#play").click()
        page.clock.run_for(3000)
        assert shown(page)[0] == "step 3"
        assert page.locator("#play").text_content() == "▶ Play"


def test_graphs_of_a_descent_are_a_film(opened):
    w, graphs = Value(1.0, "w"), []
    for step in range(3):
        loss = (w - 3) ** 2
        loss.backward()
        graphs.append((f"step {step}", draw(loss).pipe("svg"), draw(loss).alt))
        w.data, w.grad = w.data - 0.1 * w.grad, 0.0
    with opened(film(graphs).html) as page:
        assert "w = leaf: value 1, gradient -4." in shown(page)[1]
        page.keyboard.press("End")
        assert "w = leaf: value 1.72, gradient -2.56." in shown(page)[1]
        page.wait_for_function("document.getElementById('frame').naturalWidth > 100")


def test_captions_and_words_are_text(opened):
    with opened(film([(EVIL, square("red"), EVIL)], title=EVIL).html) as page:
        assert page.title() != "stolen"
        assert page.locator("script").count() == 2
        assert shown(page)[:2] == (EVIL, EVIL)


def test_a_notebook_shows_it_and_an_untrusted_one_the_last_picture(chromium):
    bundle = film(frames())._repr_mimebundle_()
    still = bundle["text/html"].split("<iframe")[0]
    assert still.startswith('<div><img alt="Square 3." src="data:image/svg+xml;base64,')
    assert bundle["text/plain"] == "<the film of 4 pictures: save(path) writes it>"
    page = chromium.new_page()
    page.set_content(bundle["text/html"])
    page.frame_locator("iframe").locator("#frame[src]").wait_for()
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_violation_of_accessibility(opened, scheme):
    from axe_playwright_python.sync_playwright import Axe

    with opened(film(frames()).html, color_scheme=scheme) as page:
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()


def test_what_is_no_picture_is_refused():
    with pytest.raises(ValueError, match="one picture or more, got none"):
        film([])
    with pytest.raises(ValueError, match="PNG or SVG, got what begins with b'GIF89a'"):
        film([("a", b"GIF89a", "b")])
    assert html.escape("<") in film([("a", square("red"), "<")])._repr_mimebundle_()["text/html"]


@pytest.mark.parametrize(
    "frame", ["a", ("a", "b"), ("a", b"\x89PNG", 3), (1, b"\x89PNG", "c"), ("a", None, "c"), None]
)
def test_what_is_no_frame_is_named(frame):
    with pytest.raises(TypeError, match=r"\(caption, picture, words\).* frame 1 is ") as error:
        film([("a", square("red"), "b"), frame])
    assert str(error.value).endswith(repr(frame))
