"""Sessions: how long they last, where they are kept, who sees and ends them."""

import re
from datetime import timedelta

import pytest
from django.conf import settings as configured
from django.contrib.sessions.backends.base import UpdateError
from django.urls import reverse
from django.utils import timezone

from departments import services
from departments.accounts.sessions import SessionStore, browser_words, digest, end_sessions, late_owner
from departments.enums import Role
from departments.models import LoginSession
from departments.verbs import OrganisationVerb
from riskcontrol.models import AuditEntry
from tests.factories import PASSWORD

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
WECHAT = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/138.0 Mobile Safari/537.36 MicroMessenger/8.0"


@pytest.fixture
def enter(client_class):
    """Return a function that gives a client in which a person logged in through the page."""

    def log_in(user, address="10.0.0.1", agent=CHROME):
        client = client_class(REMOTE_ADDR=address, HTTP_USER_AGENT=agent)
        client.post(reverse("login"), {"username": user.staff_number, "password": PASSWORD})
        return client

    return log_in


def is_in(client) -> bool:
    return client.get(reverse("own_account")).status_code == 200


def key_of(client) -> str:
    return client.cookies[configured.SESSION_COOKIE_NAME].value


# ---- limits --------------------------------------------------------------------------------------------------------


def test_a_session_ends_when_nothing_is_done(head, school, enter, time_machine):
    time_machine.move_to("2026-11-20T08:00:00+08:00", tick=False)
    client = enter(head)
    for _ in range(5):
        time_machine.shift(timedelta(minutes=25))
        assert is_in(client)
    time_machine.shift(timedelta(minutes=31))
    assert not is_in(client)


def test_a_session_ends_after_twelve_hours_whatever_is_done(head, school, enter, time_machine):
    time_machine.move_to("2026-11-20T06:00:00+08:00", tick=False)
    client = enter(head)
    for _ in range(35):
        time_machine.shift(timedelta(minutes=20))
        assert is_in(client)
    time_machine.shift(timedelta(minutes=21))
    assert not is_in(client)


def test_the_hours_are_a_setting(head, school, enter, time_machine, settings):
    settings.SESSION_HOURS = 1
    time_machine.move_to("2026-11-20T06:00:00+08:00", tick=False)
    client = enter(head)
    time_machine.shift(timedelta(minutes=29))
    assert is_in(client)
    time_machine.shift(timedelta(minutes=29))
    assert is_in(client)
    time_machine.shift(timedelta(minutes=3))
    assert not is_in(client)


