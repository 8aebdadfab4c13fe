"""The import template: a plain sheet with a row for each risk point, blank or with what stands in a draft."""

from collections.abc import Iterator
from typing import Any

from departments.enums import Level
from departments.models import Post
from riskcontrol.paper.excel import Cell, Page, Sheet, Style, Workbook
from riskpoints import fields
from riskpoints.content.category_row import CategoryRow
from riskpoints.content.content import load
from riskpoints.documents import wording
from riskpoints.documents.bands import clean
from riskpoints.enums import Harm, Likelihood, Stage
from riskpoints.importing.columns import CODES, SHARED, Column, columns_for
from riskpoints.importing.matching import code_of
from riskpoints.models import Measure, RiskPoint, TableVersion

TITLE = Style("黑体", 11, horizontal="center")
TEXT = Style("仿宋_GB2312", 11, vertical="top")
TYPED = Style("仿宋_GB2312", 11, vertical="top", is_typed_in=True)
PLAIN = Style("仿宋_GB2312", 11, edges="")
NAME, GUIDE, LISTS = "导入模板", "填写说明", "可选内容"
EMPTY_ROWS = 60

Row = dict[Column, str | int]


def template_xlsx(version: TableVersion, *, is_filled: bool) -> bytes:
    """The template of a version's table as a workbook; its lists are those of this department and this form."""
    shown = columns_for(is_school=version.table.is_school)
    columns = (*shown, *CODES) if is_filled else shown
    book = Workbook(title=f"{version.owner_name}防控表导入模板", author=version.owner_name)
    page = Page(is_landscape=True, margins=(15, 12, 15, 12))
    sheet = book.add_sheet(NAME, widths=[column.width for column in columns], page=page)
    sheet.add_row([Cell(column.title, TITLE) for column in columns], least_height=24)
    for row in _filled(version, columns) if is_filled else ():
        sheet.add_row([Cell(row.get(column, ""), TYPED) for column in columns], can_split=False)
    for _ in range(EMPTY_ROWS):
        sheet.add_row([Cell("", TYPED) for _ in columns], least_height=20)
    sheet.keep_as_typed()
    sheet.repeat(1, 1)
    sheet.freeze_below(1)
    for place in range(len(shown), len(columns)):
        sheet.hide(place)
    _guide(book, shown, page)
    _offer_choices(book, sheet, shown, version, page)
    return book.to_bytes()


def _guide(book: Workbook, columns: tuple[Column, ...], page: Page) -> None:
    sheet = book.add_sheet(GUIDE, widths=(40, 200), page=page)
    lines = (
        "一行写一个风险点；它的第二条措施写在下一行，那一行的风险点留空。",
        "导入只添加草稿里还没有的内容，不删除已有的；文字与岗位都相同的不重复添加。",
        "带草稿内容的模板里，改过的行在预览里列为“修改”，原文和新文并排，确认后才改。隐藏的两列编码请保留。",
        "上传后先看预览，可以直接在预览里改；确认后才保存。",
    )
    for line in lines:
        sheet.add_row((Cell(line, PLAIN, span=2),))
    sheet.skip(8)
    for column in columns:
        sheet.add_row((Cell(column.title, TITLE), Cell(column.guide, TEXT)))


def _offer_choices(
    book: Workbook, sheet: Sheet, columns: tuple[Column, ...], version: TableVersion, page: Page
) -> None:
    """Lists to choose from: they stand on a sheet of their own, and typing something else stays possible."""
    posts = Post.objects.active_on().filter(department_id=version.table.department_id).values_list("name", flat=True)
    lists = {
        "风险类别": list(version.table.categories.labels),
        "岗位": list(posts),
        "发生机率": Likelihood.labels,
        "危害程度": Harm.labels,
        "建议等级": Level.labels,
        "状态": ["潜在的风险", "已存在的风险"],
        "重点领域": ["是"],
        "阶段": Stage.labels,
    }
    offered = [column for column in columns if lists.get(column.title)]
    source = book.add_sheet(LISTS, widths=[column.width + 8 for column in offered], page=page)
    source.add_row([Cell(column.title, TITLE) for column in offered])
    for place in range(max(len(lists[column.title]) for column in offered)):
        source.add_row([Cell(_nth(lists[column.title], place), TEXT) for column in offered])
    for place, column in enumerate(offered):
        sheet.offer(columns.index(column), source, place, 2, 1 + len(lists[column.title]))


def _nth(words: Any, place: int) -> str:
    return str(words[place]) if place < len(words) else ""


def _filled(version: TableVersion, columns: tuple[Column, ...]) -> Iterator[Row]:
    rows = load(version).rows
    numbers = {point.pk: number for number, point in enumerate((p for row in rows for p in row.points), start=1)}
    for row in rows:
        for words in _category(row, numbers):
            yield {column: words[key] for column in columns if (key := (column.of, column.name)) in words}


Words = dict[tuple[str, str], str | int]


def _category(row: CategoryRow, numbers: dict[int, int]) -> Iterator[Words]:
    category: Words = {("both", "category"): row.label}
    if row.is_nil:
        yield category | {("point", "text"): wording.NIL}
    groups = row.measure_groups
    for point in row.points:
        own = groups.get(point.pk, [])
        yield category | _point(point, numbers) | (_measure(own[0], numbers) if own else {})
        for measure in own[1:]:
            yield category | _measure(measure, numbers)
    for measure in groups[None]:
        yield category | {("point", "text"): SHARED} | _measure(measure, numbers)


def words_of_point(point: RiskPoint) -> dict[str, str]:
    """What the template says of a point, by the names of its columns."""
    words = {
        "post": point.post_name,
        "text": clean(point.text),
        "manifestation": clean(point.manifestation),
        "matter": clean(point.matter),
        "likelihood": point.get_likelihood_display() or "",
        "harm": point.get_harm_display() or "",
        "level": Level(point.proposed_level).label if point.proposed_level else "",
        "reason": clean(point.proposed_reason),
        "methods": "、".join(label.partition("（")[0] for label in point.finding_labels),
        "other": clean(point.finding_other),
        "responsible": point.responsible,
        "state": "潜在的风险" if point.is_latent else "已存在的风险",
        "key": "是" if point.is_key_area else "",
    }
    return words | {field.name: clean(fields.text_of(field, point)) for field in fields.plain(fields.POINT)}


def _point(point: RiskPoint, numbers: dict[int, int]) -> Words:
    words = words_of_point(point) | {"code": code_of(point)}
    return {("both", "number"): numbers[point.pk]} | {("point", name): text for name, text in words.items()}


def words_of_measure(measure: Measure) -> dict[str, str]:
    """What the template says of a measure, by the names of its columns, but which points it answers."""
    words = {
        "text": clean(measure.text),
        "stage": measure.get_stage_display(),
        "responsible": measure.responsible,
        "timing": measure.timing,
        "basis": measure.basis,
    }
    return words | {field.name: clean(fields.text_of(field, measure)) for field in fields.plain(fields.MEASURE)}


def _measure(measure: Measure, numbers: dict[int, int]) -> Words:
    others = sorted(numbers[point.pk] for point in measure.points.all())[1:]
    words = words_of_measure(measure) | {"also": "、".join(map(str, others)), "code": code_of(measure)}
    return {("measure", name): text for name, text in words.items()}
