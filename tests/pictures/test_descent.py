"""The descent page: its path is that of Python's gradient descent, and what is dragged moves it."""

import html
import json
import math
import re

import numpy as np
import pytest
from browsing import CHROMIUM, stop_clock

from autograd import Value, descent_page, logsumexp, maximum, primitive, relu, sigmoid, tanh, where
from autograd.pictures.descent.writer import SHEET, program, surface
from autograd.pictures.page.sheet import joined
from nn import SGD, hinge_loss, mse_loss

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="there is no chromium-headless-shell")

X = np.linspace(-2, 2, 21)
T = np.tanh(1.5 * X - 0.5)
HALF = Value(0.5)
LIMITS = ((-3, 3), (-2, 2))

LOSSES = {
    "bowl": lambda w, b: w**2 + 3 * b**2 + w * b,
    "neuron": lambda w, b: ((sigmoid(w * X + b) - (X > 0)) ** 2).mean(),
    "neuron, sample by sample": lambda w, b: mse_loss([tanh(w * x + b) for x in X[:5]], T[:5]),
    "squared error of nn": lambda w, b: mse_loss(tanh(w * X + b), T),
    "hinge": lambda w, b: hinge_loss(w * X + b, np.sign(X + 0.3)) + 0.01 * w**2,
    "condition of parameters": lambda w, b: where(w > b, (w - b) ** 2, b * b - w) + w**2,
    "condition of samples": lambda w, b: where(w * X > b, w * X, b * 0.1 - X * w).mean() + b**2,
    "kinks": lambda w, b: abs(w) + maximum(w, b) ** 2 + relu(-b) * 0.5,
    "log-sum-exp": lambda w, b: logsumexp([w, b, -w - b]),
    "one sample": lambda w, b: ((w * X[:1] + b) ** 2).sum(),
    "of one parameter": lambda w, b: w**2 - w,
    "a parameter itself": lambda w, b: b,
    "beside a Value": lambda w, b: (w - HALF) ** 2 + (b + HALF) ** 2,
}
SETTINGS = [(0.05, 0.0), (0.02, 0.9), (0.3, 0.5)]

DESCEND = """([program, start, rate, momentum, steps]) =>
    descend(lossOf(new Graph(program)), start, {rate, momentum, steps})"""


@pytest.fixture(scope="module")
def scripts(chromium):
    """The page's modules in a browser, without a page."""
    exposed = "{Graph, descend, lossOf, ticks, colour, heightAt}"
    page = chromium.new_page()
    code = f"{joined(SHEET.scripts[:-1])}\nObject.assign(window, {exposed});"
    page.add_script_tag(content=code, type="module")
    page.wait_for_function("window.descend !== undefined")
    yield page
    page.close()


def pythons(loss, start, lr, momentum, steps):
    """Place, loss and gradient at every step, by the engine and `nn.SGD`."""
    w, b = map(Value, start)
    sgd = SGD([w, b], lr=lr, momentum=momentum)
    for _ in range(steps + 1):
        sgd.zero_grad()
        v = loss(w, b)
        v.backward()
        yield [w.data, b.data], v.data, [w.grad, b.grad]
        sgd.step()


@pytest.mark.parametrize("name", LOSSES)
def test_the_path_is_that_of_pythons_gradient_descent(scripts, name):
    loss, start, steps = LOSSES[name], (1.5, -1.0), 40
    data = program(loss, start, ("w", "b"))
    for lr, momentum in SETTINGS:
        path = scripts.evaluate(DESCEND, [data, start, lr, momentum, steps])
        assert len(path) == steps + 1
        expected = pythons(loss, start, lr, momentum, steps)
        for there, (place, height, gradient) in zip(path, expected, strict=True):
            near = {"rel": 1e-12, "abs": 1e-12}
            assert there["place"] == pytest.approx(place, **near)
            assert there["loss"] == pytest.approx(height, **near)
            assert there["gradient"] == pytest.approx(gradient, **near)


def test_a_path_ends_where_a_number_is_not_finite(scripts):
    data = program(lambda w, b: w**4 + b**4, (3, 1), ("w", "b"))
    path = scripts.evaluate(DESCEND, [data, [3, 1], 1.0, 0.0, 50])
    assert 3 < len(path) < 10
    assert math.isinf(path[-1]["loss"]) or not all(map(math.isfinite, path[-1]["gradient"]))


