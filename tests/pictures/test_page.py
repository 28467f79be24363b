"""The step-through page in a browser: played, edited, practised, folded; it asks for nothing."""

import json

import pytest
from browsing import CHROMIUM, stop_clock

from autograd import Value, dot, group, step_through, tanh
from autograd.__main__ import main

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="there is no chromium-headless-shell")


def lecture():
    """(x + y) z at (-2, 5, -4), the lecture's example."""
    x, y, z = Value(-2.0, "x"), Value(5.0, "y"), Value(-4.0, "z")
    f = (x + y) * z
    f.label = "f"
    return step_through(f)


def playground(tmp_path, *arguments):
    path = tmp_path / "playground.html"
    assert main([*arguments, "--playground", str(path)]) == 0
    return path.read_text(encoding="utf-8")


def rows(page):
    """What the cards show: name, value, gradient."""
    cards = page.locator(".card").all()
    return {
        card.locator(".title").text_content().split(" ")[0]: (
            card.locator(".value").text_content(),
            card.locator(".grad").text_content(),
        )
        for card in cards
    }


def said(page):
    return page.locator("#step").inner_text()


def test_values_and_gradients_at_every_step(opened):
    with opened(lecture().html) as page:
        seen = []
        for _ in range(6):
            shown = rows(page)
            seen.append([shown[name] for name in ("x", "y", "z", "v1", "f")])
            page.keyboard.press("ArrowRight")
        leaves = [("−2", "–"), ("5", "–"), ("−4", "–")]
        assert seen == [
            [*leaves, ("–", "–"), ("–", "–")],
            [*leaves, ("3", "–"), ("–", "–")],
            [*leaves, ("3", "–"), ("−12", "–")],
            [*leaves, ("3", "–"), ("−12", "1")],
            [*leaves[:2], ("−4", "3"), ("3", "−4"), ("−12", "1")],
            [("−2", "−4"), ("5", "−4"), ("−4", "3"), ("3", "−4"), ("−12", "1")],
        ]
        assert sorted(page.locator(".sent").all_text_contents()) == ["← 3", *["← −4"] * 3]


def test_each_step_is_said_in_words_with_its_formula_and_numbers(opened):
    with opened(lecture().html) as page:
        page.keyboard.press("ArrowRight")
        assert said(page) == "v1 = x + y = (−2) + 5 = 3"
        page.keyboard.press("End")
        page.keyboard.press("ArrowLeft")
        lines = said(page).splitlines()
        assert "∂f/∂v1 = z = −4, so v1 receives 1 · (−4) = −4" in lines
        assert "∂f/∂z = v1 = 3, so z receives 1 · 3 = 3" in lines
        assert page.locator("#step").get_attribute("aria-live") == "polite"
        assert page.locator(".card.lit .title").text_content() == "f = v1 × z"


def test_where_several_contributions_meet_their_running_sum_is_shown(opened):
    x = Value(3.0, "x")
    with opened(step_through(x * x + tanh(x) * x).html) as page:
        page.keyboard.press("End")
        page.keyboard.press("ArrowLeft")
        assert rows(page)["x"][1].endswith(" + …")
        assert "So far" in said(page)
        page.keyboard.press("ArrowRight")
        (x * x + tanh(x) * x).backward()
        assert float(rows(page)["x"][1]) == pytest.approx(x.grad, rel=1e-5)


def test_it_plays_and_pauses_with_the_space_bar_and_the_slider_jumps(opened):
    with opened(lecture().html) as page:
        stop_clock(page)
        page.keyboard.press(" ")
        assert page.locator("#play").text_content() == "⏸ Pause"
        page.clock.run_for(2500)
        assert page.locator("#count").text_content() == "2 / 5"
        page.keyboard.press(" ")
        page.clock.run_for(5000)
        assert page.locator("#count").text_content() == "2 / 5"
        page.locator("#slider").fill("5")
        assert rows(page)["x"] == ("−2", "−4")
        page.keyboard.press("Home")
        page.locator("#back").click()
        assert page.locator("#count").text_content() == "0 / 5"


