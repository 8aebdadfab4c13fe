"""逐条定级: likelihood and harm of a point set with one press, and what becomes of the level that was proposed.

Source: founding document 三（一）3; the rule itself is in riskpoints/levels.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from departments.enums import Level
from departments.models import Actor, Post
from riskcontrol.text import is_blank
from riskpoints import levels
from riskpoints.enums import Harm, Likelihood
from riskpoints.levels import Ruling
from riskpoints.models import RiskPoint
from riskpoints.tables import editing


@dataclass(frozen=True)
class Square:
    """One of the nine pairs of likelihood and harm, and the level that a point gets by it; `place` is 1 to 9.

    `is_lifted`: the scales alone would give a milder level than the functions of the post allow.
    """

    place: int
    likelihood: Likelihood
    harm: Harm
    level: Level
    is_lifted: bool

    @property
    def key(self) -> str:
        """What a form sends."""
        return f"{self.likelihood.value}-{self.harm.value}"


PAIRS = {f"{likelihood.value}-{harm.value}": (likelihood, harm) for likelihood in Likelihood for harm in Harm}


def ruling_now(point: RiskPoint, likelihood: int | None, harm: int | None) -> Ruling:
    """What the rule says with these scales and the functions that the post has today, as saving would see it."""
    return levels.rule(likelihood, harm, point.post.floors if point.post else ())


def squares(floors: Sequence[tuple[str, int]]) -> list[Square]:
    """The nine squares of a point whose post has these functions, each (name, floor).

    Row by row: likelihood from high to low, harm from severe to limited.
    """
    found = []
    for place, (likelihood, harm) in enumerate(PAIRS.values(), start=1):
        ruling = levels.rule(likelihood, harm, floors)
        if ruling.computed is None:  # both scales are given
            raise AssertionError
        found.append(Square(place, likelihood, harm, ruling.computed, ruling.computed != ruling.by_scales))
    return found


def square_lines(floors: Sequence[tuple[str, int]]) -> list[tuple[Likelihood, list[Square]]]:
    """The same squares as a page shows them: a line for each likelihood."""
    every = squares(floors)
    return [(likelihood, [one for one in every if one.likelihood == likelihood]) for likelihood in Likelihood]


def proposal_after(point: RiskPoint, after: Ruling) -> int | None:
    """The level that the department proposes once the rule says something else.

    A proposal that was the rule's own follows it. One that somebody chose against the rule stays, as long as it is
    allowed and has the reason that it needs; else it follows the rule, too.
    """
    own, before = point.proposed_level, ruling_now(point, point.likelihood, point.harm)
    if own is None or own in (before.computed, point.computed_level):
        return after.computed
    if after.is_forbidden(own) or (after.needs_reason(own) and is_blank(point.proposed_reason)):
        return after.computed
    return own


def set_level(point: RiskPoint, pair: str, *, lock: int | None, actor: Actor) -> RiskPoint:
    """Set both scales to one of PAIRS (its key), and the proposed level as proposal_after() says.

    Raises what editing.save_point() raises.
    """
    likelihood, harm = PAIRS[pair]
    proposed = proposal_after(point, ruling_now(point, likelihood, harm))
    values = {"likelihood": likelihood.value, "harm": harm.value, "proposed_level": proposed}
    return editing.save_point(point.version, values, point=point, lock=lock, actor=actor)


def set_post(point: RiskPoint, post: Post | None, *, lock: int | None, actor: Actor) -> RiskPoint:
    """Move a point to another post (None: to none), and let the proposed level follow as proposal_after() says.

    Raises what editing.save_point() raises.
    """
    after = levels.rule(point.likelihood, point.harm, post.floors if post else ())
    values = {"post": post, "proposed_level": proposal_after(point, after)}
    return editing.save_point(point.version, values, point=point, lock=lock, actor=actor)
