"""Records the sample school's year 2011: the founding document's group (附件1) and school table (附件2)."""

import datetime
from typing import Any

from departments.enums import GroupPosition
from departments.models import GroupMember, LeadershipGroup
from riskpoints.enums import Action
from riskpoints.models import TableVersion
from riskpoints.sample.data import scan
from riskpoints.sample.organisation import People, create_group
from riskpoints.tables import editing, historical, workflow
from riskpoints.years import opening

# The form has room for the signature; the document doesn't say who signed, and none is invented (T15).
SIGNER = "单位主要负责人（原件未载明姓名）"
# 目标要求: 本月底在学校全面推开, 今年年底初步建成配套制度体系.
DATES_2011 = {
    "fill_from": datetime.date(2011, 11, 15),
    "fill_until": datetime.date(2011, 11, 30),
    "review_until": datetime.date(2011, 12, 31),
    "publish_until": datetime.date(2011, 12, 31),
}


def record_2011(year: dict[str, Any], *, until: datetime.date, people: People) -> TableVersion:
    """Put the list and the table of 2011 on record; `until` is the day before the next group came into office."""
    filled_on = datetime.date.fromisoformat(year["filled_on"])
    _record_group(year["leadership_group"], since=filled_on, until=until, people=people)
    office = people["office_a"]
    cycle = opening.open_year(year["year"], DATES_2011, is_historical=True, actor=office)

    def fill(version: TableVersion) -> None:
        for row in year["school_table"]:
            if row.get("none"):
                editing.declare_nil(version, row["category"], actor=office)
            for text in row.get("points", []):
                # A table of 2011 says nothing of likelihood, harm or level, nor whether a risk is latent (T5).
                editing.save_point(version, {"category": row["category"], "text": text}, actor=office)
            for text in row.get("measures", []):
                editing.save_measure(version, {"category": row["category"], "text": text}, actor=office)

    version = historical.record_historical(
        opening.add_table(cycle, None),
        signer_name=SIGNER,
        signed_on=filled_on,
        fill=fill,
        comment=f"按{year['document_number']}《{year['document_title']}》附件2补录。",
        scan=scan(),
        scan_suffix="pdf",
        actor=office,
    )
    return workflow.perform(Action.COMPARE, version, actor=people["reviewer_a"], comment="与文件附件2逐项核对无误。")


def _record_group(row: dict[str, Any], *, since: datetime.date, until: datetime.date, people: People) -> None:
    """附件1 as printed: 25 people, one of them in two roles; none of them has an account."""
    lines = [
        GroupMember(position=GroupPosition.CHIEF, person_name=row["chief"]),
        *[GroupMember(position=GroupPosition.DEPUTY, person_name=name) for name in row["deputies"]],
        *[GroupMember(position=GroupPosition.MEMBER, person_name=name) for name in row["members"]],
    ]
    group = LeadershipGroup(
        name=f"{since.year} 年领导小组",
        since=since,
        until=until,
        heading=row["heading"],
        title=row["title"],
        office_sentence=row["office_sentence"],
    )
    create_group(group, lines, director=row["office_director"], actor=people["admin"])
