"""From the register's rows to documents: marks, dates, levels, and nothing that costs more with more rows."""

import io
from datetime import date, timedelta

import docx
import openpyxl
import pikepdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from departments.models import Appointment, GroupMember
from riskpoints import documents
from riskpoints.content import content
from riskpoints.documents import build, build_lists, build_public
from riskpoints.documents.data import LevelPosts, Mark
from riskpoints.enums import Category, DateMode, Status
from riskpoints.models import Measure, TableVersion
from riskpoints.tables import editing
from tests.factories import bring_to, make_measure, make_point
from tests.riskpoints.documents.cases import HIGH, LOW

pytestmark = pytest.mark.django_db


KINDS = (build.department_form, build_public.post_sheets, build_public.notice)


def again(version: TableVersion) -> TableVersion:
    return TableVersion.objects.select_related("table__cycle", "table__department").get(pk=version.pk)


@pytest.mark.parametrize(
    ("status", "mark", "is_proposed"),
    [
        (Status.DRAFT, Mark.DRAFT, True),
        (Status.SUBMITTED, Mark.DRAFT, True),
        (Status.REVIEWED, Mark.FINAL, False),
        (Status.CONFIRMED, Mark.FINAL, False),
        (Status.DISCARDED, Mark.DRAFT, True),
    ],
)
def test_a_print_is_final_from_the_review_on(status, mark, is_proposed, table, people):
    version = bring_to(status, table, people)
    form = build.department_form(version)
    assert form.mark is mark
    assert form.level.is_proposed is is_proposed
    assert bool(form.content_code) is (mark is Mark.FINAL)
    assert form.version_label.endswith("（已作废）") is (status == Status.DISCARDED)


def test_the_form_of_a_department_says_what_its_version_says(confirmed_version, school):
    form = build.department_form(confirmed_version)
    year = confirmed_version.table.cycle.year
    assert form.title_lines == ("某某职专", "部门廉政风险点防控表")
    assert (form.department_name, form.head_name) == ("总务处", "总务处负责人")
    assert form.duties == "负责总务处的日常工作。"
    assert form.version_label == f"{year}年度第1版"
    assert form.filled_on == timezone.localdate(confirmed_version.submitted_at)
    assert form.made_on == confirmed_version.signed_on
    assert [row.category for row in form.rows] == Category.labels
    first = form.rows[0]
    assert [(p.text, p.post, p.level) for p in first.points] == [("岗位职责风险的风险点1", "采购员", HIGH)]
    assert [(m.text, m.points, m.stage) for m in first.measures] == [
        ("岗位职责风险的监控措施1", (1,), "中期监控"),
        ("每学期开展一次岗位廉政教育并考试", (), "前期预防"),
    ]
    assert form.level.level == HIGH
    assert form.level.groups == (LevelPosts(HIGH, ("采购员",)), LevelPosts(LOW, ("绿化管理员",)))


def test_the_code_at_the_foot_is_that_of_the_decision(confirmed_version):
    decision = confirmed_version.decisions.order_by("at").last()
    assert build.department_form(confirmed_version).content_code == content.content_code(decision.content_hash)


@pytest.mark.parametrize(
    ("mode", "expected"), [(DateMode.TYPED, date(2026, 3, 5)), (DateMode.BLANK, None), (DateMode.SUBMITTED, None)]
)
def test_the_date_is_printed_typed_or_left_to_the_pen(draft_version, mode, expected):
    draft_version.date_mode, draft_version.filled_on = mode, date(2026, 3, 5)
    assert build.department_form(draft_version).filled_on == expected
    assert build.department_form(draft_version, date_mode=DateMode.TYPED).filled_on == date(2026, 3, 5)


def test_the_school_form_prints_neither_posts_nor_levels(school_table, people):
    form = build.school_form(bring_to(Status.CONFIRMED, school_table, people))
    assert form.title == "山东省某某职业中专廉政风险点防控表"
    assert form.business_function == "教育教学"
    assert [row.category for row in form.rows] == ["重大事项决策", "重要人事任免", "重大项目安排", "大额资金使用"]
    assert form.rows[3].is_nil
    assert {(point.post, point.level) for row in form.rows for point in row.points} == {("", "")}


