"""Beginning a check: its row, and the points in force at that moment with their texts."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from departments.models import Actor, Department
from riskcontrol import audit
from riskcontrol.text import is_blank, stripped
from riskpoints.content import content
from riskpoints.content.duty import duties
from riskpoints.content.today import in_force_today
from riskpoints.models import Cycle, Measure, RiskPoint, TableVersion
from riskpoints.oversight import routing
from riskpoints.oversight.enums import CheckKind
from riskpoints.oversight.models import CheckLine, CheckMeasure, CheckSheet
from riskpoints.oversight.models.sheet import level_words
from riskpoints.oversight.monitoring import periods
from riskpoints.oversight.monitoring.due import possible_checks
from riskpoints.oversight.monitoring.states import CheckError
from riskpoints.oversight.permissions import filling, require_still
from riskpoints.oversight.verbs import OversightVerb
from riskpoints.register import numbers

CONCERNED = "您是所查风险点的责任人或岗位任职人，不能作监督检查，请纪委的其他人检查。"


@dataclass(frozen=True)
class Which:
    """Which check: of a department in a period of a year, at a level, of a kind."""

    cycle: Cycle
    department: Department
    kind: str
    level: int
    period: str


def start(which: Which, *, actor: Actor, checker: str = "", recorder: str = "") -> CheckSheet:
    """Begin a check, or give the one that somebody else has just begun.

    `checker` and `recorder` are asked for here where the committee checks; in a 自查 whoever begins it stands for
    both until the page says otherwise. CheckError where it is not to be made, PermissionDenied where the actor may
    not; ValidationError by field.
    """
    _require_named(which, checker, recorder)
    with transaction.atomic():
        cycle = _open_year(which.cycle)
        require_still(actor, filling(which.kind), which.department)
        known = find(which)
        if known is not None:
            return known
        _require_asked(which, cycle)
        version = _version_of(which.department)
        loaded = content.load(version)
        points = [point for point in loaded.points if point.level == which.level]
        if not points:
            raise CheckError(f"{which.department.name}的现行表里没有{level_words(which.level)}点，不用检查。")
        begins = actor.real_name if which.kind == CheckKind.SELF else ""
        sheet = CheckSheet(
            **vars(which) | {"cycle": cycle},
            department_name=which.department.name,
            version=version,
            version_name=f"{version.table.cycle}第 {version.number} 版",
            duty=duties([which.department.pk]).of(which.department.pk, which.level).words[:200],
            checker=stripped(checker) or begins,
            recorder=stripped(recorder) or begins,
            started_by=actor,
            started_by_name=actor.real_name,
        )
        sheet.full_clean()
        sheet.save()
        _add_lines(sheet, loaded, points)
        require_unconcerned(sheet, actor)
        audit.record(OversightVerb.CHECK_START, actor=actor, target=sheet, detail={"风险点": len(points)})
    return sheet


def find(which: Which) -> CheckSheet | None:
    """The check where somebody has begun it."""
    return CheckSheet.objects.filter(**vars(which)).select_related("cycle", "department").first()


def _open_year(cycle: Cycle) -> Cycle:
    """The year, locked: two who begin the same check come one after the other."""
    locked = Cycle.objects.select_for_update().filter(pk=cycle.pk).first()
    if locked is None or locked.is_closed or locked.is_historical:
        raise CheckError(f"{cycle}已经关闭或撤销，不能再开始检查。")
    return locked


def _require_named(which: Which, checker: str, recorder: str) -> None:
    """The committee's check has somebody who looks and somebody who writes down; ValidationError by field."""
    wanted = {"checker": (checker, "请写明检查人。"), "recorder": (recorder, "请写明记录人。")}
    errors = {name: words for name, (text, words) in wanted.items() if is_blank(text)}
    if errors and which.kind == CheckKind.SUPERVISION:
        raise ValidationError(errors)


def _require_asked(which: Which, cycle: Cycle) -> None:
    """A department begins what is due, or what runs; the committee begins any period that has begun."""
    if which.kind == CheckKind.SELF:
        asked = {one.key for one in possible_checks(cycle, [which.department.pk])}
        if (which.department.pk, which.level, which.period) not in asked:
            raise CheckError("按现在的规定和现行表，没有这项自查。请刷新监控检查页。")
    elif which.period not in periods.begun(cycle.year, timezone.localdate()):
        raise CheckError("这个时段还没有开始。")
    elif not which.department.is_active_on(timezone.localdate()):
        raise CheckError(f"{which.department.name}已经撤并，不能再检查。")


def _version_of(department: Department) -> TableVersion:
    found = TableVersion.objects.filter(in_force_today(), table__department=department)
    version = found.select_related("table__cycle", "table__department").first()
    if version is None:
        raise CheckError(f"{department.name}今天没有现行表，没有可以对照检查的风险点。")
    return version


def _add_lines(sheet: CheckSheet, loaded: content.TableContent, points: list[RiskPoint]) -> None:
    numbered = numbers.of([loaded.version])
    for order, point in enumerate(points, start=1):
        line = CheckLine.objects.create(
            sheet=sheet,
            order=order,
            identity=point.identity,
            number=numbered.get(point.pk, ""),
            post=point.post,
            post_name=point.post_name,
            text=point.text,
            level=sheet.level,
            responsible=point.responsible,
        )
        measures = loaded.measures_of(point)
        CheckMeasure.objects.bulk_create(_measure(line, place, row) for place, row in enumerate(measures, start=1))


def _measure(line: CheckLine, order: int, row: Measure) -> CheckMeasure:
    return CheckMeasure(line=line, order=order, identity=row.identity, text=row.text, responsible=row.responsible)


def require_unconcerned(sheet: CheckSheet, actor: Actor) -> None:
    """PermissionDenied where the committee's check is made by whoever answers for what it looks at; CheckError where
    such a person is named as checker or recorder."""
    if sheet.kind == CheckKind.SELF:
        return
    who = routing.concerned_by(sheet)
    if who.answers(actor):
        raise PermissionDenied(CONCERNED)
    named = (routing.names_in(sheet.checker) | routing.names_in(sheet.recorder)) & who.responsible_names
    if named:
        raise CheckError("检查人或记录人是所查风险点的责任人，请改由其他人检查。")
