"""The six sheets of the organisation's workbook, declared once for the file written and the file read."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column: its name, its title, its width in mm, how it is filled in, and what can be chosen in it.

    `is_needed` says that a row without it is refused, `goes_down` that an empty cell means what stands above it, as a
    merged cell or an omitted repetition does. `choices` is the title of a list on the sheet of choices.
    """

    name: str
    title: str
    width: float
    guide: str
    is_needed: bool = False
    goes_down: bool = False
    choices: str = ""


@dataclass(frozen=True)
class SheetKind:
    """One of the sheets; `key` is the column beside which a refusal of a whole row is said."""

    name: str
    title: str
    columns: tuple[Column, ...]
    key: str
    guide: str

    def column(self, name: str) -> Column:
        """The column with a name; KeyError where the sheet has none."""
        return {column.name: column for column in self.columns}[name]

    @property
    def needed_titles(self) -> frozenset[str]:
        """What the row of titles is known by."""
        return frozenset(column.title for column in self.columns if column.is_needed)


DATES = "如 2026-9-1 或 2026年9月1日。"

DEPARTMENTS = SheetKind(
    "departments",
    "部门",
    (
        Column("name", "部门名称", 34, "全称，全校唯一。", is_needed=True),
        Column(
            "kind",
            "类别",
            16,
            "处、室、科、其他、校领导班子；不填的按名称的末尾。",
            choices="类别",
        ),
        Column("parent", "上级部门", 30, "直属学校的不填。", choices="部门"),
        Column("order", "顺序", 14, "整数，小的排在前面；不填的按表里的先后。"),
        Column("is_discipline_office", "是纪委办公室", 26, "全校只有一个，填“是”。", choices="是否"),
        Column("duties", "业务工作职责", 90, "印在防控表上，不超过 2000 字。选填。"),
        Column("active_from", "启用日期", 26, f"选填，{DATES}"),
    ),
    "name",
    "一行一个部门。",
)
POSTS = SheetKind(
    "posts",
    "岗位",
    (
        Column("department", "部门", 34, "与上一行相同时可以不填。", is_needed=True, goes_down=True, choices="部门"),
        Column("name", "岗位名称", 34, "本部门内唯一。", is_needed=True),
        Column("order", "顺序", 14, "整数，小的排在前面；不填的按表里的先后。"),
        Column(
            "functions",
            "岗位职能",
            40,
            "从“可选内容”里选，几项之间用顿号，如 财务、采购。没有的不填。",
            choices="岗位职能",
        ),
        Column("is_key", "关键岗位", 18, "是的填“是”。", choices="是否"),
        Column("duties", "岗位职责", 80, "不超过 1000 字。选填。"),
        Column("active_from", "启用日期", 26, f"选填，{DATES}"),
    ),
    "name",
    "一行一个岗位。",
)
PEOPLE = SheetKind(
    "people",
    "人员",
    (
        Column("number", "工号", 24, "登录时用，全校唯一；以 0 开头的照写。", is_needed=True),
        Column("name", "姓名", 28, "真实姓名。", is_needed=True),
        Column("department", "部门", 34, "填写后有该部门的“职工”角色；校领导可以不填。", choices="部门"),
        Column("email", "邮箱", 50, "选填；到期提醒和催办同时发到这里（学校设有邮件服务器时）。"),
    ),
    "number",
    "一行一人，每人一个账号；新账号的一次性密码在导入后印成密码条。",
)
APPOINTMENTS = SheetKind(
    "appointments",
    "任职",
    (
        Column("department", "部门", 34, "与上一行相同时可以不填。", is_needed=True, goes_down=True, choices="部门"),
        Column("post", "岗位", 34, "“岗位”表里的岗位名称。", is_needed=True),
        Column("name", "任职人", 28, "姓名；写了工号的可以不填。"),
        Column("number", "工号", 24, "有账号的写工号；没有账号的不填。"),
        Column("since", "任职日期", 26, DATES, is_needed=True),
        Column("until", "离任日期", 26, f"在任的不填；{DATES}"),
    ),
    "post",
    "一行一次任职；一人兼几个岗位的写几行。",
)
ROLES = SheetKind(
    "roles",
    "角色",
    (
        Column("number", "工号", 24, "“人员”表里的，或已有账号的工号。", is_needed=True),
        Column("name", "姓名", 28, "供核对，可以不填；填了的要与账号一致。"),
        Column("role", "角色", 30, "从下拉列表中选。", is_needed=True, choices="角色"),
        Column(
            "department",
            "部门",
            34,
            "职工、部门负责人、填报员须填；分管领导填所分管的部门，不填的分管所有部门；全校的角色不填。",
            choices="部门",
        ),
    ),
    "number",
    "一行一个角色；一人有几个角色的写几行，分管几个部门的也写几行。",
)
GROUP = SheetKind(
    "group",
    "领导小组",
    (
        Column("term", "届别", 40, "如“2026 年领导小组”；与上一行相同时可以不填。", is_needed=True, goes_down=True),
        Column("since", "成立日期", 26, f"{DATES}同一届写在第一行即可。"),
        Column("until", "届满日期", 26, "选填。"),
        Column(
            "position",
            "职务",
            20,
            "组长、副组长、成员。",
            is_needed=True,
            choices="职务",
        ),
        Column("person", "姓名", 28, "按打印的先后。", is_needed=True),
        Column("number", "工号", 24, "要在系统里办理审核的写工号。"),
        Column("director", "办公室主任", 24, "名单中的一人填“是”。", choices="是否"),
        Column(
            "office_sentence", "办公室", 70, "名单末尾的一句话，如“领导小组办公室设在纪委，某某同志兼任办公室主任。”"
        ),
        Column("heading", "名单上的校名", 34, "选填，不填就印单位名称。"),
        Column("title", "名单标题", 50, "选填。"),
    ),
    "person",
    "一行一人，按附件1 打印的先后。",
)
SHEETS = (DEPARTMENTS, POSTS, PEOPLE, APPOINTMENTS, ROLES, GROUP)
BY_NAME = {kind.name: kind for kind in SHEETS}
GUIDE, LISTS = "填写说明", "可选内容"
