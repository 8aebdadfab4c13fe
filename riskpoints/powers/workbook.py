"""A school's existing 职权目录 as a workbook: its columns, whatever they are called, and the template to fill in."""

from departments.importing.reading import squeezed
from departments.models import Department, Post, User
from riskcontrol.paper.excel import Cell, Page, Style, Workbook
from riskpoints.importing import lists
from riskpoints.importing.lists import ListKind, SentList

MOST_ROWS, GUIDE_SHEET = 200, "填写说明"
UNKNOWN = "没有找到职权目录：表里要有“职权名称”这一栏标题。请用下载的模板填写，或把标题改成模板里的。"
EMPTY = "表里没有一项职权。请填写后再上传。"
TOO_MANY = f"一次最多导入 {MOST_ROWS} 项职权。请分几个文件导入。"
# What schools call the columns (职权目录 of middle schools and colleges); the first name of each is the template's.
NAMES = {
    "name": ("职权名称", "权力名称", "职权", "权力事项", "职权事项"),
    "content": ("内容", "职权内容", "职权范围", "权力内容", "职权范围和内容"),
    "posts": ("办理主体", "办理岗位", "岗位", "权力行使部门", "岗位责任人", "行使主体"),
    "basis": ("实施依据", "授权依据", "依据", "职权依据", "权力依据"),
    "time_limit": ("时限", "办理时限"),
    "supervisor": ("责任领导", "负责人", "分管领导"),
    "steps": ("环节", "办理环节", "流程", "运行流程"),
}
# The other columns of our own 职权目录: numbers are given by the program.
PASSED_OVER = ("序号", "编号")
DEPARTMENT = "部门"
TITLES = {squeezed(title): name for name, titles in NAMES.items() for title in titles}
GUIDE = (
    ("职权名称", "必填，不超过 64 字。目录里已有同名的不再导入。"),
    ("内容", "职权范围和内容，不超过 1000 字。"),
    ("办理主体", "本部门在用的岗位，几个岗位用“、”隔开；由部门办理的写部门名称或留空。"),
    ("实施依据", "法律法规、文件或制度的名称和条款，不超过 1000 字。"),
    ("时限", "如“5 个工作日”，不超过 64 字。"),
    ("责任领导", "留空就是分管领导。"),
    ("环节", "一个环节一行（Alt+回车换行），如“验收；保管员；2 个工作日；风险节点；两人在场”，后面几段可以不写。"),
)
TITLE = Style("黑体", 11, horizontal="center")
TEXT = Style("仿宋_GB2312", 11, vertical="top")
TYPED = Style("仿宋_GB2312", 11, vertical="top", is_typed_in=True)
WIDTHS = (40, 70, 36, 50, 26, 24, 70)
EMPTY_ROWS = 30

KIND = ListKind(
    titles=TITLES | {DEPARTMENT: "department"},
    needed=frozenset({"name"}),
    most_rows=MOST_ROWS,
    unknown=UNKNOWN,
    empty=EMPTY,
    too_many=TOO_MANY,
    passed_over=frozenset(PASSED_OVER),
    own_sheets=frozenset({GUIDE_SHEET}),
    beside=frozenset({"department"}),
)


def read(content: bytes, name: str) -> SentList:
    """What a workbook says, read in a confined process. RefusedError with words for its sender."""
    return lists.read(content, name, KIND)


def salt(department: Department, user: User) -> str:
    """Under which the rows go through the preview: of this person for this department only."""
    return f"powers.import:{user.pk}:{department.pk}"


def template(department: Department) -> bytes:
    """The empty template of a department, with a sheet that says what goes where."""
    book = Workbook(title=f"{department.name}职权目录导入模板", author=department.name)
    page = Page(is_landscape=True, margins=(15, 12, 15, 12))
    sheet = book.add_sheet("职权目录", widths=WIDTHS, page=page)
    sheet.add_row([Cell(titles[0], TITLE) for titles in NAMES.values()], least_height=24)
    for _ in range(EMPTY_ROWS):
        sheet.add_row([Cell("", TYPED) for _ in NAMES], least_height=24)
    sheet.keep_as_typed()
    sheet.repeat(1, 1)
    sheet.freeze_below(1)
    guide = book.add_sheet(GUIDE_SHEET, widths=(40, 200), page=page)
    for title, words in GUIDE:
        guide.add_row((Cell(title, TITLE), Cell(words, TEXT)))
    posts = Post.objects.active_on().filter(department=department).values_list("name", flat=True)
    guide.add_row((Cell("本部门的岗位", TITLE), Cell("、".join(posts) or "还没有登记岗位", TEXT)))
    return book.to_bytes()
