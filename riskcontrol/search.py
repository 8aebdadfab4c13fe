"""Search that finds what looks the same: the rule of riskcontrol.text.folded inside either database."""

from typing import Any

from django.db.models import F, Func, Q, TextField
from django.db.models.lookups import Contains

from riskcontrol.text import ASCII_LOWER, DOTS, UNSEEN_IN_A_DATABASE, folded

FUNCTION = "register_folded"


class Folded(Func):
    """A column as riskcontrol.text.folded() gives it; PostgreSQL has the same steps, SQLite is given the function."""

    arity = 1
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        connection.ensure_connection()
        # Once per connection would do; to register it again costs less than to remember for which one it was done.
        connection.connection.create_function(FUNCTION, 1, _folded, deterministic=True)
        return super().as_sql(compiler, connection, function=FUNCTION, **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        inner, params = compiler.compile(self.source_expressions[0])
        dots, unseen = "".join(map(chr, DOTS)), f"[{UNSEEN_IN_A_DATABASE}]+"
        params = [*params]
        for _ in range(2):  # what NFKC makes of a character can be a dot, a space, or part of another character
            inner = f"NORMALIZE(REGEXP_REPLACE(TRANSLATE(({inner})::text, %s, %s), %s, '', 'g'), NFKC)"
            params += [dots, "·" * len(dots), unseen]
        upper, lower = "".join(map(chr, ASCII_LOWER)), "".join(map(chr, ASCII_LOWER.values()))
        return f"TRANSLATE({inner}, %s, %s)", [*params, upper, lower]


def _folded(text: str | None) -> str | None:
    return None if text is None else folded(str(text))


def says(word: str, *fields: str) -> Q:
    """Whether one of the fields holds the word, whatever widths, dots, spaces or letters it is written with."""
    wanted = folded(word)
    found = Q()
    for field in fields:
        found |= Q(Contains(Folded(field), wanted))
    return found


def says_folded(word: str, field: str) -> Q:
    """The same of a field that holds folded texts already."""
    return Q(Contains(F(field), folded(word)))