def test_an_edited_leaf_recomputes_everything(opened):
    with opened(lecture().html) as page:
        page.keyboard.press("End")
        page.get_by_label("z", exact=True).fill("2.5")
        assert rows(page) == {
            "x": ("−2", "2.5"),
            "y": ("5", "2.5"),
            "z": ("2.5", "3"),
            "v1": ("3", "2.5"),
            "f": ("7.5", "1"),
        }
        for text in ("two", "x5", "1e", "5 5", "</script>", "٣"):
            page.get_by_label("z", exact=True).fill(text)
            assert page.get_by_label("z", exact=True).get_attribute("aria-invalid") == "true"
            assert rows(page)["f"] == ("7.5", "1")
        page.get_by_label("z", exact=True).fill("−1e400")
        assert rows(page)["f"] == ("−inf", "1")


def test_a_number_is_dragged_on_its_card(opened):
    with opened(lecture().html) as page:
        place = page.locator(".card.leaf .value").nth(1).bounding_box()
        before = float(rows(page)["y"][0])
        page.mouse.move(place["x"] + 3, place["y"] + 5)
        page.mouse.down()
        page.mouse.move(place["x"] + 43, place["y"] + 5, steps=4)
        assert float(rows(page)["y"][0]) == pytest.approx(before + 40 * 0.05)
        page.mouse.up()
        page.mouse.move(place["x"] + 143, place["y"] + 5)
        assert float(rows(page)["y"][0]) == pytest.approx(before + 40 * 0.05)


@pytest.mark.parametrize("handle", [".card.leaf .value", ".leaf-row label"])
def test_a_finger_drags_a_number_and_not_the_graph(opened, handle):
    with opened(lecture().html, has_touch=True, viewport={"width": 420, "height": 800}) as page:
        place, finger = (
            page.locator(handle).nth(1).bounding_box(),
            page.context.new_cdp_session(page),
        )

        def touch(kind, *points):
            finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        for i in range(9):
            touch(
                "touchMove" if i else "touchStart", {"x": place["x"] + 10 * i, "y": place["y"] + 5}
            )
        touch("touchEnd")
        assert float(rows(page)["y"][0]) == pytest.approx(5 + 80 * 0.05)


def test_a_click_unfolds_the_sum_over_paths_and_a_leaf_checks_its_gradient(opened):
    x, y = Value(3.0, "x"), Value(4.0, "y")
    with opened(step_through(x * y + x).html) as page:
        page.keyboard.press("End")
        page.locator(".card.leaf").first.click()
        detail = page.locator("#detail").inner_text()
        assert "∂v2/∂x = ∂v2/∂v2 · ∂v2/∂x + ∂v2/∂v1 · ∂v1/∂x" in detail
        assert "∂v1/∂x = y = 4" in detail
        assert "= 1 · 1 + 1 · 4 = 5" in detail
        for exponent, error in (("-4", 1e-8), ("-13", 1e-1)):
            page.locator("#epsilon").fill(exponent)
            words = page.locator("#difference").inner_text()
            assert "the gradient is 5" in words
            difference = words.split("they differ by ")[1].rstrip(".").replace("−", "-")
            assert 0 <= float(difference) < error


def test_hovering_or_focusing_a_node_shows_its_row(opened):
    with opened(lecture().html) as page:
        page.keyboard.press("ArrowRight")
        page.locator("#scroll").focus()
        page.keyboard.press("Tab")  # one card is a stop, and no other part of the drawing
        assert page.evaluate("document.activeElement.dataset.box") == "0"
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.matches('#leaves *')")
        page.locator("#scroll").focus()
        page.locator(".card.operation").hover()
        assert page.locator("#row").inner_text() == "v1 = x + y: value 3, gradient –"
        page.keyboard.press("ArrowDown")
        assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith(
            "y = leaf"
        )
        assert page.locator("#row").inner_text() == "y = leaf: value 5, gradient –"
        page.keyboard.press("Enter")
        assert "The chain rule for y" in page.locator("#detail").inner_text()


