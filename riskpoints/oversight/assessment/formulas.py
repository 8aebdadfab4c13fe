"""What each automatic indicator is reckoned from, in numbers and in words that anybody can follow by hand.

Pure: counts go in, a share between 0 and 1 with two places comes out, or nothing where there is nothing to reckon with.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from riskpoints.oversight.enums import Formula

# What was counted, by its name; None: there is nothing to count.
Counts = Mapping[str, int] | None
CENT, ONE = Decimal("0.01"), Decimal(1)
LATE_DAY, HALF = Decimal("0.1"), Decimal("0.5")
# Whoever reaches so many of the department has reached all that is asked (校内默认).
FULL_PART = Decimal("0.6")
NOT_APPLICABLE = "不适用"


@dataclass(frozen=True)
class Reckoned:
    """The share of an indicator's weight that is reached (None: 不适用), how it was reckoned, and from what."""

    value: Decimal | None
    words: str
    counts: Mapping[str, int] = field(default_factory=dict)


def rounded(number: Decimal) -> Decimal:
    """Two places, halves upwards, as people reckon."""
    return number.quantize(CENT, rounding=ROUND_HALF_UP)


def plain(number: Decimal) -> str:
    """A number without zeros at its end: 0.5, 4."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def reckon(formula: str, counts: Counts) -> Reckoned:
    """The share that a department reaches by these counts."""
    if counts is None:
        return Reckoned(None, "没有数据，不适用")
    value, words = _FORMULAS[Formula(formula)](counts)
    return Reckoned(value, words, dict(counts))


def points_of(weight: int, value: Decimal | None) -> Decimal | None:
    """The points of an indicator: its weight times its share."""
    return None if value is None else rounded(weight * value)


@dataclass(frozen=True)
class Total:
    """The score of a sheet, and how it was summed up."""

    score: Decimal
    words: str


def total(parts: Iterable[tuple[int, Decimal | None]], whole: int) -> Total:
    """The sum of (weight, points); where some are 不适用 their weight is left out and the rest scaled to the whole."""
    rows = list(parts)
    weights = sum(weight for weight, points in rows if points is not None)
    points = sum((points for _, points in rows if points is not None), Decimal(0))
    if not weights:
        return Total(rounded(Decimal(0)), "没有适用的指标")
    if weights == whole:
        return Total(rounded(points), f"各项合计 {plain(points)} 分")
    score = rounded(points * whole / weights)
    left_out = whole - weights
    return Total(score, f"不适用的 {left_out} 分不计：{plain(points)}÷{weights}×{whole}={plain(score)} 分")


def average(scores: Iterable[Decimal]) -> Decimal:
    """The mean of what the reviewers gave."""
    given = list(scores)
    return rounded(sum(given, Decimal(0)) / len(given))


def is_far(score: Decimal, own: Decimal, weight: int) -> bool:
    """Whether a score differs from the department's own by more than a fifth of the weight: it says why."""
    return abs(score - own) * 5 > weight


Answer = tuple[Decimal | None, str]


def _share(words: str) -> Callable[[Mapping[str, int]], Answer]:
    """`done` of `of`, told with these words."""

    def reckon_share(counts: Mapping[str, int]) -> Answer:
        said, of = words.format(**counts), counts["of"]
        if not of:
            return None, f"{said}，{NOT_APPLICABLE}"
        value = rounded(Decimal(counts["done"]) / of)
        return value, f"{said}，{counts['done']}÷{of}={plain(value)}"

    return reckon_share


def _inverse(words: str) -> Callable[[Mapping[str, int]], Answer]:
    """`of` without the `bad` ones."""

    def reckon_inverse(counts: Mapping[str, int]) -> Answer:
        said, of, bad = words.format(**counts), counts["of"], counts["bad"]
        if not of:
            return None, f"{said}，{NOT_APPLICABLE}"
        value = rounded(Decimal(of - bad) / of)
        return value, f"{said}，({of}-{bad})÷{of}={plain(value)}"

    return reckon_inverse


def _on_time(counts: Mapping[str, int]) -> Answer:
    late, is_open = counts["late"], counts.get("open", 0)
    if not late:
        return ONE, "在填报截止日以前首次提交，得 1"
    value = max(Decimal(0), ONE - LATE_DAY * late)
    said = f"填报截止已过 {late} 天，还没有提交" if is_open else f"首次提交迟 {late} 天"
    worked_out = f"1-0.1×{late}={plain(value)}" if late <= 10 else f"1-0.1×{late} 小于 0，得 0"
    return rounded(value), f"{said}，{worked_out}"


def _first_pass(counts: Mapping[str, int]) -> Answer:
    returns = counts["returns"]
    value = rounded(ONE / (1 + returns))
    return value, f"退回 {returns} 次，1÷(1+{returns})={plain(value)}"


def _carried_out(counts: Mapping[str, int]) -> Answer:
    done, partly, none = counts["done"], counts["partly"], counts["not_done"]
    of = done + partly + none
    said = f"检查的措施：落实 {done} 项，部分落实 {partly} 项，未落实 {none} 项"
    if not of:
        return None, f"{said}，{NOT_APPLICABLE}"
    value = rounded((done + HALF * partly) / of)
    return value, f"{said}，({done}+{partly}×0.5)÷{of}={plain(value)}"


def _taking_part(counts: Mapping[str, int]) -> Answer:
    of, done = counts["of"], counts["done"]
    said = f"在册 {of} 人，提过建议 {done} 人"
    if not of:
        return None, f"{said}，{NOT_APPLICABLE}"
    value = rounded(Decimal(done) / of / FULL_PART)
    worked_out = f"{done}÷{of}÷0.6={plain(value)}"
    return min(ONE, value), f"{said}（达到六成得满分），{worked_out}{'，按 1 计' if value > 1 else ''}"


_FORMULAS: dict[Formula, Callable[[Mapping[str, int]], Answer]] = {
    Formula.ON_TIME: _on_time,
    Formula.FIRST_PASS: _first_pass,
    Formula.POSTS: _share("在用岗位 {of} 个，有风险点或写明没有的 {done} 个"),
    Formula.CATEGORIES: _share("风险类别 {of} 类，有风险点或写明“无”的 {done} 类"),
    Formula.STAGES: _share("一级风险点 {of} 个，三个阶段措施齐全的 {done} 个"),
    Formula.VAGUE: _inverse("防范措施 {of} 条，空泛的 {bad} 条"),
    Formula.CHECKS: _share("应查 {of} 张，已交 {done} 张"),
    Formula.CARRIED_OUT: _carried_out,
    Formula.RECTIFIED: _share("应回告的处置 {of} 件，按期回告的 {done} 件"),
    Formula.CLOSED: _share("发出的处置 {of} 件，已销号 {done} 件"),
    Formula.OPINIONS: _share("公示意见 {of} 条，已办结 {done} 条"),
    Formula.PROPOSALS: _share("收到建议 {of} 条，已答复 {done} 条"),
    Formula.TAKING_PART: _taking_part,
    Formula.EDUCATION: _share("应到 {of} 人次，实到 {done} 人次"),
    Formula.FIRST_POSTS: _share("一级岗位 {of} 个，任职人受过教育的 {done} 个"),
    Formula.POWERS: _share("职权 {of} 项，已备案 {done} 项"),
    Formula.REPEALED: _inverse("措施引用制度 {of} 处，已失效的 {bad} 处"),
}
