"""待办: what waits for each role, in which order, what is overdue, and at what cost."""

import datetime
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from departments.enums import Role
from riskcontrol import audit
from riskcontrol.verbs import SystemVerb
from riskpoints.desk import tasks as queries
from riskpoints.enums import Action, Scope, Status
from riskpoints.models import ControlTable, Cycle, TableVersion
from riskpoints.tables import starting, workflow
from tests.factories import assess_all, bring_to, make_department, make_post, make_user, publish_for
from tests.pages import at, text_of

INBOX = reverse("riskpoints:inbox")


def titles(response) -> list[str]:
    """Return the tasks of the page, in order."""
    return re.findall(r'<h2 class="title">([^<]*)</h2>', response.content.decode())


def later(version, **values) -> None:
    """Set moments of a version past every rule but the database's."""
    TableVersion.objects.filter(pk=version.pk).update(**values)


# ---- what waits for whom -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "tasks"),
    [
        (None, {"head": ["开始填报：总务处防控表"], "clerk": ["开始填报：总务处防控表"]}),
        ("draft", {"head": ["填报：总务处防控表"], "clerk": ["填报：总务处防控表"]}),
        ("submitted", {"reviewer": ["审核：总务处防控表"], "discipline_head": ["审核：总务处防控表"]}),
        ("reviewed", {"office": ["登记签字：总务处防控表"], "principal": ["签字确定：总务处防控表"]}),
        ("confirmed", {}),
        ("discarded", {}),
    ],
)
def test_each_role_finds_what_waits_for_it(enter, table, people, status, tasks):
    if status is not None:
        bring_to(Status(status), table, people)
    tasks = tasks | {
        "admin": ["组织机构有缺项"]
    }  # two departments without posts; see tests/riskpoints/desk/test_set_up.py
    for person in vars(people).keys() - {"disabled", "second_reviewer", "second_office"}:
        page = enter(getattr(people, person)).get(INBOX)
        assert titles(page) == tasks.get(person, []), person
        count = len(tasks.get(person, []))
        assert (f"待办 {count} 项" in text_of(page)) == bool(count), person
        assert ("目前没有等您办理的事" in text_of(page)) == (not count), person


def test_a_returned_table_waits_with_the_words_of_the_return(enter, submitted_version, people):
    workflow.perform(Action.RETURN, submitted_version, actor=people.reviewer, comment="请补充验收环节")
    page = enter(people.head).get(INBOX)
    assert titles(page) == ["按意见修改：总务处防控表"]
    assert "请补充验收环节" in text_of(page)
    assert titles(enter(people.reviewer).get(INBOX)) == []


def test_a_revision_waits_without_the_years_deadline(enter, confirmed_version, people, cycle):
    starting.open_revision(confirmed_version, reason="调整", actor=people.head)
    page = enter(people.head).get(INBOX)
    assert titles(page) == ["修订：总务处防控表"]
    assert "期限" not in text_of(page)


def test_the_discipline_offices_table_waits_for_the_deputy(enter, discipline_table, people):
    bring_to(Status.SUBMITTED, discipline_table, people)
    assert titles(enter(people.deputy).get(INBOX)) == ["审核：纪委办公室防控表"]
    assert titles(enter(people.reviewer).get(INBOX)) == []
    assert titles(enter(people.discipline_head).get(INBOX)) == []


def test_the_school_table_waits_for_the_office(enter, school_table, people):
    assert titles(enter(people.office).get(INBOX)) == ["开始填报：学校防控表"]
    bring_to(Status.SUBMITTED, school_table, people)
    assert titles(enter(people.office).get(INBOX)) == []
    assert titles(enter(people.reviewer).get(INBOX)) == ["审核：学校防控表"]


def test_the_office_reviewer_finds_no_signature_of_her_own_review(enter, reviewed_version, people):
    people.reviewer.grants.create(role=Role.OFFICE)
    assert titles(enter(people.reviewer).get(INBOX)) == []


def test_what_is_still_published_stands_beside(enter, school, submitted_version, people):
    publish_for(5)
    assess_all(submitted_version, actor=people.reviewer)
    version = workflow.perform(Action.APPROVE, submitted_version, actor=people.reviewer)
    page = enter(people.office).get(INBOX)
    assert titles(page) == []
    last = version.publish_until
    said = text_of(page)
    assert (
        f"公示中，期满后办理 登记签字：总务处 {last.year} 年度，公示到{last.year}年{last.month}月{last.day}日" in said
    )
    assert "待办 1 项" not in said
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    later(version, publish_from=yesterday, publish_until=yesterday)
    page = enter(people.office).get(INBOX)
    assert titles(page) == ["登记签字：总务处防控表"]
    assert "公示中，期满后办理" not in text_of(page)


def test_a_closed_year_asks_for_nothing(enter, submitted_version, people):
    Cycle.objects.update(closed_at=timezone.now())
    assert titles(enter(people.reviewer).get(INBOX)) == []


def test_nobody_without_a_login(client, school):
    assert client.get(INBOX).url == f"{reverse('login')}?next={INBOX}"
    assert client.get("/").url == f"{reverse('login')}?next=/"


# ---- order and dates ---------------------------------------------------------------------------------------------


def test_the_oldest_comes_first(enter, table, other_table, people):
    first = bring_to(Status.SUBMITTED, table, people)
    second = bring_to(Status.SUBMITTED, other_table, people)
    client = enter(people.reviewer)
    assert titles(client.get(INBOX)) == ["审核：总务处防控表", "审核：教务处防控表"]
    later(second, submitted_at=first.submitted_at - datetime.timedelta(days=3))
    page = client.get(INBOX)
    assert titles(page) == ["审核：教务处防控表", "审核：总务处防控表"]
    assert page.content.decode().count("btn primary") == 1  # the one next thing