def test_practice_judges_each_answer_in_words(opened):
    x, y = Value(3.0, "x"), Value(4.0, "y")
    v = x * y + x * 0.5
    with opened(step_through(v).html) as page:
        page.locator("#practise").click()
        assert rows(page)["v1"] == ("–", "–")

        def answer(text):
            page.locator("#answer").fill(text)
            page.keyboard.press("Enter")
            return said(page).splitlines()[0]

        def question():
            return page.locator("#question label").inner_text()

        assert (question(), answer("-12")) == ("v1 =", "The sign is wrong.")
        assert answer("12") == "Right."
        assert answer("1.5") == "Right."
        assert answer("x") == "Write a number."
        assert answer("13.5") == "Right."
        while (asked := question()) != "∂v3/∂x =":
            found = {"∂v3/∂v3 =": "1", "∂v3/∂v1 =": "1", "∂v3/∂v2 =": "1", "∂v3/∂y =": "3"}
            assert answer(found[asked]) == "Right."
        assert rows(page)["v1"] == ("12", "1")
        assert answer("4").startswith("A path is forgotten: 2 contributions")
        assert answer("-4.5") == "The sign is wrong."
        assert answer("2").startswith("The local derivative is forgotten")
        page.locator("#hint").click()
        assert "∂v1/∂x = y = 4" in said(page)
        assert answer("4.5") == "Right."
        assert "All is found." in page.locator("#question").inner_text()
        assert "Score: 8 right of 12." in said(page)


def test_an_expression_typed_in_the_page_has_every_feature(opened, tmp_path):
    with opened(playground(tmp_path)) as page:
        page.keyboard.press("End")
        assert rows(page)["f"] == ("−12", "1")
        page.locator("#text").fill("where(x > 0, log(x), 0) * w")
        page.keyboard.press("Enter")
        assert page.locator("h1").inner_text() == "where(x > 0, log(x), 0) * w"
        page.get_by_label("w", exact=True).fill("3")
        page.get_by_label("x", exact=True).fill("0")
        page.locator("#last").click()
        assert rows(page)["x"] == ("0", "0")
        page.get_by_label("x", exact=True).fill("2")
        assert rows(page)["x"] == ("2", "1.5")
        page.locator("#text").fill("x + lob(x)")
        page.keyboard.press("Enter")
        assert (
            "there is no function lob\nx + lob(x)\n    ^" in page.locator("#mistake").inner_text()
        )
        assert rows(page)["x"] == ("2", "1.5")
        page.locator("#text").fill(" + ".join(["x"] * 100))
        page.keyboard.press("Enter")
        assert len(page.locator("h1").inner_text()) == 81  # as of a page that Python wrote


@pytest.mark.parametrize(
    ("text", "cards", "last"),
    [
        ("1 / 0", {"f": ("inf", "1")}, "f = 1 / 0 has ∂f/∂f = 1."),
        ("where(x > 0, 1, 2)", {"x": ("−2", "0"), "f": ("2", "1")}, "f = where(x > 0, 1, 2) has"),
        ("floor(x)", {"x": ("−2", "0"), "f": ("−2", "1")}, "so x receives nothing."),
    ],
)
def test_results_that_no_variable_moves_are_shown_too(opened, tmp_path, text, cards, last):
    with opened(playground(tmp_path)) as page:
        page.locator("#text").fill(text)
        page.keyboard.press("Enter")
        page.locator("#last").click()
        assert rows(page) == cards
        assert last in said(page)


def test_an_infinite_number_is_answered_by_inf_alone(opened, tmp_path):
    with opened(playground(tmp_path, "1 / x", "x=0")) as page:
        page.locator("#practise").click()
        for text, verdict in (("3", "Not this number"), ("-inf", "The sign"), ("inf", "Right")):
            page.locator("#answer").fill(text)
            page.keyboard.press("Enter")
            assert said(page).startswith(verdict)


def network(layers=4, units=4):
    hidden = [Value(0.1 * i, f"x{i}") for i in range(units)]
    for layer in range(layers):
        with group(f"layer {layer}"):
            hidden = [
                tanh(dot([Value(0.1 * (i - j), f"w{layer}{i}{j}") for j in range(units)], hidden))
                for i in range(units)
            ]
    return sum(hidden[1:], hidden[0])


def test_a_large_graph_is_folded_by_group_and_unfolds_on_click(opened):
    v = network()
    v.backward()
    with opened(step_through(v).html) as page:
        folded = page.locator(".card.folded")
        assert folded.count() == 4
        page.keyboard.press("End")
        folded.first.click()
        assert folded.count() == 3
        assert page.locator(".card").count() > 20
        page.get_by_role("button", name="layer 0").last.click()
        assert folded.count() == 4
        buttons = page.locator("#groups button")
        assert [b.get_attribute("aria-expanded") for b in buttons.all()] == ["false"] * 4


