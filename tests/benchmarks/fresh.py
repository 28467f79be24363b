"""What fresh processes do, one function each: it prints its numbers for `rivals` to read.

A process loads this file before its first call, and what this file loads counts: so that is little.
"""

import os
import random
from time import perf_counter

import models


def flat(tree):
    """The floats of nested containers and arrays, in order."""
    if hasattr(tree, "ravel") and getattr(tree, "ndim", 0):
        return [float(x) for x in tree.ravel().tolist()]
    if isinstance(tree, (list, tuple)):
        return [x for part in tree for x in flat(part)]
    return [float(tree)]


def squared_error(layers, X, Y):
    from autograd import dot, mean, tanh, vmap

    def one(x, y):
        for w, b in layers[:-1]:
            x = tanh(w @ x + b)
        w, b = layers[-1]
        error = [*(w @ x + b - y)]
        return dot(error, error)

    return mean(vmap(one)(X, Y))


def jax_of_one_thread():
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    import jax

    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_platforms", "cpu")
    return jax


def squared_error_of_matrices(jax):
    def loss(layers, X, Y):
        for w, b in layers[:-1]:
            X = jax.numpy.tanh(X @ w.T + b)
        w, b = layers[-1]
        return jax.numpy.sum((X @ w.T + b - Y) ** 2) / len(X)

    return loss


def print_first(peer):
    """The value and the first numbers of a gradient, for `_process` to read."""
    arguments = models.network("2-16-16-1", 64)
    if peer == "ours":
        from autograd import jit, value_and_grad

        value, layers = jit(value_and_grad(squared_error), backend="llvm")(*arguments)
    else:
        jax = jax_of_one_thread()
        loss = squared_error_of_matrices(jax)
        value, layers = jax.jit(jax.value_and_grad(loss))(*arguments)
    print(*flat((value, layers))[:9])


def print_bare(text):
    """Nothing, after what a first call does without a line of ours: NumPy is loaded and, if a file of a
    program's text is named, LLVM, which compiles it.
    """
    import numpy as np  # noqa: F401

    if not text:
        return
    from pathlib import Path  # which LLVM's loads

    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    features = llvm.get_host_cpu_features().flatten()
    machine = llvm.Target.from_triple(llvm.get_process_triple()).create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=features, opt=1, reloc="pic", codemodel="small"
    )
    machine.emit_object(llvm.parse_assembly(Path(text).read_text(encoding="utf-8")))


def print_second(detail):
    """Seconds of the first call of a network, or of a straight line of so many steps, and its value."""
    if "-" in detail:
        function, arguments = squared_error, models.network(detail, 64)
    else:
        import numpy as np  # noqa: F401  (as whoever calls jit with arrays has done)

        function, arguments = models.straight(int(detail)), (0.3, 0.7)
    start = perf_counter()
    from autograd import jit, value_and_grad

    value, _ = jit(value_and_grad(function), backend="llvm")(*arguments)
    print(perf_counter() - start, value)


def print_length(count):
    """Seconds and bytes an operation of compiling a random function of so many, and its value."""
    import resource

    from autograd import jit, sin

    draw = random.Random(1)

    def f(a, b):
        known = [a, b]
        for _ in range(count // 2):
            x, y = known[-1 - draw.randrange(min(50, len(known)))], known[-1]
            known.append(sin(x) * y if draw.random() < 0.5 else x * 0.5 + y * draw.random())
        return known[-1]

    jit(lambda x: x, backend="llvm")(1.0)
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, perf_counter()
    compiled = jit(f, backend="llvm")
    value = compiled(0.3, 0.7)
    seconds = perf_counter() - start
    size = compiled.stats.operations["needed"]
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(seconds / size, kilobytes * 1024 / size, size, value)


def print_weights(sizes):
    """Seconds of a first call, and the value."""
    from autograd import jit, value_and_grad

    arguments = models.network(sizes, 1024)
    start = perf_counter()
    value, _ = jit(value_and_grad(squared_error), backend="llvm")(*arguments)
    print(perf_counter() - start, value)
