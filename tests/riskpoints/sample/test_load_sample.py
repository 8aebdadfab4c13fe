"""The command load_sample: what it refuses, what it prints, and that a second call changes nothing."""

import datetime
import io

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from departments.document_functions import ensure_document_functions
from departments.enums import Role
from departments.models import Department, LeadershipGroup, PostFunction, School, User
from riskcontrol.models import AuditEntry
from riskpoints.models import ControlTable, Cycle, Decision, Measure, RiskPoint, TableVersion
from riskpoints.sample import data, loader

pytestmark = pytest.mark.django_db

YEAR = datetime.date(2024, 1, 1)


@pytest.fixture
def demo(settings):
    settings.DEMO = True


def run(*arguments):
    out = io.StringIO()
    call_command("load_sample", *arguments, stdout=out)
    return out.getvalue()


def counts():
    models = [AuditEntry, ControlTable, Cycle, Decision, Department, Measure, RiskPoint, TableVersion, User]
    return {model.__name__: model.objects.count() for model in models}


def test_production_is_refused(settings):
    assert (settings.DEBUG, settings.DEMO) == (False, False)
    with pytest.raises(CommandError, match="不能载入正式环境"):
        run()
    assert not School.objects.exists()


@pytest.mark.parametrize(
    ("kind", "make"),
    [
        ("账号", lambda: User.objects.create_user("T001", "教师甲")),
        ("部门", lambda: Department.objects.create(name="教务处")),
        (
            "年度",
            lambda: Cycle.objects.create(
                year=2024, fill_from=YEAR, fill_until=YEAR, review_until=YEAR, publish_until=YEAR
            ),
        ),
        ("领导小组", lambda: LeadershipGroup.objects.create(name="本届", since=YEAR, office_sentence="设在纪委。")),
        ("学校", lambda: School.objects.create(pk=1, full_name="某中专", short_name="某专", form_title="防控表")),
    ],
    ids=["account", "department", "year", "group", "school"],
)
def test_a_database_that_holds_anything_else_is_refused(demo, kind, make):
    make()
    before = counts()
    with pytest.raises(CommandError, match=f"已有其他数据（{kind}）"):
        run()
    assert counts() == before


def test_the_functions_of_the_document_are_not_anything_else(demo):
    ensure_document_functions()
    assert PostFunction.objects.count() == 6
    assert loader.foreign_content() == []


def test_the_accounts_are_not_shown_where_the_sample_is_not(demo):
    with pytest.raises(CommandError, match="没有示范学校"):
        run("--show-accounts")
    assert counts()["User"] == 0


def test_a_second_call_changes_nothing(demo):
    first, before = run(), counts()
    second, shown = run(), run("--show-accounts")
    assert counts() == before
    assert first.startswith("示范学校已载入。\n")
    assert second.startswith("示范学校此前已载入，未作改动。\n")
    assert first.split("\n", 1)[1] == second.split("\n", 1)[1] == shown
    _the_table_shows_every_account_and_one_first_per_role(shown)


def _the_table_shows_every_account_and_one_first_per_role(shown):
    tried_first, others = shown.split("其余账号：")
    assert f"所有账号的密码：{data.PASSWORD}" in tried_first
    for role in Role:
        assert role.label in tried_first.split("登录后可看")[1], role
    for user in User.objects.all():
        line = next(line for line in (tried_first + others).splitlines() if line.split()[:1] == [user.staff_number])
        assert user.real_name in line
        assert not user.must_change_password
        assert user.check_password(data.PASSWORD)
    assert authenticate(None, username="3010", password=data.PASSWORD).real_name == "总务处负责人"
