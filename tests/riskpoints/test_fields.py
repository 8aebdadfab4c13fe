"""What was decided keeps the fields and rows of its own format, whatever is added or renamed afterwards."""

import json
from dataclasses import replace

import pytest

from riskcontrol.web.query import QueryReader
from riskpoints import fields
from riskpoints.content import content, differences
from riskpoints.content.completeness import check
from riskpoints.documents import build_lists
from riskpoints.documents.columns import sheet_columns
from riskpoints.documents.data import Register
from riskpoints.enums import Action, Category, Scope, Status
from riskpoints.evidence.verification import verify_decided, verify_register
from riskpoints.forms.rows import MeasureForm, PointForm
from riskpoints.importing import columns, row_sheet
from riskpoints.importing.plan import plan
from riskpoints.importing.saving import save
from riskpoints.models import Measure, RiskPoint, TableVersion
from riskpoints.register import filters, search
from riskpoints.tables import editing, returned, starting, workflow
from tests.factories import bring_to
from tests.riskpoints.archives.packing import falsify

NOW = fields.CURRENT  # before a test brings in a later one
MISSING = ["missing_regulation", "missing_drafter", "missing_due"]


def snapshot(version):
    return json.loads(content.sealed(content.load(TableVersion.objects.get(pk=version.pk)))[0])


@pytest.fixture
def decided(table, school_table, people):
    """Return a table of a department in force and a school's that waits for review."""
    return bring_to(Status.CONFIRMED, table, people), bring_to(Status.SUBMITTED, school_table, people)


@pytest.fixture
def later(decided, monkeypatch):
    """Decide two tables, then bring in a format with another field of points and of measures."""
    monkeypatch.setattr(fields, "CURRENT", fields.CURRENT + 1)
    for kind in ("POINT", "MEASURE"):
        monkeypatch.setattr(fields, kind, (*getattr(fields, kind), fields.Field("order", since=fields.CURRENT)))
    return decided


def test_every_name_is_a_field_of_its_model():
    for declared, model in ((fields.POINT, RiskPoint), (fields.MEASURE, Measure), (fields.HEAD, TableVersion)):
        names = [field.name for field in declared]
        assert len(names) == len(set(names))
        assert set(names) <= {field.name for field in model._meta.get_fields()}


def test_a_field_that_came_later_is_no_matter_of_what_was_decided(later):
    assert list(verify_register()) == []
    assert [snapshot(version)["format"] for version in later] == [NOW] * 2
    assert "order" not in snapshot(later[0])["rows"][0]["points"][0]


def test_a_table_that_was_on_its_way_is_decided_in_the_format_it_was_handed_in_with(later, people):
    version = workflow.perform(Action.APPROVE, later[1], actor=people.reviewer)
    assert (version.snapshot_format, snapshot(version)["format"]) == (NOW, NOW)
    assert list(verify_register()) == []


def test_a_table_that_is_handed_in_again_takes_the_present_format(later, people):
    version = workflow.perform(Action.RETURN, later[1], actor=people.reviewer, comment="请补充")
    assert snapshot(version)["format"] == fields.CURRENT
    version = workflow.perform(Action.SUBMIT, version, actor=people.office)
    assert version.snapshot_format == fields.CURRENT
    assert "order" in snapshot(version)["rows"][0]["points"][0]
    assert list(verify_register()) == []


def test_a_draft_that_is_given_up_keeps_what_it_held(table, people, monkeypatch):
    confirmed = bring_to(Status.CONFIRMED, table, people)
    draft = starting.open_revision(confirmed, reason="修订", actor=people.head)
    discarded = workflow.perform(Action.DISCARD, draft, actor=people.head, comment="不再修订")
    assert discarded.snapshot_format == NOW
    monkeypatch.setattr(fields, "CURRENT", fields.CURRENT + 1)
    assert list(verify_register()) == []


def test_a_new_row_of_the_form_is_no_matter_of_what_was_decided(decided, people, monkeypatch):
    before = [snapshot(version) for version in decided]
    monkeypatch.setattr(fields, "CURRENT", fields.CURRENT + 1)
    monkeypatch.setitem(fields.ROWS, Scope.SCHOOL, (*fields.ROWS[Scope.SCHOOL], (Category.DUTY.value, fields.CURRENT)))
    assert [snapshot(version) for version in decided] == before
    assert list(verify_register()) == []
    version = workflow.perform(Action.RETURN, decided[1], actor=people.reviewer, comment="请补充")
    draft = content.load(TableVersion.objects.get(pk=version.pk))
    assert [row.value for row in draft.rows][-1] == Category.DUTY
    assert any("岗位职责风险" in str(problem) for problem in check(draft).missing)


