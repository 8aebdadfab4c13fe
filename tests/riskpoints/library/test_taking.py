"""An entry taken into a draft: what is offered, what the form begins with, what is kept, what the reviewer sees."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from riskpoints.content.content import load, snapshot
from riskpoints.enums import Action, Category
from riskpoints.models import RiskPoint
from riskpoints.references.library import services
from riskpoints.references.library.models import TypicalRisk
from riskpoints.tables import starting, workflow
from tests.factories import assess_all, fill, make_point, paper_signature
from tests.pages import text_of


@pytest.fixture
def entry(db):
    return TypicalRisk.objects.get(key="CG-01")


@pytest.fixture
def draft(table, people):
    """Return an empty draft of 总务处."""
    return starting.start_table(table, actor=people.head)


def confirm(draft, people):
    """Bring the draft in force with all that is missing in it."""
    version = workflow.perform(Action.SUBMIT, fill(draft, actor=people.head), actor=people.head)
    assess_all(version, actor=people.reviewer)
    version = workflow.perform(Action.APPROVE, version, actor=people.reviewer)
    return workflow.perform(Action.CONFIRM, version, actor=people.office, signature=paper_signature())


@pytest.fixture
def filler(client, people):
    client.force_login(people.head)
    return client


def sheet(version):
    return reverse("riskpoints:version", args=[version.pk])


def picked(client, version, **query):
    page = client.get(reverse("library:pick", args=[version.pk]), query)
    return [item.risk.key for item in page.context["found"]], page


def opened(client, version, entry, **query):
    return client.get(sheet(version), {"open": f"new-{entry.category}", "from": f"library-{entry.pk}", **query})


def take(client, version, entry, **typed):
    """Save the form as it was filled in; `typed` is typed over."""
    form = opened(client, version, entry).context["form"]
    body = {name: form[name].value() for name in form.fields if form[name].value() not in (None, "", [])}
    address = reverse("riskpoints:point_new", args=[version.pk])
    answer = client.post(address, body | {"category": entry.category} | typed)
    assert answer.status_code == 302
    return version.points.order_by("-pk").first()


def test_an_empty_row_and_an_empty_post_lead_there(filler, draft, plain_post, purchasing_post):
    page = filler.get(sheet(draft)).content.decode()
    place = reverse("library:pick", args=[draft.pk])
    assert f'href="{place}?category=duty"' in page
    assert f'href="{place}?post={plain_post.pk}"' in page


def test_what_fits_is_of_the_category_and_of_the_posts_functions_the_years_own_first(
    filler, draft, purchasing_post, plain_post
):
    year = draft.table.cycle.year
    TypicalRisk.objects.update(hot_years=[])
    TypicalRisk.objects.filter(key="CG-02").update(hot_years=[year])
    found, page = picked(filler, draft, category="duty", post=purchasing_post.pk)
    assert found[:2] == ["CG-02", "CG-01"]
    assert f"{year}年重点" in text_of(page)
    others = TypicalRisk.objects.filter(category="duty", functions=None).values_list("key", flat=True)
    assert set(found[2:]) == set(others)
    assert set(picked(filler, draft, category="duty", post=plain_post.pk)[0]) == set(others)
    of_the_department = picked(filler, draft, category="institution")[0]
    assert [key for key in of_the_department if key in ("CG-06", "CW-05", "JJ-06")] == ["CG-06"]
    assert picked(filler, draft, area="财务收费", category="institution")[0] == ["CW-05", "CW-06"]
    assert picked(filler, draft, q="化整为零")[0] == ["CG-03"]


def test_retired_entries_and_those_of_the_other_form_are_not_offered(filler, draft, entry, reviewer):
    services.set_active(entry, False, actor=reviewer)
    found, _ = picked(filler, draft)
    assert "CG-01" not in found
    assert not [key for key in found if key.startswith("JD-")]
    assert opened(filler, draft, entry).context["form"].preset is None


def test_the_schools_form_is_offered_its_own(client, school_table, people):
    version = starting.start_table(school_table, actor=people.office)
    client.force_login(people.office)
    found, _ = picked(client, version)
    assert found == [f"JD-0{number}" for number in range(1, 9)]
    point = take(client, version, TypicalRisk.objects.get(key="JD-07"))
    assert (point.category, point.library_entry.key, point.measures.count()) == ("funds", "JD-07", 3)


def test_taking_fills_the_form_and_saves_nothing(filler, draft, entry, purchasing_post):
    page = opened(filler, draft, entry, post=purchasing_post.pk)
    form = page.context["form"]
    assert form["text"].value() == entry.text
    assert form["manifestation"].value() == entry.manifestation
    assert (form["likelihood"].value(), form["harm"].value()) == (entry.likelihood, entry.harm)
    assert [form[name].value() for name in ("measure_text", "measure_text2", "measure_text3")] == [
        measure.text for measure in entry.measures.all()
    ]
    assert form["measure_timing3"].value() == entry.measures.last().timing
    assert str(form["post"].value()) == str(purchasing_post.pk)
    assert page.context["chosen"] == 1
    said = text_of(page)
    assert "取自典型库 CG-01（采购）。这里还没有保存" in said
    assert all(question in said for question in services.questions_of(Category.DUTY))
    assert (draft.points.count(), draft.measures.count()) == (0, 0)


def test_the_saved_point_knows_where_it_came_from_and_what_is_decided_does_not(filler, draft, entry):
    point = take(filler, draft, entry, text="按本岗位改写", measure_text2="")
    assert (point.text, point.library_entry) == ("按本岗位改写", entry)
    measures = list(entry.measures.all())
    assert [row.text for row in point.measures.all()] == [measures[0].text, measures[2].text]
    assert "library" not in str(snapshot(load(draft)))
    page = filler.get(sheet(draft), {"open": f"point-{point.pk}"})
    assert page.context["form"]["library_entry"].value() == entry.pk
    address = reverse("riskpoints:point", args=[draft.pk, point.pk])
    filler.post(address, {"text": "再改", "lock": point.lock, "library_entry": entry.pk, "likelihood": 1, "harm": 1})
    point.refresh_from_db()
    assert (point.text, point.library_entry) == ("再改", entry)
    _, page = picked(filler, draft)
    assert "本表已取用" in text_of(page)


@pytest.mark.parametrize("key", ["0", "99999999999999999999", "x"])
def test_an_entry_that_there_is_not_is_nothing_and_no_error(filler, draft, key):
    address = reverse("riskpoints:point_new", args=[draft.pk])
    body = {"category": "duty", "text": "自己写的", "likelihood": "3", "harm": "3", "library_entry": key}
    assert filler.post(address, body).status_code == 302
    assert draft.points.get().library_entry is None


def test_what_is_wrong_in_a_taken_form_keeps_everything_typed(filler, draft, entry):
    form = opened(filler, draft, entry).context["form"]
    body = {name: form[name].value() for name in form.fields if form[name].value() not in (None, "", [])}
    body |= {"category": "duty", "text": "", "measure_text3": "改过的第三条"}
    page = filler.post(reverse("riskpoints:point_new", args=[draft.pk]), body)
    assert page.status_code == 422
    form = page.context["form"]
    assert (form["measure_text3"].value(), form["library_entry"].value()) == ("改过的第三条", str(entry.pk))
    assert draft.points.count() == 0


def test_sent_twice_the_form_adds_one_point_and_its_measures_once(filler, draft, entry):
    form = opened(filler, draft, entry).context["form"]
    body = {name: form[name].value() for name in form.fields if form[name].value() not in (None, "", [])}
    for _ in range(2):
        filler.post(reverse("riskpoints:point_new", args=[draft.pk]), body | {"category": "duty"})
    assert (draft.points.count(), draft.measures.count()) == (1, 3)


def test_a_retired_entry_stays_on_points_and_on_their_revisions(draft, people, entry, reviewer):
    make_point(draft, actor=people.head, text=entry.text, library_entry=entry)
    version = confirm(draft, people)
    services.set_active(entry, False, actor=reviewer)
    revision = starting.open_revision(version, reason="岗位有变动", actor=people.head)
    assert revision.points.get(text=entry.text).library_entry == entry


def test_the_reviewer_sees_where_another_department_took_the_same(client, draft, other_table, people, entry):
    other = starting.start_table(other_table, actor=people.other_head)
    make_point(other, actor=people.other_head)
    make_point(other, actor=people.other_head, text="教务处的写法", library_entry=entry)
    point = make_point(draft, actor=people.head, text="总务处的写法", library_entry=entry)
    workflow.perform(Action.SUBMIT, fill(other, actor=people.other_head), actor=people.other_head)
    workflow.perform(Action.SUBMIT, fill(draft, actor=people.head), actor=people.head)
    place = list(other.points.filter(category="duty")).index(other.points.get(text="教务处的写法")) + 1
    client.force_login(people.reviewer)
    page = client.get(sheet(draft))
    marks = [
        mark for row in page.context["sheet"].rows for line in row.lines for item in line.points for mark in item.marks
    ]
    assert [(mark.words, mark.point) for mark in marks] == [(f"与教务处岗位职责风险第 {place} 项同源", point.identity)]
    assert f"与教务处岗位职责风险第 {place} 项同源" in text_of(page)
    client.force_login(people.head)
    assert "同源" not in text_of(client.get(sheet(draft)))


def test_only_who_fills_the_table_in_picks_for_it(client, draft, people):
    address = reverse("library:pick", args=[draft.pk])
    for person, status in ((people.clerk, 200), (people.other_head, 404), (people.reviewer, 404)):
        client.force_login(person)
        assert client.get(address).status_code == status


def test_the_offer_asks_as_often_for_one_as_for_all(filler, draft):
    def asked(**query):
        with CaptureQueriesContext(connection) as caught:
            picked(filler, draft, **query)
        return len(caught)

    asked()
    assert asked(q="化整为零") == asked()


def test_copying_a_table_looks_no_entry_up(draft, people, entry):
    for number in range(3):
        make_point(draft, actor=people.head, text=f"第 {number} 条", library_entry=entry)
    version = confirm(draft, people)
    with CaptureQueriesContext(connection) as caught:
        starting.open_revision(version, reason="岗位有变动", actor=people.head)
    lookups = [query["sql"] for query in caught if 'FROM "library_typicalrisk"' in query["sql"]]
    assert lookups == []
    assert RiskPoint.objects.filter(library_entry=entry).count() == 6
