"""Measures cite regulations beside their text, and points say what regulation is missing (R21, R38)."""

import datetime
import json
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from riskcontrol.models import AuditEntry
from riskpoints.content import content
from riskpoints.content.differences import compare
from riskpoints.documents import build_lists
from riskpoints.documents.build_public import post_sheets
from riskpoints.documents.lists import post_sheets_pdf, post_texts
from riskpoints.enums import Action, Category, Status
from riskpoints.evidence.verification import verify_register
from riskpoints.forms.rows import PointForm
from riskpoints.importing.content import FilePoint
from riskpoints.importing.values import WordReader, point_values
from riskpoints.models import Measure, RiskPoint, TableVersion
from riskpoints.references.regulations import queries
from riskpoints.references.regulations.enums import State
from riskpoints.tables import copying, editing, starting, workflow
from riskpoints.verbs import RegisterVerb
from tests.factories import bring_to, make_regulation
from tests.pages import text_of

DUE = datetime.date(2027, 6, 30)


@pytest.fixture
def regulation(db):
    return make_regulation()


@pytest.fixture
def cited(draft_version, people, regulation):
    """Return a measure of a draft that rests on a regulation."""
    measure = draft_version.measures.filter(points__post__isnull=False).first()
    return editing.save_measure(
        draft_version, {}, points=measure.points.all(), regulations=[regulation], measure=measure, actor=people.head
    )


def loaded(version):
    return content.load(TableVersion.objects.get(pk=version.pk))


def test_a_citation_is_written_down_by_name_and_audited(cited, regulation):
    assert cited.regulation_names == [[str(regulation.identity), "《采购管理办法》（校发〔2025〕3 号）"]]
    assert list(cited.regulations.all()) == [regulation]
    entry = AuditEntry.objects.filter(action=RegisterVerb.MEASURE_CHANGE).last()
    assert entry.detail == {"regulation_names": [[], ["《采购管理办法》（校发〔2025〕3 号）"]]}


def test_other_words_leave_the_citation_and_none_chosen_takes_it_away(draft_version, cited, people):
    own = {"measure": cited, "points": cited.points.all(), "actor": people.head}
    assert editing.save_measure(draft_version, {"text": "另写"}, **own).cited
    assert editing.save_measure(draft_version, {}, regulations=[], **own).regulation_names == []
    assert not Measure.objects.get(pk=cited.pk).regulations.exists()


def test_what_ended_is_not_newly_cited_but_may_stay(draft_version, cited, people, regulation):
    ended = make_regulation("旧办法", state=State.REPEALED, ended_on=DUE, reason="理由")
    type(regulation).objects.filter(pk=regulation.pk).update(state=State.REPEALED, ended_on=DUE, reason="理由")
    regulation.refresh_from_db()
    own = {"measure": cited, "points": cited.points.all(), "actor": people.head}
    assert editing.save_measure(draft_version, {}, regulations=[regulation], **own).cited
    with pytest.raises(ValidationError) as caught:
        editing.save_measure(draft_version, {}, regulations=[regulation, ended], **own)
    assert set(caught.value.message_dict) == {"regulations"}


def test_the_name_is_that_of_the_day_it_was_handed_in(draft_version, cited, people, regulation):
    regulation.document_number = "校发〔2026〕9 号"
    regulation.save()
    workflow.perform(Action.SUBMIT, draft_version, actor=people.head)
    snapshot = json.loads(content.sealed(loaded(draft_version))[0])
    said = [measure["regulation_names"] for row in snapshot["rows"] for measure in row["measures"]]
    assert [[str(regulation.identity), "《采购管理办法》（校发〔2026〕9 号）"]] in said
    assert AuditEntry.objects.filter(action=RegisterVerb.REFRESH_CITATIONS).count() == 1
    regulation.title = "改名"
    regulation.save()
    assert json.loads(content.sealed(loaded(draft_version))[0]) == snapshot
    assert list(verify_register()) == []


def test_what_was_handed_in_cites_nothing_else(draft_version, cited, people):
    workflow.perform(Action.SUBMIT, draft_version, actor=people.head)
    with pytest.raises(IntegrityError), transaction.atomic():
        cited.regulations.add(make_regulation("另一项"))


def test_a_citation_is_a_difference_and_is_carried_over(draft_version, cited, people):
    before = loaded(draft_version)
    editing.save_measure(draft_version, {}, points=cited.points.all(), regulations=[], measure=cited, actor=people.head)
    difference = compare(before, loaded(draft_version))
    assert [(change.label, change.new) for change in difference.measures[0].fields] == [("引用制度", "")]
    source = next(measure for measure in before.measures if measure.pk == cited.pk)
    Measure.objects.get(pk=cited.pk).regulations.set([make_regulation("接续的制度")])
    copy = Measure(version=draft_version, identity=uuid.uuid4(), order=99, category=cited.category)
    copy = copying.write_measure(copy, source, {})
    assert (copy.regulation_names, copy.regulations.count()) == (source.regulation_names, 1)


def test_a_revision_keeps_what_is_cited(draft_version, cited, people, regulation):
    confirmed = bring_to(Status.CONFIRMED, draft_version.table, people)
    revision = starting.open_revision(confirmed, reason="修订", actor=people.head)
    measure = revision.measures.get(identity=cited.identity)
    assert (measure.cited, list(measure.regulations.all())) == (cited.cited, [regulation])


