"""The year's record of reminders: what stands in its archive, the way back, nothing about persons."""

import pytest
from django.db import transaction
from django.utils import timezone

from riskpoints.archives import verifier
from riskpoints.archives.importing import import_archive
from riskpoints.campaign.models import Reminder
from riskpoints.campaign.reminders import queries, record, sending
from riskpoints.dues import NOT_SAID
from riskpoints.enums import Status
from tests.factories import bring_to
from tests.riskpoints.archives.packing import build, rows, unpacked

SECRET_NAME = "审核员甲"


def remind(table, people) -> None:
    """By the office, by the rule, and of a matter about a person."""
    version = bring_to(Status.CONFIRMED, table, people)
    line = queries.line_of(f"delivery.committee:{version.pk}")
    [first] = sending.remind(line, "请本周送出", actor=people.office)
    today = timezone.localdate()
    usual = {"cycle": first.cycle, "by_name": "系统", "day": today, "due": today, "mark": 7}
    said = {
        "key": "plan.task:1",
        "group": "年度计划",
        "title": "报告任务",
        "department_name": "总务处",
    }
    Reminder.objects.create(**usual, **said, to=people.head, to_name=people.head.real_name)
    secret = {"key": "petition:1", "group": "意见建议", "title": NOT_SAID, "is_about_person": True}
    Reminder.objects.create(**usual, **secret, to=people.reviewer, to_name=SECRET_NAME)


@pytest.fixture
def elsewhere(request, tmp_path, db):
    """Return the archive of a year in which people were reminded, made in a database that is gone, and its facts."""
    with transaction.atomic():
        names = ("school", "table", "people")
        _, table, people = (request.getfixturevalue(name) for name in names)
        remind(table, people)
        told = record.PART.facts(table.cycle)
        build(table.cycle, tmp_path / "a.zip")
        transaction.set_rollback(True)
    return tmp_path / "a.zip", told, people


def test_it_lies_in_the_archive_and_comes_back(elsewhere, tmp_path):
    path, told, people = elsewhere
    files = unpacked(path)
    assert verifier.verify(path) == []
    (listed,) = [name for name in files if name.endswith("催办记录.csv")]
    found = [(row["被提醒人"], row["催办人"], row["内容"], row["方式"]) for row in rows(files[listed])]
    assert found == [
        (people.second_office.real_name, people.office.real_name, "请本周送出", "站内"),
        (people.head.real_name, "系统", "到期提醒", "站内"),
    ]
    assert not [name for name, data in files.items() if SECRET_NAME.encode() in data]
    imported = import_archive(path)
    assert record.PART.facts(imported.cycle) == told
    build(imported.cycle, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == path.read_bytes()


def test_the_figures_leave_out_persons(school, table, people):
    remind(table, people)
    [figure] = record.figures(people.office, table.cycle)
    assert (figure.label, figure.value) == ("催办", "1 人次，自动提醒 1 人次")
