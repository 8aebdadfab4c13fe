"""通知: who is told, until when it waits in the inbox, and that it is written once."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from departments import notices
from departments.enums import Role
from departments.models import Notice, NoticeAddress, NoticeReceipt, RoleGrant
from departments.verbs import OrganisationVerb
from riskcontrol.models import AuditEntry
from tests.factories import make_user
from tests.pages import text_of

INBOX, ALL = reverse("riskpoints:inbox"), reverse("notices")


def texts(found):
    return [notice.text for notice in found]


@pytest.fixture
def told(reviewer, head, department, admin):
    """Return a notice to the committee and the head of 总务处, by the administrator."""
    return notices.notify(
        text="系统管理员修改了采购员的职能。",
        link="/organisation/",
        roles=[Role.REVIEWER],
        heads=[department],
        actor=admin,
        target=department,
    )


def test_the_holders_of_the_role_the_head_and_nobody_else_are_told(told, people):
    waiting = {name for name, user in vars(people).items() if texts(notices.unread(user)) == [told.text]}
    assert waiting == {"reviewer", "second_reviewer", "discipline_head", "head"}
    assert [texts(notices.unread(user)) for user in (people.other_head, people.disabled)] == [[], []]


def test_one_account_is_told_whatever_its_roles(outsider, staff, admin):
    notices.notify(text="请修改密码。", users=[outsider], actor=None)
    assert (texts(notices.unread(outsider)), texts(notices.unread(staff))) == (["请修改密码。"], [])


def test_whoever_follows_in_the_role_is_asked_the_former_holder_no_more(told, head, department):
    RoleGrant.objects.filter(user=head).delete()
    successor = make_user("1901", "新负责人", Role.HEAD, department=department)
    head = type(head).objects.get(pk=head.pk)
    assert (texts(notices.unread(head)), texts(notices.unread(successor))) == ([], [told.text])


def test_nobody_is_asked_about_the_own_act(reviewer, second_reviewer):
    notices.notify(text="停用了一项职能。", roles=[Role.REVIEWER], actor=reviewer)
    assert (texts(notices.unread(reviewer)), len(notices.unread(second_reviewer))) == ([], 1)
    assert texts(notices.notices_for(reviewer)) == ["停用了一项职能。"]


def test_what_a_colleague_noted_long_ago_waits_for_no_new_holder(told, reviewer, second_reviewer, monkeypatch):
    late = timezone.now() + datetime.timedelta(days=notices.ASKED_DAYS + 1)
    monkeypatch.setattr(notices.timezone, "now", lambda: late)
    assert len(notices.unread(second_reviewer)) == 1  # nobody took note of it: it waits on
    notices.acknowledge(told, actor=reviewer)
    assert len(notices.unread(second_reviewer)) == 0


@pytest.mark.parametrize(
    "values", [{"text": " "}, {"roles": []}, {"link": "https://example.org/"}, {"link": "//example.org/"}]
)
def test_a_notice_without_text_or_addressee_or_to_elsewhere_is_refused(db, values):
    with pytest.raises(ValidationError):
        notices.notify(**{"text": "通知", "roles": [Role.OFFICE], "actor": None} | values)
    assert Notice.objects.count() == 0


def test_the_trail_says_what_was_told_to_whom_and_who_took_note(told, reviewer, admin):
    notices.acknowledge(told, actor=reviewer)
    notices.acknowledge(told, actor=reviewer)
    found = AuditEntry.objects.filter(object_type="departments.notice").values_list("action", "actor_name", "detail")
    detail = {"内容": "系统管理员修改了采购员的职能。", "对象": ["纪委审核员", "总务处部门负责人"]}
    assert list(found) == [
        (OrganisationVerb.NOTICE_SEND, admin.real_name, detail),
        (OrganisationVerb.NOTICE_READ, reviewer.real_name, {}),
    ]
    assert (told.object_type, told.actor_name) == ("departments.department", admin.real_name)


def test_a_notice_goes_with_the_act_that_fails(db, admin):
    def act():
        notices.notify(text="开启了年度。", roles=[Role.OFFICE], actor=admin)
        raise RuntimeError

    with pytest.raises(RuntimeError), transaction.atomic():
        act()
    assert Notice.objects.count() == 0


@pytest.mark.parametrize("model", [Notice, NoticeAddress, NoticeReceipt])
def test_what_was_told_is_never_rewritten(told, reviewer, model):
    notices.acknowledge(told, actor=reviewer)
    row = model.objects.first()
    for write in (row.save, row.delete, model.objects.all().delete, lambda: model.objects.update(id=7)):
        with pytest.raises(TypeError):
            write()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {model._meta.db_table} SET id = 77")  # noqa: S608 - our own name


def test_it_waits_in_the_inbox_until_one_takes_note_and_stays_readable(client, school, told, reviewer):
    client.force_login(reviewer)
    page = text_of(client.get(INBOX))
    assert (told.text in page, "待办 1 项" in page, "没有等您办理的事" in page) == (True, True, False)
    answer = client.post(reverse("notice_read", args=[told.pk]), {"next": INBOX})
    assert (answer.status_code, answer.url) == (302, INBOX)
    page = text_of(client.get(INBOX))
    assert (told.text in page, "待办 1 项" in page, "没有等您办理的事" in page) == (False, False, True)
    page = client.get(ALL)
    assert (told.text in text_of(page), "知悉" in text_of(page), "notice_read" in page.content.decode()) == (
        True,
        True,
        False,
    )


def test_nobody_takes_note_of_what_was_told_to_others(client, told, other_head):
    client.force_login(other_head)
    assert client.post(reverse("notice_read", args=[told.pk])).status_code == 404
    assert NoticeReceipt.objects.count() == 0
    assert told.text not in text_of(client.get(ALL))


def test_thirty_notices_cost_no_more_than_one(client, school, reviewer, admin, count_queries):
    client.force_login(reviewer)
    counts = []
    for number in (1, 29):
        for _ in range(number):
            notices.notify(text="改了职能。", roles=[Role.REVIEWER], actor=admin)
        counts.append([count_queries(client, address) for address in (INBOX, ALL)])
    assert counts[0] == counts[1]
