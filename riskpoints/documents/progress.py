"""How far a long document is, told by who makes it."""

from collections.abc import Callable

# Done, of how many, and what is being done (Chinese).
Report = Callable[[int, int, str], None]


def silent(done: int, total: int, step: str) -> None:
    """For who doesn't wait for anything."""
