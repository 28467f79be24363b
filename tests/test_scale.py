"""Depth, memory, threads and processes: nothing recurses, nothing is left, every run adds up alike."""

import copy
import gc
import hashlib
import os
import pickle
import struct
import subprocess
import sys
import threading
import tracemalloc
from pathlib import Path

import pytest
from helpers import side_by_side

import autograd
from autograd import Value, dot, sigmoid, tanh, value

ROOT = Path(autograd.__file__).parent.parent


def chain(length, x):
    z = x
    for _ in range(length // 2):
        z = z * 1.0000001 + 1e-9
    return z


def test_a_chain_of_a_million_nodes_builds_runs_and_is_deleted():
    x = Value(1.0)
    z = chain(1_000_000, x)
    z.backward()
    assert x.grad == pytest.approx(1.0000001**500_000, rel=1e-9)
    del z


def test_a_deep_graph_is_copied():
    x = Value(1.0)
    z = chain(50_000, x)
    twin = copy.deepcopy(z)
    del z
    order = value.topological_order(twin)
    assert order[0] is not x
    twin.backward()
    assert order[0].grad == pytest.approx(1.0000001**25_000, rel=1e-9)
    assert x.grad == 0.0
    del twin, order


def test_a_deep_graph_pickles():
    x = Value(1.0, "x")
    z = chain(50_000, x)
    z.backward()
    again = pickle.loads(pickle.dumps(z))
    order = value.topological_order(again)
    assert len(order) == 50_001
    assert (order[0].label, order[0].grad, again.data) == ("x", x.grad, z.data)
    order[0].grad = 0.0
    again.backward()
    assert order[0].grad == x.grad


def test_a_shallow_copy_stands_on_the_same_operands():
    x = Value(3.0, "x")
    z = x * x
    twin = copy.copy(z)
    assert twin is not z
    assert all(p is x for p in twin.parents)
    twin.backward()
    assert x.grad == 6.0
    assert z.grad == 0.0
    assert copy.copy(x).label == "x"


def test_a_deep_chain_of_sums_of_sequences_works_too():
    x = Value(1.0)
    z = x
    for _ in range(50_000):
        z = dot([z, 0.5], [1.0, x])
    z.backward()
    assert x.grad == 25_001.0


def test_a_graph_that_doubles_every_step_is_visited_once_a_node():
    x = z = Value(1.0)
    for _ in range(300):
        z = z + z
    z.backward()
    assert x.grad == 2.0**300
    assert len(value.topological_order(z)) == 301


def network(rng_numbers, x):
    weights = [Value(w) for w in rng_numbers]
    hidden = [tanh(dot(weights[3 * i : 3 * i + 2], x) + weights[3 * i + 2]) for i in range(4)]
    return weights, sigmoid(dot(weights[12:16], hidden) + weights[16])


NUMBERS = [((i * 7919) % 101) / 50 - 1 for i in range(17)]


def test_nothing_is_left_for_the_cycle_collector():
    gc.collect()
    gc.disable()
    before = {id(o) for o in gc.get_objects() if type(o) is Value}  # other tests' own
    try:
        for backward in (False, True):
            weights, out = network(NUMBERS, (0.3, Value(0.7)))
            loss = (out - 1) ** 2 + autograd.where(out > 0, out.log(), 0.0)
            if backward:
                loss.backward()
            del weights, out, loss
        assert not [o for o in gc.get_objects() if type(o) is Value and id(o) not in before]
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_memory_is_given_back_when_the_result_is_dropped():
    x = Value(1.0)
    chain(1000, x)
    tracemalloc.start()
    try:
        start = tracemalloc.get_traced_memory()[0]
        z = chain(20_000, x)
        z.backward()
        used = tracemalloc.get_traced_memory()[0] - start
        del z
        left = tracemalloc.get_traced_memory()[0] - start
    finally:
        tracemalloc.stop()
    assert used / 20_000 < 250  # bytes a node, with the gradient and the constant
    assert left < used / 100


def gradients_of_a_network(numbers, steps):
    for _ in range(steps):
        weights, out = network(numbers, (0.3, -0.7))
        ((out - 1) ** 2).backward()
    return [w.grad for w in weights]


def test_threads_run_their_own_graphs():
    inputs = [[n * (k + 1) / 4 for n in NUMBERS] for k in range(4)]
    expected = [gradients_of_a_network(numbers, 1) for numbers in inputs]
    found = [None] * len(inputs)

    def work(i):
        if i % 2:
            with autograd.no_grad():
                frozen = Value(1.0) * 2
            assert frozen.op is None
        found[i] = gradients_of_a_network(inputs[i], 100)

    side_by_side(work, range(len(inputs)))
    assert found == expected


def test_no_grad_in_one_thread_leaves_the_others_graphs_whole():
    inside, built = threading.Event(), threading.Event()
    results = []

    def other():
        inside.wait(10)
        x = Value(3.0)
        z = x * x
        z.backward()
        results.append((z.op, x.grad))
        built.set()

    thread = threading.Thread(target=other)
    thread.start()
    with autograd.no_grad():
        inside.set()
        assert built.wait(10)
        assert (Value(1.0) * 2).op is None
    thread.join()
    assert results == [(autograd.mul, 6.0)]


def digest():
    """The bits of many gradients of a graph that shares much, for the test below and its children."""
    weights = [Value(n) for n in NUMBERS]
    layer = weights
    for i in range(6):
        layer = [
            tanh(dot(weights, layer) * 0.1 + w * layer[(i * j) % 17]) for j, w in enumerate(layer)
        ]
    autograd.logsumexp(layer).backward()
    bits = struct.pack("<17d", *(w.grad for w in weights))
    return hashlib.sha256(bits).hexdigest()


def test_gradients_are_the_same_bits_in_every_process():
    code = (
        "import sys; sys.path[:0] = ['tests', '.']; import test_scale; print(test_scale.digest())"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("0", "1", "4242")
    }
    assert found == {digest()}
