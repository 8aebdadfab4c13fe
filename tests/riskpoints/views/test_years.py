"""年度: opened, dated, completed and closed by the office only, each act with its entry in the trail."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from departments.enums import Role
from departments.models import RoleGrant
from departments.notices import notices_for
from riskcontrol.models import AuditEntry
from riskpoints.archives import jobs
from riskpoints.enums import Action, Status
from riskpoints.models import ControlTable, Cycle
from riskpoints.tables import papers, starting, workflow
from riskpoints.verbs import RegisterVerb
from riskpoints.years import calendar, changing, closing, membership
from tests.factories import bring_to, make_cycle, make_department, own_signature
from tests.pages import text_of

INDEX = reverse("riskpoints:years")
OPEN = reverse("riskpoints:year_open")
OFFICE = {"office", "second_office"}


def dates_of(year: int) -> dict[str, str]:
    months = (3, 4, 5, 6)
    return {name: f"{year}-{month:02d}-01" for name, month in zip(calendar.DATES, months, strict=True)}


def statuses(people, enter, address, method="get"):
    return {
        name: getattr(enter(user), method)(address).status_code
        for name, user in vars(people).items()
        if name != "disabled"
    }


def test_the_list_is_for_the_office_and_the_administrator(people, cycle, enter):
    found = statuses(people, enter, INDEX)
    assert {name for name, status in found.items() if status == 200} == OFFICE | {"admin"}
    assert {status for name, status in found.items() if name not in OFFICE | {"admin"}} == {403}


@pytest.mark.parametrize("name", ["year_open", "year_dates", "year_close"])
def test_the_acts_are_for_the_office(people, cycle, enter, name):
    address = reverse(f"riskpoints:{name}", args=[] if name == "year_open" else [cycle.pk])
    for method in ("get", "post"):
        found = statuses(people, enter, address, method)
        assert {name for name, status in found.items() if status == 403} == set(found) - OFFICE, method


def test_a_missing_table_is_added_by_the_office_only(people, cycle, enter):
    department = make_department("新设处")
    address = reverse("riskpoints:year_add_table", args=[cycle.pk, department.pk])
    for name, user in vars(people).items():
        if name not in OFFICE | {"disabled"}:
            assert enter(user).post(address).status_code == 403
    assert not ControlTable.objects.filter(department=department).exists()
    assert enter(people.office).get(address).status_code == 405


def test_the_administrator_finds_no_button_of_the_office(cycle, admin, office, enter):
    page = enter(admin).get(INDEX).content.decode()
    assert OPEN not in page
    assert "改日程" not in page
    page = enter(office).get(INDEX).content.decode()
    assert OPEN in page
    assert "改日程" in page


def test_the_office_sees_no_archive_of_the_administrator(cycle, admin, office, enter):
    assert 'id="archives"' in enter(admin).get(INDEX).content.decode()
    assert 'id="archives"' not in enter(office).get(INDEX).content.decode()


def test_opening_suggests_the_next_year_with_dates_in_order(cycle, office, enter):
    form = enter(office).get(OPEN).context["form"]
    assert form["year"].value() == cycle.year + 1
    suggested = [form[name].value() for name in calendar.DATES]
    assert suggested == sorted(suggested)
    assert suggested[0] == datetime.date(cycle.year + 1, 3, 1)


def test_the_first_year_is_this_one_from_today(db):
    today = timezone.localdate()
    assert calendar.suggested_year() == today.year
    assert calendar.suggested_dates(today.year)["fill_from"] == today


def test_a_new_years_table_is_begun_from_what_is_in_force(confirmed_version, office, head, enter):
    year = confirmed_version.table.cycle.year + 1
    answer = enter(office).post(OPEN, {"year": year, **dates_of(year)})
    assert answer.url == INDEX
    table = ControlTable.objects.get(cycle__year=year, department=confirmed_version.table.department)
    assert not table.versions.exists()
    assert AuditEntry.objects.filter(action=RegisterVerb.YEAR_OPEN).count() == 1
    answer = enter(head).post(reverse("riskpoints:start", args=[table.pk]), follow=True)
    assert f"已由{confirmed_version.table.cycle}现行表（第 1 版）结转，请逐项核对。" in answer.content.decode()
    assert table.versions.get().points.count() == confirmed_version.points.count()


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"year": ""}, "year", "请填写年度。"),
        ({"year": "1999"}, "year", None),
        ({"year": "９９９９９"}, "year", None),
        ({"fill_until": "2027-02-01"}, "fill_until", "不能早于填报开始。"),
        ({"review_until": "2027-03-02"}, "review_until", "不能早于填报截止。"),
        ({"publish_until": "2027-13-40"}, "publish_until", "请填写日期，如 2026-11-20。"),
        ({"fill_from": "0001-01-01"}, "fill_from", None),
        ({"fill_from": "\x00"}, "fill_from", None),
    ],
)
def test_what_is_wrong_is_said_at_its_field(school, office, enter, changes, field, words):
    answer = enter(office).post(OPEN, {"year": 2027, **dates_of(2027)} | changes)
    assert answer.status_code == 422
    errors = answer.context["form"].errors
    assert list(errors) == [field]
    if words:
        assert errors[field] == [words]
    assert not Cycle.objects.exists()


def test_a_year_is_opened_once(cycle, office, enter):
    answer = enter(office).post(OPEN, {"year": cycle.year, **dates_of(cycle.year)})
    assert answer.status_code == 422
    assert answer.context["form"].errors["year"] == ["这个年度已经开启。"]


def test_changed_dates_leave_an_entry_of_what_changed(cycle, office, enter):
    address = reverse("riskpoints:year_dates", args=[cycle.pk])
    values = {name: getattr(cycle, name).isoformat() for name in calendar.DATES}
    later = (cycle.publish_until + datetime.timedelta(days=10)).isoformat()
    assert enter(office).post(address, values | {"publish_until": later}).url == INDEX
    cycle.refresh_from_db()
    assert cycle.publish_until.isoformat() == later
    entry = AuditEntry.objects.get(action=RegisterVerb.YEAR_CHANGE)
    assert list(entry.detail) == ["publish_until"]
    assert entry.detail["publish_until"][1] == later


def test_two_at_the_dates_of_one_year_take_nothing_back_unseen(cycle, office, enter):
    """Each form sends all four dates: the second took back what the first had moved."""
    address, client = reverse("riskpoints:year_dates", args=[cycle.pk]), enter(office)
    form = client.get(address).context["form"]
    values = {name: form[name].value() for name in ("seen", *calendar.DATES)}
    later = (cycle.publish_until + datetime.timedelta(days=5)).isoformat()
    client.post(address, values | {"publish_until": later})
    answer = client.post(address, values | {"fill_until": cycle.fill_from.isoformat()})
    assert answer.status_code == 422
    assert f"现在是：填报开始{cycle.fill_from}" in text_of(answer)
    form = answer.context["form"]
    assert form["fill_until"].value() == cycle.fill_from.isoformat()  # what was typed
    cycle.refresh_from_db()
    assert cycle.publish_until.isoformat() == later
    again = {name: form[name].value() for name in ("seen", *calendar.DATES)} | {"publish_until": later}
    assert client.post(address, again).status_code == 302
    cycle.refresh_from_db()
    assert (cycle.publish_until.isoformat(), cycle.fill_until) == (later, cycle.fill_from)


def test_dates_saved_unchanged_leave_no_entry(cycle, office):
    changing.change_dates(cycle, {name: getattr(cycle, name) for name in calendar.DATES}, actor=office)
    assert not AuditEntry.objects.filter(action=RegisterVerb.YEAR_CHANGE).exists()


def test_the_dates_of_a_closed_year_stay(cycle, office, enter):
    cycle.closed_at = timezone.now()
    cycle.save()
    answer = enter(office).post(reverse("riskpoints:year_dates", args=[cycle.pk]), dates_of(cycle.year), follow=True)
    assert "已经归档关闭，日程不能再改" in answer.content.decode()
    cycle.refresh_from_db()
    assert cycle.fill_from != datetime.date(cycle.year, 3, 1)


def test_a_department_founded_meanwhile_gets_its_table(cycle, office, enter):
    department = make_department("新设处")
    client = enter(office)
    address = reverse("riskpoints:year_add_table", args=[cycle.pk, department.pk])
    assert address in client.get(INDEX).content.decode()
    answer = client.post(address, follow=True)
    assert "已为新设处补建" in answer.content.decode()
    table = ControlTable.objects.get(cycle=cycle, department=department)
    entry = AuditEntry.objects.get(action=RegisterVerb.TABLE_ADD)
    assert entry.object_id == str(table.pk)
    assert address not in client.get(INDEX).content.decode()
    assert "已有防控表" in client.post(address, follow=True).content.decode()
    assert ControlTable.objects.filter(cycle=cycle, department=department).count() == 1


def test_a_missing_table_is_begun_from_what_is_in_force(cycle, record_table, office, head):
    old = record_table("甲处", 2, in_cycle=make_cycle(cycle.year - 1))
    RoleGrant.objects.create(user=head, role=Role.HEAD, department=old.department)
    table = membership.add_missing_table(cycle, old.department, actor=office)
    assert not table.versions.exists()
    assert starting.start_table(table, actor=head).base == old.in_force


def test_a_closed_department_gets_no_table(cycle, office, enter):
    department = make_department("旧处", active_to=timezone.localdate() - datetime.timedelta(days=1))
    client = enter(office)
    address = reverse("riskpoints:year_add_table", args=[cycle.pk, department.pk])
    assert address not in client.get(INDEX).content.decode()
    assert "这个部门已停用" in client.post(address, follow=True).content.decode()
    assert not ControlTable.objects.filter(department=department).exists()


def test_a_year_with_tables_on_their_way_is_not_closed(submitted_version, office, enter):
    cycle = submitted_version.table.cycle
    client = enter(office)
    address = reverse("riskpoints:year_close", args=[cycle.pk])
    page = client.get(address).content.decode()
    assert "现在还不能关闭" in page
    assert "总务处</a> 第 1 版：待审核" in page
    assert "<button" not in page[page.index("现在还不能关闭") :]
    assert "还有 1 张表在审核或待签字" in client.post(address).content.decode()
    cycle.refresh_from_db()
    assert cycle.closed_at is None


def test_closing_says_first_what_stays_undone(table, other_table, discipline_table, people, enter):
    bring_to(Status.CONFIRMED, table, people)
    bring_to(Status.DRAFT, other_table, people)
    client = enter(people.office)
    address = reverse("riskpoints:year_close", args=[table.cycle_id])
    page = client.get(address).content.decode()
    assert "1 张签字确定的表保持原样" in page
    assert "教务处</a>的第 1 版还在填报" in page
    assert "纪委办公室</a>没有现行版" in page
    assert "教务处</a>没有现行版" not in page
    assert client.post(address).url == INDEX
    table.cycle.refresh_from_db()
    assert table.cycle.is_closed
    assert AuditEntry.objects.filter(action=RegisterVerb.YEAR_CLOSE).count() == 1
    assert client.get(address).url == INDEX


def test_a_closed_year_without_an_archive_says_who_does_what(confirmed_version, people, enter):
    cycle = confirmed_version.table.cycle
    office, admin = enter(people.office), enter(people.admin)
    assert "还没有归档" not in office.get(INDEX).content.decode()
    made_before = jobs.run(jobs.open_build(cycle.year))
    page = office.post(reverse("riskpoints:year_close", args=[cycle.pk]), follow=True).content.decode()
    assert "下一步：请系统管理员在本页生成年度档案。" in page
    assert "还没有归档：请系统管理员在本页生成年度档案" in page
    page = admin.get(INDEX).content.decode()
    assert "还没有归档：请在下面生成年度档案" in page
    assert "年度在那以后关闭，请再生成一次，作为最终的档案。" in page
    made = jobs.run(jobs.open_build(cycle.year))
    assert made.sha256 != made_before.sha256
    page = office.get(INDEX).content.decode()
    assert "还没有归档" not in page
    assert "已归档" in page
    assert "年度已关闭，内容不会再变。请下载后在别处另存一份。" in admin.get(INDEX).content.decode()


def test_closing_names_signed_tables_without_a_scan(reviewed_version, people, enter):
    confirmed_version = workflow.perform(
        Action.CONFIRM, reviewed_version, actor=people.principal, signature=own_signature()
    )
    address = reverse("riskpoints:year_close", args=[confirmed_version.table.cycle_id])
    client = enter(people.office)
    assert "总务处</a>第 1 版没有签字扫描件，关闭后不能再补登" in client.get(address).content.decode()
    papers.add_scan(confirmed_version, b"%PDF-1.4\n%%EOF", "pdf", actor=people.office)
    assert "没有签字扫描件" not in client.get(address).content.decode()


def test_an_unknown_year_is_not_found(office, enter):
    for name in ("year_dates", "year_close"):
        assert enter(office).get(reverse(f"riskpoints:{name}", args=[999])).status_code == 404


def test_more_years_cost_no_more_queries(cycle, record_table, office, enter, queries_of):
    client = enter(office)
    record_table("甲处")
    few = queries_of(client, INDEX)
    for back in range(1, 12):
        record_table(f"处{back}", in_cycle=make_cycle(cycle.year - back))
    assert queries_of(client, INDEX) == few


def test_the_group_list_is_printed_for_those_who_see_the_organisation(school, group, people, enter):
    address = reverse("riskpoints:group_pdf", args=[group.pk])
    found = statuses(people, enter, address)
    readers = {"admin", "office", "second_office", "reviewer", "second_reviewer", "discipline_head", "principal"}
    assert {name for name, status in found.items() if status == 200} == readers
    assert {status for name, status in found.items() if name not in readers} == {403}
    answer = enter(people.office).get(address)
    assert answer.content.startswith(b"%PDF-")
    assert (
        AuditEntry.objects.filter(action=RegisterVerb.GROUP_DOWNLOAD, actor_number=people.office.staff_number).count()
        == 2
    )


def test_what_hinders_the_closing_is_a_link(table, school_table, other_table, people, enter):
    """The office opens what it may read; of a table that waits for review it reaches the line of the progress page."""
    submitted = bring_to(Status.SUBMITTED, table, people)
    reviewed = bring_to(Status.REVIEWED, other_table, people)
    address = reverse("riskpoints:year_close", args=[table.cycle_id])
    page = enter(people.office).get(address).content.decode()
    assert f'href="{reverse("riskpoints:version", args=[reviewed.pk])}"' in page
    line = f"{reverse('riskpoints:progress')}?year={table.cycle.year}#table-{table.pk}"
    assert f'href="{line}"' in page
    assert reverse("riskpoints:version", args=[submitted.pk]) not in page
    assert f'id="table-{table.pk}"' in enter(people.office).get(reverse("riskpoints:progress")).content.decode()


def test_closing_a_year_tells_the_administrator_that_the_archive_is_due(confirmed_version, people, enter):
    closing.close_year(confirmed_version.table.cycle, actor=people.office)
    notice = notices_for(people.admin).get()
    said = f"已由{people.office.real_name}归档关闭，请生成年度档案并离线保存。"
    assert notice.text == f"{confirmed_version.table.cycle}{said}"
    assert notice.link == INDEX
    assert not notices_for(people.reviewer).exists()
    assert "请生成年度档案" in enter(people.admin).get(reverse("riskpoints:inbox")).content.decode()


def test_an_empty_page_has_one_button_to_open_a_year(enter, office, db):
    page = enter(office).get(reverse("riskpoints:years")).content.decode()
    assert page.count(f'href="{reverse("riskpoints:year_open")}"') == 1
