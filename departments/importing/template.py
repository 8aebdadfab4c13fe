"""The workbook itself: empty with examples, or with the organisation as it is; choices lie on a sheet of their own."""

from collections.abc import Iterator, Sequence

from django.db.models import Q
from django.utils import timezone

from departments.enums import DepartmentKind, GroupPosition, Level, Role
from departments.importing.columns import GUIDE, LISTS, SHEETS, SheetKind
from departments.importing.lines import words
from departments.models import Appointment, Department, LeadershipGroup, Post, PostFunction, RoleGrant, User
from riskcontrol.paper.excel import Cell, Page, Sheet, Style, Workbook

TITLE = Style("黑体", 11, horizontal="center")
NEEDED = Style("黑体", 11, is_bold=True, horizontal="center")
TEXT = Style("仿宋_GB2312", 11, vertical="top")
TYPED = Style("仿宋_GB2312", 11, vertical="top", is_typed_in=True)
PLAIN = Style("仿宋_GB2312", 11, edges="")
PAGE = Page(is_landscape=True, margins=(15, 12, 15, 12))
EMPTY_ROWS = 150
EXAMPLE = "例"
OWN = "部门"

Rows = Sequence[Sequence[str]]
# What the sheet of the guide shows: one consistent small school, to be read and not to be deleted first.
EXAMPLES: dict[str, Rows] = {
    "departments": [
        ["总务处", "处", "", "10", "", "负责后勤保障、物资采购和校产管理。", "2020-9-1"],
        ["纪委办公室", "室", "", "20", "是", "负责监督执纪问责。", ""],
    ],
    "posts": [
        ["总务处", "采购员", "10", "财务、采购", "是", "办理物资采购。", ""],
        ["", "仓库保管员", "20", "", "", "", ""],
    ],
    "people": [["001", "于梅", "总务处", "yumei@school.cn"], ["002", "李建国", "", ""]],
    "appointments": [["总务处", "采购员", "于梅", "001", "2022年9月1日", ""]],
    "roles": [
        ["001", "于梅", "部门负责人", "总务处"],
        ["002", "李建国", "单位主要负责人", ""],
    ],
    "group": [
        ["2026 年领导小组", "2026-3-1", "", "组长", "李建国", "002", "", "领导小组办公室设在纪委办公室。", "", ""],
        ["", "", "", "成员", "于梅", "", "是", "", "", ""],
    ],
}
LINES = (
    "六张工作表可以只填其中几张；隐藏的行和列同样导入，隐藏的工作表不读取。加粗的栏必须填写。",
    "上传后先看预览，确认后才保存；有一处要改的，全部不保存。预览里可以直接改。",
    "可以重复导入：部门按名称、人员按工号与已有的对照；已有的只有在预览里勾选才修改，从不删除；留空的格不改动已有的内容。",
    "从下拉列表中选的内容列在“可选内容”工作表里；WPS 和 Excel 都可以填写，请存为 .xlsx。",
)


def template_xlsx(*, is_filled: bool) -> bytes:
    """The workbook, empty or with what exists now."""
    book = Workbook(title="组织机构导入模板", author="廉政风险防控")
    filled = existing() if is_filled else {}
    return written(book, filled, choices())


def workbook_of(rows: dict[str, Rows]) -> bytes:
    """A workbook with these rows by name of the sheet."""
    return written(Workbook(title="组织机构", author="廉政风险防控"), rows, choices())


def written(book: Workbook, filled: dict[str, Rows], lists: dict[str, list[str]]) -> bytes:
    """Write the six sheets, the guide and the lists."""
    sheets = {kind: _sheet(book, kind, filled.get(kind.name, ())) for kind in SHEETS}
    _guide(book)
    offered = [name for name in lists if name != OWN]
    source = book.add_sheet(LISTS, widths=[40] * len(offered), page=PAGE)
    source.add_row([Cell(name, TITLE) for name in offered])
    for place in range(max(len(lists[name]) for name in offered)):
        source.add_row([Cell(_nth(lists[name], place), TEXT) for name in offered])
    departments = sheets[SHEETS[0]]
    for kind, sheet in sheets.items():
        for place, column in enumerate(kind.columns):
            found = lists.get(column.choices, [])
            if column.choices == OWN:  # those typed into this very workbook as well
                sheet.offer(place, departments, 0, 2, departments.next_row - 1)
            elif found:
                sheet.offer(place, source, offered.index(column.choices), 2, 1 + len(found))
    return book.to_bytes()


def choices() -> dict[str, list[str]]:
    """The lists of the cells with choices, by their titles."""
    return {
        "类别": list(map(str, DepartmentKind.labels)),
        "角色": list(map(str, Role.labels)),
        "职务": list(map(str, GroupPosition.labels)),
        "是否": ["是", "否"],
        "岗位职能": list(PostFunction.objects.filter(is_retired=False).values_list("name", flat=True)),
        "部门": [department.name for department in _departments()],
    }


