"""逐条核对: the page of a renewal, what a press answers, the submission, and what the committee sees."""

import re

import pytest
from django.urls import reverse

from riskpoints.content.content import load
from riskpoints.enums import Action, Status
from riskpoints.evidence import walked, year_facts
from riskpoints.models import TableVersion, WalkAnswer
from riskpoints.tables import editing, starting, walking, workflow
from tests.factories import make_point, walk_all


@pytest.fixture
def draft(open_2027, department, people) -> TableVersion:
    """Return 总务处's draft of 2027, as it was begun from the table of 2026."""
    return starting.start_table(open_2027.tables.get(department=department), actor=people.head)


@pytest.fixture
def address(draft):
    return reverse("riskpoints:walk", args=[draft.pk])


@pytest.fixture
def points(draft):
    return list(draft.points.select_related("version__table").order_by("order"))


def body(point, answer, **more):
    content = load(point.version)
    seen = walking.state_of(point, content.measures_of(point))
    return {"point": point.pk, "lock": point.lock, "seen": seen, "answer": answer} | more


def sheet(draft):
    return reverse("riskpoints:version", args=[draft.pk])


def read(response):
    return response.content.decode()


def test_all_points_stand_there_with_their_measures_and_the_first_has_the_focus(enter, people, address, points):
    page = read(enter(people.head).get(address))
    assert "已核对 <strong>0/4</strong>" in page
    assert "由 2026 年度结转" in page
    assert [point.text in page for point in points] == [True] * 4
    assert "岗位职责风险的监控措施1" in page
    assert re.findall(r'id="walk-(\d+)"[^>]* autofocus', page) == [str(points[0].pk)]


def test_a_press_is_kept_and_goes_on_to_the_next(enter, people, address, points):
    client = enter(people.head)
    answer = client.post(address, body(points[0], "keep"))
    assert answer.url == f"{address}?saved={points[0].pk}#walk-{points[1].pk}"
    page = read(client.get(answer.url))
    assert "已核对 <strong>1/4</strong>" in page
    assert "autofocus" not in page
    assert client.post(address, body(points[3], "keep")).url.endswith(f"#walk-{points[1].pk}")  # round to what is left


def test_the_last_press_says_that_all_is_done(enter, people, address, draft, points):
    walk_all(draft, actor=people.head)
    client = enter(people.head)
    page = read(client.get(address))
    assert "都已核对" in page
    assert f'href="{sheet(draft)}#aside">去提交' in page
    assert client.post(address, body(points[0], "keep")).url.endswith("#walked")


def test_words_are_changed_where_they_stand(enter, people, address, draft, points):
    client = enter(people.head)
    assert client.post(address, body(points[0], "change", text="改了说法")).status_code == 302
    points[0].refresh_from_db()
    assert points[0].text == "改了说法"
    page = read(client.get(address))
    assert re.search(rf'id="walk-{points[0].pk}".*?修改</span>', page, re.DOTALL)


def test_words_that_stay_the_same_are_said_beside_their_field(enter, people, address, points):
    answer = enter(people.head).post(address, body(points[0], "change", text=points[0].text))
    assert answer.status_code == 422
    assert walking.SAME in read(answer)
    assert not WalkAnswer.objects.exists()


def test_what_was_typed_stays_when_somebody_was_faster(enter, people, address, draft, points):
    sent = body(points[0], "change", text="我的说法")
    editing.save_point(draft, {"text": "他人的说法"}, point=points[0], actor=people.clerk)
    answer = enter(people.head).post(address, sent)
    page = read(answer)
    assert answer.status_code == 409
    assert "刚才被修改过" in page
    assert "他人的说法" in page
    assert "\n我的说法</textarea>" in page
    assert WalkAnswer.objects.get().author == people.clerk


