"""Papers of a year to print at once: all tables bound together, two copies of a form, the progress as a list."""

from collections.abc import Iterable, Iterator, Sequence

from django.db.models import F
from django.utils import timezone

from departments.enums import Level
from departments.models import Post, School, User
from riskcontrol.paper.pdf_join import bound, page_count
from riskcontrol.templatetags.ui import cn_date
from riskpoints.documents.listing import ListColumn, Listing, copy_mark_pdf, listing_pdf
from riskpoints.documents.progress import Report, silent
from riskpoints.figures.coverage import Gaps
from riskpoints.figures.progress import Progress
from riskpoints.models import Cycle, TableVersion
from riskpoints.permissions import visible_versions
from riskpoints.tables import papers

# 一式二份: who keeps which copy (the notes of 附件4 and 附件2); the second is the 存根.
KEEPERS = {False: ("学校纪委存", "填表部门存"), True: ("上级主管单位存", "填表单位存")}
STUB = "存根　"
BOUND_COLUMNS = (
    ListColumn("序号", 14, is_centred=True),
    ListColumn("部门", 80),
    ListColumn("表", 50),
    ListColumn("版本", 26, is_centred=True),
    ListColumn("签字", 37),
    ListColumn("签字日期", 40, is_centred=True),
    ListColumn("页数", 20, is_centred=True),
)
PROGRESS_COLUMNS = (
    ListColumn("部门", 52),
    ListColumn("负责人", 24),
    ListColumn("状态", 24, is_centred=True),
    ListColumn("填报完整度", 22, is_centred=True),
    ListColumn("在办版本", 20, is_centred=True),
    ListColumn("有效版本", 20, is_centred=True),
    ListColumn("截止日期", 35, is_centred=True),
    ListColumn("逾期天数", 18, is_centred=True),
    ListColumn("一级", 13, is_centred=True),
    ListColumn("二级", 13, is_centred=True),
    ListColumn("三级", 13, is_centred=True),
    ListColumn("合计", 13, is_centred=True),
)

GAP_COLUMNS = (
    ListColumn("序号", 17, is_centred=True),
    ListColumn("缺什么", 90),
    ListColumn("部门", 80),
    ListColumn("岗位", 80),
)


def tables_of(user: User, cycle: Cycle) -> list[TableVersion]:
    """The tables in force of a year that a person may see: the school's first, then the departments' in order."""
    found = visible_versions(user).filter(table__cycle=cycle, pk=F("table__in_force"))
    return list(
        found.select_related("table__cycle", "table__department").order_by(
            F("table__department__order").asc(nulls_first=True), "table__department", "pk"
        )
    )


def bound_tables(versions: Sequence[TableVersion], *, in_two: bool = False, report: Report = silent) -> bytes:
    """All these forms in one PDF behind a list of them, as kept; in two copies each with its keeper if asked for."""
    school = School.current()
    forms = []
    for place, version in enumerate(versions):
        report(place, len(versions), version.owner_name)
        forms.append((version, papers.document_of(version, "pdf")))
    rows = [
        (
            str(place),
            version.owner_name,
            school.form_title if version.table.is_school else school.department_form_title,
            f"第{version.number}版",
            version.decided_by_words,
            cn_date(version.signed_on) if version.signed_on else "",
            str(page_count(made)),
        )
        for place, (version, made) in enumerate(forms, start=1)
    ]
    year = versions[0].table.cycle.year
    cover = Listing(
        author=school.full_name,
        made_on=max((version.signed_on for version in versions if version.signed_on), default=None),
        title=f"{school.full_name}{year}年度廉政风险点防控表合订",
        summary=f"共 {len(rows)} 张表{'，每张一式二份' if in_two else ''}。",
        columns=BOUND_COLUMNS,
        rows=tuple(rows),
    )
    return bound([(listing_pdf(cover), None), *_one_after_the_other(forms, in_two=in_two)])


def bound_forms(versions: Sequence[TableVersion], *, in_two: bool = False) -> bytes:
    """Exactly these forms in one PDF, each as it is printed alone."""
    forms = [(version, papers.document_of(version, "pdf")) for version in versions]
    return bound(list(_one_after_the_other(forms, in_two=in_two)))


def _one_after_the_other(
    forms: Iterable[tuple[TableVersion, bytes]], *, in_two: bool
) -> Iterator[tuple[bytes, bytes | None]]:
    for version, made in forms:
        yield from _copies(version, made) if in_two else [(made, None)]


def two_copies(version: TableVersion, made: bytes) -> bytes:
    """A form twice, each copy with its keeper; the second is the 存根."""
    return bound(_copies(version, made))


def _copies(version: TableVersion, made: bytes) -> list[tuple[bytes, bytes | None]]:
    author = School.current().full_name
    first, second = KEEPERS[version.table.is_school]
    return [(made, copy_mark_pdf(text, author=author)) for text in (first, STUB + second)]


def _further(progress: Progress) -> str:
    """The wings' figures, a sentence for each wing."""
    return "".join(
        f"{title}：{'，'.join(f'{figure.label} {figure.value}' for figure in figures)}。"
        for title, figures in progress.further
    )


def progress_listing(cycle: Cycle, progress: Progress) -> Listing:
    """全校进度 as a list, a row a table, with what the page shows to the same person."""
    school, day = School.current(), timezone.localdate()
    rows = []
    for item in progress.tables:
        counts = item.levels
        rows.append(
            (
                item.table.owner_name,
                item.head_name,
                item.words,
                f"{item.percent}%" if item.percent is not None else "",
                f"第{item.open_version.number}版" if item.open_version else "",
                f"第{item.in_force.number}版" if item.in_force else "",
                cn_date(item.due) if item.due else "",
                str(item.days_late) if item.is_overdue else "",
                *(str(counts.by_level.get(level, 0)) for level in Level),
                str(counts.total),
            )
        )
    return Listing(
        author=school.full_name,
        made_on=day,
        title=f"{school.full_name}{cycle.year}年度廉政风险防控进度表",
        summary=f"截至{cn_date(day)}，共 {len(rows)} 张表，{progress.in_force_count} 张已签字确定，"
        f"{progress.overdue_count} 张逾期。风险点数按有效版本统计。{_further(progress)}",
        columns=PROGRESS_COLUMNS,
        rows=tuple(rows),
    )


def _named(post: Post) -> str:
    return f"{post.name}（关键岗位）" if post.is_key else post.name


def gaps_listing(cycle: Cycle, gaps: Gaps) -> Listing:
    """不漏岗、不缺项 as a list (R58): departments without a table, tables not in force, posts not written of."""
    school, day = School.current(), timezone.localdate()
    found = [("本年度没有防控表", department.name, "") for department in gaps.departments]
    found += [("还没有现行版", table.owner_name, "") for table in gaps.tables]
    found += [("现行表没有写到", post.department.name, _named(post)) for post in gaps.posts]
    return Listing(
        author=school.full_name,
        made_on=day,
        title=f"{school.full_name}{cycle.year}年度漏岗缺项清单",
        summary=f"截至{cn_date(day)}，共 {gaps.count} 处。" if found else f"截至{cn_date(day)}，没有漏岗、缺项。",
        columns=GAP_COLUMNS,
        rows=tuple((str(place), *row) for place, row in enumerate(found, start=1)),
    )
