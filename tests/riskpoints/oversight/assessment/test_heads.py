"""Where the head changed within a year each is judged on the own part of it: days, rights, counts, veto, papers."""

import datetime
import io

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models, transaction
from django.urls import reverse
from django.utils import timezone

from departments.enums import Role
from departments.models import Notice, RoleGrant
from riskcontrol.models import AuditEntry
from riskpoints.archives import verifier
from riskpoints.archives.importing import import_archive
from riskpoints.enums import Status
from riskpoints.evidence import year_facts
from riskpoints.models import Cycle
from riskpoints.oversight.assessment import acting, barring, counting, filling, heads, record, sheets, vetoes
from riskpoints.oversight.assessment.states import AssessmentError
from riskpoints.oversight.enums import AssessmentState as State
from riskpoints.oversight.enums import Formula
from riskpoints.oversight.models import Assessment
from riskpoints.oversight.verbs import OversightVerb
from tests.factories import bring_to, make_user
from tests.pages import beside, text_of
from tests.riskpoints.archives.packing import build, rows, unpacked
from tests.riskpoints.oversight.assessment.conftest import ROWS, bring, case, decide, give, say
from tests.riskpoints.oversight.test_record import text_of_pdf


@pytest.fixture
def former(department):
    """Return who was head before: by now somebody of 总务处 without any role but 职工."""
    return make_user("3900", "前任负责人", Role.STAFF, department=department)


@pytest.fixture
def middle(year):
    """Return the day on which the present head came."""
    return datetime.date(year.year, 6, 1)


@pytest.fixture
def changed(sheet, year, department, former, middle, people):
    """Return the former head's assessment."""
    return heads.change(year, department, former, middle, actor=people.office)


def both(year):
    """Return (head, first, last) of each assessment of a year."""
    return [(row.head_name, row.since, row.until) for row in Assessment.objects.filter(cycle=year).order_by("pk")]


def judge(row, actor, people):
    """Hand it in, score it, close the scoring."""
    row = acting.submit(say(row, actor=actor), actor=actor)
    return acting.finish(give(row, actor=people.reviewer), actor=people.reviewer)


# ---- who is judged on which days ------------------------------------------------------------------------------------


def test_each_has_the_own_part_whoever_began_first(sheet, year, department, former, middle, people):
    filling.begin(year, department, actor=people.head)
    heads.change(year, department, former, middle, actor=people.office)
    assert both(year) == [
        ("总务处负责人", middle, None),
        ("前任负责人", None, middle - datetime.timedelta(days=1)),
    ]
    assert all(row.items.count() == len(ROWS) for row in Assessment.objects.all())
    (entry,) = AuditEntry.objects.of(OversightVerb.ASSESSMENT_HEADS)
    assert entry.detail == {"前任": "前任负责人", "现任到任": f"{middle}"}


def test_whoever_comes_after_the_change_begins_on_its_day(changed, year, department, middle, people):
    row = filling.begin(year, department, actor=people.head)
    assert (row.since, row.until, row.first, row.last) == (middle, None, middle, datetime.date(year.year, 12, 31))
    assert filling.begin(year, department, actor=people.head) == row


def test_what_the_former_head_had_begun_ends_on_the_day_before(sheet, year, department, former, middle, people):
    RoleGrant.objects.filter(department=department, role=Role.HEAD).update(user=former)
    row = filling.begin(year, department, actor=former)
    assert heads.change(year, department, former, middle, actor=people.office) == row
    assert both(year) == [("前任负责人", None, middle - datetime.timedelta(days=1))]


def test_a_second_change_follows_the_first(changed, year, department, middle, people):
    second = make_user("3901", "第二任", Role.STAFF, department=department)
    with pytest.raises(ValidationError, match="晚于前一次变动"):
        heads.change(year, department, second, middle, actor=people.office)
    later = middle + datetime.timedelta(days=60)
    heads.change(year, department, second, later, actor=people.office)
    filling.begin(year, department, actor=people.head)
    assert [one[1:] for one in both(year)][1:] == [(middle, later - datetime.timedelta(days=1)), (later, None)]


@pytest.mark.parametrize(("month", "day"), [(1, 1), (12, 32)])
def test_the_day_is_one_of_the_year(sheet, year, department, former, people, month, day):
    on = datetime.date(year.year, month, 1) + datetime.timedelta(days=day - 1)
    with pytest.raises(ValidationError) as refused:
        heads.change(year, department, former, on, actor=people.office)
    assert list(refused.value.message_dict) == ["on"]
    assert not Assessment.objects.exists()


@pytest.mark.parametrize(("state", "words"), [(State.HANDED_IN, "退回自评"), (State.DECIDED, "已经审定")])
def test_what_was_handed_in_is_returned_first(begun, former, middle, people, state, words):
    row = bring(begun, state, people)
    with pytest.raises(AssessmentError, match=words):
        heads.change(row.cycle, row.department, former, middle, actor=people.office)
    assert Assessment.objects.count() == 1


