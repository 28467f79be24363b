"""The notebooks' exercises: right answers are right, every known mistake is told in its words."""

import importlib
import math
import pkgutil

import checks
import pytest
from checks import NOT_ANSWERED, Exercise

from autograd import Value

CHAPTERS = [found.name for found in pkgutil.iter_modules(checks.__path__)]
EXERCISES = {
    f"{chapter}.{name}": exercise
    for chapter in CHAPTERS
    for name, exercise in vars(importlib.import_module(f"checks.{chapter}")).items()
    if isinstance(exercise, Exercise)
}


def test_there_are_exercises_in_every_chapter():
    assert CHAPTERS
    assert {name.partition(".")[0] for name in EXERCISES} == {*CHAPTERS}


@pytest.mark.parametrize("name", EXERCISES)
def test_the_solution_is_right(name):
    exercise = EXERCISES[name]
    verdict = exercise(exercise.solution)
    assert verdict.right
    assert repr(verdict) == f"right: {exercise.because}"


@pytest.mark.parametrize("name", EXERCISES)
def test_every_known_mistake_is_explained_by_its_own_words(name):
    exercise = EXERCISES[name]
    for mistake, why in exercise.mistakes:
        verdict = exercise(mistake)
        assert not verdict.right
        assert verdict.text == f"off: {why}"


@pytest.mark.parametrize("name", EXERCISES)
def test_three_dots_are_no_answer(name):
    exercise = EXERCISES[name]
    unanswered = (lambda *_: ...) if callable(exercise.solution) else ...
    assert exercise(unanswered).text == NOT_ANSWERED


slope = Exercise(6.0, because="2x")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (-6, "off: your answer -6 has the wrong sign, and nothing else wrong with it"),
        (12, "off: your answer 12 is twice what it should be"),
        (3, "off: your answer 3 is half of what it should be"),
        (7, "off: your answer 7 is too large"),
        (5, "off: your answer 5 is too small"),
        (float("nan"), "off: your answer nan is no number that one can compute with"),
        ((6, 6), "off: 1 number is asked for, you gave 2"),
        ("six", "off: your answer raised ValueError: could not convert string to float: 'six'"),
    ],
)
def test_what_is_off_is_said(answer, said):
    assert repr(slope(answer)) == said


def test_a_value_is_an_answer():
    assert slope(Value(6.0)).right


def test_an_answer_of_several_numbers_says_which_one_is_off():
    pair = Exercise((1, 2), because="")
    assert pair(1, 2).right
    assert pair((1, 3)).text == "off: your second number 3 is too large"


def test_a_functions_answer_says_where_it_was_called():
    double = Exercise(lambda x: 2 * x, because="", at=[(0.0,), (3.0,)])
    assert (
        double(lambda x: x * x).text
        == "off: called with (3.0), your function's answer 9 is too large"
    )
    both = Exercise(lambda x: (x, 2 * x), because="", at=[(1.0,)])
    said = both(lambda x: (x, -2 * x)).text
    assert said.startswith("off: called with (1.0), your function's second number -2 has the wrong")


def test_a_function_that_raises_is_told_what_it_raised():
    half = Exercise(lambda x: x / 2, because="", at=[(1.0,)])
    said = half(lambda x: x / 0).text
    assert said.startswith("off: your answer raised ZeroDivisionError: ")
    assert said.endswith("division by zero")  # of floats, says Python before 3.14


def test_a_function_where_a_number_is_asked_for_and_a_number_for_a_function():
    assert slope(lambda: 6.0).text == "off: a number is asked for, you gave a function: call it"
    for result in (3.0, (1.0, 2.0)):
        assert EXERCISES["chapter_01.quotient"](result).text.startswith("off: a function is asked")
    assert EXERCISES["chapter_01.quotient"](...).text == NOT_ANSWERED


def test_a_functions_numbers_are_counted_a_call():
    pair = Exercise(lambda x: (x, 2 * x), because="", at=[(1.0,), (2.0,)])
    assert pair(lambda x: (x, x, x)).text == "off: 2 numbers are asked for, you gave 3"
    assert pair(lambda x: x).text == "off: 2 numbers are asked for, you gave 1"


def test_xor_for_nand_is_told_what_it_is():
    said = EXERCISES["chapter_04.nand"](lambda g1, g2: 1 if g1 != g2 else -1).text
    assert said.startswith("off: that is XOR")


def test_a_pullback_by_maths_logarithm_does_not_run_on_every_kind_of_number():
    answer = EXERCISES["chapter_08.x_log_y"]
    verdict = answer(lambda g, z, x, y: (g * math.log(y), g * x / y))
    assert not verdict.right
    assert "raised" in verdict.text
