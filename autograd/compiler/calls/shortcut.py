"""The shortcut: a fast way to call a compiled program with arguments of one form.

The long way walks pytrees. Instead Python source is written for arguments of this form: it takes
them apart (`containers`), hands the leaves to a builtin that checks them and runs the kernel
(`llvm.builtins.arrays`), and puts the answer together. If all arguments are floats, and the answer
consists of lists and tuples of numbers, the builtin does all of it (`llvm.builtins.call`). Numbers and
arrays of other types are converted; whatever else does not fit goes the long way.

For f(w, x) of two arrays, which answers a number and an array of three, the source is

    def call(*t, **names):
        if names: return slow(*t, **names)
        if type(t) is not tuple or len(t) != form_t: return slow(*t, **names)
        t_0, t_1, = t
        out = empty(4, dtype)
        if run(t_0, t_1, out) is nothing:                   # the builtin refuses what it does not know
            found = converted((t_0, t_1,), dtype)
            if found is None: return slow(*t, **names)
            t_0, t_1, = found
            if run(t_0, t_1, out) is nothing: return slow(*t, **names)
        return (out.item(0), out[1:4], )
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..llvm.running import reused
from ..programs.program import SAMPLES
from .arguments import Arguments, converted, numbers_of, packed
from .containers import Found, expression, is_plain, is_shallow, made, unpacking
from .interface import Part, made_of_samples

if TYPE_CHECKING:
    from .compiled import Compiled


def shortcut(
    compiled: Compiled, arguments: Arguments, slow: Callable[..., Any]
) -> Callable[..., Any] | None:
    """A fast way to call the program with arguments like these, if there is one; what it refuses
    goes to ``slow``.
    """
    treedefs = arguments.treedef, compiled.interface.results.treedef
    if not (all(map(is_shallow, treedefs)) and _is_simple(arguments)):
        return None
    run = _of_arrays(compiled)
    return None if run is None else _Writer(compiled, run, slow).call(arguments)


def of_floats(
    compiled: Compiled, arguments: Arguments, slow: Callable[..., Any]
) -> Callable[..., Any] | None:
    """The builtin that does the whole call, if all arguments are floats and the answer is of numbers.

    Numbers of other types are handed to it once more, as floats.
    """
    positional, kwargs = arguments.tree
    count, results = len(positional), compiled.interface.results
    floats = all(type(x) is float for x in positional) and not (kwargs or arguments.are_packed)
    numbers = all(part.shape is None and not part.is_truth for part in results.parts)
    plain = is_plain(results.treedef) and is_shallow(results.treedef)
    if not (floats and numbers and plain) or compiled.interface.captured:
        return None

    def others(*args: Any, **names: Any) -> Any:
        if not names and len(args) == count and (floats := converted(args)):
            return found(*floats)
        return slow(*args, **names)

    tree = results.treedef.unflatten(range(len(results.parts)))
    found: Any = compiled.kernel.builtin_of_floats(count, tree, others)
    return found  # type: ignore[no-any-return]


def bound(compiled: Compiled, arguments: Arguments, slow: Callable[[], Any]) -> Callable[[], Any]:
    """The function that runs the program on these arguments, with buffers of its own; else ``slow``."""
    run = _of_arrays(compiled) if is_shallow(compiled.interface.results.treedef) else None
    if run is None:
        return slow
    held = [x if x.ndim else float(x) for x in arguments.arrays]
    return _Writer(compiled, run, slow).bound(held, compiled.interface.samples(arguments))


def _is_simple(arguments: Arguments) -> bool:
    """Whether Values that objects own hold single numbers, and each stands at one place."""
    own = [v for v in arguments.variables if v >= 0]
    arrays = zip(arguments.variables, arguments.numbers, strict=True)
    return len({*own}) == len(own) and all(is_one for v, is_one in arrays if v >= 0)


def _of_arrays(compiled: Compiled) -> Any:
    """The builtin that runs the kernel on the leaves and on what the function closes over, or None."""
    interface = compiled.interface
    shapes = [None if guard == () else guard for guard in interface.guards]
    shapes += [x.shape for x in interface.captured]
    return compiled.kernel.builtin_of_arrays(shapes, interface.fixed_samples)


class _Writer:
    """Writes the Python function that runs a program on leaves and puts the answer together.

    In its source ``out`` is the array of uniform results, ``rows`` that of results of n samples, a row
    each; ``held`` are the arrays that the recorded function closes over.
    """

    def __init__(
        self, compiled: Compiled, run: Callable[..., Any], slow: Callable[..., Any]
    ) -> None:
        self.interface, self.rolled = compiled.interface, compiled.rolled
        self.results, self.outputs = compiled.interface.results, compiled.rolled.outputs
        held = self.interface.captured
        self.held = [f"held{k}" for k in range(len(held))]
        self.names: dict[str, Any] = {
            "run": run,
            "slow": slow,
            "nothing": NotImplemented,
            "dtype": self.rolled.element.dtype,
            "array": np.ndarray,
            "empty": np.empty,
            "room": reused.empty,
            "packed": packed,
            "converted": converted,
            "numbers_of": numbers_of,
            "made_of_samples": made_of_samples,
            **dict(zip(self.held, held, strict=True)),
        }
        self.at_once = all(p.shape is None and not p.per_sample for p in self.results.parts)
        """Whether all results are single numbers, which are taken out of ``out`` as one list."""
        self.is_bound = False  # whether all calls have one ``out`` and one ``rows``
        self.rows = {k: row for row, k in enumerate(self.outputs.per_sample)}  # by output

    def call(self, arguments: Arguments) -> Callable[..., Any]:
        """The function of arguments of one form."""
        args, kwargs = arguments.tree
        refuse = "return slow(*t, **names)"
        trees = {"t": args, **({"names": kwargs} if kwargs else {})}
        many = arguments.are_packed
        lines, found = unpacking(trees, refuse, self.names, many)
        lines += _read([leaf for leaf in found if leaf.owned], refuse)
        leaves = [leaf.name for leaf in found]
        if not kwargs:
            lines[:0] = [f"if names: {refuse}"]
        if many:
            ones = [leaf for leaf in found if leaf.is_row or not np.ndim(leaf.x)]
            leaves = ["numbers", *(leaf.name for leaf in found if leaf not in ones)]
            lines.append(f"numbers = packed(({', '.join(leaf.text for leaf in ones)},), dtype)")
            lines.append(f"if numbers is None: {refuse}")
        lines += self._count(leaves, refuse)
        lines.append(f"out = empty({self.rolled.uniform_slots}, dtype)")
        if self.rows:
            lines.append(f"rows = room(({len(self.rows)}, n), dtype)")
        lines += self._run(leaves, refuse, f"converted(({', '.join(leaves)},), dtype)")
        return made("call", "*t, **names", lines, self.names)

    def bound(self, held: Sequence[Any], n: int) -> Callable[[], Any]:
        """The function of no arguments that runs on these leaves."""
        leaves = [f"leaf{k}" for k in range(len(held))]
        self.names |= dict(zip(leaves, held, strict=True))
        dtype = self.rolled.element.dtype
        shapes = {"out": self.rolled.uniform_slots, "rows": (len(self.rows), n)}
        self.names |= {name: reused.in_lines(shape, dtype) for name, shape in shapes.items()}
        self.names["n"] = n
        self.is_bound = True
        return made("call", "", self._run(leaves, "return slow()"), self.names)

    def _count(self, leaves: Sequence[str], refuse: str) -> list[str]:
        """The lines that find the number of samples, that of the first array which has some."""
        if not any(part.per_sample for part in self.results.parts):
            return []
        pairs = zip(leaves, self.interface.guards, strict=True)
        first = next((leaf for leaf, guard in pairs if guard[:1] == (SAMPLES,)), None)
        if first is None:
            return [f"n = {self.interface.fixed_samples}"]
        other = f"type({first}) is not array or not {first}.ndim"
        return [f"if {other}: {refuse}", f"n = len({first})"]

    def _run(self, leaves: Sequence[str], refuse: str, converted: str = "") -> list[str]:
        """The lines that run the program and return the answer. If the builtin refuses the leaves,
        it is tried once more on what the source ``converted`` makes of them.
        """
        places = [*leaves, *self.held, *(["rows"] if self.rows else []), "out"]
        run = f"if run({', '.join(places)}) is nothing:"
        lines = [f"{run} {refuse}"]
        if leaves and converted:
            lines = [
                run,
                f"    found = {converted}",
                f"    if found is None: {refuse}",
                f"    {', '.join(leaves)}, = found",
                f"    {lines[0]}",
            ]
        if self.at_once:
            lines.append(f"numbers = out[:{len(self.outputs)}].tolist()")
        return [*lines, f"return {self._answer()}"]

    def _answer(self) -> str:
        """The source of the answer."""
        parts = self.results.parts
        starts = np.cumsum([0, *(part.size for part in parts)]).tolist()

        def leaf(k: int) -> str:
            text = self._part(parts[k], starts[k])
            return f"({text} != 0)" if parts[k].is_truth else text

        def row(places: Sequence[int]) -> str | None:
            if any(parts[k][1:] != (None, False, False) for k in places):  # no plain number
                return None
            span = f"{starts[places[0]]}:{starts[places[-1]] + 1}"
            return f"numbers[{span}]" if self.at_once else f"out[{span}].tolist()"

        return expression(self.results.treedef, iter(range(len(parts))), leaf, row, self.names)

    def _part(self, part: Part, start: int) -> str:
        """The source of a leaf of the answer."""
        if part.per_sample:
            return self._of_samples(part, start)
        if part.shape is None:
            return f"numbers[{start}]" if self.at_once else f"out.item({start})"
        form = "" if len(part.shape) == 1 else f".reshape({part.shape})"
        return self._view(f"out[{start}:{start + part.size}]{form}")

    def _view(self, text: str) -> str:
        """The source of a view of the results; where they are always in one place, the view itself."""
        if not self.is_bound:
            return text
        name = f"view{len(self.names)}"
        self.names[name] = made("view", "", [f"return {text}"], self.names)()
        return name

    def _of_samples(self, part: Part, start: int) -> str:
        """The source of a leaf that has one number for each sample, or an array of them."""
        every = range(start, start + part.size)
        if not (every and all(k in self.rows for k in every)):
            numbers = [f"rows[{self.rows[k]}]" if k in self.rows else f"out[{k}]" for k in every]
            return f"made_of_samples([{', '.join(numbers)}], {part.shape}, n, dtype)"
        if part.shape is None:
            return self._view(f"rows[{self.rows[start]}]")
        first = self.rows[start]
        turned = self._view(f"rows[{first}:{first + part.size}].T")
        return turned if len(part.shape) == 1 else f"{turned}.reshape((n, *{part.shape}))"


def _read(variables: Sequence[Found], refuse: str) -> list[str]:
    """The lines that read the numbers of Values that objects own."""
    if not variables:
        return []
    ends = np.cumsum([leaf.size for leaf in variables]).tolist()
    return [
        f"numbers = numbers_of(({', '.join(leaf.text for leaf in variables)},))",
        f"if numbers is None: {refuse}",
        *(
            f"{leaf.name} = numbers[{end - leaf.size}:{end}]"
            if leaf.is_row
            else f"{leaf.name} = numbers[{end - 1}]"
            for leaf, end in zip(variables, ends, strict=True)
        ),
    ]