def test_nobody_is_judged_twice_in_a_department(changed, year, department, former, people):
    RoleGrant.objects.filter(department=department, role=Role.HEAD).update(user=former)
    with pytest.raises(AssessmentError, match="已经有一份"):
        filling.begin(year, department, actor=former)


def test_only_who_records_decisions_writes_a_change_down(sheet, year, department, former, middle, people):
    may = {"office", "second_office", "principal"}
    for name, user in vars(people).items():
        if name not in may:
            with pytest.raises(PermissionDenied):
                heads.change(year, department, former, middle, actor=user)
    people.office.grants.create(role=Role.CLERK, department=department)
    with pytest.raises(PermissionDenied):
        heads.change(year, department, former, middle, actor=people.office)
    assert not Assessment.objects.exists()


def test_a_closed_year_and_one_without_indicators_have_no_change(year, department, former, middle, people, cycle):
    with pytest.raises(AssessmentError, match="指标还没有启用"):
        heads.change(year, department, former, middle, actor=people.office)
    Cycle.objects.filter(pk=year.pk).update(closed_at=timezone.now())
    with pytest.raises(AssessmentError, match="已经关闭"):
        heads.change(year, department, former, middle, actor=people.office)


def test_the_database_keeps_their_days_apart(changed, year, department, people, middle):
    row = filling.begin(year, department, actor=people.head)
    rows = models.QuerySet(Assessment).filter(pk=row.pk)
    for values in ({"since": middle - datetime.timedelta(days=1)}, {"since": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**values)
    copy = Assessment.objects.get(pk=row.pk)
    copy.pk, copy.head, copy.since, copy.until = None, people.clerk, middle, middle
    with pytest.raises(IntegrityError, match="重叠"), transaction.atomic():
        copy.save_base(raw=True, force_insert=True)


# ---- rights ---------------------------------------------------------------------------------------------------------


def test_each_writes_the_own_and_reads_the_own_score_when_it_is_told(client, changed, year, department, former, people):
    own = filling.begin(year, department, actor=people.head)
    with pytest.raises(PermissionDenied):
        say(changed, actor=people.head)
    with pytest.raises(PermissionDenied):
        say(own, actor=former)
    here = reverse("oversight:assessment", args=[changed.pk])
    client.force_login(former)
    assert "填写自评" in text_of(client.get(reverse("riskpoints:inbox")))
    assert "1月1日至5月31日" in text_of(client.get(here))
    assert client.get(reverse("oversight:assessment", args=[own.pk])).status_code == 404
    row = acting.submit(say(changed, actor=former), actor=former)
    give(row, "26.31", actor=people.reviewer)
    assert "26.31" not in text_of(client.get(here))
    acting.finish(row, actor=people.reviewer)
    assert "26.31" in text_of(client.get(here))
    # Without the department's list it is found in a notice.
    assert Notice.objects.filter(link=here, text__contains="已核分").exists()
    assert client.get(reverse("oversight:assessments")).status_code == 403


def test_the_present_head_is_asked_to_begin_although_the_former_one_has(client, changed, people):
    client.force_login(people.head)
    assert "开始自评" in text_of(client.get(reverse("riskpoints:inbox")))
    body = text_of(client.get(reverse("oversight:assessments")))
    assert "总务处（前任负责人，1月1日至5月31日）" in body
    assert body.count("未开始") == 1


def test_the_office_writes_a_change_down_on_its_page(client, sheet, year, department, former, people):
    client.force_login(people.office)
    address = reverse("oversight:assessment_heads", args=[year.year])
    assert address in client.get(reverse("oversight:assessments")).content.decode()
    data = {"department": department.pk, "former": former.pk, "on": f"{year.year + 1}-06-01"}
    answer = client.post(address, data)
    assert (answer.status_code, bool(beside(answer, "on"))) == (422, True)
    assert "前任和现任分别考核" in text_of(client.post(address, data | {"on": f"{year.year}-06-01"}, follow=True))
    assert both(year) == [("前任负责人", None, datetime.date(year.year, 5, 31))]


# ---- what is reckoned -----------------------------------------------------------------------------------------------


def test_what_has_a_day_is_counted_where_it_falls(changed, confirmed_version, year, department, people, middle):
    """The table was handed in today: on one side of the change it counts, on the other it does not apply."""
    today = timezone.localdate()
    for row, within in (
        (changed, today < middle),
        (filling.begin(year, department, actor=people.head), today >= middle),
    ):
        found = counting.counts_of(row)
        assert (found[Formula.ON_TIME] is not None) is within
        assert (found[Formula.FIRST_PASS] is not None) is within
    assert counting.counts(year, department)[Formula.ON_TIME] == {"late": 0}


def test_what_has_no_day_says_so(changed, year, people, former):
    row = acting.submit(say(changed, actor=former), actor=former)
    said = {item.indicator.formula: item.reckoning for item in acting.items_of(row) if item.indicator.is_automatic}
    assert said[Formula.POSTS].endswith(counting.OF_THE_YEAR)
    assert counting.OF_THE_YEAR not in said[Formula.POWERS]  # does not apply


# ---- the veto -------------------------------------------------------------------------------------------------------


def test_a_veto_is_about_the_head_of_the_day_of_the_case(client, changed, year, department, former, people, middle):
    own = filling.begin(year, department, actor=people.head)
    rows_of = {row.head: row for row in (changed, own)}
    client.force_login(people.reviewer)
    address = reverse("oversight:veto_propose", args=[year.year])
    before = f"{middle - datetime.timedelta(days=30)}"
    data = vars(case()) | {"department": department.pk, "head_name": "", "violation_on": before, "impact_on": before}
    client.post(address, data)
    veto = vetoes.Veto.objects.get()
    assert veto.head == former
    vetoes.confirm(veto, actor=people.principal)
    assert [barring.bars(rows_of[head]) for head in (former, people.head)] == [True, False]
    answer = client.post(address, data | {"head_name": "不是负责人", "violation_number": "二号"})
    assert "前任负责人、总务处负责人" in beside(answer, "head_name")


def test_only_the_one_it_is_about_loses_the_first_grade(changed, year, department, former, people):
    own = filling.begin(year, department, actor=people.head)
    veto = vetoes.propose(year, department, None, "前任负责人", case(), actor=people.reviewer)
    scored = [judge(changed, former, people), judge(own, people.head, people)]
    vetoes.confirm(veto, actor=people.principal)
    decided = decide(scored, actor=people.principal)
    assert [(row.head_name, row.grade_by_score, row.final_grade) for row in decided] == [
        ("前任负责人", "excellent", "good"),
        ("总务处负责人", "excellent", "excellent"),
    ]
    told = {one.head: one.is_barred for one in record.told(year)}
    assert told == {"前任负责人": True, "总务处负责人": False}
    for head, refused in (("前任负责人", True), ("总务处负责人", False)):
        again = vetoes.propose(year, department, None, head, case(violation_number=f"号{head}"), actor=people.reviewer)
        values = {"state": "in_force", "confirmed_by": people.principal, "confirmed_at": timezone.now()}
        rows_of = models.QuerySet(vetoes.Veto).filter(pk=again.pk)
        if refused:
            rows_of.update(**values)  # 前任 has no 优秀 that stands in the way
        else:
            with pytest.raises(IntegrityError, match="先更正等次"), transaction.atomic():
                rows_of.update(**values)


# ---- papers and archive ---------------------------------------------------------------------------------------------


def test_papers_say_who_and_on_which_days(client, changed, year, department, former, people):
    judge(changed, former, people)
    filling.begin(year, department, actor=people.head)
    client.force_login(people.office)
    text = text_of_pdf(client.get(reverse("oversight:assessment_paper", args=[changed.pk])).content)
    assert "部门负责人：前任负责人（1月1日至5月31日）" in text
    address = f"{reverse('oversight:assessment_list', args=['xlsx'])}?year={year.year}"
    page = openpyxl.load_workbook(io.BytesIO(client.get(address).content)).active
    cells = [[cell.value for cell in line] for line in page.iter_rows()]
    assert "共 1 个部门（2 位负责人）" in cells[1][0]
    assert [row[1:3] for row in cells[3:5]] == [
        ["总务处", "前任负责人（1月1日至5月31日）"],
        ["总务处", "总务处负责人（6月1日至12月31日）"],
    ]


def test_both_come_back_from_the_archive(request, db, tmp_path):
    with transaction.atomic():
        names = ("school", "table", "people", "department", "former")
        _, table, people, department, former = (request.getfixturevalue(name) for name in names)
        bring_to(Status.CONFIRMED, table, people)
        cycle = table.cycle
        made = sheets.draft(cycle, actor=people.office)
        sheets.activate(sheets.save(made, ROWS, seen=made.lock, actor=people.office), actor=people.office)
        day = datetime.date(cycle.year, 6, 1)
        row = heads.change(cycle, department, former, day, actor=people.office)
        decide([judge(row, former, people)], actor=people.principal)
        filling.begin(cycle, department, actor=people.head)
        told = year_facts.plain(record.PART.facts(cycle))
        build(cycle, tmp_path / "a.zip")
        transaction.set_rollback(True)
    files = unpacked(tmp_path / "a.zip")
    assert verifier.verify(tmp_path / "a.zip") == []
    assert len([name for name in files if "考核评分表_总务处_" in name]) == 2
    (listed,) = [name for name in files if name.endswith("考核结果汇总表.csv")]
    assert [line["部门负责人"] for line in rows(files[listed])] == [
        "前任负责人（1月1日至5月31日）",
        "总务处负责人（6月1日至12月31日）",
    ]
    imported = import_archive(tmp_path / "a.zip")
    assert year_facts.plain(record.PART.facts(imported.cycle)) == told
    build(imported.cycle, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == (tmp_path / "a.zip").read_bytes()