def _sheet(book: Workbook, kind: SheetKind, rows: Rows) -> Sheet:
    sheet = book.add_sheet(kind.title, widths=[column.width for column in kind.columns], page=PAGE)
    sheet.add_row([Cell(c.title, NEEDED if c.is_needed else TITLE) for c in kind.columns], least_height=24)
    for row in rows:
        sheet.add_row([Cell(text, TYPED) for text in row], can_split=False)
    for _ in range(EMPTY_ROWS):
        sheet.add_row([Cell("", TYPED) for _ in kind.columns], least_height=20)
    sheet.keep_as_typed()
    sheet.repeat(1, 1)
    sheet.freeze_below(1)
    return sheet


def _guide(book: Workbook) -> None:
    most = max(len(kind.columns) for kind in SHEETS)
    sheet = book.add_sheet(GUIDE, widths=[38] * most, page=PAGE)
    for line in LINES:
        sheet.add_row([Cell(line, PLAIN, span=most)])
    for kind in SHEETS:
        sheet.skip(10)
        sheet.add_row([Cell(f"“{kind.title}”：{kind.guide}", PLAIN, span=most)])
        sheet.add_row([Cell(column.title, NEEDED if column.is_needed else TITLE) for column in kind.columns])
        sheet.add_row([Cell(column.guide, TEXT) for column in kind.columns])
        for row in EXAMPLES[kind.name]:
            sheet.add_row(
                [Cell(f"{EXAMPLE}：{text}" if place == 0 and text else text, TEXT) for place, text in enumerate(row)]
            )
    sheet.skip(10)
    for level in (Level.FIRST, Level.SECOND):
        names = PostFunction.objects.filter(floor=level, is_retired=False).values_list("name", flat=True)
        if names:
            text = f"岗位职能{'、'.join(names)}：该岗位的风险等级不低于{level.label}。"
            sheet.add_row([Cell(text, PLAIN, span=most)])


def _nth(found: Sequence[str], place: int) -> str:
    return found[place] if place < len(found) else ""


# ---- what exists now ----


def existing() -> dict[str, Rows]:
    """The rows of all sheets as they are now: departments, posts and accounts in use."""
    departments = list(_departments())
    keys = [department.pk for department in departments]
    people = list(User.objects.filter(is_active=True))
    grants = list(
        RoleGrant.objects.filter(Q(department__isnull=True) | Q(department__in=keys), user__is_active=True)
        .select_related("user", "department")
        .order_by("user__staff_number", "pk")
    )
    own: dict[int, RoleGrant] = {}
    for grant in grants:
        if grant.role == Role.STAFF:
            own.setdefault(grant.user_id, grant)
    others = [grant for grant in grants if own.get(grant.user_id) is not grant]
    return {
        "departments": [_department(department) for department in departments],
        "posts": [_post(post) for post in _posts(keys)],
        "people": [
            [u.staff_number, u.real_name, str(own[u.pk].department) if u.pk in own else "", u.email] for u in people
        ],
        "appointments": [_term(term) for term in _terms(keys)],
        "roles": [[g.user.staff_number, g.user.real_name, g.get_role_display(), words(g.department)] for g in others],
        "group": [row for group in LeadershipGroup.objects.order_by("since", "pk") for row in _group(group)],
    }


def _in_use() -> Q:
    return Q(active_to__isnull=True) | Q(active_to__gte=timezone.localdate())


def _departments() -> Sequence[Department]:
    return list(Department.objects.filter(_in_use()).select_related("parent"))


def _posts(departments: list[int]) -> Iterator[Post]:
    found = Post.objects.filter(_in_use(), department__in=departments)
    yield from (
        found.select_related("department").prefetch_related("functions").order_by("department", "order", "pinyin", "pk")
    )


def _terms(departments: list[int]) -> Iterator[Appointment]:
    posts = Post.objects.filter(_in_use(), department__in=departments)
    found = Appointment.objects.filter(post__in=posts).select_related("post__department", "user")
    yield from found.order_by("post__department", "post", "since", "pk")


def _department(row: Department) -> list[str]:
    values = (row.name, row.get_kind_display(), row.parent, row.order, row.is_discipline_office or None)
    return [words(value) for value in (*values, row.duties, row.active_from)]


def _post(row: Post) -> list[str]:
    functions = "、".join(function.name for function in row.functions.all())
    values = (row.department, row.name, row.order, functions, row.is_key or None, row.duties, row.active_from)
    return [words(value) for value in values]


def _term(row: Appointment) -> list[str]:
    number = row.user.staff_number if row.user else ""
    return [words(v) for v in (row.post.department, row.post, row.holder_name, number, row.since, row.until)]


def _group(group: LeadershipGroup) -> Iterator[list[str]]:
    head = [words(value) for value in (group.name, group.since, group.until)]
    tail = [group.office_sentence, group.heading, group.title]
    for place, member in enumerate(group.members.select_related("user").order_by("order", "pk")):
        is_director = "是" if member.pk == group.office_director_id else ""
        number = member.user.staff_number if member.user else ""
        own = [member.get_position_display(), member.person_name, number, is_director]
        yield [*head, *own, *(tail if place == 0 else ["", "", ""])]