def test_a_printed_version_carries_its_workbook(confirmed_version):
    content = documents.version_document(confirmed_version, "pdf")
    assert content == documents.version_document(again(confirmed_version), "pdf")
    with pikepdf.open(io.BytesIO(content)) as pdf:
        (carried,) = pdf.attachments.values()
        assert carried.filename == "总务处廉政风险点防控表.xlsx"
        assert carried.get_file().read_bytes() == documents.version_document(confirmed_version, "xlsx")
    with pytest.raises(ValueError, match="Unknown kind"):
        documents.version_document(confirmed_version, "doc")


def test_a_version_is_to_be_had_for_word(confirmed_version, school_table, people):
    for version in (confirmed_version, bring_to(Status.CONFIRMED, school_table, people)):
        made = docx.Document(io.BytesIO(documents.version_document(version, "docx")))
        assert version.owner_name in made.tables[0]._element.xpath("string(.)")
    blank = docx.Document(io.BytesIO(documents.blank_form("docx")))
    assert blank.tables[1].rows[1].cells[0].text == "岗位职责风险"


def test_the_blank_form_needs_no_table(school, read):
    printed = read(documents.blank_form())
    assert printed.has_in_order("某某职专部门廉政风险点防控表", "填表日期：年月日", *Category.labels, "签字：")
    assert "草稿" not in printed.text
    assert openpyxl.load_workbook(io.BytesIO(documents.blank_form("xlsx"))).sheetnames == ["空白表"]


def queries_of(act) -> int:
    with CaptureQueriesContext(connection) as queries:
        act()
    return len(queries)


def test_forms_cost_the_same_number_of_queries_with_many_points(draft_version, head, purchasing_post):
    version = again(draft_version)
    few = [queries_of(lambda make=make: make(version)) for make in KINDS]
    for number in range(8):
        point = make_point(draft_version, actor=head, post=purchasing_post, text=f"又一个风险点{number}")
        make_measure(draft_version, point, actor=head, text=f"又一条措施{number}")
    version = again(draft_version)
    many = [queries_of(lambda make=make: make(version)) for make in KINDS]
    assert many == few
    assert max(many) <= 12


def test_each_post_gets_its_sheet(confirmed_version, purchasing_post, plain_post):
    Appointment.objects.create(post=plain_post, holder_name="已离任者", since=date(2019, 9, 1), until=date(2020, 8, 31))
    purchasing, gardening = build_public.post_sheets(confirmed_version)
    assert (purchasing.post_name, purchasing.holders, purchasing.functions) == ("采购员", ("采购员任职人",), ("采购",))
    assert (purchasing.level, purchasing.level_reason) == (HIGH, "从事采购，按规定不低于一级（高）")
    assert (gardening.post_name, gardening.holders, gardening.level_reason) == ("绿化管理员", (), "")
    first = purchasing.rows[0]
    assert (first.category, first.point) == ("岗位职责风险", "岗位职责风险的风险点1")
    assert (first.likelihood, first.harm, first.level) == ("较小", "一般", HIGH)
    assert [measure.text for measure in first.measures] == [
        "岗位职责风险的监控措施1",
        "每学期开展一次岗位廉政教育并考试",
    ]
    assert len(purchasing.rows) + len(gardening.rows) == 4
    assert [sheet.post_name for sheet in build_public.post_sheets(confirmed_version, plain_post.pk)] == ["绿化管理员"]
    assert documents.post_sheets_document(confirmed_version).startswith(b"%PDF")


def test_a_post_stated_to_have_no_point_prints_the_reason(draft_version, plain_post, head):
    for point in draft_version.points.filter(post=plain_post):
        editing.remove_row(point, actor=head)
    editing.exempt_post(draft_version, plain_post, "不掌握人财物", actor=head)
    sheet = build_public.post_sheets(again(draft_version), plain_post.pk)[0]
    assert (sheet.rows, sheet.nil_reason, sheet.mark) == ((), "不掌握人财物", Mark.DRAFT)


def test_the_notice_says_only_what_may_be_published(reviewed_version, purchasing_post, read):
    reviewed_version.publish_from = timezone.localdate()
    reviewed_version.publish_until = reviewed_version.publish_from + timedelta(days=5)
    printed = read(documents.notice_document(reviewed_version))
    assert "总务处" in printed.text
    assert "岗位职责风险的风险点1" in printed.text
    assert "如有意见，请在公示期内向领导小组办公室（设在纪委）反映。" in printed.text
    for secret in ("采购员任职人", "责任人1", "岗位职责风险的表现形式1", "较小", "机率", "危害"):
        assert secret not in printed.text


