"""What the auditor sees first: the last verification, the week's entries by kind, papers that are missing."""

import datetime

import pytest
from django.utils import timezone

from departments.verbs import OrganisationVerb
from riskcontrol import audit
from riskcontrol.verbs import SystemVerb
from riskpoints.boards.trail import READ, REFUSED, trail
from riskpoints.enums import Status
from riskpoints.verbs import RegisterVerb
from tests.factories import bring_to


def kinds() -> dict[str, list[tuple[str, int, int]]]:
    return {kind.title: [(verb.verb, verb.count, verb.refused) for verb in kind.verbs] for kind in trail().kinds}


def test_entries_are_counted_by_kind_with_those_in_vain(db):
    for verb, succeeded in (
        (RegisterVerb.REGISTER_EXPORT, True),
        (RegisterVerb.REGISTER_EXPORT, True),
        (OrganisationVerb.DOWNLOAD_SHEET, True),
        (OrganisationVerb.ROLE_CREATE, True),
        (RegisterVerb.APPROVE, True),
        (RegisterVerb.POINT_CHANGE, True),
        (SystemVerb.LOGIN, True),
        (SystemVerb.LOGIN_FAILED, False),
        (SystemVerb.REFUSED, False),
        (SystemVerb.BACKED_UP, False),
    ):
        audit.record(verb, succeeded=succeeded)
    assert kinds() == {
        "提交、审核、确定等办理": [("version.approve", 1, 0)],
        "填报、修改和其他登记": [("point.change", 1, 0)],
        "组织机构、账号和角色": [("role.create", 1, 0)],
        READ: [("register.export", 2, 0), ("organisation.download", 1, 0)],
        "登录和退出": [("user.login", 1, 0)],
        REFUSED: [("request.refused", 1, 1), ("user.login_failed", 1, 1)],
        "备份和恢复": [("backup.make", 1, 1)],
    }
    found = trail()
    assert (found.total, found.refused, found.read) == (10, 3, 3)


def test_a_week_has_seven_days_with_today(db, time_machine):
    time_machine.move_to(datetime.datetime(2026, 11, 22, 4, tzinfo=datetime.UTC), tick=False)
    audit.record(SystemVerb.LOGIN)
    time_machine.shift(datetime.timedelta(days=6))
    assert (trail().since, trail().total) == (datetime.date(2026, 11, 22), 1)
    time_machine.shift(datetime.timedelta(days=1))
    assert (trail().total, trail().kinds) == (0, [])


@pytest.mark.parametrize(("days", "is_lately"), [(92, True), (93, False)])
def test_a_verification_is_good_for_a_quarter(people, time_machine, days, is_lately):
    assert (trail().verified, trail().is_verified_lately) == (None, False)
    time_machine.move_to(timezone.now(), tick=False)
    audit.record(RegisterVerb.AUDIT_VERIFY, actor=people.auditor)
    time_machine.shift(datetime.timedelta(days=days))
    assert trail().is_verified_lately is is_lately
    assert trail().verified.actor_name == "审计员"


def test_missing_papers_are_counted(table, people):
    assert trail().missing_count == 0
    version = bring_to(Status.REVIEWED, table, people)
    type(version).objects.filter(pk=version.pk).update(signed_on=timezone.localdate(), signer_name="校长")
    assert trail().missing == [
        ("已审核、待补扫描件", 1), ("已在系统中确定、待补盖章扫描件", 0), ("补录、待核对", 0),
    ]  # fmt: skip


def test_it_costs_five_queries(people, django_assert_num_queries):
    with django_assert_num_queries(5):
        trail()
