"""The house: imports point down, files stay small, and importing autograd costs nothing."""

import ast
import builtins
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import autograd

ROOT = Path(autograd.__file__).parent.parent
ENGINE = ROOT / "autograd"
FILES = sorted([*ENGINE.rglob("*.py"), *(ROOT / "nn").rglob("*.py")])
SCRIPTS = sorted(ENGINE.rglob("*.js"))
LIMITS = {"autograd/value.py": 250}

# from the bottom to the top: a room imports from lines above its own only
ROOMS = {}
ROOMS["autograd"] = """
    errors
    context
    kinds
    operands
    primitive
    operations
    protocols
    adjoints
    specialised
    value
    transforms
    tools
    pictures
    compiler
    __init__
    __main__
""".split()
ROOMS["nn"] = """
    settings
    seed
    places
    extras
    figures
    schedules
    init
    data
    module
    pytree
    layers
    training
    files
    pictures
    sklearn
    results
    __init__
    __main__
""".split()
ROOT_FILES = 9


def name_of(path):
    return str(path.relative_to(ROOT))


def module_of(path):
    """A file's dotted path: of ``autograd/kinds/arrays.py`` (autograd, kinds, arrays)."""
    return path.relative_to(ROOT).with_suffix("").parts


MODULES = {module_of(path): path for path in FILES}


