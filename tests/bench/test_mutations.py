"""Which changes ./run bench mutants tries: the bench decides by them whether the tests of the rules are good enough."""

from tests.bench.mutations import mutants

SOURCE = '''"""What it is."""
LIMIT: int = 3
NAMES = ("a", "b")

def check(level: int | None = None) -> bool:
    """Whether it is allowed."""
    if level is None or level > LIMIT:
        raise ValueError("too mild")
    return not level
'''


def test_a_rule_is_changed_wherever_it_says_something():
    found = [(mutant.line, mutant.after, mutant.is_in_function) for mutant in mutants("rule.py", SOURCE)]
    assert sorted(found) == sorted(
        [
            (2, "4", False),
            (3, "('b',)", False), (3, "('a',)", False), (3, "'XXa'", False), (3, "'XXb'", False),
            (7, "(level > LIMIT)", True), (7, "(level is None)", True),
            (7, "(level is not None)", True), (7, "(level >= LIMIT)", True),
            (8, "pass", True), (8, "'XXtoo mild'", True),
            (9, "return None", True), (9, "(level)", True),
        ]
    )  # fmt: skip


def test_a_mutant_differs_in_one_place_and_can_be_compiled():
    for mutant in mutants("rule.py", SOURCE):
        compile(mutant.source, mutant.path, "exec")
        assert mutant.source.replace(mutant.after, "", 1).count("\n") == SOURCE.count("\n")
        assert mutant.source != SOURCE
        assert mutant.before in SOURCE
