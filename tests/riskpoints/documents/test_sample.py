"""The sample school's papers, printed from its database: those of 2011 as in the founding document, all as pictures."""

import datetime
import io
from dataclasses import replace

import docx
import openpyxl
import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from departments.models import LeadershipGroup
from riskcontrol.models import AuditEntry
from riskpoints import documents
from riskpoints.documents import build, build_lists, build_public
from riskpoints.models import ControlTable, TableVersion
from riskpoints.sample import loader
from riskpoints.verbs import RegisterVerb
from tests.riskpoints.documents.test_lists import MEMBERS

pytestmark = pytest.mark.django_db

LINES = (
    "附件2：",
    "山东省烟台第一职业中专廉政风险点防控表",
    "单位主要负责人（签字）：",
    "填表日期：2011年11月15日",
    "单位名称（公章）",
    "山东省烟台第一职业中专",
    "业务职能",
    "教育教学",
    "风险类别",
    "风险点",
    "防范措施",
    "重大事项决策",
    "教育教学管理",
    "招生",
    "财务收费",
    "党员干部管理",
    "职称管理",
    "严格按照制度和规定办理",
    "坚持公平公正公开原则",
    "坚持民主决策、群众监督原则",
    "重要人事任免",
    "中层干部任免",
    "坚决执行关于干部任免的各项制度和规定",
    "重大项目安排",
    "基建工程（校舍维修）",
    "大宗物品采购",
    "房屋出租",
    "坚持公开招标和政府采购的原则",
    "坚持专家论证和集体研究决定的原则",
    "大额资金使用",
    "无",
    "无",
    "注：1、本表一式二份，上级主管单位及填表单位各存一份；",
    "2、廉政风险点及防控措施根据自查、反馈意见等情况填写；",
    "3、本表须经单位主要负责人签字，并加盖公章；",
    "4、如有需要，可另附页。",
)


@pytest.fixture(scope="module", autouse=True)
def sample(django_db_setup, django_db_blocker):
    """Load once for this module, always on the same day, and take it back after the last test."""
    day = datetime.datetime(2026, 11, 20, 9, 30, tzinfo=timezone.get_default_timezone())
    with django_db_blocker.unblock(), transaction.atomic(), time_machine.travel(day):
        with override_settings(DEMO=True):
            assert loader.load()
        yield
        transaction.set_rollback(True)


def export(tmp_path, name: str, *options: str) -> bytes:
    target = tmp_path / name
    out = io.StringIO()
    call_command("export_table", *options, "--output", str(target), stdout=out)
    assert out.getvalue().startswith("已导出")
    assert list(tmp_path.iterdir()) == [target]
    return target.read_bytes()


def test_the_school_form_prints_every_line_of_the_document_in_order(tmp_path, read):
    printed = read(export(tmp_path, "a.pdf", "--year", "2011", "--school", "--format", "pdf"))
    assert len(printed.pages) == 1
    assert printed.has_in_order(*LINES)
    assert "草稿" not in printed.text
    entry = AuditEntry.objects.order_by("number").last()
    assert (entry.action, entry.detail) == (RegisterVerb.VERSION_EXPORT, {"格式": "pdf", "途径": "命令行"})


