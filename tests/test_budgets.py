"""The budgets of a house one would live in: sizes of modules and functions, layout of rooms."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path
from statistics import median, quantiles

import grimp
import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "src").rglob("*.py"))
REFERENCES = sorted((ROOT / "tests" / "reference").glob("*.py"))
CRATE = sorted((ROOT / "rust" / "src").rglob("*.rs"))
Function = ast.FunctionDef | ast.AsyncFunctionDef


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def functions(path: Path) -> list[Function]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, Function)]


def body_lines(function: Function) -> int:
    body = function.body[1:] if ast.get_docstring(function) and function.body[1:] else function.body
    end = function.end_lineno
    assert end is not None
    return end - body[0].lineno + 1


def test_modules_are_short() -> None:
    sizes = {path: lines(path) for path in MODULES + CRATE}
    assert median(sizes.values()) <= 150
    assert {path: size for path, size in sizes.items() if size > 500} == {}


def test_functions_are_short() -> None:
    sizes = {
        f"{path.relative_to(ROOT)}:{function.name}": body_lines(function)
        for path in MODULES
        for function in functions(path)
    }
    assert median(sizes.values()) <= 7
    assert quantiles(sizes.values(), n=10)[-1] <= 25
    assert {name: size for name, size in sizes.items() if size > 60} == {}


@pytest.mark.parametrize(
    "path", sorted((ROOT / "tests" / "reference").glob("*.py")), ids=lambda path: path.stem
)
def test_plain_references_rest_on_nothing_that_they_judge(path: Path) -> None:
    imported = [
        name
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in (
            [node.module or "."]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else []
        )
    ]
    assert {name.split(".")[0] for name in imported}.isdisjoint({"motifleet", "stumpy"})


def test_rust_functions_are_short() -> None:
    sizes = {}
    for path in CRATE:
        start, name, indent = 0, "", ""
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
            _, _, rest = line.partition("fn ")
            if rest and line.rstrip().endswith(("{", "(", "<")) and not name:
                start, name, indent = (
                    number,
                    rest.split("(")[0],
                    line[: len(line) - len(line.lstrip())],
                )
            elif name and line == f"{indent}}}":
                sizes[f"{path.relative_to(ROOT)}:{name}"] = number - start - 1
                name = ""
    assert sizes
    assert {name: size for name, size in sizes.items() if size > 150} == {}


def test_there_are_no_import_cycles() -> None:
    graph = grimp.build_graph("motifleet", exclude_type_checking_imports=True)
    # The extension _core is no Python module, so its imports are taken for ones of its package.
    package = "motifleet.matrixprofile"
    for module in graph.find_modules_that_directly_import(package):
        if module.startswith(f"{package}."):
            graph.remove_import(importer=module, imported=package)
    imports = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
    TopologicalSorter(imports).prepare()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT / "src")))
def test_a_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


ROOMS = sorted(path for path in (ROOT / "src" / "motifleet").glob("*/__init__.py"))


@pytest.mark.parametrize("path", ROOMS, ids=lambda path: path.parent.name)
def test_a_rooms_front_door_holds_no_logic(path: Path) -> None:
    body = ast.parse(path.read_text(encoding="utf-8")).body
    late = [node for node in body if isinstance(node, ast.If)]  # imports that `lazily` does
    assert {ast.unparse(node.test) for node in late} <= {"TYPE_CHECKING"}
    allowed = (ast.Expr, ast.Import, ast.ImportFrom, ast.Assign)
    inside = [each for node in late for each in node.body]
    assert [node for node in (*body, *inside) if not isinstance(node, (*allowed, ast.If))] == []
