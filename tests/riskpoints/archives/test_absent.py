"""A year's archive says why a department has no table in it, and so does the year that is read back."""

import datetime
import json
from zoneinfo import ZoneInfo

from django.db import transaction

from departments import services as organisation
from departments.models import Department
from riskpoints.archives import verifier
from riskpoints.archives.importing import import_archive
from riskpoints.enums import Status
from riskpoints.models import ControlTable
from riskpoints.years import membership
from tests.factories import bring_to, make_department
from tests.riskpoints.archives.packing import build, unpacked

CLOSED_ON = datetime.date(2026, 9, 1)
CHINA = ZoneInfo("Asia/Shanghai")


def take_out(table, other_table, people):
    """Return the year: 总务处 in force; 教务处 closed, taken over by one founded later, its table taken out."""
    bring_to(Status.CONFIRMED, table, people)
    bring_to(Status.DRAFT, other_table, people)
    heir = make_department("教学管理中心", order=50)
    department = other_table.department
    organisation.close_department(department, on=CLOSED_ON, successor=heir, actor=people.admin)
    other_table.refresh_from_db()
    membership.remove_table(other_table, "职能并入教学管理中心", actor=people.office)
    people.office.refresh_from_db()
    people.office.real_name = "改了名的干事"
    organisation.save_record(people.office, actor=people.admin)
    return table.cycle


def make(request, path):
    _, table, other_table, people = (
        request.getfixturevalue(name) for name in ("school", "table", "other_table", "people")
    )
    build(take_out(table, other_table, people), path)
    return unpacked(path)


def test_the_explanation_says_why(request, tmp_path, db):
    files = make(request, tmp_path / "档案.zip")
    assert verifier.verify(tmp_path / "档案.zip") == []
    words = files["说明.txt"].decode("utf-8-sig")
    day = f"{ControlTable.objects.get(removed_at__isnull=False).removed_at.astimezone(CHINA):%Y-%m-%d}"
    out = f"{day} 由领导小组办公室干事移出年度，理由：职能并入教学管理中心"
    said = f"教务处：{out}；部门自 2026-09-01 起停用，由教学管理中心接管。"
    assert said in words
    assert json.loads(files[verifier.MANIFEST])["absent_because"] == [said]


def test_it_comes_back(request, tmp_path, db):
    with transaction.atomic():
        before = make(request, tmp_path / "档案.zip")
        transaction.set_rollback(True)
    assert not ControlTable.objects.exists()
    cycle = import_archive(tmp_path / "档案.zip").cycle
    table = cycle.tables.get(department__name="教务处")
    assert (table.is_removed, table.removed_reason) == (True, "职能并入教学管理中心")
    assert table.removed_by.real_name == "领导小组办公室干事"
    assert (table.department.successor.name, table.department.active_to) == ("教学管理中心", CLOSED_ON)
    assert Department.objects.get(name="总务处").successor is None
    build(cycle, tmp_path / "再次.zip")
    assert unpacked(tmp_path / "再次.zip") == before


def test_a_table_that_is_only_not_ready_is_given_no_reason(whole):
    files = unpacked(whole)
    facts = json.loads(files[verifier.METADATA])
    assert "absent_because" not in json.loads(files[verifier.MANIFEST])
    assert not [row for row in facts["tables"] if "removed_at" in row]
    assert not [row for row in facts["departments"] if "successor" in row]