def test_the_surface_is_the_loss_on_a_grid():
    loss = LOSSES["neuron"]
    heights = np.array(surface(loss, LIMITS))
    for i, b in enumerate(np.linspace(-2, 2, len(heights))):
        for j, w in enumerate(np.linspace(-3, 3, len(heights))):
            assert heights[i, j] == pytest.approx(loss(w, b), rel=1e-13)


def test_heights_between_points_of_the_grid_and_colours_between_colours(scripts):
    heights = [[0, 1], [2, 5]]
    at = "(args) => heightAt(...args)"
    assert scripts.evaluate(at, [heights, 0.5, 0.5]) == 2
    assert scripts.evaluate(at, [heights, 1, 0]) == 1
    assert scripts.evaluate(at, [heights, 1, 1]) == 5
    assert scripts.evaluate(at, [[[0, None], [2, 5]], 0.5, 0.5]) is None
    assert scripts.evaluate("[colour(-1), colour(1), colour(2)]") == [
        [23, 37, 84],
        [254, 249, 195],
        [254, 249, 195],
    ]
    assert scripts.evaluate("ticks(-6, 6)") == [-5, 0, 5]
    assert scripts.evaluate("ticks(0.1, 0.2)") == [0.1, 0.12, 0.14, 0.16, 0.18, 0.2]


# --------------------------------------------------------------------------------------- in a page


def page_of(loss="bowl", **settings):
    given = {"start": (2, 1), "limits": LIMITS, "lr": 0.1, "steps": 20} | settings
    return descent_page(LOSSES[loss], **given)


def said(page):
    return page.locator("#step p").all_inner_texts()


def test_rate_momentum_and_start_are_dragged_and_the_path_follows(opened):
    with opened(page_of().html) as page:
        assert said(page)[0].startswith("Step 20: w = ")
        page.locator("#slider").fill("0")
        assert said(page) == [
            "Step 0: w = 2, b = 1, loss 9.",
            "Gradient: ∂L/∂w = 5, ∂L/∂b = 8.",
            "w ← 2 − 0.1 · 5 = 1.5",
            "b ← 1 − 0.1 · 8 = 0.2",
        ]
        page.get_by_label("learning rate", exact=True).fill("0.01")
        assert said(page)[2] == "w ← 2 − 0.01 · 5 = 1.95"
        page.get_by_label("learning rate, slider").fill("-0.5")
        assert page.get_by_label("learning rate", exact=True).input_value() == "0.316"
        page.get_by_label("learning rate", exact=True).fill("0.1")
        page.get_by_label("momentum, slider").fill("0.5")
        page.locator("#slider").fill("1")
        velocity = (0.5 * 5 + 3.2, 0.5 * 8 + 2.7)
        assert f"Velocity: {velocity[0]:g}, {velocity[1]:g}." in said(page)
        page.get_by_label("w", exact=True).fill("-1")
        page.locator("#slider").fill("0")
        assert said(page)[0] == "Step 0: w = −1, b = 1, loss 3."
        assert page.locator("#map .dot").count() == 21


def test_a_place_pressed_on_the_surface_is_the_start(opened):
    with opened(page_of(limits=((-3, 3), (-2, 2))).html) as page:
        box = page.locator("#map .frame").bounding_box()
        middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 4
        page.mouse.move(*middle)
        page.mouse.down()
        page.locator("#slider").evaluate("(slider) => slider.value")
        assert float(page.get_by_label("b", exact=True).input_value()) == pytest.approx(1, abs=0.02)
        page.mouse.move(middle[0] + box["width"] / 3, middle[1], steps=3)
        page.mouse.up()
        page.mouse.move(*middle)
        assert float(page.get_by_label("w", exact=True).input_value()) == pytest.approx(2, abs=0.02)


def test_it_plays_and_the_keys_step(opened):
    with opened(page_of().html) as page:
        stop_clock(page)
        page.keyboard.press("Home")
        page.keyboard.press(" ")
        page.clock.run_for(800)
        page.keyboard.press(" ")
        page.clock.run_for(2000)
        assert page.locator("#count").text_content() == "3 / 20"
        page.keyboard.press("ArrowLeft")
        assert page.locator("#count").text_content() == "2 / 20"
        page.keyboard.press("End")
        page.locator("#play").click()
        page.clock.run_for(300)
        assert page.locator("#count").text_content() == "1 / 20"
        assert page.locator("#step").get_attribute("aria-live") == "polite"


def test_divergence_and_what_lies_outside_are_said(opened):
    with opened(page_of(lr=0.6, steps=3).html) as page:
        assert "This is outside of the surface shown." in said(page)
        page.get_by_label("learning rate", exact=True).fill("1e300")
        assert said(page)[-1] == "It diverged: a number is not finite any more."
        page.get_by_label("learning rate", exact=True).fill("-1")
        field = page.get_by_label("learning rate", exact=True)
        assert field.get_attribute("aria-invalid") == "true"


