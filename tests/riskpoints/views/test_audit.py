"""审计记录: for the auditor alone; filters, details in words, the chain verified on demand."""

import datetime

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from departments.enums import Role
from departments.services import grant_role, save_record
from departments.verbs import OrganisationVerb
from riskcontrol import audit, seals
from riskcontrol.models import AuditEntry
from riskcontrol.verbs import SystemVerb
from riskcontrol.web.query import QueryReader
from riskpoints.enums import Likelihood
from riskpoints.evidence import trail
from riskpoints.tables import editing
from riskpoints.verbs import RegisterVerb
from tests.factories import make_user
from tests.riskpoints.archives.packing import falsify

ADDRESS = reverse("riskpoints:audit")
VERIFY = reverse("riskpoints:audit_verify")


def found(**query):
    """Return the numbers of the entries that a query finds, newest first."""
    reader = QueryReader({key: str(value) for key, value in query.items()})
    chosen = trail.read(reader, [verb for verb, _ in trail.known_verbs()])
    return list(trail.entries(chosen).values_list("number", flat=True))


def words(entry) -> list[tuple[str, str, str]]:
    """Return an entry's detail as the page says it."""
    [line] = trail.lines([entry])
    return [(detail.label, detail.old, detail.new) for detail in line.details]


def test_only_the_auditor_reads_it(people, enter):
    for address, method in ((ADDRESS, "get"), (VERIFY, "post")):
        status = {
            name: getattr(enter(user), method)(address).status_code
            for name, user in vars(people).items()
            if name != "disabled"
        }
        assert {name for name, code in status.items() if code == 200} == {"auditor"}
        assert {code for name, code in status.items() if name != "auditor"} == {403}


def test_a_refused_reader_is_an_entry(people, enter):
    enter(people.admin).get(ADDRESS)
    entry = AuditEntry.objects.get(action=SystemVerb.REFUSED)
    assert (entry.actor_number, entry.succeeded) == (people.admin.staff_number, False)
    page = enter(people.auditor).get(ADDRESS).content.decode()
    assert "审计记录只由审计员查看" in page
    assert "未成功" in page


@pytest.fixture
def three_entries(head, clerk, cycle):
    """Return the numbers of three entries that differ in everything."""
    audit.record(SystemVerb.LOGIN, actor=head)
    audit.record(RegisterVerb.REGISTER_EXPORT, actor=clerk, target=cycle)
    audit.record(SystemVerb.LOGIN_FAILED, detail={"工号": "x"}, succeeded=False)
    return list(AuditEntry.objects.order_by("number").values_list("number", flat=True))[-3:]


def test_filters_find_what_they_name(three_entries):
    login, export, failure = three_entries
    assert found(action="user.login") == found(action="登录") == [login]
    assert found(person="1002") == [export]
    assert found(person="总务处") == [export, login]
    assert found(person="100") == []  # a staff number is given whole
    assert found(target="年度") == [export]
    assert found(outcome="refused") == [failure]
    assert found(outcome="done", action="register.export") == [export]
    assert found() == sorted(found(), reverse=True)


def test_days_are_those_of_the_school(three_entries):
    today = timezone.localdate()
    tomorrow = today + datetime.timedelta(days=1)
    assert len(found(since=today, until=today)) == AuditEntry.objects.count()
    assert found(since=tomorrow) == []
    assert found(until=today - datetime.timedelta(days=1)) == []


def test_a_day_begins_at_midnight_in_the_schools_time(db, time_machine):
    time_machine.move_to(datetime.datetime(2026, 5, 1, 16, 0, tzinfo=datetime.UTC))  # 2 May, 00:00 in Shanghai
    entry = audit.record(SystemVerb.LOGIN)
    assert found(since="2026-05-02", until="2026-05-02") == [entry.number]
    assert found(until="2026-05-01") == []


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_time_are_no_error(three_entries, auditor, enter, day):
    assert enter(auditor).get(ADDRESS, {"since": day, "until": day}).status_code == 200


def test_a_change_is_told_field_by_field(draft_version, head):
    point = draft_version.points.first()
    values = {"text": "新的写法", "likelihood": Likelihood.HIGH, "is_key_area": True, "finding_methods": ["masses"]}
    old_text = point.text
    editing.save_point(draft_version, values, point=point, actor=head)
    entry = AuditEntry.objects.get(action=RegisterVerb.POINT_CHANGE)
    assert set(words(entry)) == {
        ("风险点", old_text, "新的写法"),
        ("发生机率", "较小", "高"),
        ("重点领域或关键环节", "否", "是"),
        ("查找方法", "自己找、互相查", "群众提"),
    }


def test_a_reference_is_told_by_name(head, other_department, admin):
    grant_role(head, Role.CLERK, department=other_department, actor=admin)
    entry = AuditEntry.objects.get(action=OrganisationVerb.ROLE_CREATE)
    assert set(words(entry)) == {
        ("人员", "空", "总务处负责人"),
        ("角色", "空", "填报员"),
        ("部门", "空", "教务处"),
    }


def test_a_reference_that_is_gone_stays_a_number(head, db):
    entry = audit.record(OrganisationVerb.ROLE_CREATE, target=head.grants.get(), detail={"user": [None, 987654]})
    assert words(entry) == [("人员", "空", "编号 987654")]


