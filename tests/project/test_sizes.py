"""How much one file and one function holds: what is longer is split, or says in its first lines why it is one."""

import ast
import pathlib

import pytest

ROOT = pathlib.Path(__file__).parent.parent.parent
APPS = ("riskcontrol", "departments", "riskpoints")
LINES_OF_A_FILE, LINES_OF_A_FUNCTION = 300, 40
LINES_OF_A_PAGE, LINES_OF_A_PARTIAL = 100, 40
# The words with which a docstring begins its reason; what lies in every archive can't say more than it does there.
REASONS = ("One file:", "this very file lies in each archive as 核验.py")


def modules() -> list[pathlib.Path]:
    """Return the program's modules; migrations are history."""
    found = [path for app in APPS for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts]
    assert len(found) > 300
    return found


def told(path: pathlib.Path) -> str:
    return str(path.relative_to(ROOT))


def too_long(source: str) -> list[tuple[str, int]]:
    """(name, lines) of each function that is too long, nested ones and methods as well."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, kinds)]
    lengths = [(node.name, (node.end_lineno or 0) - node.lineno + 1) for node in functions]
    return [(name, lines) for name, lines in lengths if lines > LINES_OF_A_FUNCTION]


def has_reason(source: str) -> bool:
    said = ast.get_docstring(ast.parse(source)) or ""
    return any(reason in said for reason in REASONS)


@pytest.mark.parametrize(("lines", "found"), [(40, []), (41, [("f", 41)])])
def test_a_function_of_forty_lines_is_the_longest(lines, found):
    """Or the walk below would prove nothing."""
    assert too_long("def f():\n" + "    pass\n" * (lines - 1)) == found


def test_no_function_is_longer_than_a_screen():
    assert {told(path): found for path in modules() if (found := too_long(path.read_text()))} == {}


def test_a_file_that_is_longer_says_why_it_is_one():
    sources = {told(path): path.read_text() for path in modules()}
    long = {path: source for path, source in sources.items() if len(source.splitlines()) > LINES_OF_A_FILE}
    assert [path for path, source in long.items() if not has_reason(source)] == []
    assert [path for path, source in sources.items() if has_reason(source) and path not in long] == []


def test_a_page_is_read_at_once_and_a_partial_at_a_glance():
    pages = [path for path in sorted((ROOT / "templates").rglob("*.html")) if "print" not in path.parts]
    assert len(pages) > 150
    limits = {path: LINES_OF_A_PARTIAL if path.name.startswith("_") else LINES_OF_A_PAGE for path in pages}
    lengths = {path: len(path.read_text().splitlines()) for path in pages}
    assert {told(path): lengths[path] for path in pages if lengths[path] > limits[path]} == {}
