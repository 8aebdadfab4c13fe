"""The pages of assessments: who sees what, the whole way in the browser's forms, what waits for whom."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from riskcontrol.models import AuditEntry
from riskpoints.desk import dues
from riskpoints.models import Cycle
from riskpoints.oversight.assessment import acting, filling, sheets, waiting
from riskpoints.oversight.enums import AssessmentState as State
from riskpoints.oversight.models import Assessment, AssessmentItem, IndicatorSheet, Veto
from tests import scans
from tests.factories import make_department
from tests.pages import beside, text_of, typed
from tests.riskpoints.oversight.assessment.conftest import ROWS, bring, case, decide, give, manual, say

INDEX, INBOX = reverse("oversight:assessments"), reverse("riskpoints:inbox")
ALL_OF_THEM = {"reviewer", "second_reviewer", "discipline_head", "deputy", "principal", "office", "second_office"}


def page(row, name="assessment", *args):
    return reverse(f"oversight:{name}", args=[row.pk, *args])


def fields(client, address, name="form"):
    form = client.get(address).context[name]
    return {field.html_name: "" if field.value() is None else field.value() for field in form}


# ---- indicators ----------------------------------------------------------------------------------------------------


def test_the_office_takes_the_default_changes_it_and_puts_it_into_use(client, cycle, office, head):
    address = reverse("oversight:indicators", args=[cycle.year])
    client.force_login(office)
    assert "列出校内默认的指标" in text_of(client.get(address))
    assert client.post(address, {"act": "draft"}).url == address
    data = fields(client, address)
    data |= {"text-0": "按期提交防控表", "weight-0": "5"}
    assert client.post(address, data | {"act": "save"}).url == address
    shown = client.get(address)
    assert typed(shown, "text-0") == "按期提交防控表"
    assert "101 分，要等于 100 分才能启用" in text_of(shown)
    told = client.post(address, fields(client, address) | {"act": "activate"}, follow=True)
    assert "分值合计是 101" in text_of(told)
    last = fields(client, address) | {f"{name}-2": "" for name in ("group", "text", "weight", "guide", "formula")}
    last |= {"group-23": "补充", "text-23": "新的一项", "weight-23": "2"}
    assert "已启用" in text_of(client.post(address, last | {"act": "activate"}, follow=True))
    sheet = IndicatorSheet.objects.get()
    assert (sheet.is_active, sheet.activated_by_name) == (True, "领导小组办公室干事")
    texts = list(sheet.indicators.values_list("text", flat=True))
    assert len(texts) == 23
    assert (texts[0], texts[-1]) == ("按期提交防控表", "新的一项")
    client.force_login(head)
    assert "新的一项" in text_of(client.get(address))
    assert client.post(address, last).status_code == 403


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"weight-0": "0"}, "weight-0"),
        ({"weight-0": ""}, "weight-0"),
        ({"text-0": ""}, "text-0"),
        ({"group-0": " "}, "group-0"),
        ({"formula-1": "on_time"}, "formula-1"),
        ({"formula-0": "none"}, "formula-0"),
        ({"guide-23": "只有标准"}, "text-23"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(client, cycle, office, changed, field):
    sheets.draft(cycle, actor=office)
    address = reverse("oversight:indicators", args=[cycle.year])
    client.force_login(office)
    answer = client.post(address, fields(client, address) | {"text-3": "我改的"} | changed)
    assert answer.status_code == 422
    assert beside(answer, field)
    assert typed(answer, "text-3") == "我改的"


def test_what_another_saved_stands_beside_what_was_typed(client, cycle, office, second_office):
    sheet = sheets.draft(cycle, actor=office)
    address = reverse("oversight:indicators", args=[cycle.year])
    client.force_login(office)
    data = fields(client, address) | {"text-0": "我写的"}
    sheets.save(sheet, ROWS, seen=0, actor=second_office)
    answer = client.post(address, data)
    assert answer.status_code == 422
    assert "岗位覆盖" in text_of(answer)
    assert typed(answer, "text-0") == "我写的"


# ---- who sees which ------------------------------------------------------------------------------------------------


def test_who_sees_which_department(client, begun, people):
    own = {"head", "leader"}
    for name, user in vars(people).items():
        client.force_login(user)
        listed, opened = client.get(INDEX), client.get(page(begun)).status_code
        if name in ALL_OF_THEM | own:
            assert ("总务处" in text_of(listed), opened) == (True, 200), name
        elif name == "other_head":
            assert [one.name for one in listed.context["rows"]] == ["教务处"]
            assert opened == 404
        else:
            assert listed.status_code in (302, 403), name
            assert opened in (302, 404), name


@pytest.mark.parametrize("state", [State.SCORING, State.SCORED, State.DECIDED])
def test_the_department_reads_the_scores_once_they_are_all_given(client, begun, people, state):
    row = bring(begun, State.SCORING, people, score="26.31")
    row = bring_on(row, state, people)
    for name in ("head", "leader", "reviewer", "office", "principal"):
        client.force_login(getattr(people, name))
        text = text_of(client.get(page(row)))
        is_told = state != State.SCORING or name in ("reviewer", "office", "principal")
        assert ("纪委审核员核分 26.31" in text) is is_told, name
        assert "95.9" in text_of(client.get(INDEX)), name


def bring_on(row, state, people):
    if state in (State.SCORED, State.DECIDED):
        row = acting.finish(row, actor=people.reviewer)
    return decide([row], actor=people.principal)[0] if state == State.DECIDED else row


# ---- the whole way -------------------------------------------------------------------------------------------------


def test_the_head_begins_saves_and_hands_in(client, sheet, year, head, department):
    client.force_login(head)
    address = reverse("oversight:assessment_start", args=[year.year, department.pk])
    assert f'href="{address}"' in client.get(INDEX).content.decode()
    assert address in client.get(INBOX).content.decode()
    assert "共 3 项指标" in text_of(client.get(address))
    one = client.post(address).url
    row = Assessment.objects.get()
    assert one == page(row) == client.get(address).url
    shown = text_of(client.get(one))
    assert "在用岗位 2 个，有风险点或写明没有的 2 个，2÷2=1；60 分得 60 分" in shown
    assert "职权 0 项，已备案 0 项，不适用" in shown
    assert "第 3 项还没有自评分" in shown
    item = manual(row)
    data = {"lock": str(row.lock), f"score-{item.pk}": "25.5", f"evidence-{item.pk}": "制度清单"}
    assert "还没有自评说明" in text_of(
        client.post(one, data | {f"evidence-{item.pk}": "", "act": "submit"}, follow=True)
    )
    row.refresh_from_db()
    file = SimpleUploadedFile("制度.pdf", scans.PDF)
    told = client.post(one, data | {"lock": str(row.lock), f"file-{item.pk}": file, "act": "submit"}, follow=True)
    assert "已提交自评" in text_of(told)
    row.refresh_from_db()
    assert (row.state, str(row.self_score)) == (State.HANDED_IN, "95.00")
    file_address = page(row, "assessment_file", item.pk)
    assert file_address in told.content.decode()
    assert client.get(file_address).status_code == 200
    automatic = AssessmentItem.objects.filter(assessment=row).exclude(pk=item.pk).first()
    assert client.get(page(row, "assessment_file", automatic.pk)).status_code == 404
    assert client.post(one, data).status_code == 422


@pytest.mark.parametrize("score", ["31", "-1", "2.345", "二十"])
def test_a_score_that_cannot_be_is_said_beside_its_field(client, begun, people, score):
    client.force_login(people.head)
    item = manual(begun)
    data = {"lock": "0", f"score-{item.pk}": score, f"evidence-{item.pk}": "我写的说明"}
    answer = client.post(page(begun), data)
    assert answer.status_code == 422
    assert "0 到 30 分" in beside(answer, f"score-{item.pk}")
    assert typed(answer, f"evidence-{item.pk}") == "我写的说明"
    row = bring(begun, State.HANDED_IN, people)
    client.force_login(people.reviewer)
    answer = client.post(page(row, "assessment_score"), {f"score-{item.pk}": score})
    assert "0 到 30 分" in beside(answer, f"score-{item.pk}")


def test_what_another_page_saved_is_shown(client, begun, head):
    client.force_login(head)
    item = manual(begun)
    say(begun, "20", evidence="先保存的", actor=head)
    data = {"lock": "0", f"score-{item.pk}": "21", f"evidence-{item.pk}": "后写的"}
    answer = client.post(page(begun), data)
    assert answer.status_code == 422
    assert "先保存的" in text_of(answer)
    assert typed(answer, f"evidence-{item.pk}") == "后写的"
    assert client.post(page(begun), data | {"lock": "1"}).status_code == 302


def test_a_file_that_is_none_is_said_beside_its_field(client, begun, head):
    client.force_login(head)
    item = manual(begun)
    data = {"lock": "0", f"score-{item.pk}": "21", f"file-{item.pk}": SimpleUploadedFile("a.pdf", b"nothing")}
    answer = client.post(page(begun), data)
    assert (answer.status_code, bool(beside(answer, f"file-{item.pk}"))) == (422, True)


def test_the_committee_scores_and_returns(client, begun, people):
    row = bring(begun, State.HANDED_IN, people)
    item, scoring = manual(row), page(row, "assessment_score")
    client.force_login(people.reviewer)
    assert scoring in client.get(INBOX).content.decode()
    assert scoring in client.get(page(row)).content.decode()
    answer = client.post(scoring, {f"score-{item.pk}": "10", "act": "finish"})
    assert answer.status_code == 422
    assert "20%" in beside(answer, f"reason-{item.pk}")
    data = {f"score-{item.pk}": "10", f"reason-{item.pk}": "缺三项制度"}
    assert client.post(scoring, data | {"act": "score"}).url == page(row)
    assert client.post(scoring, data | {"act": "finish"}).url == page(row)
    row.refresh_from_db()
    assert (row.state, str(row.reviewed_score)) == (State.SCORED, "77.78")
    shown = text_of(client.get(page(row)))
    assert "不适用的 10 分不计：70÷90×100=77.78 分" in shown
    back = page(row, "assessment_return")
    assert client.get(back).url == page(row)
    assert beside(client.post(back, {"text": ""}), "text")
    assert client.post(back, {"text": "请补制度"}).url == page(row)
    client.force_login(people.head)
    inbox = text_of(client.get(INBOX))
    assert "补正自评" in inbox
    assert "请补制度" in text_of(client.get(page(row)))
    assert client.post(scoring, data).status_code == 403


def test_what_a_meeting_decided_is_recorded_for_several_at_once(client, begun, year, people):
    row = bring(begun, State.SCORED, people)
    address = reverse("oversight:assessment_decide", args=[year.year])
    client.force_login(people.office)
    assert address in client.get(INBOX).content.decode()
    answer = client.post(address, {"decided_on": "", "minutes_number": "", "departments": []})
    assert {name for name in ("decided_on", "minutes_number") if beside(answer, name)} == {
        "decided_on", "minutes_number",
    }  # fmt: skip
    data = {"decided_on": f"{timezone.localdate()}", "minutes_number": "纪要 7 号", "departments": [row.pk]}
    assert "已登记 1 个部门的审定" in text_of(client.post(address, data, follow=True))
    row.refresh_from_db()
    assert (row.final_grade, row.minutes_number) == ("excellent", "纪要 7 号")
    assert "没有等待审定的部门" in text_of(client.get(address))
    client.force_login(people.head)
    assert "优秀" in text_of(client.get(INDEX))
    assert "纪要 7 号" in text_of(client.get(page(row)))


# ---- the veto ------------------------------------------------------------------------------------------------------


def test_a_veto_from_its_proposal_to_its_lift(client, begun, year, people, department):
    row = bring(begun, State.DECIDED, people)
    address = reverse("oversight:veto_propose", args=[year.year])
    client.force_login(people.reviewer)
    assert address in client.get(INDEX).content.decode()
    values = {name: f"{value}" for name, value in vars(case()).items()} | {"department": department.pk}
    one_only = {name: "" if name.startswith("impact") else value for name, value in values.items()}
    answer = client.post(address, one_only)
    assert answer.status_code == 422
    assert "两个条件同时具备" in beside(answer, "impact_source")
    told = client.post(address, values, follow=True)
    assert "等单位主要负责人或副组长确认" in text_of(told)
    veto = Veto.objects.get()
    here = reverse("oversight:veto", args=[veto.pk])
    assert (veto.head, veto.head_name) == (people.head, "总务处负责人")
    assert "确认生效" not in text_of(told).split("办理")[0]
    client.force_login(people.deputy)
    assert [task.title for task in waiting.tasks(people.deputy)] == [f"{year.year}年度考核的一项“优秀”否决"]
    assert here in client.get(INBOX).content.decode()
    assert "由单位主要负责人写明更正理由" in text_of(client.post(here, {"act": "confirm", "text": "查明"}))
    client.force_login(people.principal)
    assert "请写明更正的理由" in text_of(client.post(here, {"act": "confirm", "text": ""}))
    assert client.post(here, {"act": "confirm", "text": "事后查明"}).url == here
    client.force_login(people.head)
    for shown in (client.get(INDEX), client.get(page(row))):
        text = text_of(shown)
        assert "按规定不得评为“优秀”" in text
        assert "合格（优秀→合格" in text
        assert "某纪处" not in text
    assert client.get(here).status_code == 404
    client.force_login(people.principal)
    assert client.post(here, {"act": "lift", "text": ""}).status_code == 422
    lifted = {"decision_number": "某纪复 1 号", "decision_organ": "某纪委", "decision_on": f"{timezone.localdate()}"}
    assert client.post(here, lifted | {"act": "lift", "text": "撤销原案"}).url == here
    row.refresh_from_db()
    assert row.final_grade == "excellent"
    assert "某纪复 1 号" in text_of(client.get(here))
    assert client.post(here, {"act": "nothing"}).url == here


def test_a_veto_can_be_taken_back_before_it_takes_effect(client, proposed, people):
    here = reverse("oversight:veto", args=[proposed.pk])
    client.force_login(people.second_reviewer)
    assert client.post(here, {"act": "withdraw", "text": ""}).status_code == 422
    assert client.post(here, {"act": "withdraw", "text": "写错了"}).url == here
    assert client.post(here, {"act": "confirm"}).status_code == 403
    assert "撤销" in text_of(client.get(here))


def test_who_reads_a_veto(client, proposed, people):
    here = reverse("oversight:veto", args=[proposed.pk])
    readers = {"reviewer", "second_reviewer", "discipline_head", "deputy", "principal"}
    for name, user in vars(people).items():
        client.force_login(user)
        assert (client.get(here).status_code == 200) is (name in readers), name
    assert AuditEntry.objects.of("veto.view").count() == len(readers)


# ---- what waits ----------------------------------------------------------------------------------------------------


def test_what_waits_for_whom(begun, people, year, other_department, group):
    def said():
        return {
            (line.verb, person.real_name)
            for line in dues.all_lines()
            if line.group == waiting.GROUP
            for person in line.people
        }

    assert {("填写自评", "总务处负责人"), ("开始自评", "教务处负责人")} <= said()
    row = bring(begun, State.HANDED_IN, people)
    assert {("核分", "纪委审核员"), ("核分", "纪委第二审核员")} <= said()
    give(row, actor=people.reviewer)
    give(row, actor=people.second_reviewer)
    assert ("核分", "纪委办公室负责人") not in said()
    row = acting.finish(row, actor=people.reviewer)
    assert {("登记审定", "校长"), ("登记审定", "领导小组办公室干事")} <= said()
    decide([row], actor=people.principal)
    assert "登记审定" not in {verb for verb, _ in said()}


def test_a_proposed_veto_says_nothing_outside(proposed, people):
    (line,) = [line for line in dues.all_lines() if line.key == f"veto:{proposed.pk}"]
    assert line.said == "您有一件待办，请登录办理"
    assert {person.real_name for person in line.people} == {"校长", "副组长"}


def test_a_year_with_undecided_assessments_is_not_closed(begun, people, year, department):
    assert waiting.open_matters(year) == ["考核还没有审定：总务处"]
    type(department).objects.filter(pk=department.pk).update(
        active_to=timezone.localdate() - datetime.timedelta(days=1)
    )
    assert waiting.open_matters(year) == []


def test_a_closed_year_shows_what_was_judged_then(client, begun, people):
    row = bring(begun, State.DECIDED, people)
    Cycle.objects.filter(pk=row.cycle_id).update(closed_at=timezone.now())
    client.force_login(people.principal)
    listed = client.get(INDEX)
    assert [one.name for one in listed.context["rows"]] == ["总务处"]
    assert "登记审定" not in text_of(listed)


def test_the_list_asks_as_often_for_one_department_as_for_many(
    client, begun, people, year, django_assert_max_num_queries
):
    client.force_login(people.principal)
    client.get(INDEX)
    with django_assert_max_num_queries(60) as first:
        client.get(INDEX)
    for number in range(10):
        department = make_department(f"部门{number}")
        people.other_head.grants.create(role="head", department=department)
        filling.begin(year, department, actor=people.other_head)
    with django_assert_max_num_queries(len(first)):
        client.get(INDEX)


def test_the_inbox_and_the_board_ask_as_often_for_one_as_for_many(begun, people, year, django_assert_max_num_queries):
    row = bring(begun, State.SCORING, people)
    with django_assert_max_num_queries(80) as first:
        dues.all_lines()
    for number in range(10):
        department = make_department(f"部门{number}")
        people.other_head.grants.create(role="head", department=department)
        other = filling.begin(year, department, actor=people.other_head)
        other = acting.submit(say(other, actor=people.other_head), actor=people.other_head)
        give(other, actor=people.reviewer)
    with django_assert_max_num_queries(len(first)):
        dues.all_lines()
    assert row.state == State.SCORING
