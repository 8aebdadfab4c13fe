"""The pages of checks: who sees which, filling one in, handing it in, reviewing it, evidence."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from departments.enums import Level
from riskpoints.enums import Status
from riskpoints.oversight.enums import CheckAct, CheckKind, Period, Result, State
from riskpoints.oversight.models import CheckMeasure, CheckSheet
from riskpoints.oversight.monitoring import acting, starting
from tests import scans
from tests.factories import bring_to, make_department
from tests.pages import beside, checked, messages_of, text_of, typed
from tests.riskpoints.oversight.conftest import YEAR, fill_in, measures, write

INDEX, INBOX = reverse("oversight:checks"), reverse("riskpoints:inbox")


def page(sheet, name="sheet", *args):
    return reverse(f"oversight:{name}", args=[sheet.pk, *args])


def sent(client, sheet, **changed):
    """What the open page of a sheet would send, with these fields changed."""
    context = client.get(page(sheet)).context
    forms = [measure.form for line in context["lines"] for measure in line.measures] + [context["head"]]
    forms += [line.choice for line in context["lines"] if line.choice]
    data = {field.html_name: field.value() or "" for form in forms for field in form}
    return data | changed


@pytest.fixture
def first(sheet):
    return measures(sheet)[0]


def test_the_list_says_what_is_due_begun_and_done(client, sheet, head, on):
    on(4, 2)
    client.force_login(head)
    body = text_of(client.get(INDEX))
    assert f"{YEAR}年第一季度一级风险部门自查" in body
    assert "逾期" in body
    assert client.get(INDEX).context["counts"] == (3, 0, 1)
    assert next(one.title for one, _ in client.get(f"{INDEX}?open").context["rows"]).startswith(f"{YEAR}年第一季度")


def test_each_sees_the_checks_of_the_own_department_and_leaders_theirs(client, sheet, people, department):
    all_of_them = {"reviewer", "second_reviewer", "discipline_head", "deputy", "principal", "office", "second_office"}
    all_of_them |= {"admin"}
    own = {"head", "clerk", "staff", "leader"}
    for name, user in vars(people).items():
        client.force_login(user)
        answer = client.get(page(sheet)).status_code
        listed = client.get(INDEX)
        if name in all_of_them | own:
            assert (answer, "总务处" in text_of(listed)) == (200, True), name
        elif name == "other_head":
            assert (answer, listed.context["rows"]) == (404, []), name
        else:
            assert answer in (302, 404), name
            assert listed.status_code in (302, 403), name


def test_a_self_check_is_begun_on_its_page_and_from_the_inbox(client, which, head, clerk, on, department):
    on(3, 20)
    address = reverse("oversight:start", args=[YEAR, department.pk, 1, "q1"])
    client.force_login(clerk)
    assert address in client.get(INBOX).content.decode()
    assert "开始自查" in text_of(client.get(address))
    assert client.post(address).url == page(CheckSheet.objects.get())
    client.force_login(head)
    assert client.post(address).url == page(CheckSheet.objects.get())
    assert client.get(address).url == page(CheckSheet.objects.get())
    assert "填完自查表" in text_of(client.get(INBOX))


def test_what_is_not_to_be_checked_is_not_offered(client, which, head, department):
    client.force_login(head)
    address = reverse("oversight:start", args=[YEAR, department.pk, 2, "q1"])
    assert "没有这项自查" in text_of(client.get(address))
    assert "没有这项自查" in text_of(client.post(address, follow=True))
    assert client.get(reverse("oversight:start", args=[YEAR, department.pk, 4, "q1"])).status_code == 404
    assert client.get(reverse("oversight:start", args=[YEAR, department.pk, 1, "q9"])).status_code == 404
    assert not CheckSheet.objects.exists()


def test_the_whole_page_is_saved_from_any_button(client, sheet, first, clerk):
    client.force_login(clerk)
    name = f"m{first.pk}"
    data = sent(client, sheet, **{f"{name}-result": "partly", f"{name}-sampled": "３／１０", f"{name}-note": "缺一份"})
    answer = client.post(page(sheet), data | {"head-recorder": "记录乙", "at": "1"})
    assert answer.url == f"{page(sheet)}#line-1"
    first.refresh_from_db()
    assert (first.result, first.seen_words, first.note) == ("partly", "抽查 3/10", "缺一份")
    sheet.refresh_from_db()
    assert sheet.recorder == "记录乙"
    shown = client.get(page(sheet))
    assert checked(shown, f"{name}-result") == ["partly"]
    assert "总务处填报员" in text_of(shown)
    assert "由部门负责人提交" in text_of(shown)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"seen": "sample"}, "sampled"),
        ({"seen": "sample", "sampled": "十分之三"}, "sampled"),
        ({"sampled": "4/3"}, "sampled"),
        ({"sampled": "0/3"}, "sampled"),
        ({"sampled": "3/10", "seen": "asking"}, "seen"),
        ({"result": "perhaps"}, "result"),
        ({"note": "长" * 501}, "note"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(client, sheet, first, head, values, field):
    client.force_login(head)
    changed = {f"m{first.pk}-{name}": value for name, value in values.items()}
    answer = client.post(page(sheet), sent(client, sheet, **changed | {"head-opinion": "我写的话"}))
    assert answer.status_code == 422
    assert beside(answer, f"m{first.pk}-{field}")
    assert typed(answer, "head-opinion") == "我写的话"
    first.refresh_from_db()
    assert (first.result, first.seen, first.note) == ("", "", "")


def test_what_no_paper_can_print_is_said_and_kept(client, sheet, first, head):
    client.force_login(head)
    answer = client.post(page(sheet), sent(client, sheet, **{f"m{first.pk}-note": "好\U0001f600"}))
    assert answer.status_code == 422
    assert "打印不出" in text_of(answer)
    assert typed(answer, f"m{first.pk}-note") == "好\U0001f600"


def test_two_editors_of_one_measure_see_both(client, sheet, first, head, clerk):
    client.force_login(head)
    data = sent(client, sheet, **{f"m{first.pk}-result": "not_done", f"m{first.pk}-note": "我的意见"})
    write(sheet, first, actor=clerk, result=Result.DONE, note="别人的意见")
    answer = client.post(page(sheet), data)
    assert answer.status_code == 422
    body = text_of(answer)
    assert "别人的意见" in body
    assert "我的意见" in body
    again = {name: answer.context["lines"][0].measures[0].form[name].value() for name in ("lock", "result", "note")}
    client.post(page(sheet), data | {f"m{first.pk}-{name}": value for name, value in again.items()})
    first.refresh_from_db()
    assert (first.result, first.note) == ("not_done", "我的意见")


def test_it_is_handed_in_from_its_page_or_says_what_is_missing(client, sheet, first, head):
    client.force_login(head)
    answer = client.post(page(sheet), sent(client, sheet, act="submit"), follow=True)
    assert "还不能提交" in text_of(answer)
    assert answer.content.decode().count('href="#line-') == len(measures(sheet))
    fill_in(sheet, actor=head)
    client.post(page(sheet), sent(client, sheet, act="submit", **{"head-opinion": "落实"}))
    sheet.refresh_from_db()
    assert (sheet.state, sheet.opinion) == (State.SUBMITTED, "落实")
    assert client.post(page(sheet), {}).status_code in (200, 422)
    sheet.refresh_from_db()
    assert sheet.state == State.SUBMITTED


def test_what_was_typed_stays_where_somebody_handed_in_meanwhile(client, sheet, first, head, clerk):
    fill_in(sheet, actor=head)
    client.force_login(clerk)
    data = sent(client, sheet, **{f"m{first.pk}-note": "还要说的话"})
    acting.perform(CheckAct.SUBMIT, sheet, actor=head)
    answer = client.post(page(sheet), data)
    assert answer.status_code == 422
    assert typed(answer, f"m{first.pk}-note") == "还要说的话"
    assert "已提交" in text_of(answer)


def test_whoever_reviews_finds_it_reads_who_saved_and_returns_or_reviews(client, sheet, head, principal):
    fill_in(sheet, actor=head)
    acting.perform(CheckAct.SUBMIT, sheet, actor=head)
    client.force_login(principal)
    assert page(sheet) in client.get(INBOX).content.decode()
    body = text_of(client.get(page(sheet)))
    assert f"总务处负责人 {YEAR}年2月10日" in body
    assert "自查" in body
    answer = client.post(page(sheet, "review"), {"text": " ", "act": "return"})
    assert (answer.status_code, bool(beside(answer, "text"))) == (422, True)
    client.post(page(sheet, "review"), {"text": "请补台账", "act": "return"})
    client.force_login(head)
    assert "请补台账" in text_of(client.get(page(sheet)))
    assert "补正自查表" in text_of(client.get(INBOX))
    acting.perform(CheckAct.SUBMIT, sheet, actor=head)
    client.force_login(principal)
    assert client.post(page(sheet, "review"), {"text": "", "act": "burn"}).status_code == 422
    assert "已复核" in text_of(client.post(page(sheet, "review"), {"text": "属实", "act": "review"}, follow=True))
    assert client.post(page(sheet, "review"), {"text": "属实", "act": "review"}).url == page(sheet)  # pressed twice
    assert client.post(page(sheet, "review"), {"text": "又写一句", "act": "review"}).status_code == 422
    assert sheet.entries.count() == 4


def test_a_reader_may_not_write(client, sheet, people):
    for user in (people.staff, people.leader, people.reviewer, people.office, people.admin):
        client.force_login(user)
        assert client.post(page(sheet), {}).status_code == 403
        assert client.post(page(sheet, "review"), {"text": "", "act": "review"}).status_code == 403
        assert 'name="act"' not in client.get(page(sheet)).content.decode()


def test_who_is_concerned_reads_why_it_is_not_the_own_turn(client, which, people, purchasing_post):
    people.principal.appointments.create(post=purchasing_post, holder_name="校长", since=timezone.localdate())
    sheet = starting.start(which(), actor=people.head)
    fill_in(sheet, actor=people.head)
    acting.perform(CheckAct.SUBMIT, sheet, actor=people.head)
    client.force_login(people.principal)
    body = text_of(client.get(page(sheet)))
    assert "您是所查风险点的责任人" in body
    assert "（纪委）" in body
    assert client.post(page(sheet, "review"), {"text": "", "act": "review"}).status_code == 403


def test_third_level_stands_in_the_committees_inbox_until_one_is_sampled(client, third, people, which, signed):
    fill_in(third, actor=people.head)
    acting.perform(CheckAct.SUBMIT, third, actor=people.head)
    client.force_login(people.reviewer)
    assert "抽查复核" in text_of(client.get(INBOX))
    acting.perform(CheckAct.REVIEW, third, actor=people.second_reviewer)
    assert "抽查复核" not in text_of(client.get(INBOX))


def test_the_committee_begins_a_check_on_its_page(client, which, reviewer, department, head):
    address = reverse("oversight:supervise", args=[YEAR])
    client.force_login(head)
    assert client.get(address).status_code == 403
    client.force_login(reviewer)
    data = {"department": department.pk, "level": "1", "period": "q1", "checker": "检查甲"}
    answer = client.post(address, data)
    assert (answer.status_code, bool(beside(answer, "recorder"))) == (422, True)
    answer = client.post(address, data | {"recorder": "责任人1"})
    assert "改由其他人检查" in text_of(answer)
    made = client.post(address, data | {"recorder": "记录乙"})
    sheet = CheckSheet.objects.get()
    assert (made.url, sheet.kind) == (page(sheet), CheckKind.SUPERVISION)
    assert "填完检查表" in text_of(client.get(INBOX))
    assert client.post(address, data | {"recorder": "记录丙"}).url == page(sheet)


def test_evidence_is_photographed_shown_and_taken_away(client, sheet, first, head, staff, other_head):
    client.force_login(head)
    data = sent(client, sheet, **{f"m{first.pk}-result": "done"})
    address = client.post(page(sheet), data | {"evidence": str(first.pk)}).url
    assert address == page(sheet, "evidence", first.pk)
    assert 'accept=".pdf' in client.get(address).content.decode()
    assert client.post(address, {}).status_code == 422
    wrong = client.post(address, {"file": SimpleUploadedFile("a.jpg", b"no picture")})
    assert (wrong.status_code, bool(beside(wrong, "file"))) == (422, True)
    client.post(address, {"file": SimpleUploadedFile("验收单.pdf", scans.PDF)})
    kept = first.evidence.get()
    assert "验收单.pdf" in text_of(client.get(address))
    client.force_login(staff)
    assert client.get(page(sheet, "evidence_file", kept.pk)).content == scans.PDF
    assert client.post(page(sheet, "evidence_remove", kept.pk)).status_code == 403
    client.force_login(other_head)
    assert client.get(page(sheet, "evidence_file", kept.pk)).status_code == 404
    client.force_login(head)
    assert client.post(page(sheet, "evidence_remove", kept.pk)).url == address
    assert not first.evidence.exists()


def test_a_newer_version_is_named(client, sheet, table, people, head, on):
    on(3, 1)
    bring_to(Status.CONFIRMED, table, people)
    client.force_login(head)
    assert "第 2 版" in text_of(client.get(page(sheet)))


def test_an_ended_sheet_says_so(client, sheet, head, reviewer, department, on):
    type(department).objects.filter(pk=department.pk).update(active_to=timezone.localdate())
    on(2, 11)
    client.force_login(reviewer)
    assert "部门撤并" in text_of(client.get(page(sheet)))


def test_lists_and_pages_ask_as_often_for_one_as_for_many(client, sheet, reviewer, head, django_assert_max_num_queries):
    client.force_login(reviewer)
    with django_assert_max_num_queries(60) as one:
        client.get(INDEX)
    client.force_login(head)
    with django_assert_max_num_queries(60) as one_page:
        client.get(page(sheet))
    row = measures(sheet)[0]
    for number in range(30):
        department = make_department(f"部门{number}")
        values = {"department": department, "department_name": department.name, "started_by": head}
        CheckSheet.objects.create(
            cycle=sheet.cycle, kind=CheckKind.SELF, level=Level.FIRST, period=Period.Q1, version=sheet.version, **values
        )
        more = {"order": number + 90, "identity": department_key(number), "text": "措施"}
        CheckMeasure.objects.create(line=row.line, **more)
    with django_assert_max_num_queries(60) as many_on_page:
        client.get(page(sheet))
    client.force_login(reviewer)
    with django_assert_max_num_queries(60) as many:
        client.get(INDEX)
    assert (len(many), len(many_on_page)) == (len(one), len(one_page))


def department_key(number):
    return f"00000000-0000-4000-8000-{number:012d}"


def test_messages_are_kind(client, sheet, head):
    client.force_login(head)
    answer = client.post(page(sheet), sent(client, sheet), follow=True)
    assert messages_of(answer) == ["已保存。"]
