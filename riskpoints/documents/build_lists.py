"""From the register's rows to 附件1 and the 登记汇总表: many versions at once, with a constant number of queries."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from django.utils import timezone

from departments.enums import GroupPosition, Level
from departments.models import LeadershipGroup, School
from riskpoints import fields
from riskpoints.content.duty import duties
from riskpoints.content.today import Standing
from riskpoints.documents.data import GroupList, Mark, Register, RegisterRow, printed_date
from riskpoints.enums import Stage
from riskpoints.models import Measure, RiskPoint, TableVersion
from riskpoints.register import numbers

# 责任领导 of a department's points of a level, by names; None is the school.
Answers = Callable[[int | None, int | None], str]


def group_list(
    group: LeadershipGroup, *, school: School | None = None, members: Iterable[tuple[str, str]] | None = None
) -> GroupList:
    """附件1 of one term, in printed order (R51); an archive gives school and members as it keeps them."""
    school = school or School.current()
    if members is None:
        members = group.members.order_by("order", "id").values_list("position", "person_name")
    names: dict[str, list[str]] = defaultdict(list)
    for position, name in members:
        names[position].append(name)
    return GroupList(
        author=school.full_name,
        made_on=group.since,
        title_lines=(group.heading or school.full_name, group.title),
        chiefs=tuple(names[GroupPosition.CHIEF]),
        deputies=tuple(names[GroupPosition.DEPUTY]),
        members=tuple(names[GroupPosition.MEMBER]),
        closing=group.office_sentence,
    )


def year_register(
    versions: Sequence[TableVersion],
    *,
    scope: str = "",
    mark: Mark = Mark.FINAL,
    school: School | None = None,
    leaders: Answers | None = None,
    shows_assessment: bool = True,
) -> Register:
    """登记汇总表 of all the versions in force of a year: the points in the order of the tables and their forms (R30).

    An archive gives the school and who answers for each level as it keeps them, and shows no assessment. Whether a
    version is in force on the day of printing is said nowhere: the paper is of the year, and the same at any time.
    """
    school = school or School.current()
    leaders = leaders_of(versions) if leaders is None else leaders
    days = [version.signed_on for version in versions if version.signed_on]
    years = [version.table.cycle.year for version in versions]
    return Register(
        author=school.full_name,
        mark=mark,
        made_on=max(days, default=None),
        school_name=school.full_name,
        year=max(years, default=timezone.localdate().year),
        rows=tuple(_rows(versions, leaders, shows_assessment=shows_assessment)),
        scope=scope,
    )


def _rows(versions: Sequence[TableVersion], leaders: Answers, *, shows_assessment: bool) -> Iterator[RegisterRow]:
    of_year = str(Standing.OF_YEAR.label)
    points, measures, numbered = _points(versions), _measures(versions), numbers.of_a_year(versions)
    for version in versions:
        for point in points[version.pk]:
            own = [*measures[version.pk, point.pk], *measures[version.pk, point.category]]
            number, leader = numbered[point.pk], leaders(version.table.department_id, point.level)
            yield register_row(number, version, point, own, leader, status=of_year, shows_assessment=shows_assessment)


def register_row(
    number: str,
    version: TableVersion,
    point: RiskPoint,
    measures: Iterable[Measure],
    leader: str,
    *,
    status: str,
    shows_assessment: bool = True,
) -> RegisterRow:
    """One risk point as a row; `status` says where its version stands. Scales, the three levels and reasons stay blank
    for people who don't see the assessment; the level that counts is in every row."""
    by_stage = _by_stage(measures)
    day = version.signed_on or (timezone.localdate(version.submitted_at) if version.submitted_at else None)
    return RegisterRow(
        number=number,
        department=version.owner_name,
        post=point.post_name,
        power="\n".join(filter(None, (point.power_words, point.matter))),
        category=point.get_category_display(),
        point=point.text,
        manifestation=point.manifestation,
        level=Level(point.level).label if point.level else "",
        prevention=_texts(by_stage, Stage.PREVENTION),
        monitoring=_texts(by_stage, Stage.MONITORING),
        response=_texts(by_stage, Stage.RESPONSE),
        responsible=point.responsible,
        leader=leader,
        methods="、".join(point.finding_labels),
        status=status,
        version_date=printed_date(day, ""),
        standing="潜在" if point.is_latent else "已存在",
        key_area="是" if point.is_key_area else "",
        timing=_said(by_stage, "timing"),
        basis=_said(by_stage, "basis"),
        regulations=_said(by_stage, "cited"),
        measure_responsible=_said(by_stage, "responsible"),
        more=_plain_texts(point, by_stage),
        **(_assessment(point) if shows_assessment else {}),
    )