def test_labels_of_edges_do_not_lie_on_each_other(opened):
    v = network(layers=2)
    with opened(step_through(v).html) as page:
        for button in page.locator("#groups button").all():
            if button.get_attribute("aria-expanded") == "false":
                button.click()
        page.keyboard.press("End")
        page.keyboard.press("Home")
        page.locator("#slider").fill(str(page.locator("#slider").get_attribute("max")))
        hidden = page.locator(".crowded:not(.near)")
        assert hidden.count() > 0
        places = page.evaluate(
            """[...document.querySelectorAll('.sent:not(.crowded)')].map((label) =>
                ({x: Number(label.getAttribute('x')), y: Number(label.getAttribute('y'))}))"""
        )
        for i, a in enumerate(places):
            for b in places[:i]:
                assert abs(a["x"] - b["x"]) > 54 or abs(a["y"] - b["y"]) > 14
        page.locator(".card.leaf").first.click()
        crowded = page.locator(".crowded.near").all()
        assert all(label.is_visible() for label in crowded)


def test_what_edges_have_in_common_is_drawn_once_and_flows_with_the_farthest(opened):
    v = x = Value(0.9, "x")
    for _ in range(40):
        v = v * x
    with opened(step_through(v).html) as page:
        written = (
            "[...document.querySelectorAll('.edge')].map((edge) => edge.getAttribute('d').length)"
        )
        lengths = page.evaluate(written)
        assert len(lengths) < 3 * 40
        assert max(lengths) < 200  # no edge goes all the way on its own
        common = page.locator(".edge:not([marker-end])")
        flowing = page.locator(".edge.flowing:not([marker-end])")
        page.locator("#slider").fill("41")  # the seed
        assert (common.count() > 30, flowing.count()) == (True, 0)
        page.locator("#slider").fill("42")
        assert flowing.count() == common.count()
        assert page.locator(".edge.flowing[marker-end]").count() == 2


def test_three_hundred_nodes_are_shown_and_more_go_into_one_box(opened):
    v = x = Value(0.5, "x")
    for _ in range(400):
        v = v * 0.9 + x
    with opened(step_through(v).html) as page:
        assert page.locator(".card").count() == 300
        page.locator(".card.folded").click(timeout=30_000)
        assert page.locator(".card").count() == 600


def right_of(part):
    box = part.bounding_box()
    return box["x"] + box["width"]


def test_titles_stay_on_their_card_however_wide_their_letters_are(opened):
    v = Value(2.0, "W" * 20) * Value(3.0, "重" * 20) + Value(4.0, "an ordinary one")
    with opened(step_through(v).html) as page:
        for card in page.locator(".card").all():
            assert right_of(card.locator("text.title")) < right_of(card.locator("rect"))
        assert page.locator(".card .title").first.text_content().startswith("WWW")


def test_long_numbers_stay_on_their_card(opened):
    import numpy as np

    w = Value(1 / 3, "w")
    with opened(step_through((w * np.linspace(-9.0, -2.0, 8)).sum()).html) as page:
        page.keyboard.press("End")
        for card in page.locator(".card").all():
            for name, number in zip(
                card.locator(".key").all(), card.locator(".number").all(), strict=True
            ):
                assert number.bounding_box()["x"] > right_of(name)
        assert page.locator("#row").inner_text().startswith("w = leaf: value 0.333333")


def test_a_number_that_is_cut_keeps_its_power_of_ten(opened):
    """Cut at its end, -1.23456789e-300 read as if it were a thousandth."""
    x = Value(-1.23456789e-300, "x")
    with opened(step_through(x * Value(2.0, "y")).html) as page:
        shown = page.locator(".card.leaf .value").first.text_content()
    assert shown.startswith("−1.23")
    assert shown.endswith("…e−300")


