"""补录历史表: the office types a signed paper in; once compared with its scan it is in force as of its date."""

import datetime
from typing import Any
from urllib.parse import quote

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError
from django.urls import reverse
from django.utils import timezone

from riskcontrol.models import AuditEntry
from riskpoints.enums import Action, Category, SchoolCategory, Status
from riskpoints.evidence.verification import verify_register
from riskpoints.models import ControlTable, Cycle, TableVersion
from riskpoints.tables import historical
from riskpoints.tables.workflow import WorkflowError
from riskpoints.verbs import RegisterVerb
from tests import once, scans
from tests.factories import make_cycle, make_department
from tests.pages import beside, messages_of, text_of, typed

OFFICE = {"office", "second_office"}


@once.fixture
def past(school, cycle) -> Cycle:
    """Return an open year of the past without tables."""
    return make_cycle(2015, is_historical=True)


def paper(categories=Category, **changes) -> dict[str, Any]:
    """Return what the form sends: two points and one measure in each category but the last, which is 无."""
    values = {
        "signer_name": "时任校长",
        "signed_on": "2015-11-20",
        "head_name": "时任负责人",
        "duties": "负责采购",
        "note": "按2015年档案第3卷补录",
    }
    for value in list(categories)[:-1]:
        values |= {f"{value}_points": f"{value}甲\n\n  {value}乙 ", f"{value}_measures": f"{value}的措施"}
    scan = SimpleUploadedFile("扫描.pdf", scans.PDF)
    return values | {f"{list(categories)[-1]}_nil": "on", "scan": scan} | changes


def index(cycle) -> str:
    return reverse("riskpoints:year_record", args=[cycle.pk])


def address(cycle, department=None) -> str:
    return reverse("riskpoints:record", args=[cycle.pk, department.pk if department else 0])


def test_only_the_office_records(people, past, department, enter):
    for path in (index(past), address(past), address(past, department)):
        answers = {name: enter(user).get(path).status_code for name, user in vars(people).items() if name != "disabled"}
        assert {name for name, status in answers.items() if status == 200} == OFFICE
        assert {status for name, status in answers.items() if name not in OFFICE} == {403}
    assert enter(people.admin).post(address(past, department), paper()).status_code == 403
    assert not TableVersion.objects.exists()


def compared(version, reviewer, enter):
    """Have a reviewer find the paper and its scan the same."""
    client = enter(reviewer)
    page = text_of(client.get(reverse("riskpoints:act", args=[version.pk, "compare"])))
    assert "请把录入的内容与签字盖章的扫描件逐项对照" in page
    answer = client.post(reverse("riskpoints:act", args=[version.pk, "compare"]), follow=True)
    assert messages_of(answer) == [f"{version.owner_name}：核对无误，补录的表现在是当年的现行版。"]
    version.refresh_from_db()
    return version


def test_a_paper_waits_until_a_reviewer_has_compared_it(past, department, office, reviewer, auditor, enter):
    client = enter(office)
    answer = client.post(address(past, department), paper())
    version = TableVersion.objects.get()
    assert (version.status, version.table.in_force, version.scans.count()) == (Status.REVIEWED, None, 1)
    page = text_of(client.get(answer.url))
    assert "补录，待核对" in page
    assert "等待纪委对照扫描件核对" in page
    for person in (office, reviewer, auditor):
        assert "部门" in text_of(enter(person).get(reverse("riskpoints:signatures")))
        assert version.owner_name in text_of(enter(person).get(reverse("riskpoints:signatures")))
        # Who may not open the table reads in the trail who recorded it.
        page = enter(person).get(reverse("riskpoints:signatures")).content.decode()
        trail = f"{reverse('riskpoints:audit')}?target={quote(version.owner_name)}"
        assert (f'href="{trail}"' in page) is (person == auditor)
    assert "核对补录：" in text_of(enter(reviewer).get(reverse("riskpoints:inbox")))
    assert client.post(reverse("riskpoints:act", args=[version.pk, "compare"])).status_code == 403