def test_other_details_are_told_as_they_are(cycle, db):
    entry = audit.record(
        SystemVerb.LOGIN,
        target=cycle,
        detail={
            "风险类别": "duty",
            "fill_from": "2026-03-01",
            "content_hash": "ab" * 32,
            "内容校验值": "cd" * 32,
            "意见": "",
            "名单": [["甲"], ["甲", "乙"]],
        },
    )
    assert words(entry) == [
        ("填报开始", "", "2026-03-01"),
        ("名单", "甲", "甲、乙"),
        ("风险类别", "", "岗位职责风险"),
        ("内容校验值", "", "abababababab…"),
        ("内容校验值", "", "cdcdcdcdcdcd…"),
    ]


@pytest.mark.parametrize("kind", ["gone.model", "nonsense", ""])
def test_an_entry_about_something_that_no_longer_exists_is_shown(auditor, enter, kind):
    entry = audit.record(SystemVerb.LOGIN, detail={"名称": ["旧", "新"]})
    entry.object_type = kind
    assert words(entry) == [("名称", "旧", "新")]
    falsify(entry, action="没有了的事项", object_type=kind)
    assert "没有了的事项" in enter(auditor).get(ADDRESS).content.decode()


def test_what_was_typed_is_shown_as_text(auditor, enter, admin, department):
    department.name = "<script>alert(1)</script>"
    save_record(department, actor=admin)
    page = enter(auditor).get(ADDRESS).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_a_whole_register_is_confirmed_and_the_check_written_down(confirmed_version, auditor, enter):
    client = enter(auditor)
    head = audit.stored_head()
    answer = client.post(VERIFY)
    assert f"{head.number} 条记录首尾相连" in answer.content.decode()
    entry = AuditEntry.objects.get(action=RegisterVerb.AUDIT_VERIFY)
    said = {"条数": head.number, "末条校验值": head.hash, "结果": "完整", "封签": str(seals.state())}
    assert (entry.succeeded, entry.detail) == (True, said)
    assert said["封签"].startswith("封签已核对：第 1 条起")


def test_without_a_key_the_page_says_that_no_seal_was_checked(confirmed_version, auditor, enter, settings):
    settings.SEAL_KEYS_FILE = None
    page = enter(auditor).post(VERIFY).content.decode()
    assert page.count("封签未检查：这里没有封签密钥") == 3  # beside the result, in the figures and in the new entry
    assert AuditEntry.objects.get(action=RegisterVerb.AUDIT_VERIFY).detail["封签"].startswith("封签未检查")


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("UPDATE riskcontrol_auditentry SET actor_name = '别人' WHERE number = 2", "审计记录第 2 条：内容与校验值不符"),
        ("DELETE FROM riskcontrol_auditentry WHERE number = 2", "审计记录第 3 条："),
        ("UPDATE riskpoints_riskpoint SET text = '被改过'", "2026 年度 总务处 第 1 版"),
    ],
)
def test_what_was_changed_past_the_program_is_pointed_at(
    confirmed_version, auditor, enter, without_triggers, sql, words
):
    client = enter(auditor)
    with connection.cursor() as cursor:
        cursor.execute(sql)
    page = client.post(VERIFY).content.decode()
    assert words.replace("2026", str(confirmed_version.table.cycle.year)) in page
    assert "请保留现场" in page
    assert AuditEntry.objects.get(action=RegisterVerb.AUDIT_VERIFY).succeeded is False


def test_a_check_takes_a_post(auditor, enter):
    assert enter(auditor).get(VERIFY).status_code == 405


def test_opening_the_page_does_not_read_the_whole_chain(three_entries, auditor, enter, queries_of):
    client = enter(auditor)
    few = queries_of(client, ADDRESS)
    for number in range(300):
        audit.record(SystemVerb.LOGIN, detail={"第": number})
    assert queries_of(client, ADDRESS) == few


def test_details_of_many_kinds_cost_no_more_queries_for_more_entries(auditor, admin, enter, queries_of, department):
    client = enter(auditor)
    people = [make_user(f"9{number}", f"人{number}") for number in range(20)]
    grant_role(people[0], Role.STAFF, department=department, actor=admin)
    few = queries_of(client, ADDRESS)
    for person in people[1:]:
        grant_role(person, Role.STAFF, department=department, actor=admin)
    assert queries_of(client, ADDRESS) == few


def test_a_long_detail_is_folded(auditor, enter):
    audit.record(SystemVerb.LOGIN, detail={f"项{n}": n + 1 for n in range(4)})
    assert "<summary>4 项</summary>" in enter(auditor).get(ADDRESS).content.decode()


def test_verbs_are_offered_under_their_apps():
    """Sixty in one list are not found: each app that writes any has a group."""
    known = [
        (SystemVerb.LOGIN, "登录"),
        ("gone.verb", "旧事项"),
        (RegisterVerb.REVISE, "修订"),
        (RegisterVerb.APPROVE, "通过"),
    ]
    assert trail.by_app((str(verb), caption) for verb, caption in known) == [
        ("系统", [("user.login", "登录")]),
        ("廉政风险防控", [(str(RegisterVerb.REVISE), "修订"), (str(RegisterVerb.APPROVE), "通过")]),
        ("其他", [("gone.verb", "旧事项")]),
    ]
