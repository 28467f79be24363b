"""The gallery is what its script makes of the registry today."""

import inspect
from functools import cache

import gallery_plots
import make_gallery
import matplotlib as mpl
import nbformat
import pytest

import autograd
from autograd import PRIMITIVES, Primitive

made = cache(make_gallery.gallery)


def test_the_gallery_is_up_to_date():
    stored = nbformat.read(make_gallery.PATH, as_version=4)
    for old, new in zip(stored.cells, made().cells, strict=True):
        assert old == new, "run python notebooks/make_gallery.py"
    assert stored.metadata == made().metadata


def test_every_public_operation_has_its_section():
    shown = [cell.id for cell in made().cells if cell.source.startswith("show(")]
    public = {name for name, thing in vars(autograd).items() if isinstance(thing, Primitive)}
    public.remove("stack")  # which makes a batch of samples, and computes nothing
    assert {*shown} == public
    assert len(shown) == len(public) > 45


def number_of_operands(name):
    """Three for a sequence, none for a condition, which has no derivative."""
    return sum(
        3 if p in ("xs", "ws") else p != "c" for p in inspect.signature(PRIMITIVES[name]).parameters
    )


@pytest.mark.parametrize("name", make_gallery.operations())
def test_an_operation_is_plotted_with_a_curve_for_its_value_and_each_operand(name):
    mpl.use("agg")
    ax = gallery_plots.plot(name)
    assert len(ax.lines) == 1 + number_of_operands(name)
    assert ax.get_xlabel()
    gallery_plots.plt.close("all")


def test_the_edges_are_the_engines_own_answers():
    assert "| False, nan, 2 | 2 | 0, 1 |" in gallery_plots.edges("where")
    assert "| 0 | −∞ | ∞ |" in gallery_plots.edges("log")
    assert "| −1000 | nan | – |" in gallery_plots.edges("log")
    assert "| −1000 | nan | – |" in gallery_plots.edges("arccosh")
    assert "| 1000 | nan | – |" in gallery_plots.edges("arctanh")
    assert "| 0, 0 | 0 | 0, 0 |" in gallery_plots.edges("hypot")
    assert "| (0, 0, 3) | 0 | 0, 0, 0 |" in gallery_plots.edges("prod")


def test_a_formula_is_written_by_the_pullback():
    assert r"\frac{\partial z}{\partial x} = 1 - z^{2}" in make_gallery.formulas("tanh")


@pytest.mark.parametrize("name", make_gallery.operations())
def test_no_partial_derivative_is_left_out(name):
    assert make_gallery.formulas(name).count(r"\frac{\partial z}") == number_of_operands(name)


def test_a_remainders_second_derivative_is_the_rounded_quotient():
    assert r"\operatorname{round}" in make_gallery.formulas("mod")


def test_a_plot_of_a_sequence_tells_the_other_operands():
    title = gallery_plots.plot("dot").get_title(loc="left") + gallery_plots.plot("dot").get_title()
    assert "$w_2 = 1.5$" in title
    assert "$x_1 = 2.5$" in title
    gallery_plots.plt.close("all")
