"""What was sent, and what still has to be: by the notes of the two forms each table in force is kept in two places."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F, QuerySet

from departments.models import School
from riskpoints.campaign.enums import DeliveryState, Purpose
from riskpoints.campaign.models import Delivery, IssuedDocument
from riskpoints.models import Cycle, TableVersion

# By whether it is the school's table (附件2 note 1: 上级主管单位及填表单位; 附件4 note 1: 学校纪委及填表部门各存一份).
KEEPERS = {True: (Purpose.SUPERIOR, Purpose.SCHOOL), False: (Purpose.COMMITTEE, Purpose.DEPARTMENT)}
# Nobody in the school confirms what the leaders' own meeting decided: it is filed above (R53).
OF_LEADERS = (*KEEPERS[False], Purpose.ABOVE)


@dataclass(frozen=True)
class Pending:
    """A copy of a table in force that nobody has sent yet."""

    version: TableVersion
    purpose: Purpose
    to_unit: str

    @property
    def title(self) -> str:
        """What the table is called in a list of papers."""
        return title_of(self.version)


def title_of(version: TableVersion) -> str:
    """The table as it is called in a list of papers."""
    return f"{version.owner_name}{version.table.cycle.year}年度廉政风险点防控表（第{version.number}版）"


def deliveries(cycle: Cycle) -> QuerySet[Delivery]:
    """What was sent of a year, the latest first."""
    return Delivery.objects.filter(cycle=cycle).select_related("cycle", "sent_by")


def sendable(cycle: Cycle) -> QuerySet[IssuedDocument]:
    """What was issued of a year and counts, the last number first."""
    return IssuedDocument.objects.filter(cycle=cycle, void_reason="")


def pending(cycle: Cycle) -> list[Pending]:
    """The copies of a year's tables in force that are still to be sent; those typed in from papers went long ago."""
    return _pending(TableVersion.objects.filter(table__cycle=cycle))


def pending_everywhere() -> list[Pending]:
    """The same of all years: a year that was closed still owes them."""
    return _pending(TableVersion.objects.all())


def _pending(versions: QuerySet[TableVersion]) -> list[Pending]:
    rows = versions.filter(pk=F("table__in_force"), is_historical=False)
    found = list(
        rows.select_related("table__cycle", "table__department").order_by(
            "table__cycle__year", F("table__department__order").asc(nulls_first=True), "table__department", "pk"
        )
    )
    kept = Delivery.objects.filter(version__in=versions).exclude(state=DeliveryState.RETURNED)
    done = set(kept.values_list("version_id", "purpose"))
    school = School.objects.filter(pk=1).first()
    return [
        Pending(version, purpose, keeper(version, purpose, school))
        for version in found
        for purpose in purposes(version)
        if (version.pk, purpose.value) not in done
    ]


def purposes(version: TableVersion) -> Sequence[Purpose]:
    """Who keeps a copy of a table."""
    if version.table.is_leaders:
        return OF_LEADERS
    return KEEPERS[version.table.is_school]


def keeper(version: TableVersion, purpose: Purpose, school: School | None) -> str:
    """The unit that keeps the copy, as far as the school has said what it is called."""
    names = {
        Purpose.SUPERIOR: (school.superior if school else "") or "上级主管单位",
        Purpose.SCHOOL: (school.short_name if school else "") or "本单位",
        Purpose.COMMITTEE: "学校纪委",
        Purpose.DEPARTMENT: version.owner_name,
        Purpose.ABOVE: (school.superior if school else "") or "上级主管单位",
    }
    return names.get(purpose, "")
