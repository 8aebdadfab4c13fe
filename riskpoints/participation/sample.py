"""What people of the sample school proposed to each other, what cooperating departments said (R55, R70), and what the
public said of a table under publicity (R33)."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from departments.enums import Level, Role
from departments.models import Department, User
from departments.permissions import has_role_in
from riskpoints.enums import Category, Status
from riskpoints.participation import cooperation, opinions, services
from riskpoints.participation.enums import CoReply, Outcome, ProposalKind, ProposalState
from riskpoints.participation.models import Proposal
from riskpoints.participation.queries import points_of
from riskpoints.register.publication import published_sheet, published_versions
from riskpoints.wings import SampleSchool

TAKEN = {
    "category": Category.PROCESS,
    "text": "维修材料出库没有领用人签字，用在哪里说不清",
    "measure": "出库单由领用人和库管员双人签字，每月与维修单核对",
    "reason": "报修时看到材料直接拿走",
}
DECLINED = {"category": Category.DUTY, "text": "考试监考人员临时调换没有记录"}
OPEN = {
    "category": Category.PROCESS,
    "text": "代收费退费办理时间过长，家长多次询问",
    "measure": "公布退费办理时限，超时由负责人说明",
}
MEASURE: dict[str, Any] = {
    "kind": ProposalKind.MEASURE,
    "text": "每学期公开一次办理情况，接受师生查询",
    "reason": "公开以后少有疑问",
}
LEVEL: dict[str, Any] = {
    "kind": ProposalKind.LEVEL,
    "level": Level.FIRST,
    "text": "涉及金额大、经手人少，发生以后影响也大",
}
EXPLAINED: dict[str, Any] = {"text": "防范措施写得比较原则，希望写明多长时间公开一次、在哪里能看到。"}
EXPLAINED_BY: dict[str, Any] = {
    "outcome": Outcome.EXPLAINED,
    "answer": "每学期末在学校公示栏和网站各公开一次，五个工作日。谢谢您的建议。",
    "answer_is_public": True,
    "text_is_public": True,
}
OUTSIDE: dict[str, Any] = {"text": "毕业证补办要跑两次，能不能一次办完？"}
OUTSIDE_BY: dict[str, Any] = {"outcome": Outcome.OUTSIDE, "answer": "已转教务处，由教务处改进补办流程。"}
WAITING: dict[str, Any] = {"text": "评优名单公示的时间太短，住校生周末不在校，看不到。"}
DIFFERS = "验收单由本部门当场签出，付款迟早不取决于验收；建议写明验收单送财务处的时限。"


def fill(school: SampleSchool) -> None:
    """Proposals of each kind, open and answered, and the answers of two departments that cooperate at one point."""
    people = school.people
    logistics, finance, academic = (school.departments[key] for key in ("logistics", "finance", "academic"))
    taken = services.propose(logistics, TAKEN, actor=people["staff_accountant"])
    services.accept(taken, answer="采纳，写入修订稿。", actor=people["head_logistics"])
    declined = services.propose(academic, DECLINED, actor=people["head_student"])
    services.decline(declined, "现行表“考务”一项已有调换登记的措施。", actor=people["head_academic"])
    waiting = services.propose(finance, OPEN, actor=people["staff_registrar"])
    # It has waited for three weeks, so that the office sees it.
    Proposal.objects.filter(pk=waiting.pk).update(sent_at=timezone.now() - datetime.timedelta(days=21))
    _measure(logistics, people)
    _levels(logistics, academic, people)
    _cooperate(people)
    _opinions(school)


def _opinions(school: SampleSchool) -> None:
    """What three people said of the table under publicity: explained for everybody to read, handed on to whom it
    concerns, and an anonymous one that waits for its answer."""
    version = published_versions().filter(status=Status.REVIEWED).order_by("pk").first()
    if version is None:
        return
    office, first = school.people["office_a"], published_sheet(version).points[0]
    explained = opinions.send_feedback(version, name="家长代表", **EXPLAINED, point=first.identity)
    opinions.answer_feedback(explained, **EXPLAINED_BY, actor=office)
    outside = opinions.send_feedback(version, name="一名毕业生", **OUTSIDE)
    opinions.answer_feedback(outside, **OUTSIDE_BY, actor=office)
    opinions.send_feedback(version, **WAITING)


def _measure(logistics: Department, people: Mapping[str, User]) -> None:
    """A measure for a point in force, for which the clerk prepared an answer."""
    point = points_of(logistics)[0]
    proposal = services.propose(logistics, MEASURE | {"target_point": point.identity}, actor=people["staff_registrar"])
    said = {"state": ProposalState.ACCEPTED, "answer": "可行，随修订稿写入。", "seen": ""}
    services.prepare(proposal, **said, actor=people["clerk_logistics"])


def _levels(logistics: Department, academic: Department, people: Mapping[str, User]) -> None:
    """Opinions on levels: one that the head agrees with, read again when the revision is reviewed, and an open one."""
    for department, proposer in ((logistics, "staff_buyer"), (academic, "staff_registrar")):
        points = list(points_of(department))
        point = next((row for row in points if row.level != Level.FIRST), points[0])
        values = LEVEL | {"target_point": point.identity}
        proposal = services.propose(department, values, actor=people[proposer])
        if department == logistics:
            services.agree(proposal, "同意，修订稿里改为建议一级。", actor=people["head_logistics"])


def _cooperate(people: Mapping[str, User]) -> None:
    """The first of the departments takes note, the second differs."""
    for place, line in enumerate(cooperation.lines(cooperation.points_in_force())[:2]):
        head = next(user for user in people.values() if has_role_in(user, line.department, Role.HEAD))
        reply, reason = (CoReply.DIFFERS, DIFFERS) if place else (CoReply.NOTED, "")
        cooperation.answer(line, reply=reply, reason=reason, seen=line.asked.said, actor=head)