def test_a_batch_steps_without_being_editable(opened):
    import numpy as np

    x, w = Value(np.array([1.0, 2.0]), "x"), Value(3.0, "w")
    with opened(step_through((x * w + np.array([0.5, 1.0])).mean()).html) as page:
        page.keyboard.press("End")
        assert rows(page)["w"] == ("3", "1.5")
        received = "so w receives the sum over samples of [0.5, 0.5] · [1, 2] = 1.5"
        assert f"∂v1/∂w = [1, 2], {received}" in said(page)
        page.locator(".card.leaf").last.click()
        assert "= Σ [0.5, 0.5] · [1, 2] = 1.5" in page.locator("#detail").inner_text()
        assert "keep their numbers" in page.locator("#leaves").inner_text()
        assert page.locator("#leaves input").count() == 0
        page.locator(".card.leaf").first.click()


EVIL = '</script><script>document.title = "stolen"</script><img src=x onerror=alert(1)>'


def test_a_label_is_text_and_nothing_else(opened):
    x = Value(1.0, EVIL)
    v = x * 2
    v.label = EVIL
    with group(EVIL), opened(step_through(v + 1).html) as page:
        page.keyboard.press("End")
        page.locator(".card").first.click()
        assert page.title() != "stolen"
        assert page.locator("script").count() == 2
        assert page.locator("img").count() == 0


def test_the_policy_forbids_the_network_and_other_scripts(chromium, tmp_path):
    html = lecture().html.replace("</main>", "</main><script>window.stolen = 1</script>")
    (tmp_path / "page.html").write_text(html)
    page = chromium.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    assert page.evaluate("window.stolen ?? null") is None
    asked = "fetch('https://example.org').then(() => 'sent', () => 'refused')"
    assert page.evaluate(asked) == "refused"
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 400])
def test_no_violation_of_accessibility(opened, tmp_path, scheme, width):
    from axe_playwright_python.sync_playwright import Axe

    settings = {"color_scheme": scheme, "viewport": {"width": width, "height": 900}}
    with opened(
        playground(tmp_path, "(x + y) * z + tanh(x)", "x=1", "y=2", "z=3"), **settings
    ) as page:
        page.keyboard.press("End")
        page.locator(".card.leaf").first.click()
        page.get_by_label("x", exact=True).fill("what")
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()
        page.locator("#practise").click()
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_is_printed_is_the_graph_and_the_step(opened):
    with opened(lecture().html, color_scheme="dark") as page:
        page.keyboard.press("End")
        page.emulate_media(media="print")
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ground == "rgb(255, 255, 255)"
        assert not page.locator("#controls").is_visible()
        assert page.locator("#step").is_visible()
        assert page.locator("#graph").bounding_box()["width"] <= 1280


def test_a_notebook_shows_the_page_and_an_untrusted_one_the_picture(chromium):
    shown = lecture()._repr_mimebundle_()
    assert sorted(shown) == ["text/html", "text/plain"]
    page = chromium.new_page()
    page.set_content(shown["text/html"])
    frame = page.frame_locator("iframe")
    frame.locator(".card").first.wait_for()
    assert frame.locator(".card").count() == 5
    assert not page.locator("img").is_visible()
    page.evaluate("document.querySelector('iframe').remove()")  # what a notebook's sanitiser does
    page.set_content(shown["text/html"].split("<iframe")[0])
    assert page.locator("img[src^='data:image/svg+xml']").is_visible()
    page.close()


def test_a_page_is_saved_under_no_pictures_name(tmp_path):
    for name in ("page.svg", "page.foo"):
        with pytest.raises(ValueError, match=rf"is HTML: the file's name ends in \.html, .*{name}"):
            lecture().save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []
    lecture().save(tmp_path / "page")


def test_the_page_is_saved_as_it_is(tmp_path):
    page = lecture()
    page.save(tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == page.html
    data = page.html.split('id="data">')[1].split("</script>")[0]
    assert [node.get("label") for node in json.loads(data)["program"]["nodes"]] == [
        "x",
        "y",
        "z",
        None,
        "f",
    ]


def test_the_command_line_writes_the_page_of_an_expression(opened, tmp_path, capsys):
    path = tmp_path / "written.html"
    assert main(["x * y", "x=3", "y=inf", "--html", str(path)]) == 0
    assert "leaf" in capsys.readouterr().out
    with opened(path.read_text(encoding="utf-8")) as page:
        page.keyboard.press("End")
        assert rows(page) == {"x": ("3", "inf"), "y": ("inf", "3"), "f": ("inf", "1")}