def test_where_the_loss_is_not_finite_the_surface_has_no_height(opened):
    page = descent_page(lambda w, b: (w + b).log() ** 2, start=(2, 1), limits=LIMITS)
    heights = json.loads(re.search(r'"heights":(\[\[.*?\]\])', page.html)[1])
    assert heights[0][0] is None
    assert heights[-1][-1] == pytest.approx(math.log(5) ** 2)
    with opened(page.html):
        pass


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 400])
def test_no_violation_of_accessibility(opened, scheme, width):
    from axe_playwright_python.sync_playwright import Axe

    settings = {"color_scheme": scheme, "viewport": {"width": width, "height": 900}}
    with opened(page_of("neuron", momentum=0.5).html, **settings) as page:
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= width


EVIL = '</script><script>document.title = "stolen"</script><img src=x onerror=alert(1)>'


def test_a_name_is_text_and_nothing_else(opened):
    with opened(page_of(names=(EVIL, "b")).html) as page:
        assert page.title() != "stolen"
        assert page.locator("script").count() == 2
        assert page.locator("img").count() == 0


def test_a_long_name_stands_along_its_axis(opened):
    """Written across, it lay on the numbers of the axis and ended outside of the page."""
    with opened(page_of(names=("w", "the bias of the neuron")).html) as page:
        name = page.locator(".tick.second").bounding_box()
        edge = page.locator("#map").bounding_box()["x"]
        numbers = [number.bounding_box()["x"] for number in page.locator(".tick.side").all()]
    assert edge <= name["x"] < name["x"] + name["width"] <= min(numbers)


def test_the_surface_is_said_in_words_for_those_who_do_not_see_it(opened):
    made = page_of()
    with opened(made.html) as page:
        words = page.locator("#map").get_attribute("aria-label")
    assert words == (
        "The loss over w from -3 to 3 and b from -2 to 2: lowest 0 at w = 0, b = 0; "
        "highest 27 at w = 3, b = 2."
    )
    shown = made._repr_mimebundle_()
    assert shown["text/html"].startswith(f"<div><p>{html.escape(words)}</p></div><iframe")
    assert shown["text/plain"] == "<the descent page: save(path) writes it>"


# ------------------------------------------------------------------------------------ what is refused


@primitive(lambda g, z, x: g * (1 if x > 0 else 2))
def asks(x):
    """A user's formula that asks ``if``: it runs on floats only."""
    return x if x > 0 else 2 * x


@pytest.mark.parametrize(
    ("loss", "message"),
    [
        (lambda w, b: w if w > 2 * b else b, r"cannot record this loss: .* use where\(\)"),
        (lambda w, b: asks(w) + b, r"cannot record this loss: .* use where\(\)"),
        (lambda w, b: Value(3.0), "a constant"),
        (lambda w, b: [w, b], "this loss: it is to return one number, and returned 2"),
        (lambda w, b: math.exp(w), "cannot record this loss"),
    ],
)
def test_a_loss_that_cannot_be_recorded_is_refused(loss, message):
    with pytest.raises(TypeError, match=message):
        descent_page(loss, start=(1, 1), limits=LIMITS)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"start": (1,)}, "start is two finite numbers"),
        ({"start": (1, math.nan)}, "start is two finite numbers"),
        ({"limits": ((1, 1), (0, 1))}, "limits are two intervals"),
        ({"limits": ((0, 1),)}, "limits are two intervals"),
        ({"limits": (-3, 3)}, r"limits are two intervals.*got \(-3, 3\)"),
        ({"start": 2}, "start is two finite numbers, got 2"),
        ({"start": ("a", 1)}, "start is two finite numbers"),
        ({"lr": 0}, "lr is above 0, got 0"),
        ({"lr": "0.1"}, "lr is above 0, got '0.1'"),
        ({"momentum": 1.0}, "momentum is 0 or more and below 1"),
        ({"steps": 0}, "steps is 1 or more"),
        ({"names": ("w", "w")}, "two different texts"),
    ],
)
def test_settings_out_of_range_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        page_of(**settings)


def test_a_loss_that_is_finite_nowhere_is_refused():
    with pytest.raises(ValueError, match="finite nowhere"):
        descent_page(lambda w, b: (w * 0 - 1 + b * 0).log(), start=(1, 1), limits=LIMITS)