@pytest.mark.parametrize("answer", ["keep", "drop"])
def test_an_answer_about_something_else_is_refused(enter, people, address, draft, points, answer):
    sent = body(points[0], answer, reason="我的理由")
    measure = points[0].measures.get()
    editing.save_measure(draft, {"text": "改了"}, points=[points[0]], measure=measure, actor=people.clerk)
    page = enter(people.head).post(address, sent)
    assert page.status_code == 409
    assert draft.points.count() == 4
    assert ("我的理由" in read(page)) or answer == "keep"


def test_a_point_goes_with_its_reason_and_is_told_below(enter, people, address, draft, points):
    client = enter(people.head)
    client.post(address, body(points[0], "drop", reason="业务已移交"))
    page = read(client.get(address))
    assert draft.points.count() == 3
    assert f"{points[0].text}</del> 理由：业务已移交" in page
    assert client.post(address, body(points[0], "drop")).status_code == 409
    assert "已核对 <strong>1/4</strong>" in page


@pytest.mark.parametrize("answer", ["", "maybe"])
def test_what_is_no_answer_changes_nothing(enter, people, address, points, answer):
    page = enter(people.head).post(address, body(points[0], answer))
    assert page.status_code == 422
    assert "请选“仍然适用”“修改”或“不再适用”。" in read(page)


def test_changed_and_new_points_offer_no_confirmation(enter, people, address, draft, points, plain_post):
    make_point(draft, actor=people.head, category="environment", text="新的风险点", post=plain_post)
    editing.save_point(draft, {"text": "改了说法"}, point=points[0], actor=people.clerk)
    page = read(enter(people.head).get(address))
    assert page.count('value="keep"') == 3
    assert f'修改</span> <span class="muted">{people.clerk.real_name}' in page
    assert f"新增 {people.head.real_name}" in page


def test_a_table_that_is_no_renewal_leads_to_its_sheet(enter, people, signed):
    draft = starting.open_revision(signed, reason="岗位调整", actor=people.head)
    answer = enter(people.head).get(reverse("riskpoints:walk", args=[draft.pk]), follow=True)
    assert walking.NOT_RENEWED in read(answer)
    assert "没有逐条核对" not in read(answer)


def test_more_points_cost_no_more_queries(enter, people, address, draft, plain_post, django_assert_max_num_queries):
    client = enter(people.head)
    client.get(address)
    with django_assert_max_num_queries(80) as few:
        client.get(address)
    for number in range(12):
        make_point(draft, actor=people.head, post=plain_post, text=f"风险点{number}")
    walk_all(draft, actor=people.head)
    with django_assert_max_num_queries(len(few)):
        client.get(address)


# ---- the submission ------------------------------------------------------------------------------------------------


def submit(client, draft, **sent):
    return client.post(reverse("riskpoints:act", args=[draft.pk, "submit"]), sent)


def test_the_sheet_names_what_is_left_and_asks_why(enter, people, draft, address):
    page = read(enter(people.head).get(sheet(draft)))
    assert f'<a href="{address}" data-opens>没有逐条核对的 4 个风险点（已核对 0/4）</a>' in page
    assert 'name="reason"' in page
    walk_all(draft, actor=people.head)
    page = read(enter(people.head).get(sheet(draft)))
    assert "结转的风险点已逐条核对" in page
    assert 'name="reason"' not in page


def test_without_a_reason_the_table_stays_where_it_is(enter, people, draft):
    answer = submit(enter(people.head), draft, reason=" ")
    assert answer.status_code == 422
    assert "请先逐条核对，或写明原因再提交。" in read(answer)
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


def test_a_reason_that_is_too_long_stays_in_its_field(enter, people, draft):
    long = "因" * 501
    answer = submit(enter(people.head), draft, reason=long)
    assert answer.status_code == 422
    assert long in read(answer)