def test_a_table_that_was_never_begun_waits_since_the_filling_began(enter, table, other_table, people, cycle):
    people.head.grants.create(role=Role.CLERK, department=other_table.department)
    draft = bring_to(Status.DRAFT, other_table, people)
    cycle.fill_from = timezone.localdate(draft.created_at) - datetime.timedelta(days=2)
    cycle.save()
    page = enter(people.head).get(INBOX)
    assert titles(page) == ["开始填报：总务处防控表", "填报：教务处防控表"]
    day = cycle.fill_from
    assert f"{day.year}年{day.month}月{day.day}日起" in text_of(page)


@pytest.mark.parametrize(("days", "is_late"), [(-1, True), (0, False), (1, False)])
def test_what_is_late_is_said_in_words(enter, submitted_version, people, cycle, days, is_late):
    day = timezone.localdate() + datetime.timedelta(days=days)
    Cycle.objects.update(fill_from=day, fill_until=day, review_until=day, publish_until=day)
    page = enter(people.reviewer).get(INBOX)
    words = f"{day.year}年{day.month}月{day.day}日"
    assert (f"已超过期限 {words}" if is_late else f"期限 {words}") in text_of(page)
    assert ("已超过期限" in text_of(page)) == is_late


def test_the_buttons_lead_to_the_work(enter, table, people):
    client = enter(people.head)
    page = client.get(INBOX)
    assert reverse("riskpoints:start", args=[table.pk]) in page.content.decode()
    version = bring_to(Status.SUBMITTED, table, people)
    assert f'href="{at(version)}"' in enter(people.reviewer).get(INBOX).content.decode()


def test_the_tables_in_force_are_those_a_person_may_open(enter, confirmed_version, other_table, people):
    theirs = bring_to(Status.CONFIRMED, other_table, people)
    for person, expected in {
        "head": [confirmed_version],
        "reviewer": [confirmed_version, theirs],
        "auditor": [],
    }.items():
        body = enter(getattr(people, person)).get(INBOX).content.decode()
        assert [version for version in (confirmed_version, theirs) if f'href="{at(version)}"' in body] == expected


# ---- cost and hostile addresses ----------------------------------------------------------------------------------


def test_the_inbox_costs_the_same_with_1_and_with_30_tables(enter, queries_of, table, people, cycle):
    bring_to(Status.SUBMITTED, table, people)
    client = enter(people.reviewer)
    one = queries_of(client, INBOX)
    for number in range(29):
        department = make_department(f"第{number}处")
        make_post(department, "干事")
        made = ControlTable.objects.create(cycle=cycle, scope=Scope.DEPARTMENT, department=department)
        writer = make_user(f"9{number:03}", f"第{number}处负责人", Role.HEAD, department=department)
        version = bring_to(Status.DRAFT, made, people)
        workflow.perform(Action.SUBMIT, version, actor=writer)
    assert len(titles(client.get(INBOX))) == 30
    assert queries_of(client, INBOX) == one


def test_what_waits_is_looked_up_once_for_the_page_and_its_menu(enter, draft_version, people, monkeypatch):
    looked_up = []
    original = queries.tasks
    monkeypatch.setattr(queries, "tasks", lambda user: looked_up.append(user) or original(user))
    response = enter(people.head).get(INBOX)
    assert len(looked_up) == 1
    assert [count for label, _, _, count in response.context["navigation"] if label == "待办"] == [1]
    assert len(response.context["entries"]) == 1


def test_a_filler_of_30_tables_pays_the_same(enter, queries_of, table, people, cycle):
    none_begun = queries_of(enter(people.clerk), INBOX)
    starting.start_table(table, actor=people.clerk)
    one_begun = queries_of(enter(people.clerk), INBOX)
    for number in range(29):
        department = make_department(f"第{number}处")
        people.clerk.grants.create(role=Role.CLERK, department=department)
        ControlTable.objects.create(cycle=cycle, scope=Scope.DEPARTMENT, department=department)
    client = enter(people.clerk)
    assert len(titles(client.get(INBOX))) == 30
    assert queries_of(client, INBOX) == one_begun > none_begun
    clerk = type(people.clerk).objects.get(pk=people.clerk.pk)
    drafts = [starting.start_table(each, actor=clerk) for each in ControlTable.objects.all()]
    assert queries_of(client, INBOX) == one_begun
    assert len(drafts) == len(queries.open_now(queries.tasks(clerk))) == 30


def test_the_inbox_ignores_its_query(enter, people, cycle):
    for query in ({"page": "\x00"}, {"next": "9" * 5000}, {"open": ["a", "b"]}):
        assert enter(people.head).get(INBOX, query).status_code == 200
    assert enter(people.head).post(INBOX, {"x": "\x00"}).status_code == 200


# ---- what is wrong with the installation ---------------------------------------------------------------------------


def test_those_who_can_mend_it_see_it_first(enter, people):
    audit.record(SystemVerb.BACKED_UP, detail={"原因": "磁盘已满"}, succeeded=False)
    names = vars(people).keys() - {"disabled"}
    pages = {name: text_of(enter(getattr(people, name)).get(reverse("riskpoints:inbox"))) for name in names}
    assert {name for name, page in pages.items() if "的备份没有做成：磁盘已满" in page} == {"admin", "auditor"}


def test_a_good_backup_says_nothing(enter, people):
    audit.record(SystemVerb.BACKED_UP)
    assert 'aria-label="系统需要处理"' not in enter(people.admin).get(INBOX).content.decode()
