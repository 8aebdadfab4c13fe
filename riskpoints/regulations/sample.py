"""What has become of the sample school's regulations since its tables were written."""

import datetime

from django.utils import timezone

from riskpoints.references.regulations import services
from riskpoints.references.regulations.enums import Act, Executed, Plan
from riskpoints.references.regulations.models import Regulation
from riskpoints.wings import SampleSchool


def fill(school: SampleSchool) -> None:
    """One is repealed and still cited, one is replaced, one under revision; the year's plan and two checks."""
    year, today, office = school.cycle.year, timezone.localdate(), school.people["office_a"]

    def found(title: str) -> Regulation:
        return Regulation.objects.filter(title=title).order_by("effective_on")[0]

    reason = {"ended_on": today, "reason": "考务改由市教育局统一组织，原办法不再适用。"}
    services.perform(Act.REPEAL, found("学校考试管理办法"), reason, actor=office)
    newer = Regulation.objects.filter(title="学校实训耗材管理办法").order_by("-effective_on")[0]
    replaced = {"replaced_by": newer, "ended_on": newer.effective_on, "reason": "2024 年修订后重新印发。"}
    services.perform(Act.REPLACE, found("学校实训耗材管理办法"), replaced, actor=office)
    services.perform(
        Act.REVISE, found("学校信息化项目管理办法"), {"reason": "补充数据安全和验收的要求。"}, actor=office
    )
    due = datetime.date(year, 12, 31)
    for title, decision, note in (
        ("学校信息化项目管理办法", Plan.REVISE, "已开始修订。"),
        ("学校印章使用管理办法", Plan.REVISE, "增加电子印章。"),
        ("学校社会培训管理办法", Plan.NEW, "收费和课时费没有制度规定。"),
        ("学校考试管理办法", Plan.REPEAL, ""),
        ("学校预算管理办法", Plan.KEEP, ""),
    ):
        day = None if decision == Plan.KEEP else due
        services.decide(found(title), year, decision, due=day, note=note, actor=office)
    good = {"executed": Executed.YES, "problems": "", "suggestion": "", "checked_on": today}
    services.check(found("学校财务报销管理规定"), year, good, actor=office)
    partly = {
        "executed": Executed.PARTLY,
        "problems": "零星采购没有比价记录。",
        "suggestion": "写明零星采购的比价和记录要求。",
        "checked_on": today,
    }
    services.check(found("学校物资采购管理办法"), year, partly, actor=school.people["reviewer_a"])