def _by_stage(measures: Iterable[Measure]) -> dict[str, list[Measure]]:
    """The measures of each stage; without one they count as 前期预防."""
    found: dict[str, list[Measure]] = defaultdict(list)
    for measure in measures:
        found[measure.stage or Stage.PREVENTION].append(measure)
    return found


def _texts(by_stage: Mapping[str, Sequence[Measure]], stage: Stage) -> str:
    return "\n".join(measure.text for measure in by_stage.get(stage, ()))


def _plain_texts(point: RiskPoint, by_stage: Mapping[str, Sequence[Measure]]) -> dict[str, str]:
    """What stands in fields that have no column of their own."""
    measures = {f"measure_{field.name}": _said(by_stage, field.name) for field in fields.plain(fields.MEASURE)}
    return {field.name: fields.text_of(field, point) for field in fields.plain(fields.POINT)} | measures


def _assessment(point: RiskPoint) -> dict[str, str]:
    """机率, 危害, the three levels side by side and their reasons."""

    def label(level: int | None) -> str:
        return str(Level(level).label) if level else ""

    return {
        "likelihood": point.get_likelihood_display() or "",
        "harm": point.get_harm_display() or "",
        "computed": label(point.computed_level),
        "proposed": label(point.proposed_level),
        "proposed_reason": point.proposed_reason,
        "confirmed": label(point.confirmed_level),
        "confirmed_reason": point.confirmed_reason,
    }


def _said(by_stage: Mapping[str, Sequence[Measure]], name: str) -> str:
    """What the measures say in one field, a line each, with the stage and, where it has several, the place in it."""
    lines = []
    for stage in Stage:
        for place, measure in enumerate(by_stage.get(stage, ()), start=1):
            value = getattr(measure, name)
            value = "、".join(value) if isinstance(value, list) else value
            if value:
                lines.append(f"{stage.label}{place if len(by_stage[stage]) > 1 else ''}：{value}")
    return "\n".join(lines)


def _points(versions: Sequence[TableVersion]) -> dict[int, list[RiskPoint]]:
    found: dict[int, list[RiskPoint]] = defaultdict(list)
    for point in RiskPoint.objects.filter(version__in=[version.pk for version in versions]):
        found[point.version_id].append(point)
    for points in found.values():
        points.sort(key=lambda point: (numbers.RANK[point.category], point.order, point.pk))
    return found


def _measures(versions: Sequence[TableVersion]) -> dict[tuple[int, int | str], list[Measure]]:
    """Measures by version and point; those of a whole category by version and category."""
    found: dict[tuple[int, int | str], list[Measure]] = defaultdict(list)
    measures = Measure.objects.filter(version__in=[version.pk for version in versions]).order_by("order", "id")
    linked: dict[int, list[int]] = defaultdict(list)
    links = Measure.points.through.objects.filter(measure__version__in=[version.pk for version in versions])
    for measure_id, point_id in links.values_list("measure_id", "riskpoint_id"):
        linked[measure_id].append(point_id)
    for measure in measures:
        keys: list[int | str] = [*linked[measure.pk]] or [measure.category]
        for key in keys:
            found[measure.version_id, key].append(measure)
    return found


def leaders_of(versions: Iterable[TableVersion]) -> Answers:
    """责任领导 as the roles are today: who answers for each level of these versions (R40)."""
    return duties({version.table.department_id for version in versions}).named
