"""The assessment of the sample school: most departments decided, one in each earlier state, one head with a veto."""

import itertools
from collections.abc import Sequence
from decimal import Decimal

from django.utils import timezone

from departments.models import Department, User
from riskpoints.models import ControlTable, Cycle
from riskpoints.oversight.assessment import acting, filling, sheets, vetoes
from riskpoints.oversight.assessment.acting import Given
from riskpoints.oversight.assessment.filling import Said
from riskpoints.oversight.assessment.permissions import AssessmentAction, can
from riskpoints.oversight.assessment.vetoes import Case
from riskpoints.oversight.enums import AssessmentState
from riskpoints.oversight.models import Assessment, AssessmentItem
from riskpoints.wings import SampleSchool

# Where departments without a table in force stand, one after the other; those with one are decided.
EARLIER = (AssessmentState.SELF, AssessmentState.HANDED_IN, AssessmentState.SCORING, AssessmentState.SCORED)
# Its head would have been 优秀.
VETOED = "academic"
WORDS = "有分工表、研究记录和台账，附清单备查。"
MINUTES = "领导小组会议纪要〔{}〕4号"
PAPER = "纪委档案柜 2 号盒"


def fill(school: SampleSchool) -> None:
    """The default indicators in use, and every department of the year as far as its state says."""
    office = school.people["office_a"]
    sheet = sheets.activate(sheets.draft(school.cycle, actor=office), actor=office)
    _veto(school)
    in_force = ControlTable.objects.filter(cycle=sheet.cycle, in_force__isnull=False)
    signed = set(in_force.values_list("department", flat=True))
    scored: list[Assessment] = []
    waiting = itertools.cycle(EARLIER)
    for key, department in school.departments.items():
        head = school.people.get(f"head_{key}")
        if head is None or department.is_leaders:
            continue
        state = AssessmentState.DECIDED if department.pk in signed else next(waiting)
        share = Decimal(1) if key == VETOED else Decimal("0.9")
        row = _judge(sheet.cycle, department, head, state, school, share=share)
        if state == AssessmentState.DECIDED:
            scored.append(row)
    minutes = MINUTES.format(school.cycle.year)
    acting.decide(scored, decided_on=timezone.localdate(), minutes_number=minutes, actor=school.people["principal"])


def _judge(
    cycle: Cycle, department: Department, head: User, state: str, school: SampleSchool, *, share: Decimal
) -> Assessment:
    row = filling.begin(cycle, department, actor=head)
    manual = [item for item in acting.items_of(row) if not item.indicator.is_automatic]
    written = manual[:2] if state == AssessmentState.SELF else manual
    row = filling.save(row, {one.pk: Said(_points(one, share), WORDS) for one in written}, seen=row.lock, actor=head)
    if state == AssessmentState.SELF:
        return row
    row = acting.submit(row, actor=head)
    if state == AssessmentState.HANDED_IN:
        return row
    scorer = _scorer(department, school)
    row = acting.score(row, _given(manual, share), actor=scorer)
    return row if state == AssessmentState.SCORING else acting.finish(row, actor=scorer)


def _points(item: AssessmentItem, share: Decimal) -> Decimal:
    """A self-score of half points."""
    return Decimal(round(item.indicator.weight * share * 2)) / 2


def _given(manual: Sequence[AssessmentItem], share: Decimal) -> dict[int, Given]:
    """As the department said, but half a point less for the first, with a reason, unless all of it was well done."""
    less = Decimal(0) if share == 1 else Decimal("0.5")
    first, *others = manual
    found = {one.pk: Given(_points(one, share)) for one in others}
    return {first.pk: Given(_points(first, share) - less, "抽查有一处记录不全。" if less else "")} | found


def _scorer(department: Department, school: SampleSchool) -> User:
    """One of the committee who doesn't belong to the department; of the committee's own office a 副组长."""
    return next(person for person in school.people.values() if can(person, AssessmentAction.SCORE, department))


def _veto(school: SampleSchool) -> None:
    """One that is in force: proposed by the committee, confirmed by the principal."""
    people, department = school.people, school.departments[VETOED]
    today = timezone.localdate()
    case = Case(
        violation_number=f"示范处〔{today.year}〕1号",
        violation_organ="示范市纪委监委",
        violation_on=today,
        violation_paper=PAPER,
        impact_source="示范市教育局通报",
        impact_on=today,
        impact_paper=PAPER,
    )
    proposer = _scorer(department, school)
    veto = vetoes.propose(school.cycle, department, people[f"head_{VETOED}"], "", case, actor=proposer)
    vetoes.confirm(veto, actor=people["principal"])
