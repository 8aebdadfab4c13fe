"""会议决定表 of the 校领导班子 (R53): its columns, and the blank one that a meeting fills in by hand and signs."""

import datetime
from collections.abc import Iterable, Sequence

from departments.enums import Level
from departments.models import School
from riskpoints.documents.listing import ListColumn, Listing

NAME = "会议决定表"
# 267 mm together.
COLUMNS = (
    ListColumn("序号", 12, is_centred=True),
    ListColumn("岗位", 45),
    ListColumn("任职人", 35),
    ListColumn("决定的等级", 30, is_centred=True),
    ListColumn("回避人员", 55),
    ListColumn("主持人", 35),
    ListColumn("主持的依据", 55),
)
LEFT = "\u3000"
TO_WRITE = (
    "会议名称：＿＿＿＿＿＿＿＿＿＿　会议日期：＿＿＿＿年＿＿月＿＿日　会议纪要编号：＿＿＿＿＿＿＿＿　"
    "任职人须回避本人岗位的决定；组长、副组长主持，另由会议指定的写明依据。"
    "参会人员（签名）：＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿"
)


def blank_meeting(
    owner: str, posts: Iterable[tuple[str, int | None, Sequence[str]]], school: School, day: datetime.date
) -> Listing:
    """The paper before the meeting: each post with the level to be decided and its holders on a day, who withdraw; who
    presided, and what else was said, is written in by hand."""
    rows = tuple(
        (
            str(place),
            name,
            "、".join(holders) or "空缺",
            Level(level).label if level else "没有风险点",
            "、".join(holders) or LEFT,
            LEFT,
            LEFT,
        )
        for place, (name, level, holders) in enumerate(posts, start=1)
    )
    return Listing(
        author=school.full_name,
        made_on=day,
        title=f"{owner}廉政风险等级{NAME}",
        summary=TO_WRITE,
        columns=COLUMNS,
        rows=rows,
    )
