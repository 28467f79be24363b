"""A long expression: what a node costs in time, bytes and objects. Contestants: engines' names."""

import gc
import tracemalloc
from time import perf_counter


def _value(name):
    if name == "micrograd":
        from micrograd.engine import Value
    else:
        from autograd import Value
    return Value


def expression(kind, nodes):
    """A chain of products and sums, two nodes a turn."""
    x, y = kind(0.5), kind(0.25)
    z = x
    for _ in range(nodes // 2):
        z = z * x + y
    return z


def contestant(name, nodes):
    """``memory ENGINE`` measures bytes and tracked objects, ``time ENGINE`` forward and backward,
    ``uncollected ENGINE`` the same with the garbage collector off, to tell its share; ``parts ENGINE``
    forward, forward and backward, and (ours) forward under `no_grad`, often enough to be measured.
    """
    task, _, engine = name.partition(" ")
    if task == "uncollected":
        gc.disable()
    tasks = {"memory": _memory, "time": _time, "uncollected": _time, "parts": _parts}
    return tasks[task](_value(engine), nodes)


def _memory(kind, nodes):
    def step():
        gc.collect()
        objects = len(gc.get_objects())
        z = expression(kind, nodes)
        objects = len(gc.get_objects()) - objects
        del z
        gc.collect()
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        z = expression(kind, nodes)
        used = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
        del z
        return {"seconds": {}, "results": [used / nodes, objects / nodes]}

    return step


def _time(kind, nodes):
    def step():
        start = perf_counter()
        z = expression(kind, nodes)
        z.backward()
        result = z.data
        del z
        return {"seconds": {"step": perf_counter() - start}, "results": [result]}

    return step


def _parts(kind, nodes):
    times = max(1, 20_000 // nodes)

    def forward():
        for _ in range(times):
            expression(kind, nodes)

    def both():
        for _ in range(times):
            expression(kind, nodes).backward()

    def unrecorded():
        from autograd import no_grad

        with no_grad():
            forward()

    parts = {"forward": forward, "both": both}
    if kind.__module__.startswith("autograd"):
        parts["no_grad"] = unrecorded

    def step():
        seconds = {}
        for name, part in parts.items():
            start = perf_counter()
            part()
            seconds[name] = (perf_counter() - start) / times
        return {"seconds": seconds, "results": []}

    return step
