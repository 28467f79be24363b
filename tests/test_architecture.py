"""The house: imports point down, files stay small, and importing autograd costs nothing."""

import ast
import builtins
import subprocess
import sys
from pathlib import Path

import pytest

import autograd

ROOT = Path(autograd.__file__).parent.parent
ENGINE = ROOT / "autograd"
FILES = sorted([*ENGINE.rglob("*.py"), *(ROOT / "nn").rglob("*.py")])
LIMITS = {"autograd/value.py": 250, "autograd/ops.py": 500}

# from the bottom to the top: a module imports from lines above its own only
LAYERS = """
    errors
    context
    kinds
    adjoints
    primitive
    ops branches sequences samplewise
    functions
    methods protocols variables
    wording
    value
    nesting pickling pytree symbolic
    trees
    trace notation
    transforms vmap checkpoint
    engine_cases
    check check_engine anomaly explain pictures expression
    __init__
    __main__
""".strip().splitlines()
LEVEL = {name: level for level, line in enumerate(LAYERS) for name in line.split()}


def name_of(path):
    return str(path.relative_to(ROOT))


def module_of(path):
    """The part of autograd that a file belongs to: its module, or its package below autograd."""
    return path.relative_to(ENGINE).parts[0].removesuffix(".py")


def imports(path, *, lazy):
    """The parts of autograd that a file imports: when it is read, or within functions."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    deferred = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) or _type_checking(node)
        for inner in ast.walk(node)
    }
    depth = len(path.relative_to(ENGINE).parts)
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or node.level < depth or (node in deferred) != lazy:
            continue
        if node.module:
            yield node.module.split(".")[0]
        else:
            yield from (alias.name for alias in node.names)


def _type_checking(node):
    return isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"


@pytest.mark.parametrize("path", sorted(ENGINE.rglob("*.py")), ids=name_of)
def test_imports_point_down(path):
    module = module_of(path)
    assert module in LEVEL, f"give {module} its place in LAYERS"
    for imported in imports(path, lazy=False):
        if imported != module:
            assert LEVEL[imported] <= LEVEL[module], f"{module} imports {imported} from above"


def test_no_modules_import_each_other_in_a_circle():
    below = {}
    for path in ENGINE.rglob("*.py"):
        below.setdefault(module_of(path), set()).update(imports(path, lazy=False))
    while below:
        free = [m for m, needs in below.items() if not (needs & below.keys()) - {m}]
        assert free, f"a circle among {sorted(below)}"
        for module in free:
            del below[module]


def test_the_reading_of_imports_sees_some():
    seen = set(imports(ENGINE / "value.py", lazy=False))
    assert {"adjoints", "kinds", "ops"} <= seen
    assert "trace" not in seen
    assert "value" in set(imports(ENGINE / "protocols.py", lazy=True))


@pytest.mark.parametrize("path", sorted((ROOT / "nn").rglob("*.py")), ids=name_of)
def test_nn_imports_public_names_of_autograd_only(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and not node.level:
            module = node.module or ""
            assert not module.startswith("autograd."), f"{module} is inside autograd"
            if module == "autograd":
                for alias in node.names:
                    assert not alias.name.startswith("_")
                    assert hasattr(autograd, alias.name), alias.name


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_file_is_read_in_one_sitting(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= LIMITS.get(name_of(path), 300)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_file_says_what_it_teaches(path):
    source = path.read_text(encoding="utf-8")
    if source.strip():
        said = ast.get_docstring(ast.parse(source))
        assert said
        assert said.splitlines()[0].rstrip()[-1] in ".:`"


def test_importing_loads_no_library():
    code = "import sys, autograd; print(*sorted({m.partition('.')[0] for m in sys.modules}))"
    loaded = subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert "autograd" in loaded
    heavy = "numpy scipy mpmath sympy graphviz pygraphviz fractions decimal json html".split()
    assert not {*heavy} & {*loaded}


def test_a_star_import_spares_the_builtins():
    assert not [name for name in autograd.__all__ if hasattr(builtins, name)]
    names = {}
    exec("from autograd import *", names)
    assert names["Value"] is autograd.Value
    assert {*autograd.__all__} <= {*names}


@pytest.mark.parametrize("name", sorted(autograd.__all__))
def test_a_public_name_exists_and_says_what_it_is(name):
    thing = getattr(autograd, name)
    if isinstance(thing, (dict, float)):  # PRIMITIVES and NOTHING have their docstring beside them
        return
    assert thing.__doc__
    assert not name.startswith("_")


@pytest.mark.parametrize("name", ["abs", "max", "min", "sum", "pow", "round"])
def test_what_shadows_a_builtin_is_reached_by_the_package(name):
    ours = {"max": "maximum", "min": "minimum"}.get(name, name)
    assert callable(getattr(autograd, ours))


def test_the_package_says_that_it_is_typed():
    assert (ENGINE / "py.typed").exists()
