"""Ctrl-C as it comes: a signal to a process that trains three models, one after the other."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGINT to one process"),
]

ROOT = Path(__file__).parents[3]
PROGRAM = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # a program in the background ignores it
from nn import MLP, fit
for k in range(3):
    model = MLP(1, [4, 1], "tanh", seed=0)
    started = lambda model, history: history.epochs == 2 and print("trains", k, flush=True)
    history = fit(model, [[0.0], [1.0]], [1.0, 3.0], "mse_loss", epochs=10**7, progress=False,
                  callbacks=[started])
    print("kept", k, history.interrupted, history.epochs > 1, flush=True)
"""


def test_the_first_ctrl_c_ends_a_fit_and_a_second_the_program():
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    assert program.stdout.readline() == "trains 0\n"
    program.send_signal(signal.SIGINT)
    assert program.stdout.readline() == "kept 0 True True\n"
    assert program.stdout.readline() == "trains 1\n"
    program.send_signal(signal.SIGINT)
    said, errors = program.communicate(timeout=60)
    assert said == ""
    assert "interrupted after" in errors
    assert "KeyboardInterrupt" in errors
    assert program.returncode == -signal.SIGINT