def test_with_a_reason_it_is_handed_in_and_the_committee_reads_it(enter, people, draft):
    assert submit(enter(people.head), draft, reason="负责人住院").status_code == 302
    draft.refresh_from_db()
    assert draft.status == Status.SUBMITTED
    page = read(enter(people.reviewer).get(sheet(draft)))
    assert "4 个风险点没有逐条核对：负责人住院" in page
    assert page.count("未核对</span>") == 4
    assert "由 2026 年度结转的 4 个风险点中，未核对 4 个。" in page


def test_the_reason_comes_along_where_remarks_are_not_answered(enter, people, draft):
    workflow.perform(Action.SUBMIT, draft, actor=people.head, comment="住院")
    draft.refresh_from_db()
    point = draft.points.first()
    client = enter(people.reviewer)
    client.post(
        reverse("riskpoints:assess", args=[draft.pk]),
        {"lock": draft.lock, "comment": "请改", "then": "return", f"point{point.pk}-remark": "写具体"},
    )
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT
    asked = submit(enter(people.head), draft, reason="仍在住院")
    assert '<input type="hidden" name="reason" value="仍在住院">' in read(asked)
    assert submit(enter(people.head), draft, reason="仍在住院", despite="1").status_code == 302
    assert draft.decisions.filter(action=Action.SUBMIT).last().comment.endswith("仍在住院")


def test_a_walked_table_is_handed_in_with_one_press(enter, people, draft):
    walk_all(draft, actor=people.head)
    assert submit(enter(people.head), draft).status_code == 302
    draft.refresh_from_db()
    assert draft.status == Status.SUBMITTED


# ---- the committee, the history, the archive -----------------------------------------------------------------------


def test_the_committee_sees_who_found_what_of_each_point(enter, people, draft, points):
    walking.change(points[0], "改了说法", lock=points[0].lock, actor=people.clerk)
    walk_all(draft, actor=people.head)
    workflow.perform(Action.SUBMIT, draft, actor=people.head)
    page = read(enter(people.reviewer).get(sheet(draft)))
    head, clerk = people.head.real_name, people.clerk.real_name
    assert page.count(f'核对：<span class="saved">仍然适用</span> <span class="muted">{head}') == 3
    assert f'核对：<span class="changed-mark">修改</span> <span class="muted">{clerk}' in page
    assert f"由 2026 年度结转的 4 个风险点中，{head}确认 3 个仍然适用，前后 1 秒；修改 1 个。" in page


def test_the_history_says_how_it_was_gone_through(enter, people, draft):
    walk_all(draft, actor=people.head)
    page = read(enter(people.head).get(reverse("riskpoints:history", args=[draft.table_id])))
    assert f"逐条核对：由 2026 年度结转的 4 个风险点中，{people.head.real_name}确认 4 个仍然适用" in page


def test_the_archive_shows_who_found_what_and_writes_it_back(people, draft, points):
    walking.drop(points[0], "业务已移交", seen=body(points[0], "")["seen"], actor=people.clerk)
    walk_all(draft, actor=people.head)
    facts = walked.PART.facts(draft.table.cycle)
    shown = walked.PART.shown(facts, frozenset({str(draft.pk)}))
    head, clerk = people.head.real_name, people.clerk.real_name
    day = "2026-11-28"
    assert list(map(tuple, walked.PART.lines(shown))) == [
        ("总务处", "第 1 版", "（不再列入本表）", "不再适用", clerk, day),
        *[("总务处", "第 1 版", point.text, "仍然适用", head, day) for point in points[1:]],
    ]
    assert "业务已移交" not in str(shown)  # an opinion of a draft's
    assert walked.PART.shown(facts, frozenset()) == []
    before = sorted(WalkAnswer.objects.values_list("point_identity", "kind", "author", "at"), key=str)
    WalkAnswer.objects.all()._raw_delete("default")
    plain = year_facts.plain(facts)
    accounts = {user.staff_number: user for user in (people.head, people.clerk)}
    walked.PART.restore(draft.table.cycle, plain, lambda who: accounts[who["number"]], None)
    assert sorted(WalkAnswer.objects.values_list("point_identity", "kind", "author", "at"), key=str) == before
