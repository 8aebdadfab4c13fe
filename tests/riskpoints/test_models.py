"""The register's rows: what the database refuses by itself, and the small reads."""

import datetime
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from riskpoints.enums import Category, FindingMethod, Harm, Likelihood, SchoolCategory, Scope, Stage, Status
from riskpoints.models import ControlTable, Cycle, Measure, NilDeclaration, PostExemption, RiskPoint, TableVersion
from tests import once
from tests.factories import bring_to, make_cycle


@once.fixture
def draft(table, people):
    return TableVersion.objects.create(table=table, number=1, owner_name="总务处")


def refused(model, **values):
    """Assert that the database refuses such a row."""
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.create(**values)


# ---- years and tables --------------------------------------------------------------------------------------------


def test_a_year_has_one_row(cycle):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_cycle(cycle.year)
    with pytest.raises(ValidationError) as caught:
        Cycle(year=cycle.year).full_clean(exclude=["fill_from", "fill_until", "review_until", "publish_until"])
    assert caught.value.message_dict == {"year": ["这个年度已经开启。"]}


@pytest.mark.parametrize("name", ["fill_from", "fill_until", "review_until"])
def test_the_dates_of_a_year_are_in_order(db, name):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_cycle(2026, **{name: datetime.date(2027, 1, 1)})


def test_a_department_has_one_table_a_year(table, department):
    refused(ControlTable, cycle=table.cycle, scope=Scope.DEPARTMENT, department=department)
    ControlTable.objects.create(cycle=make_cycle(2011), scope=Scope.DEPARTMENT, department=department)


def test_the_school_has_one_table_a_year(school_table):
    refused(ControlTable, cycle=school_table.cycle, scope=Scope.SCHOOL)
    ControlTable.objects.create(cycle=make_cycle(2011), scope=Scope.SCHOOL)


def test_only_the_school_table_has_no_department(cycle, department):
    refused(ControlTable, cycle=cycle, scope=Scope.DEPARTMENT)
    refused(ControlTable, cycle=cycle, scope=Scope.SCHOOL, department=department)


def test_a_table_names_its_owner_and_rows(table, school_table):
    assert [table.owner_name, table.is_school, table.categories] == ["总务处", False, Category]
    assert [school_table.owner_name, school_table.is_school, school_table.categories] == ["学校", True, SchoolCategory]
    assert str(table) == f"{table.cycle.year} 年度 总务处"


def test_a_discarded_or_confirmed_version_leaves_room_for_the_next(table, people):
    bring_to(Status.DISCARDED, table, people)
    assert [version.status for version in table.versions.all()] == [Status.DISCARDED, Status.CONFIRMED]
    TableVersion.objects.create(table=table, number=3, owner_name="总务处")


@pytest.mark.parametrize("status", Status)
def test_a_version_knows_whether_it_is_a_draft_and_in_force(table, people, status):
    version = bring_to(status, table, people)
    assert version.is_draft == (status == Status.DRAFT)
    assert version.is_in_force == (status == Status.CONFIRMED)


# ---- points, measures and answers --------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [RiskPoint, Measure])
def test_an_identity_stands_once_in_a_version(draft, other_table, model):
    identity = uuid.UUID(int=1)
    values = {"category": Category.DUTY, "text": "内容", "identity": identity}
    model.objects.create(version=draft, **values)
    refused(model, version=draft, **values)
    other = TableVersion.objects.create(table=other_table, number=1, owner_name="教务处")
    model.objects.create(version=other, **values)


@pytest.mark.parametrize("model", [RiskPoint, Measure])
def test_a_row_has_words(draft, model):
    refused(model, version=draft, category=Category.DUTY, text="")


def test_a_category_is_declared_nil_once(draft):
    NilDeclaration.objects.create(version=draft, category=Category.DUTY)
    refused(NilDeclaration, version=draft, category=Category.DUTY)


def test_a_post_is_exempted_once_and_with_a_reason(draft, plain_post, purchasing_post):
    PostExemption.objects.create(version=draft, post=plain_post, reason="暂缺")
    refused(PostExemption, version=draft, post=plain_post, reason="暂缺")
    refused(PostExemption, version=draft, post=purchasing_post, reason="")


@pytest.mark.parametrize(
    ("methods", "other", "labels"),
    [
        ([], "", []),
        (["organisation", "self"], "", ["组织评", "自己找"]),
        (["other", "masses"], "信访", ["群众提", "其他（信访）"]),
        (["other"], "", ["其他"]),
    ],
)
def test_finding_methods_as_words(methods, other, labels):
    assert RiskPoint(finding_methods=methods, finding_other=other).finding_labels == labels


@pytest.mark.parametrize(
    ("confirmed", "proposed", "level"), [(None, None, None), (None, 3, 3), (2, 3, 2), (3, 1, 3), (1, None, 1)]
)
def test_the_level_that_counts(confirmed, proposed, level):
    assert RiskPoint(confirmed_level=confirmed, proposed_level=proposed).level == level


def test_a_point_keeps_the_functions_it_was_saved_with():
    ruling = RiskPoint(likelihood=3, harm=3, functions=[["采购", 1], ["公共服务", 2]]).ruling
    assert (ruling.by_scales, ruling.floor, ruling.computed) == (3, 1, 1)


# ---- the document's words ----------------------------------------------------------------------------------------


def test_the_vocabularies_are_the_documents():
    assert Category.labels == ["岗位职责风险", "业务流程风险", "制度机制风险", "外部环境风险"]
    assert SchoolCategory.labels == ["重大事项决策", "重要人事任免", "重大项目安排", "大额资金使用"]
    assert Stage.labels == ["前期预防", "中期监控", "后期处置"]
    assert FindingMethod.labels == ["自己找", "群众提", "互相查", "领导点", "组织评", "其他"]
    assert [(step.value, step.label) for step in Likelihood] == [(1, "高"), (2, "较高"), (3, "较小")]
    assert [(step.value, step.label) for step in Harm] == [(1, "严重"), (2, "较为严重"), (3, "一般")]


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (RiskPoint(text="字" * 50), "字" * 40),
        (Measure(text="措施"), "措施"),
        (NilDeclaration(category="duty"), "岗位职责风险：无"),
        (PostExemption(post_name="门卫", reason="外包"), "门卫：外包"),
        (TableVersion(table=ControlTable(cycle=Cycle(year=2026)), number=2), "2026 年度 学校 第 2 版"),
    ],
)
def test_rows_name_themselves(row, text):
    assert str(row) == text