def test_what_does_not_match_is_typed_in_again_with_what_was_typed(past, department, office, reviewer, enter):
    enter(office).post(address(past, department), paper())
    version = TableVersion.objects.get()
    act = reverse("riskpoints:act", args=[version.pk, "mismatch"])
    assert enter(reviewer).post(act, {"comment": " "}).status_code == 422
    assert enter(reviewer).post(act, {"comment": "第二条措施录错了"}).status_code == 302
    version.refresh_from_db()
    assert version.status == Status.DISCARDED
    page = enter(office).get(address(past, department))
    assert typed(page, "duty_points") == "duty甲\nduty乙"
    assert 'value="时任校长"' in page.content.decode()
    enter(office).post(address(past, department), paper())
    assert [v.number for v in TableVersion.objects.order_by("number")] == [1, 2]


def test_a_paper_needs_its_scan(past, department, office, enter):
    for scan, words in ((None, "请先选择扫描件。"), (b"%PDF-1.7 half", "这个文件已经损坏")):
        values = paper()
        del values["scan"]
        if scan:
            values["scan"] = SimpleUploadedFile("扫描.pdf", scan)
        answer = enter(office).post(address(past, department), values)
        assert answer.status_code == 422
        assert beside(answer, "scan").startswith(words)
    assert not TableVersion.objects.exists()


def test_a_paper_is_in_force_as_of_its_date(past, department, office, reviewer, enter):
    answer = enter(office).post(address(past, department), paper())
    version = TableVersion.objects.get()
    assert answer.url == reverse("riskpoints:version", args=[version.pk])
    version = compared(version, reviewer, enter)
    assert (version.status, version.is_historical, version.signed_on) == (
        Status.CONFIRMED,
        True,
        datetime.date(2015, 11, 20),
    )
    assert (version.signer_name, version.head_name, version.duties) == ("时任校长", "时任负责人", "负责采购")
    assert version.table.in_force == version
    assert [point.text for point in version.points.filter(category="duty")] == ["duty甲", "duty乙"]
    assert [nil.category for nil in version.nils.all()] == ["environment"]
    assert {point.level for point in version.points.all()} == {None}  # the paper has none per point
    assert version.reviewed_by == reviewer
    decision = version.decisions.get(action=Action.RECORD)
    assert (decision.action, decision.actor, decision.comment) == (Action.RECORD, office, "按2015年档案第3卷补录")
    assert AuditEntry.objects.filter(action=RegisterVerb.RECORD).count() == 1
    assert list(verify_register()) == []
    assert enter(office).get(answer.url).status_code == 200


def test_the_schools_paper_has_its_own_rows(past, office, reviewer, enter):
    values = paper(SchoolCategory)
    del values["head_name"]
    enter(office).post(address(past), values)
    version = compared(TableVersion.objects.get(), reviewer, enter)
    assert version.table.is_school
    assert [nil.category for nil in version.nils.all()] == ["funds"]
    page = enter(office).get(reverse("riskpoints:publication_table", args=[version.pk])).content.decode()
    assert "decision甲" in page


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"signer_name": ""}, "signer_name", "请填写签字人。"),
        ({"signed_on": ""}, "signed_on", "请填写签字日期。"),
        ({"note": ""}, "note", "请填写补录说明。"),
        ({"duty_points": ""}, "duty_points", "请填写风险点；纸质表上写的是“无”，请勾选“无”。"),
        ({"duty_measures": " \n "}, "duty_measures", "请填写防范措施。"),
        ({"duty_nil": "on"}, "duty_nil", "已写了内容，就不是“无”。请取消“无”，或清空这一类。"),
        ({"duty_points": "长" * 1001}, "duty_points", "有一行超过 1000 字，请核对是否漏了换行。"),
        ({"duty_points": "a\x00b"}, "duty_points", None),
        ({"environment_nil": ""}, "environment_points", None),
    ],
)
def test_what_is_wrong_is_said_at_its_field(past, department, office, enter, changes, field, words):
    answer = enter(office).post(address(past, department), paper(**changes))
    assert answer.status_code == 422
    errors = answer.context["form"].errors
    assert field in errors
    if words:
        assert errors[field] == [words]
    assert not TableVersion.objects.exists()
    assert not ControlTable.objects.filter(cycle=past).exists()


