"""The sample school's 不适用; its points that came from the library stand in the data of its tables."""

from riskpoints.enums import Status
from riskpoints.library import confirming
from riskpoints.library.coverage import coverage
from riskpoints.models import TableVersion
from riskpoints.wings import SampleSchool

OWNER, ENTRY = "logistics", "CG-04"


def fill(school: SampleSchool) -> None:
    """One entry that the head of 总务处 confirmed as not applicable while the revision is written."""
    drafts = TableVersion.objects.filter(table__cycle=school.cycle, status=Status.DRAFT)
    draft = drafts.get(table__department=school.departments[OWNER])
    for found in coverage(draft):
        for risk in found.missing:
            if risk.key == ENTRY:
                confirming.confirm(draft, [(found.post, risk)], actor=school.people[f"head_{OWNER}"])