def test_the_register_counts_and_orders_all_points(confirmed_version, other_table, people, leader):
    other = bring_to(Status.CONFIRMED, other_table, people)
    register = build_lists.year_register([again(confirmed_version), other])
    assert [row.number for row in register.rows] == [
        f"{register.year}-{table:02d}-{order:03d}" for table in (1, 2) for order in range(1, 5)
    ]
    first = register.rows[0]
    assert (first.department, first.post, first.category) == ("总务处", "采购员", "岗位职责风险")
    assert (first.prevention, first.monitoring, first.response) == (
        "每学期开展一次岗位廉政教育并考试",
        "岗位职责风险的监控措施1",
        "",
    )
    assert (first.methods, first.responsible, first.leader) == ("自己找、互相查", "责任人1", "校长")
    assert (first.status, first.level, first.likelihood, first.harm) == ("当年有效", HIGH, "较小", "一般")
    assert register.rows[4].leader == "校长（分管领导暂缺，由单位主要负责人代）"
    assert register.made_on == max(confirmed_version.signed_on, other.signed_on)


def test_a_measure_without_a_stage_stands_under_prevention(confirmed_version):
    """As on the screen (register.Line.measures_at): an older form asked for no stage, and nothing may be left out."""
    point = confirmed_version.points.first()
    measures = [Measure(text="没有阶段的措施", stage="", basis="采购办法"), Measure(text="事后追责", stage="response")]
    row = build_lists.register_row("", confirmed_version, point, measures, "", status="")
    assert (row.prevention, row.monitoring, row.response) == ("没有阶段的措施", "", "事后追责")
    assert row.basis == "前期预防：采购办法"


def test_the_register_costs_the_same_number_of_queries_for_many_tables(confirmed_version, other_table, people):
    one = [again(confirmed_version)]
    few = queries_of(lambda: build_lists.year_register(one))
    two = [again(confirmed_version), again(bring_to(Status.CONFIRMED, other_table, people))]
    assert queries_of(lambda: build_lists.year_register(two)) == few
    assert few <= 8


def test_the_list_of_the_group_follows_its_printed_order(school, group, read):
    GroupMember.objects.create(group=group, position="member", person_name="于梅", order=4)
    listed = build_lists.group_list(group)
    assert (listed.chiefs, listed.deputies, listed.members) == (("组长",), ("副组长",), ("成员甲", "于梅"))
    printed = read(documents.group_document(group))
    assert printed.has_in_order("组长：组长", "副组长：副组长", "成员：成员甲于梅", group.office_sentence)


def test_the_notice_numbers_measures_and_says_a_shared_one_once(draft_version, head, purchasing_post):
    """A measure of several points stands at the first of them; one of the whole category in a row of its own."""
    points = [
        make_point(draft_version, actor=head, post=purchasing_post, category=Category.ENVIRONMENT, text=f"新增{number}")
        for number in (1, 2, 3)
    ]
    make_measure(draft_version, points[0], actor=head, category=Category.ENVIRONMENT, text="只对第一项")
    make_measure(draft_version, points[0], points[2], actor=head, category=Category.ENVIRONMENT, text="两项共有")
    make_measure(draft_version, actor=head, category=Category.ENVIRONMENT, text="本类共有")
    made = build_public.notice(draft_version)
    rows = [row for row in made.rows if row.point.startswith("新增") or row.measures == ("本类共有",)]
    first = int(rows[0].number)
    assert [row.number for row in rows] == [str(first), str(first + 1), str(first + 2), ""]
    assert [row.measures for row in rows] == [
        ("①只对第一项", f"②两项共有〔同时针对第{first + 2}项〕"),
        (),
        (f"①同第{first}项②。",),
        ("本类共有",),
    ]
    assert (rows[-1].point, rows[-1].post, rows[-1].level) == ("〔本类各项〕", "", "")
    assert "".join("".join(row.measures) for row in made.rows).count("两项共有") == 1
    assert [row.number for row in made.rows if row.number] == [str(n) for n in range(1, len(made.rows))]