def test_the_school_form_as_a_workbook_has_the_same_lines(tmp_path):
    content = export(tmp_path, "a.xlsx", "--year", "2011", "--school", "--format", "xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    text = "".join("".join(str(c.value).split()) for row in sheet.iter_rows() for c in row if c.value is not None)
    place = 0
    for line in LINES:
        place = text.index(line, place) + len(line)


def test_the_school_form_for_word_has_the_same_lines(tmp_path):
    made = docx.Document(io.BytesIO(export(tmp_path, "a.docx", "--year", "2011", "--school", "--format", "docx")))
    text = "".join(made.element.body.xpath("string(.)").split())
    place = 0
    for line in LINES:
        place = text.index("".join(line.split()), place) + len(line)


def test_the_group_of_2011_is_printed_with_its_25_people(read):
    group = LeadershipGroup.objects.order_by("since").first()
    printed = read(documents.group_document(group))
    assert printed.has_in_order(
        "附件1",
        "廉政风险防控管理工作领导小组成员名单",
        "组长：汪学荣副组长：陈永玲",
        f"成员：{MEMBERS}",
        "学校廉政风险防控管理工作领导小组办公室设在纪委，于梅同志兼任办公室主任。",
    )


def test_a_department_of_this_year_is_exported_in_force_or_as_it_stands(tmp_path, read):
    year = str(timezone.localdate().year)
    draft = next(t for t in department_tables(year) if t.in_force_id is None and t.versions.exists())
    with pytest.raises(CommandError, match="还没有现行版"):
        export(tmp_path, "b.pdf", "--year", year, "--department", draft.department.name)
    printed = read(export(tmp_path, "b.pdf", "--year", year, "--department", draft.department.name, "--draft"))
    assert f"科室名称{draft.department.name}" in printed.text


def department_tables(year: str):
    return ControlTable.objects.filter(cycle__year=year, department__isnull=False).select_related("department")


def test_what_is_not_there_is_said_in_chinese_and_nothing_is_written(tmp_path):
    for options, message in (
        (("--year", "1999", "--school"), "没有 1999 年度。已有的年度：2011、"),
        (("--year", "2011", "--department", "教务处"), "2011 年度没有“教务处”的防控表"),
    ):
        with pytest.raises(CommandError, match=message):
            call_command("export_table", *options, "--output", str(tmp_path / "x.pdf"))
    with pytest.raises(CommandError, match="不能写入"):
        call_command("export_table", "--year", "2011", "--school", "--output", str(tmp_path / "no" / "x.pdf"))
    assert list(tmp_path.iterdir()) == []


# ---- pictures ------------------------------------------------------------------------------------------------------

# First and last pages: where the head is, and where it is signed.
ENDS = (1, -1)


def all_versions() -> list[TableVersion]:
    versions = TableVersion.objects.select_related("table__cycle", "table__department", "table__in_force")
    return list(versions.order_by("table__cycle__year", "table__department__order", "number"))


def with_fixed_code(paper):
    """The same paper with a code that does not depend on the identities which the load gave out."""
    return replace(paper, content_code="2026-1120-0930-4920-B01E" if paper.content_code else "")


def form_pdf(version: TableVersion) -> bytes:
    if version.table.is_school:
        return documents.school_form_pdf(with_fixed_code(build.school_form(version)))
    return documents.department_form_pdf(with_fixed_code(build.department_form(version)))


def in_force() -> list[TableVersion]:
    return [version for version in all_versions() if version.is_in_force and version.table.cycle.year == 2026]


def lists() -> dict[str, bytes]:
    """附件1 of each term, and of one department in force the sheets of its posts and the 公示稿; the register."""
    groups = LeadershipGroup.objects.order_by("since")
    made = {f"附件1_{group.since.year}": documents.group_document(group) for group in groups}
    version = next(version for version in in_force() if version.owner_name == "财务处")
    sheets = [with_fixed_code(sheet) for sheet in build_public.post_sheets(version)]
    made["一览表_财务处"] = documents.post_sheets_pdf(sheets)
    made["公示稿_财务处"] = documents.notice_pdf(build_public.notice(version))
    made["汇总表_2026"] = documents.register_pdf(build_lists.year_register(in_force()))
    made["空白表"] = documents.blank_form()
    return made


def test_every_form_looks_as_it_was_looked_at(album):
    sample, names, faults = album("sample"), set(), []
    for version in all_versions():
        name = f"{version.table.cycle.year}_{version.owner_name}_{version.number}"
        names.add(name)
        faults += sample.faults(name, form_pdf(version), ENDS)
    for name, content in lists().items():
        names.add(name)
        faults += sample.faults(name, content, ENDS)
    assert faults == []
    assert len(names) >= 20
    assert sample.left_over(names) == set()
