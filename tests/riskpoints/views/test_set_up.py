"""Before the school's particulars are there, a page that prints them says what to do first."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from departments.models import School
from riskpoints.models import TableVersion
from tests import once
from tests.factories import make_cycle
from tests.pages import at, text_of


@once.fixture
def not_set_up(draft_version):
    School.objects.all().delete()
    return draft_version


def addresses(version):
    return [
        at(version, "print", "pdf"),
        at(version, "print", "xlsx"),
        reverse("riskpoints:blank"),
        reverse("riskpoints:register_export", args=["xlsx"]) + "?standing=draft",
    ]


def test_pages_that_print_the_schools_name_say_what_is_missing(enter, not_set_up, people):
    client = enter(people.head)
    for address in addresses(not_set_up):
        answer = client.get(address)
        assert answer.status_code == 409, address
        assert "还没有登记学校信息" in text_of(answer), address
        assert "请系统管理员先在“组织机构 — 学校信息”里填写" in text_of(answer)


def test_what_was_typed_is_not_lost(enter, not_set_up, people):
    address = reverse("riskpoints:record", args=[make_cycle(2011, is_historical=True).pk, 0])
    answer = enter(people.office).post(address, {"duties": "写了很久的业务工作职责"})
    assert answer.status_code == 409
    assert "写了很久的业务工作职责" in text_of(answer)


def test_the_administrator_can_set_it_up(enter, not_set_up, people):
    client = enter(people.admin)
    assert client.get(reverse("departments:school_edit")).status_code == 200
    assert client.get(reverse("departments:index")).status_code == 200


def test_the_command_says_what_is_missing(not_set_up, tmp_path):
    version = TableVersion.objects.get()
    options = {"year": version.table.cycle.year, "department": "总务处", "format": "pdf", "draft": True}
    with pytest.raises(CommandError, match="还没有登记学校信息"):
        call_command("export_table", **options, output=tmp_path / "a.pdf", stdout=StringIO())
    assert list(tmp_path.iterdir()) == []