def test_a_new_password_does_not_lengthen_the_session(head, school, enter, time_machine):
    time_machine.move_to("2026-11-20T06:00:00+08:00", tick=False)
    client = enter(head)
    new = "Xiang-Chu-2026"
    client.post(reverse("password_change"), {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
    time_machine.shift(timedelta(minutes=25))
    assert is_in(client)
    since = LoginSession.objects.get(user=head, is_ended=False).since
    assert since == timezone.now() - timedelta(minutes=25)


def test_most_page_views_write_nothing(head, school, enter, time_machine):
    time_machine.move_to("2026-11-20T08:00:00+08:00", tick=False)
    client = enter(head)
    row = LoginSession.objects.get(user=head)
    time_machine.shift(timedelta(seconds=59))
    assert is_in(client)
    assert LoginSession.objects.get(user=head).last_seen == row.last_seen
    time_machine.shift(timedelta(seconds=1))
    assert is_in(client)
    assert LoginSession.objects.get(user=head).last_seen == row.last_seen + timedelta(seconds=60)


# ---- in the database -----------------------------------------------------------------------------------------------


def test_the_key_of_the_cookie_is_not_in_the_database(head, school, enter):
    key = key_of(enter(head))
    row = LoginSession.objects.get(user=head)
    assert row.session_key == digest(key)
    assert key not in row.session_data
    assert SessionStore(key).get("_auth_user_id") == str(head.pk)
    assert SessionStore(row.session_key).get("_auth_user_id") is None


def test_a_request_under_way_does_not_bring_an_ended_session_back(head, school, enter):
    store = SessionStore(key_of(enter(head)))
    store["seen"] = 1
    services.end_own_sessions(head)
    with pytest.raises(UpdateError):
        store.save()
    assert LoginSession.objects.get(user=head).session_data == ""


def test_what_a_store_has_to_do(db):
    store = SessionStore()
    store["word"] = "值"
    store.save()
    assert SessionStore(store.session_key)["word"] == "值"
    assert store.exists(store.session_key)
    before = store.session_key
    store.cycle_key()
    assert store.session_key != before
    assert not store.exists(before)
    assert SessionStore(store.session_key)["word"] == "值"
    store.flush()
    assert not LoginSession.objects.exists()
    assert SessionStore("made-up-key").get("word") is None


def test_old_sessions_are_cleared_at_the_next_login(head, other_head, school, enter, time_machine):
    time_machine.move_to("2026-11-20T08:00:00+08:00", tick=False)
    enter(head)
    time_machine.shift(timedelta(hours=24))
    enter(other_head)
    assert LoginSession.objects.filter(user=head).exists()
    time_machine.shift(timedelta(hours=2))
    enter(other_head)
    assert not LoginSession.objects.filter(user=head).exists()


def test_whose_session_it_was_is_known_for_a_day(head, school, enter, time_machine):
    time_machine.move_to("2026-11-20T08:00:00+08:00", tick=False)
    key = key_of(enter(head))
    assert late_owner(key) is None
    time_machine.shift(timedelta(minutes=31))
    assert late_owner(key) == head
    assert late_owner("made-up-key") is None
    ended = key_of(enter(head))
    end_sessions(head)
    assert late_owner(ended) is None
    services.set_active(head, is_active=False, actor=None)
    assert late_owner(key) is None
    services.set_active(head, is_active=True, actor=None)
    time_machine.shift(timedelta(hours=24))
    assert late_owner(key) is None


# ---- the own list --------------------------------------------------------------------------------------------------


def test_the_account_page_lists_the_sessions(head, other_head, school, enter, time_machine):
    time_machine.move_to("2026-11-20T08:00:00+08:00", tick=False)
    enter(other_head, address="10.9.9.9")
    elsewhere = enter(head, address="10.0.0.7", agent=WECHAT)
    time_machine.shift(timedelta(minutes=5))
    here = enter(head)
    page = here.get(reverse("own_account")).content.decode()
    rows = re.findall(r"<tr>.*?</tr>", page.partition("<tbody>")[2], re.S)
    texts = [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]
    assert texts == [
        "Windows · Chrome 10.0.0.1 2026年11月20日 08:05 2026年11月20日 08:05 本次登录",
        "安卓手机 · 微信 10.0.0.7 2026年11月20日 08:00 2026年11月20日 08:00 结束 2026年11月20日 08:00的登录",
    ]
    assert key_of(elsewhere) not in page
    assert is_in(elsewhere)


def test_one_session_is_ended(head, school, enter):
    elsewhere, third, here = enter(head), enter(head), enter(head)
    answer = here.post(reverse("session_end", args=[digest(key_of(elsewhere))]))
    assert answer.url == reverse("own_account")
    assert [is_in(client) for client in (elsewhere, third, here)] == [False, True, True]
    assert AuditEntry.objects.filter(action=OrganisationVerb.END_SESSIONS, actor_number=head.staff_number).count() == 1
    here.post(reverse("session_end", args=[digest(key_of(elsewhere))]))
    assert "这次登录已经结束了。" in here.get(reverse("own_account")).content.decode()


def test_all_other_sessions_are_ended(head, other_head, school, enter):
    elsewhere, third, stranger, here = enter(head), enter(head), enter(other_head), enter(head)
    page = here.post(reverse("sessions_end"), follow=True).content.decode()
    assert "已结束其他 2 处登录。" in page
    assert [is_in(client) for client in (elsewhere, third, here, stranger)] == [False, False, True, True]


def test_nobody_ends_the_session_of_another(head, other_head, school, enter):
    theirs, mine = enter(other_head), enter(head)
    mine.post(reverse("session_end", args=[digest(key_of(theirs))]))
    assert is_in(theirs)
    assert not AuditEntry.objects.filter(action=OrganisationVerb.END_SESSIONS).exists()


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (CHROME, "Windows · Chrome"),
        (CHROME + " Edg/140.0", "Windows · Edge"),
        (WECHAT, "安卓手机 · 微信"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", "iPhone · Safari"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Linux · Firefox"),
        ("", "其他浏览器"),
        ("<script>" + "x" * 5000, "其他浏览器"),
    ],
)
def test_a_browser_is_named_in_two_words(agent, words):
    assert browser_words(agent) == words


# ---- what ends them ------------------------------------------------------------------------------------------------


def test_a_changed_password_ends_the_others(head, school, enter):
    elsewhere, here = enter(head), enter(head)
    new = "Xiang-Chu-2026"
    here.post(reverse("password_change"), {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
    assert [is_in(elsewhere), is_in(here)] == [False, True]
    assert "10.0.0.1" in here.get(reverse("own_account")).content.decode()
    assert LoginSession.objects.filter(user=head, is_ended=False).count() == 1


@pytest.mark.parametrize("what", ["reset", "disable", "revoke"])
def test_what_an_admin_does_ends_all_sessions(head, admin, school, enter, what):
    clients = enter(head), enter(head)
    if what == "reset":
        services.reset_password(head, actor=admin)
    elif what == "disable":
        services.set_active(head, is_active=False, actor=admin)
    else:
        services.revoke_role(head.grants.get(), actor=admin)
    assert [is_in(client) for client in clients] == [False, False]
    assert not LoginSession.objects.filter(user=head, is_ended=False).exists()


def test_who_gives_up_an_own_role_goes_on_working(admin, school, enter):
    grant = services.grant_role(admin, Role.AUDITOR, actor=None)
    client = enter(admin)
    services.revoke_role(grant, actor=admin)
    assert is_in(client)


# ---- the page ------------------------------------------------------------------------------------------------------


def test_the_account_page_says_who_one_is(client, clerk, school):
    client.force_login(clerk)
    page = client.get(reverse("own_account")).content.decode()
    assert "总务处填报员 · 工号 1002" in page
    assert "<li>填报员（总务处）</li>" in page
    assert 'href="/account/"' in page.partition("</header>")[0]


def test_the_account_page_costs_the_same_with_many_sessions(client, head, school, enter, count_queries):
    client.force_login(head)
    client.get(reverse("own_account"))
    few = count_queries(client, reverse("own_account"))
    for _ in range(12):
        enter(head)
    assert count_queries(client, reverse("own_account")) == few


def test_a_stranger_has_no_account_page(client, school):
    assert client.get(reverse("own_account")).url == f"{reverse('login')}?next=/account/"
