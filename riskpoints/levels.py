"""The level rule as pure functions: worse of two scales, floors by function, roll-up.

Source: founding document 三（一）3; settled in domain.md ("Decided", T5–T8). Levels are 1 (highest risk) to 3.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from departments.enums import Level
from riskpoints.enums import Harm, Likelihood


@dataclass(frozen=True)
class Ruling:
    """What the rule says of one point: the scales' level, the floor, the level they give together, and why."""

    by_scales: Level | None
    floor: Level | None
    computed: Level | None
    reasons: tuple[str, ...]

    @property
    def allowed(self) -> tuple[Level, ...]:
        """The levels that may be chosen: none below the floor."""
        return tuple(level for level in Level if self.floor is None or level <= self.floor)

    def is_forbidden(self, level: int) -> bool:
        """Whether the level is milder than the floor of the post's functions: never allowed (R25, R27)."""
        return self.floor is not None and level > self.floor

    def needs_reason(self, level: int) -> bool:
        """Whether the level is milder than the computed one: only with a written reason."""
        return self.computed is not None and level > self.computed


def worst(levels: Iterable[int | None]) -> Level | None:
    """The highest risk of several levels (1 is the worst), or None where there is none."""
    known = [level for level in levels if level is not None]
    return Level(min(known)) if known else None


def scales_level(likelihood: int | None, harm: int | None) -> Level | None:
    """The worse of likelihood and harm: the document says 或者, so no product (T6). None until both are given."""
    if likelihood is None or harm is None:
        return None
    return worst([likelihood, harm])


def rule(likelihood: int | None, harm: int | None, functions: Iterable[tuple[str, int]] = ()) -> Ruling:
    """Apply the rule to one point whose post has these functions, each (name, floor)."""
    functions = tuple(functions)
    by_scales = scales_level(likelihood, harm)
    floor = worst(floor for _, floor in functions)
    computed = worst([by_scales, floor]) if by_scales is not None else None
    reasons = []
    if likelihood is not None and harm is not None and by_scales is not None:
        reasons.append(_scales_reason(likelihood, harm, by_scales))
    if floor is not None:
        names = "、".join(name for name, value in functions if value == floor)
        reasons.append(f"该岗位从事{names}，按规定不低于{floor.label}。")
    return Ruling(by_scales, floor, computed, tuple(reasons))


def _scales_reason(likelihood: int, harm: int, level: Level) -> str:
    chance, damage = Likelihood(likelihood).label, Harm(harm).label
    if likelihood == harm:
        return f"发生机率“{chance}”、危害程度“{damage}”，均为{level.label}。"
    decisive = f"发生机率“{chance}”" if likelihood == level else f"危害程度“{damage}”"
    return f"机率与危害取较重的一级：{decisive}已达{level.label}。"
