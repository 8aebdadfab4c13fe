"""Small changes of a module's source, each of which a test should notice: what ./run bench mutants tries."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

SWAPPED: dict[type, type] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}  # fmt: skip
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass(frozen=True)
class Mutant:
    """One change: where, what stood there, what stands there now, and the whole source with it."""

    path: str
    line: int
    end_line: int
    before: str
    after: str
    source: str
    is_in_function: bool  # otherwise it is part of what happens at import

    @property
    def words(self) -> str:
        """The change on one line."""
        before, after = (" ".join(text.split())[:90] for text in (self.before, self.after))
        return f"{self.path}:{self.line}  {before}  ->  {after}"


def mutants(path: str, source: str) -> list[Mutant]:
    """Every change of this source that is known here, in the order of its lines."""
    text, starts = source.encode(), [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    found = []
    for node, after, is_in_function in _Walk().changes(ast.parse(source)):
        begin = starts[node.lineno - 1] + node.col_offset
        end = starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)
        before = text[begin:end].decode()
        changed = (text[:begin] + after.encode() + text[end:]).decode()
        try:
            compile(changed, path, "exec", dont_inherit=True)
        except SyntaxError:
            continue
        found.append(Mutant(path, node.lineno, node.end_lineno or 0, before, after, changed, is_in_function))
    return sorted(found, key=lambda mutant: mutant.line)


class _Walk:
    """Goes through a syntax tree and leaves out what no test can notice: annotations, docstrings, imports, __all__."""

    def changes(self, node: ast.AST, inside: bool = False) -> Iterator[tuple[ast.expr | ast.stmt, str, bool]]:
        if isinstance(node, ast.Import | ast.ImportFrom) or _is_list_of_names(node):
            return
        if isinstance(node, ast.expr | ast.stmt):
            for after in _changed(node):
                yield node, after, inside
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "decorator_list", "type_params", "bases", "type_comment"):
                continue
            below = inside or (isinstance(node, FUNCTIONS) and name == "body")
            children = value if isinstance(value, list) else [value]
            for place, child in enumerate(children):
                if name == "body" and place == 0 and _is_docstring(child):
                    continue
                if isinstance(child, ast.AST) and not isinstance(node, ast.JoinedStr):
                    yield from self.changes(child, below)


def _is_docstring(node: object) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _is_list_of_names(node: ast.AST) -> bool:
    return isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"


def _changed(node: ast.expr | ast.stmt) -> Iterator[str]:
    """What may stand in the place of this node."""
    match node:
        case ast.Compare():
            for place, operator in enumerate(node.ops):
                operators = [*node.ops[:place], SWAPPED[type(operator)](), *node.ops[place + 1 :]]
                yield f"({ast.unparse(ast.Compare(node.left, operators, node.comparators))})"
        case ast.BoolOp():
            for place in range(len(node.values)):  # one of the conditions gone
                rest = [*node.values[:place], *node.values[place + 1 :]]
                yield f"({ast.unparse(ast.BoolOp(node.op, rest) if len(rest) > 1 else rest[0])})"
        case ast.BinOp() if type(node.op) in SWAPPED:
            yield f"({ast.unparse(ast.BinOp(node.left, SWAPPED[type(node.op)](), node.right))})"
        case ast.UnaryOp(op=ast.Not()):
            yield f"({ast.unparse(node.operand)})"
        case ast.IfExp():
            yield f"({ast.unparse(node.body)})"
            yield f"({ast.unparse(node.orelse)})"
        case ast.JoinedStr():
            yield '"XX"'
        case ast.Constant():
            yield from _other_value(node.value)
        case ast.Tuple() | ast.List() | ast.Set() if len(node.elts) > 1 and not isinstance(node.elts[0], ast.Name):
            yield from _without_one(node)
        case ast.Dict() if len(node.keys) > 1:
            for place in range(len(node.keys)):
                keys, values = list(node.keys), list(node.values)
                del keys[place], values[place]
                yield ast.unparse(ast.Dict(keys, values))
        case ast.If() | ast.While():
            return  # its condition has changes of its own
        case ast.Expr() | ast.Raise() | ast.AugAssign():
            yield "pass"
        case ast.Return() if node.value is not None and not _is_none(node.value):
            yield "return None"
        case ast.Continue():
            yield "break"
        case ast.Break():
            yield "continue"


def _without_one(node: ast.Tuple | ast.List | ast.Set) -> Iterator[str]:
    for place in range(len(node.elts)):
        rest = [*node.elts[:place], *node.elts[place + 1 :]]
        yield ast.unparse(type(node)(rest, node.ctx) if not isinstance(node, ast.Set) else ast.Set(rest))


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _other_value(value: object) -> Iterator[str]:
    match value:
        case bool():
            yield repr(not value)
        case int():
            yield repr(value + 1)
        case str():
            yield repr(f"XX{value}" if value else "XX")