@cache
def parsed(path):
    """A file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path):
    """The modules of its own package that a file imports: anywhere, but for the type checker alone."""
    nodes = [*ast.walk(parsed(path))]
    for_types = {inner for node in nodes if _type_checking(node) for inner in ast.walk(node)}
    package = module_of(path)[:-1]
    for node in nodes:
        if node in for_types:
            continue
        if isinstance(node, ast.Import):
            names = [tuple(alias.name.split(".")) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else ()
            base += tuple(node.module.split(".")) if node.module else ()
            names = [(*base, alias.name) for alias in node.names]
        elif isinstance(node, ast.Call) and _called(node) in ("import_module", "__import__"):
            assert isinstance(node.args[0], ast.Constant), f"{name_of(path)} imports what?"
            text = node.args[0].value
            rooted = package + tuple(text[1:].split(".")) if text[0] == "." else text.split(".")
            names = [tuple(rooted)]
        else:
            continue
        for name in names:
            if name[0] == package[0]:
                yield _module(name)


def _module(name):
    """The module that a dotted name lies in."""
    for length in (len(name), len(name) - 1):
        for module in (name[:length], (*name[:length], "__init__")):
            if module in MODULES:
                return module
    raise AssertionError(f"no module has the name {name}")


def _called(node):
    return getattr(node.func, "id", getattr(node.func, "attr", ""))


def _type_checking(node):
    return isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"


@cache
def below():
    """Of every module, those that it imports."""
    return {module: {*imports(path)} for module, path in MODULES.items()}


def test_every_room_has_its_place():
    assert {module[:2] for module in MODULES} == {(p, room) for p in ROOMS for room in ROOMS[p]}


def test_imports_point_down():
    def height(module):
        return ROOMS[module[0]].index(module[1])

    assert not [(m, up) for m, needs in below().items() for up in needs if height(up) > height(m)]


def test_no_modules_import_each_other_in_a_circle():
    left = {module: needs - {module} for module, needs in below().items()}
    while left:
        free = [m for m, needs in left.items() if not needs & left.keys()]
        assert free, f"a circle among {sorted(left)}"
        for module in free:
            del left[module]


def test_the_root_holds_the_heart_alone():
    assert len([*ENGINE.glob("*.py")]) <= ROOT_FILES


def test_the_reading_of_imports_sees_some():
    seen = {*imports(ENGINE / "value.py")}
    assert {("autograd", "adjoints"), ("autograd", "kinds", "masks")} <= seen
    assert {("autograd", "operations", "arithmetic"), ("autograd", "protocols", "python")} <= seen
    assert ("autograd", "transforms", "tape") not in seen
    within = {*imports(ENGINE / "primitive.py")}  # within a function
    assert ("autograd", "kinds", "variables") in within
    assert {("nn", "module"), ("nn", "data", "arrays")} <= {*imports(ROOT / "nn/training/fit.py")}


def test_nn_imports_public_names_of_autograd_only():
    paths = sorted((ROOT / "nn").rglob("*.py"))
    for node in (n for path in paths for n in ast.walk(parsed(path))):
        if isinstance(node, ast.ImportFrom) and not node.level:
            module = node.module or ""
            assert not module.startswith("autograd."), f"{module} is inside autograd"
            if module == "autograd":
                for alias in node.names:
                    assert not alias.name.startswith("_")
                    assert hasattr(autograd, alias.name), alias.name


def test_a_file_is_read_in_one_sitting():
    for name, path in [(name_of(path), path) for path in FILES + SCRIPTS]:
        assert path.read_text(encoding="utf-8").count("\n") <= LIMITS.get(name, 300), name


def test_a_file_says_what_it_teaches():
    for path in FILES:
        if path.read_text(encoding="utf-8").strip():
            said = ast.get_docstring(parsed(path))
            assert said, path
            assert said.splitlines()[0].rstrip()[-1] in ".:`", path


def loaded_by(package):
    """The modules of a new process that has imported a package."""
    code = f"import sys, {package}; print(*sys.modules)"
    command = [sys.executable, *(["-S"] if package == "autograd" else []), "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    modules = {*done.stdout.split()}
    assert package in modules
    return modules


def test_importing_loads_no_library():
    modules = loaded_by("autograd")
    heavy = "numpy scipy mpmath sympy graphviz pygraphviz fractions decimal json html".split()
    assert not {*heavy} & {m.partition(".")[0] for m in modules}
    later = "autograd.pictures autograd.tools.check_engine autograd.tools.gradcheck".split()
    assert not {*later} & modules
    compiler = {m.split(".")[2] for m in modules if m.startswith("autograd.compiler.")}
    assert compiler == {"jit", "kept", "permutations", "scan", "scanning"}


def test_importing_nn_loads_neither_what_draws_nor_a_progress_bar():
    later = {"tqdm", "matplotlib", "importlib.metadata", "pathlib", "autograd.pictures"}
    assert not later & loaded_by("nn")


def test_what_is_loaded_later_is_there_all_the_same():
    assert {"draw", "gradcheck", "Value"} <= {*dir(autograd)}
    assert autograd.check_engine.__module__ == "autograd.tools.check_engine"
    with pytest.raises(AttributeError, match="no attribute 'chekc_engine'"):
        autograd.chekc_engine


def test_a_star_import_spares_the_builtins():
    assert not [name for name in autograd.__all__ if hasattr(builtins, name)]
    names = {}
    exec("from autograd import *", names)
    assert names["Value"] is autograd.Value
    assert {*autograd.__all__} <= {*names}


def test_a_public_name_exists_and_says_what_it_is():
    for name in autograd.__all__:
        thing = getattr(autograd, name)
        if not isinstance(thing, (dict, float)):  # PRIMITIVES and NOTHING have theirs beside them
            assert thing.__doc__, name
            assert not name.startswith("_")


@pytest.mark.parametrize("name", ["abs", "max", "min", "sum", "pow", "round"])
def test_what_shadows_a_builtin_is_reached_by_the_package(name):
    ours = {"max": "maximum", "min": "minimum"}.get(name, name)
    assert callable(getattr(autograd, ours))


def test_the_package_says_that_it_is_typed():
    assert (ENGINE / "py.typed").exists()


@pytest.mark.parametrize("path", [p for p in FILES if p.name == "__init__.py"], ids=name_of)
def test_a_reading_order_names_every_file(path):
    said = ast.get_docstring(parsed(path)) or ""
    if "In reading order" in said:
        beside = [
            p for p in path.parent.iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()
        ]
        assert {p.stem for p in beside} - {"__init__"} <= {*re.findall(r"`(\w+)`", said)}
