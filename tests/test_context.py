"""Settings are a thread's or a task's own: nobody else's graph is cut, named or watched."""

import asyncio
import sys
import threading

import pytest

from autograd import (
    AnomalyError,
    Value,
    context,
    detect_anomaly,
    grad,
    group,
    log,
    no_grad,
    primitive,
    vmap,
)

np = pytest.importorskip("numpy")


async def in_turn(*steps):
    """Run coroutines that give way to one another at every ``await asyncio.sleep(0)``."""
    return await asyncio.gather(*(step() for step in steps))


def test_another_coroutine_keeps_its_graph():
    async def evaluating():
        with no_grad():
            for _ in range(3):
                assert (Value(2.0) * 3).parents == ()
                await asyncio.sleep(0)

    async def training():
        w = Value(2.0)
        for _ in range(3):
            (w * 3).backward()
            await asyncio.sleep(0)
        return w.grad

    assert asyncio.run(in_turn(evaluating, training))[1] == 9.0


def test_another_coroutine_is_neither_named_nor_watched():
    async def watched():
        with detect_anomaly(), group("theirs"):
            await asyncio.sleep(0)
            assert (Value(1.0) * 2).note("group").path == ("theirs",)
            with pytest.raises(AnomalyError):
                log(Value(0.0))

    async def free():
        await asyncio.sleep(0)
        assert (Value(1.0) * 2).note("group") is None
        return log(Value(0.0)).data

    assert asyncio.run(in_turn(watched, free))[1] == -np.inf


def test_a_transform_that_waits_disturbs_no_other():
    async def mapping():
        with context.transforming(next(context.serials), samples=(3,)):
            await asyncio.sleep(0)
            assert context.running.get().samples == (3,)

    async def plain():
        await asyncio.sleep(0)
        assert context.running.get().samples == ()
        return grad(lambda x: x * x)(3.0), vmap(lambda x: x * 2)(np.ones(2)).tolist()

    assert asyncio.run(in_turn(mapping, plain))[1] == (6.0, [2.0, 2.0])


def test_a_task_begun_in_a_block_stays_in_it_when_the_block_has_ended():
    async def begin():
        async def late():
            await asyncio.sleep(0)
            return (Value(2.0) * 3).parents

        with no_grad():
            task = asyncio.create_task(late())
        assert (Value(2.0) * 3).parents
        return await task

    assert asyncio.run(begin()) == ()


def test_another_thread_keeps_its_graph():
    w = Value(2.0)
    with no_grad():
        thread = threading.Thread(target=lambda: (w * 3).backward())
        thread.start()
        thread.join()
    assert w.grad == 3.0


def test_nodes_are_looked_at_only_while_a_block_is_open():
    assert not context.open_blocks
    with no_grad():
        assert context.open_blocks
        with group("inner"):
            pass
        assert context.open_blocks
    assert not context.open_blocks
    with pytest.raises(ZeroDivisionError), detect_anomaly():
        raise ZeroDivisionError
    assert not context.open_blocks


def test_blocks_nest_and_end_in_order():
    with group("a"):
        with no_grad(), group("b"):
            assert (Value(1.0) * 2).note("group").path == ("a", "b")
        z = Value(1.0) * 2
        assert z.note("group").path == ("a",)
        assert z.parents


def test_threads_that_share_leaves_lose_no_gradient():
    w, steps = Value(2.0), 2000

    def work():
        for _ in range(steps):
            (w * 3).backward()

    threads = [threading.Thread(target=work) for _ in range(4)]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    assert w.grad == 4 * steps * 3


def test_a_backward_pass_within_a_formula_does_not_wait_for_itself():
    def slope(x):
        inner = Value(x)
        (inner**3).backward()
        return inner.grad

    @primitive(lambda g, z, x: g * slope(x))
    def cube(x):
        "x³"
        return x**3

    x = Value(2.0)
    cube(x).backward()
    assert x.grad == 12.0
