"""A school of 12 departments, 45 posts and 62 people with roles, as rows of the workbook."""

from departments.importing.template import workbook_of

NAMES = (
    "总务处",
    "教务处",
    "财务处",
    "学生处",
    "招生就业处",
    "实训处",
    "保卫处",
    "人事处",
    "信息中心",
    "党政办公室",
    "纪委办公室",
    "团委",
)
FUNCTIONS = ("", "采购", "财务、采购", "公共服务")


def rows() -> dict[str, list[list[str]]]:
    """Return the rows of all sheets; people are 001 to 062."""
    departments = [
        [name, "", "", "", "是" if name == "纪委办公室" else "", f"负责{name}的工作。", ""] for name in NAMES
    ]
    posts, appointments = [], []
    for place in range(45):
        department, post = NAMES[place % 12], f"岗位{place // 12 + 1}"
        posts.append([department, post, "", FUNCTIONS[place % 4], "", "", ""])
        appointments.append([department, post, person(place + 1), number(place + 1), "2024年9月1日", ""])
    people = [[number(place), person(place), NAMES[place % 12] if place <= 58 else ""] for place in range(1, 63)]
    roles = [[number(place + 1), person(place + 1), "部门负责人", name] for place, name in enumerate(NAMES)]
    roles += [[number(place + 13), "", "填报员", name] for place, name in enumerate(NAMES)]
    roles += [[number(59 + place % 3), "", "分管领导", name] for place, name in enumerate(NAMES)]
    school = [(62, "单位主要负责人"), (30, "纪委审核员"), (31, "领导小组办公室"), (32, "审计员")]
    roles += [[number(place), person(place), role, ""] for place, role in school]
    term = ["2026 年领导小组", "2026-3-1", ""]
    sentence = ["领导小组办公室设在纪委办公室。", "", ""]
    group = [
        [*term, "组长", person(62), number(62), "", *sentence],
        ["", "", "", "副组长", person(59), number(59), "", "", "", ""],
        ["", "", "", "成员", person(31), number(31), "是", "", "", ""],
    ]
    return {
        "departments": departments,
        "posts": posts,
        "people": people,
        "appointments": appointments,
        "roles": roles,
        "group": group,
    }


def number(place: int) -> str:
    return f"{place:03}"


def person(place: int) -> str:
    """Return a name that nobody else has."""
    return "赵钱孙李周吴郑王冯陈"[place % 10] + "一二三四五六七八九十"[place // 10] + "伟芳娜敏静丽强磊"[place % 8]


def workbook(**changes: list[list[str]]) -> bytes:
    """Return the workbook, with other rows in the sheets that are named."""
    return workbook_of(rows() | changes)