def test_a_signature_of_tomorrow_is_refused(past, department, office, enter):
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    answer = enter(office).post(address(past, department), paper(signed_on=tomorrow.isoformat()))
    assert "签字日期不能晚于今天" in answer.content.decode()
    assert not TableVersion.objects.exists()


def test_what_was_recorded_is_no_longer_offered(past, department, office, enter):
    client = enter(office)
    assert address(past, department) in client.get(index(past)).content.decode()
    client.post(address(past, department), paper())
    assert address(past, department) not in client.get(index(past)).content.decode()
    assert client.post(address(past, department), paper()).status_code == 404
    assert TableVersion.objects.count() == 1


def test_a_closed_department_had_a_table_once(past, office, enter):
    closed = make_department("旧科", active_to=datetime.date(2018, 1, 1))
    assert enter(office).post(address(past, closed), paper()).status_code == 302
    assert TableVersion.objects.get().owner_name == "旧科"


def test_this_year_and_closed_years_are_not_recorded(cycle, past, department, office, enter):
    past.closed_at = timezone.now()
    past.save()
    for year in (cycle, past):
        assert enter(office).get(index(year)).status_code == 404
        assert enter(office).post(address(year, department), paper()).status_code == 404
        sheet = historical.RecordedSheet("", "", "校长", datetime.date(2015, 1, 1), [], "补录", scans.PDF, "pdf")
        with pytest.raises(WorkflowError):
            historical.record_sheet(year, department, sheet, actor=office)


def test_the_service_asks_who_records(past, department, admin):
    sheet = historical.RecordedSheet("", "", "校长", datetime.date(2015, 1, 1), [], "补录", scans.PDF, "pdf")
    with pytest.raises(PermissionDenied):
        historical.record_sheet(past, department, sheet, actor=admin)


def test_a_historical_year_is_opened_without_tables(cycle, department, people, enter):
    answer = enter(people.office).post(reverse("riskpoints:year_open_historical"), {"year": "2012"})
    opened = Cycle.objects.get(year=2012)
    assert answer.url == index(opened)
    assert opened.is_historical
    assert (opened.fill_from, opened.publish_until) == (datetime.date(2012, 1, 1), datetime.date(2012, 12, 31))
    assert not opened.tables.exists()
    assert "2012 年度" not in enter(people.head).get(reverse("riskpoints:inbox")).content.decode()
    page = enter(people.office).get(reverse("riskpoints:progress"), {"year": 2012}).content.decode()
    assert "本年度没有防控表的部门" not in page


def test_this_year_is_not_opened_as_a_historical_one(school, office, enter):
    address = reverse("riskpoints:year_open_historical")
    answer = enter(office).post(address, {"year": timezone.localdate().year})
    assert answer.status_code == 422
    assert "不能按历史年度补录" in text_of(answer)
    assert not Cycle.objects.exists()


def test_a_year_of_the_departments_is_never_recorded(time_machine, table, people, enter):
    """On 1 January the office alone could put a table of the open year in force, without committee or publication."""
    time_machine.move_to(datetime.datetime(table.cycle.year + 1, 1, 1, 4, tzinfo=datetime.UTC), tick=False)
    assert enter(people.office).get(index(table.cycle)).status_code == 404
    assert reverse("riskpoints:year_record", args=[table.cycle_id]) not in (
        enter(people.office).get(reverse("riskpoints:years")).content.decode()
    )
    with pytest.raises(WorkflowError, match="不是补录的历史年度"):
        historical.record_historical(
            table,
            signer_name="校长",
            signed_on=timezone.localdate(),
            fill=lambda version: None,
            comment="补录",
            actor=people.office,
            scan=scans.PDF,
            scan_suffix="pdf",
        )
    with pytest.raises(DatabaseError, match="补录的历史年度"):
        TableVersion.objects.create(table=table, number=1, owner_name="总务处", is_historical=True)
