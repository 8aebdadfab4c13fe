"""The hint at submission: what a table doesn't touch, confirmed as not applicable, and read at the review."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from departments.enums import Level
from departments.models import PostFunction
from riskcontrol.models import AuditEntry
from riskpoints.content.content import load, snapshot
from riskpoints.enums import Action, Status
from riskpoints.library import confirming
from riskpoints.library.coverage import coverage, words_of_area
from riskpoints.library.models import NotApplicable
from riskpoints.models.table import FrozenError
from riskpoints.references.library.models import TypicalRisk
from riskpoints.references.library.verbs import LibraryVerb
from riskpoints.tables import starting, workflow
from tests.factories import assess_all, bring_to, fill, make_point, make_post, paper_signature
from tests.pages import text_of

PURCHASING = {"CG-01", "CG-02", "CG-03", "CG-04", "CG-05", "CG-06", "JC-03", "SX-03"}


@pytest.fixture
def draft(table, people):
    """Return an empty draft of 总务处."""
    return starting.start_table(table, actor=people.head)


@pytest.fixture
def filler(client, people):
    client.force_login(people.head)
    return client


def entry(key):
    return TypicalRisk.objects.get(key=key)


def of(version, post):
    return next(found for found in coverage(version) if found.post == post)


def keys(risks):
    return {risk.key for risk in risks}


def page_of(version):
    return reverse("library:missing", args=[version.pk])


def ticked(post, *names):
    return {"take": [f"{post.pk}-{entry(name).pk}" for name in names]}


def test_a_post_is_told_what_of_its_functions_the_table_does_not_touch(draft, people, purchasing_post, plain_post):
    assert keys(of(draft, purchasing_post).missing) == PURCHASING
    assert plain_post not in [found.post for found in coverage(draft)]
    make_point(draft, actor=people.head, text="改写过的", library_entry=entry("CG-01"))
    make_point(draft, actor=people.head, text=entry("CG-02").text)
    found = of(draft, purchasing_post)
    assert keys(found.missing) == PURCHASING - {"CG-01", "CG-02"}
    assert (len(found.expected), found.covered) == (8, 2)


def test_the_years_own_come_first(draft, purchasing_post):
    year = draft.table.cycle.year
    TypicalRisk.objects.update(hot_years=[])
    TypicalRisk.objects.filter(key="SX-03").update(hot_years=[year])
    found = of(draft, purchasing_post)
    assert (found.missing[0].key, found.hot) == ("SX-03", 1)
    TypicalRisk.objects.filter(key="SX-03").update(is_active=False)
    assert keys(of(draft, purchasing_post).expected) == PURCHASING - {"SX-03"}


def test_of_milder_functions_only_what_the_duties_name_is_expected(draft, department, functions):
    canteen = make_post(department, "食堂管理员", (functions["公共服务"],), duties="管理食堂")
    seals = make_post(department, "机要员", (functions["公共服务"],), duties="保管印章")
    assert {key[:2] for key in keys(of(draft, canteen).expected)} == {"ST"}
    assert {key[:2] for key in keys(of(draft, seals).expected)} == {"YZ"}
    own = PostFunction.objects.create(name="校车", floor=Level.FIRST, basis="校纪委会议决定")
    entry("AQ-01").functions.add(own)
    driver = make_post(department, "司机", (own,))
    assert keys(of(draft, driver).expected) == {"AQ-01"}
    assert words_of_area("校企合作与实习") == ["校企", "合作", "实习"]


def test_the_hint_stands_beside_the_form_and_blocks_nothing(filler, draft, people, purchasing_post):
    sheet = reverse("riskpoints:version", args=[draft.pk])
    assert "采购员岗位在典型库有 8 条，本表未涉及 8 条" in text_of(filler.get(sheet))
    workflow.perform(Action.SUBMIT, fill(draft, actor=people.head), actor=people.head)
    draft.refresh_from_db()
    assert draft.status == Status.SUBMITTED


def test_what_is_confirmed_is_kept_with_who_and_when_and_is_no_content(filler, draft, people, purchasing_post):
    before, authors = snapshot(load(draft)), set(draft.authors.all())
    answer = filler.post(page_of(draft), ticked(purchasing_post, "CG-02", "CG-03"), follow=True)
    assert "已确认 2 条不适用" in text_of(answer)
    rows = list(NotApplicable.objects.order_by("entry__key"))
    assert [(row.entry.key, row.post, row.said_by, row.said_by_name) for row in rows] == [
        (key, purchasing_post, people.head, people.head.real_name) for key in ("CG-02", "CG-03")
    ]
    found = of(draft, purchasing_post)
    assert (keys(found.missing), len(found.confirmed)) == (PURCHASING - {"CG-02", "CG-03"}, 2)
    last = AuditEntry.objects.order_by("number").last()
    assert (last.action, last.detail) == (LibraryVerb.NOT_APPLICABLE, {"采购员": ["CG-02", "CG-03"]})
    assert (snapshot(load(draft)), set(draft.authors.all())) == (before, authors)
    filler.post(page_of(draft), ticked(purchasing_post, "CG-02"))
    assert NotApplicable.objects.count() == 2


def test_it_is_taken_back_with_an_entry(filler, draft, purchasing_post):
    filler.post(page_of(draft), ticked(purchasing_post, "CG-02"))
    row = NotApplicable.objects.get()
    address = reverse("library:withdraw", args=[draft.pk, row.pk])
    assert "已撤回" in text_of(filler.post(address, follow=True))
    last = AuditEntry.objects.order_by("number").last()
    assert (last.action, last.detail["采购员"]) == (LibraryVerb.APPLICABLE, ["CG-02", None])
    assert filler.post(address).status_code == 302
    assert "CG-02" in keys(of(draft, purchasing_post).missing)


def test_the_reviewer_reads_it(client, draft, people, purchasing_post):
    confirming.confirm(draft, [(purchasing_post, entry("CG-02"))], actor=people.head)
    workflow.perform(Action.SUBMIT, fill(draft, actor=people.head), actor=people.head)
    client.force_login(people.reviewer)
    said = text_of(client.get(reverse("riskpoints:version", args=[draft.pk])))
    assert "采购员：典型库 8 条，涉及 0 条，确认不适用 1 条，未涉及 7 条" in said
    assert f"{entry('CG-02').text} {people.head.real_name}" in said


def test_nothing_ticked_is_said(filler, draft):
    page = filler.post(page_of(draft), {})
    assert (page.status_code, "请先勾选" in text_of(page)) == (422, True)


def test_only_who_fills_in_a_draft_says_so(client, draft, people, purchasing_post, other_post):
    pair = (purchasing_post, entry("CG-02"))
    with pytest.raises(PermissionDenied):
        confirming.confirm(draft, [pair], actor=people.other_head)
    with pytest.raises(ValidationError, match="不属于本部门"):
        confirming.confirm(draft, [(other_post, entry("CG-02"))], actor=people.head)
    confirming.confirm(draft, [pair], actor=people.clerk)
    workflow.perform(Action.SUBMIT, fill(draft, actor=people.head), actor=people.head)
    for write in (
        lambda: confirming.confirm(draft, [(purchasing_post, entry("CG-03"))], actor=people.head),
        lambda: confirming.withdraw(draft, NotApplicable.objects.get().pk, actor=people.head),
    ):
        with pytest.raises(FrozenError):
            write()
    client.force_login(people.head)
    answer = client.post(page_of(draft), ticked(purchasing_post, "CG-03"), follow=True)
    assert "已经提交" in text_of(answer)
    assert NotApplicable.objects.count() == 1


def test_it_holds_for_a_later_version_of_the_table(draft, people, purchasing_post):
    confirming.confirm(draft, [(purchasing_post, entry("CG-02"))], actor=people.head)
    version = workflow.perform(Action.SUBMIT, fill(draft, actor=people.head), actor=people.head)
    assess_all(version, actor=people.reviewer)
    version = workflow.perform(Action.APPROVE, version, actor=people.reviewer)
    version = workflow.perform(Action.CONFIRM, version, actor=people.office, signature=paper_signature())
    again = starting.open_revision(version, reason="岗位有变动", actor=people.head)
    assert [row.entry.key for row in of(again, purchasing_post).confirmed] == ["CG-02"]


def test_the_database_lets_nobody_change_it(draft, people, purchasing_post):
    confirming.confirm(draft, [(purchasing_post, entry("CG-02"))], actor=people.head)
    with pytest.raises(DatabaseError, match="只能撤回"), transaction.atomic():
        NotApplicable.objects.update(said_by_name="别人")


def test_the_page_asks_as_often_for_one_post_as_for_ten(filler, draft, department, functions):
    def asked():
        with CaptureQueriesContext(connection) as caught:
            filler.get(page_of(draft))
        return len(caught)

    asked()
    few = asked()
    for number in range(9):
        make_post(department, f"采购员{number}", (functions["采购"], functions["财务"]))
    assert asked() == few


def test_the_schools_table_is_told_nothing(school_table, people):
    assert coverage(bring_to(Status.DRAFT, school_table, people)) == []