# ---- the form and the page -----------------------------------------------------------------------------------


def test_what_is_offered_begins_with_what_is_cited_and_named(department, regulation):
    state = make_regulation("国家的法", kind="state")
    own = make_regulation("本部门的办法", kind="department", department=department)
    named = make_regulation("出入库制度", document_number="5 号")
    ended = make_regulation("旧办法", state=State.REPEALED, ended_on=DUE, reason="理由")
    found = queries.offered(cited=[ended.pk], basis="《出入库制度》第三条", department=department.pk)
    assert [(row, row.is_named) for row in found] == [
        (ended, False),
        (named, True),
        (own, False),
        (regulation, False),
        (state, False),
    ]
    assert ended not in queries.offered(department=department.pk)


def test_it_is_chosen_in_the_measures_form(draft_version, people, regulation, client):
    client.force_login(people.head)
    measure = draft_version.measures.first()
    editing.save_measure(
        draft_version, {"basis": "采购管理办法"}, points=measure.points.all(), measure=measure, actor=people.head
    )
    page = client.get(reverse("riskpoints:version", args=[draft_version.pk]))
    assert "制度库里有《采购管理办法》（校发〔2025〕3 号），与制度依据同名。" in text_of(page)
    page = client.get(reverse("riskpoints:version", args=[draft_version.pk]) + f"?open=measure-{measure.pk}")
    form = page.context["opened"].form
    assert "（与制度依据同名）" in text_of(page)
    assert form["regulations"].value() == []  # offered, never linked by itself
    sent = {name: form[name].value() or "" for name in form.fields} | {"category": measure.category}
    sent |= {"points": [point.pk for point in measure.points.all()], "regulations": [regulation.pk]}
    answer = client.post(reverse("riskpoints:measure", args=[draft_version.pk, measure.pk]), sent)
    assert answer.status_code == 302, answer.context["opened"].form.errors
    measure.refresh_from_db()
    assert (measure.cited, measure.basis) == (["《采购管理办法》（校发〔2025〕3 号）"], "采购管理办法")
    page = text_of(client.get(reverse("riskpoints:version", args=[draft_version.pk])))
    assert "引用制度：《采购管理办法》" in page
    assert "同名" not in page


def test_a_point_of_the_mechanism_is_asked_first_what_is_missing(draft_version):
    posts = draft_version.table.department.posts.all()
    first = {
        category: PointForm(version=draft_version, posts=posts, category=category).helper.layout.get_field_names()
        for category in (Category.INSTITUTION, Category.DUTY)
    }
    names = {category: [pointer.name for pointer in found] for category, found in first.items()}
    asked = ["missing_regulation", "missing_drafter", "missing_due"]
    place = names[Category.INSTITUTION].index("text")
    assert names[Category.INSTITUTION][place - 3 : place] == asked
    assert names[Category.DUTY][-3:] == asked


def test_a_missing_regulation_is_named_before_its_day(draft_version, people):
    point = draft_version.points.first()
    with pytest.raises(ValidationError) as caught:
        editing.save_point(draft_version, {"missing_due": DUE}, point=point, actor=people.head)
    assert set(caught.value.message_dict) == {"missing_regulation"}


# ---- on paper ------------------------------------------------------------------------------------------------


@pytest.fixture
def lacking(draft_version, cited, people):
    """Return the draft: the point of the cited measure lacks a regulation, too."""
    values = {"missing_regulation": "验收管理办法", "missing_drafter": "总务处", "missing_due": DUE}
    editing.save_point(draft_version, values, point=cited.points.first(), actor=people.head)
    return draft_version


def test_it_stands_on_the_sheets_of_posts(lacking, cited):
    sheets = post_sheets(lacking)
    texts = "".join(text for sheet in sheets for place, row in enumerate(sheet.rows) for text in post_texts(place, row))
    assert "\n依据：《采购管理办法》（校发〔2025〕3 号）" in texts
    assert "缺少的制度：验收管理办法，总务处拟订，2027年6月30日前" in texts
    assert post_sheets_pdf(sheets).startswith(b"%PDF")


def test_it_stands_in_the_workbook_of_the_register(lacking, cited):
    point = RiskPoint.objects.get(pk=cited.points.first().pk)
    row = build_lists.register_row("1", lacking, point, point.measures.all(), "", status="")
    assert "《采购管理办法》（校发〔2025〕3 号）" in row.regulations
    assert row.more == {
        "co_departments": "",
        "missing_regulation": "验收管理办法",
        "missing_drafter": "总务处",
        "missing_due": "2027-06-30",
    }


@pytest.mark.parametrize("text", ["2027-06-30", "2027年6月30日", "2027/6/30", "２０２７.6.30"])
def test_its_day_is_read_from_a_workbook_as_people_write_it(text):
    words = WordReader()
    point = FilePoint(1, "duty", "风险点", more={"missing_due": text, "missing_regulation": "办法"})
    values = point_values(point, None, words)
    assert (values["missing_due"], values["missing_regulation"], words.wrong) == (DUE, "办法", [])


def test_what_is_no_day_is_said(db):
    words = WordReader()
    values = point_values(FilePoint(1, "duty", "风险点", more={"missing_due": "明年6月"}), None, words)
    assert (values["missing_due"], words.wrong) == (None, ["拟订期限“明年6月”不是日期，请写成 2027-06-30。"])
