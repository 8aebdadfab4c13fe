"""What meetings decided about the table of the 校领导班子 (R53): a paper of the archive, and the way back."""

from collections.abc import Callable

from departments.enums import Level
from departments.models import School, User
from riskcontrol.templatetags.ui import cn_date
from riskpoints.archives.rows import Facts, insert
from riskpoints.documents.listing import Listing
from riskpoints.documents.meeting import COLUMNS, NAME
from riskpoints.evidence.year_facts import read_day
from riskpoints.models import MeetingDecision, PostDecision, TableVersion


def write_meetings(
    version: TableVersion, meetings: list[Facts], account: Callable[[Facts | None], User | None]
) -> None:
    """Write what meetings decided about a version, in the order in which it was recorded."""
    for told in meetings:
        row = told | {"recorded_at": told["at"], "recorded_by_name": told["by_name"]}
        meeting = insert(MeetingDecision, row, version=version, recorded_by=account(told["by"]))
        for post in told["posts"]:
            insert(PostDecision, post, meeting=meeting, post_id=post["post"])


def meeting_listing(version: TableVersion, told: Facts, school: School) -> Listing:
    """会议决定表 of a version, as a year's record tells of the meeting."""
    rows = tuple(
        (
            str(place),
            post["post_name"],
            "、".join(post["holders"]),
            Level(post["level"]).label if post["level"] else "",
            "、".join(post["withdrew"]) or "无",
            post["presided_by"],
            post["presided_note"],
        )
        for place, post in enumerate(told["posts"], start=1)
    )
    day = read_day(told["held_on"])
    attended = "、".join(name for name, _ in told["attendees"])
    return Listing(
        author=school.full_name,
        made_on=day,
        title=f"{version.owner_name}廉政风险等级{NAME}",
        summary=f"{cn_date(day)}{told['name']}，会议纪要 {told['minutes_number']}。参会人员：{attended}。",
        columns=COLUMNS,
        rows=rows,
    )
