"""The findings and handlings of the sample school: one closed, one in its second round, one escalated, one about a
person, one that waits to be decided, one that asks for a revision."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from departments.models import User
from riskpoints.oversight.enums import HandlingAct, HandlingKind, Nature, Source
from riskpoints.oversight.handling import acting, drafting, findings
from riskpoints.oversight.handling.drafting import Draft
from riskpoints.oversight.handling.findings import Found
from riskpoints.oversight.models import Finding, Handling
from riskpoints.wings import SampleSchool

A = HandlingAct


def fill(school: SampleSchool) -> None:
    """Six findings, and what was done about four of them."""
    _closed(school)
    _second_round(school)
    _escalated(school)
    _of_person(school)
    _find(school, "it", Source.SUPERIOR, "机房设备报废清单与资产账有 3 台对不上，处置手续不全。")
    _find(school, "academic", Source.CONGRESS, "教材选用小组会议没有逐项表决记录。", demands_revision=True)


def _find(school: SampleSchool, key: str, source: str, text: str, **more: Any) -> Finding:
    found = Found(school.departments[key], source, timezone.localdate(), text, **more)
    return findings.register(found, token=f"sample-{key}-{source}", actor=school.people["reviewer_a"])


def _draft(school: SampleSchool, finding: Finding, kind: HandlingKind, summary: str, demand: str = "") -> Handling:
    what = Draft(kind, summary, demand)
    return drafting.draft([finding], what, token=f"sample-{finding.pk}", actor=school.people["reviewer_a"])


def _do(
    act: HandlingAct, handling: Handling, actor: User, text: str = "", values: Mapping[str, Any] | None = None
) -> Handling:
    return acting.perform(act, handling, actor=actor, text=text, values=values)


def _replied(school: SampleSchool, handling: Handling, key: str, causes: str, measures: str) -> Handling:
    """Approved, received and answered by the head of the department."""
    head = school.people[f"head_{key}"]
    handling = _do(A.APPROVE, handling, school.people["reviewer_b"], "同意发出。")
    handling = _do(A.RECEIVE, handling, head)
    return _do(A.REPLY, handling, head, values=_reply(causes, measures, head.real_name))


def _reply(causes: str, measures: str, name: str) -> dict[str, Any]:
    done_by = timezone.localdate() + datetime.timedelta(days=20)
    return {"causes": causes, "measures": measures, "responsible": name, "done_by": done_by}


def _closed(school: SampleSchool) -> None:
    finding = _find(school, "finance", Source.AUDIT, "两笔代收费退费超过规定时限，没有向家长说明。")
    handling = _draft(
        school,
        finding,
        HandlingKind.RECTIFY,
        "代收费退费超过时限",
        "清理未退款项，公布退费办理时限，超时的说明原因。",
    )
    handling = _replied(
        school, handling, "finance", "退费由一人兼办，期末集中办理。", "每月办理一次，办理时限公布在收费公示栏。"
    )
    _do(A.ACCEPT, handling, school.people["reviewer_a"], "查阅退费台账和公示照片，未退款项已清零。")


def _second_round(school: SampleSchool) -> None:
    finding = _find(school, "logistics", Source.INSPECTION, "维修材料出库单缺领用人签字，抽查 10 份缺 4 份。")
    handling = _draft(
        school, finding, HandlingKind.RECTIFY, "维修材料出库手续不全", "补齐手续，出库单由领用人和库管员双人签字。"
    )
    handling = _replied(
        school, handling, "logistics", "领用时人手紧张，事后补单。", "出库单双人签字，每月与维修单核对。"
    )
    due = timezone.localdate() + datetime.timedelta(days=14)
    _do(
        A.REJECT,
        handling,
        school.people["reviewer_a"],
        "再次抽查 5 份，仍有 1 份没有签字。",
        {"new_due": due},
    )


def _escalated(school: SampleSchool) -> None:
    finding = _find(school, "student", Source.PUBLIC, "宿舍费减免名单公示时间短，有住校生反映看不到。")
    handling = _draft(
        school, finding, HandlingKind.CORRECT, "减免名单公示时间短", "按规定的天数公示，周末在宿舍楼同步张贴。"
    )
    handling = _replied(school, handling, "student", "只在教学楼张贴。", "公示栏、宿舍楼同步张贴，满五个工作日。")
    higher = Draft(HandlingKind.RECTIFY, "减免名单公示仍不到位", "写明公示办法并公开，下学期起执行。")
    reason = "群众仍有反映：本月名单仍只在教学楼张贴。"
    token = f"sample-higher-{handling.pk}"
    drafting.escalate(handling, higher, reason=reason, token=token, actor=school.people["reviewer_a"])


def _of_person(school: SampleSchool) -> None:
    person = school.people["staff_buyer"]
    finding = _find(
        school,
        "logistics",
        Source.LETTERS,
        "个别报销票据填写不规范，需提醒。",
        nature=Nature.PERSON,
        person=person,
        source_number="信访登记第 7 号",
    )
    handling = _draft(school, finding, HandlingKind.REMIND, "票据填写不规范")
    _do(A.APPROVE, handling, school.people["principal"], "同意。")