@pytest.mark.parametrize("is_sealed", [True, False])
def test_versions_from_before_formats_had_numbers_keep_theirs(table, people, monkeypatch, is_sealed):
    monkeypatch.setattr(fields, "CURRENT", fields.SEALED if is_sealed else fields.UNSEALED)
    if not is_sealed:
        monkeypatch.setattr(starting.secrets, "token_hex", lambda size: "")
    version = bring_to(Status.CONFIRMED, table, people)
    assert "format" not in snapshot(version)
    before = snapshot(version)
    monkeypatch.undo()
    falsify(version, snapshot_format=None)
    assert snapshot(version) == before
    assert list(verify_decided()) == []


def test_what_an_archive_may_show_is_told_by_the_format_of_its_snapshot(decided, monkeypatch):
    text, _ = content.sealed(content.load(decided[0]))
    shown = content.open_part(text)
    hidden = replace(fields.POINT[3], is_assessment=True, since=fields.CURRENT + 1)
    monkeypatch.setattr(fields, "POINT", (*fields.POINT[:3], hidden, *fields.POINT[4:]))
    assert content.open_part(text) == shown
    assert "likelihood" not in shown
    assert f'"format":{NOW}' in shown


def test_lists_of_fields_are_the_declared_ones():
    assert fields.typed(fields.POINT) == editing.POINT_FIELDS
    assert "post_name" in differences.POINT_FIELDS
    assert "post" not in differences.POINT_FIELDS
    assert set(returned.POINT_FIELDS) - set(differences.POINT_FIELDS) == {"proposed_level", "proposed_reason"}
    assert not {"confirmed_level", "confirmed_reason", "functions"} & set(returned.POINT_FIELDS)


# ---- a plain text without a place of its own ---------------------------------------------------------------------


@pytest.fixture
def unplaced(monkeypatch):
    """Take two texts their own places away, as those of a field that was just added: only fields.py names them."""

    def without_place(kind, name, title):
        monkeypatch.setattr(
            fields, kind, tuple(replace(f, title=title) if f.name == name else f for f in getattr(fields, kind))
        )

    without_place("POINT", "matter", "新的一栏")
    without_place("MEASURE", "basis", "新的依据")


def test_a_plain_text_is_on_the_form_the_page_and_in_the_search(unplaced, draft_version, people, client):
    point = draft_version.points.first()
    editing.save_point(draft_version, {"matter": "某某专项"}, point=point, actor=people.head)
    measure = point.measures.first()
    editing.save_measure(draft_version, {"basis": "某某办法"}, measure=measure, actor=people.head)
    posts = draft_version.table.department.posts.all()
    assert PointForm(version=draft_version, posts=posts).others == ["matter", *MISSING]
    assert MeasureForm(points=draft_version.points.none()).others == ["basis"]
    found = filters.read(QueryReader({"q": "某某专项", "standing": "draft"}), filters.options(people.head))
    assert [row.pk for row in search.points(people.head, found)] == [point.pk]
    workflow.perform(Action.SUBMIT, draft_version, actor=people.head)
    client.force_login(people.reviewer)
    page = client.get(f"/versions/{draft_version.pk}/").content.decode()
    assert "新的依据：某某办法" in page
    assert "<dt>新的一栏</dt><dd>某某专项</dd>" in page


def test_a_plain_text_goes_into_the_template_and_back(unplaced, draft_version, people):
    point = draft_version.points.first()
    editing.save_point(draft_version, {"matter": "某某专项"}, point=point, actor=people.head)
    titles = [column.title for column in columns.columns_for(is_school=False)]
    assert titles[-6:] == ["新的一栏", "配合部门", "缺少的制度", "由谁拟订", "拟订期限", "新的依据"]
    rows = [(1, ["风险类别", "风险点", "新的一栏", "防范措施", "新的依据"])]
    rows.append((2, ["岗位职责风险", "另一个风险点", "别的事项", "另一条措施", "别的依据"]))
    content_read = row_sheet.read_rows(rows, 0)
    made = plan(draft_version, content_read)
    assert ("新的一栏", "别的事项") in made.points[0].details
    save(draft_version, content_read, file_name="a.xlsx", sha256="0" * 64, actor=people.head)
    assert RiskPoint.objects.get(text="另一个风险点").matter == "别的事项"
    assert Measure.objects.get(text="另一条措施").basis == "别的依据"


def test_a_plain_text_gets_a_column_of_the_workbook_of_the_register(unplaced, confirmed_version):
    point = confirmed_version.points.first()
    row = build_lists.register_row("1", confirmed_version, point, point.measures.all(), "", status="现行")
    assert row.more == {"matter": point.matter, "measure_basis": row.more["measure_basis"]} | dict.fromkeys(
        ["co_departments", *MISSING], ""
    )
    titles = [column.title for column in sheet_columns(Register(school_name="", year=None, rows=(), author=""))]
    assert titles[-6:] == ["新的一栏", "配合部门", "缺少的制度", "由谁拟订", "拟订期限", "措施：新的依据"]
