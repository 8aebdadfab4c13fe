"""Typed text when the login ran out or a right was taken away: kept for its writer, shown again, never sent by us."""

import re
import secrets
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpResponse, QueryDict
from django.urls import get_resolver, reverse

from departments import services
from departments.accounts import typed
from departments.models import Department, KeptForm, User
from riskcontrol.models import AuditEntry
from riskcontrol.verbs import SystemVerb
from riskpoints.enums import Action
from riskpoints.models import RiskPoint
from riskpoints.tables import starting, workflow
from tests import once
from tests.factories import PASSWORD, fill

TEXT = "采购询价时只找一家供应商"
START = "2026-11-20T08:00:00+08:00"


@pytest.fixture(autouse=True)
def still(time_machine):
    time_machine.move_to(START, tick=False)
    return time_machine


@once.fixture
def draft(people, table, head):
    return starting.start_table(table, actor=head)


def log_in(client, user, target=""):
    sent = {"username": user.staff_number, "password": PASSWORD, "next": target}
    return client.post(reverse("login"), sent)


def said(answer) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def point(draft) -> tuple[str, dict[str, str]]:
    """Return the address of a new point and a form for it."""
    sent = {"category": "duty", "text": TEXT, "likelihood": "2", "harm": "2", "proposed_level": "2"}
    return reverse("riskpoints:point_new", args=[draft.pk]), sent | {"measure_text": "三家以上比价，两人签字"}


@pytest.fixture
def too_late(client, head, draft, still):
    """Return what the head got for a form that was sent after the session ran out."""
    log_in(client, head)
    still.shift(timedelta(minutes=31))
    address, sent = point(draft)
    return client.post(address, sent)


# ---- the session ran out -------------------------------------------------------------------------------------------


def test_the_login_page_says_that_nothing_is_lost(client, head, draft, too_late):
    assert too_late.url == f"{reverse('login')}?next={point(draft)[0]}"
    assert typed.KEPT in said(client.get(too_late.url))
    assert not RiskPoint.objects.exists()


def test_after_the_login_the_form_stands_there_as_it_was_typed(client, head, draft, too_late):
    address, _ = point(draft)
    assert log_in(client, head, address).url == address
    answer = client.get(address)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert typed.AGAIN in said(answer)
    assert f">\n{TEXT}</textarea>" in page
    assert ">\n三家以上比价，两人签字</textarea>" in page
    assert re.search(r'name="likelihood"[^>]*value="2"[^>]*checked|checked[^>]*name="likelihood"', page)
    assert not RiskPoint.objects.exists()


def test_showing_it_leaves_no_trace(client, head, draft, too_late):
    address, _ = point(draft)
    log_in(client, head, address)
    entries, version = AuditEntry.objects.count(), draft.saved_at
    client.get(address)
    client.get(address)
    draft.refresh_from_db()
    assert (AuditEntry.objects.count(), draft.saved_at) == (entries, version)


def test_the_person_saves_it_and_then_it_is_gone(client, head, draft, too_late):
    address, sent = point(draft)
    log_in(client, head, address)
    client.get(address)
    assert client.post(address, sent).status_code == 302
    assert [found.text for found in RiskPoint.objects.all()] == [TEXT]
    assert not KeptForm.objects.exists()
    assert client.get(address).url == reverse("riskpoints:version", args=[draft.pk])


def test_it_waits_on_the_account_page_too(client, head, draft, too_late):
    log_in(client, head)
    page = client.get(reverse("own_account")).content.decode()
    assert "还没有保存的内容" in page
    assert f'href="{point(draft)[0]}"' in page


def test_nobody_else_sees_it(client, head, clerk, draft, too_late):
    """At an office computer the next person to log in may be another one, even one with the same rights."""
    address, _ = point(draft)
    log_in(client, clerk, address)
    answer = client.get(address)
    assert answer.url == reverse("riskpoints:version", args=[draft.pk])
    assert TEXT not in client.get(answer.url).content.decode()
    assert TEXT not in client.get(reverse("own_account")).content.decode()


def test_it_is_forgotten_after_two_hours(client, head, draft, too_late, still):
    address, _ = point(draft)
    still.shift(timedelta(days=7, minutes=1))
    log_in(client, head, address)
    assert client.get(address).url == reverse("riskpoints:version", args=[draft.pk])
    assert not KeptForm.objects.exists()


def test_what_lies_in_the_database_is_signed_for_person_and_address(client, head, clerk, draft, too_late):
    address, _ = point(draft)
    kept = KeptForm.objects.get()
    assert (kept.user, kept.path) == (head, address)
    KeptForm.objects.update(user=clerk)
    log_in(client, clerk, address)
    assert client.get(address).url == reverse("riskpoints:version", args=[draft.pk])


def test_the_token_is_not_kept(client, head, draft, still):
    log_in(client, head)
    still.shift(timedelta(minutes=31))
    address, sent = point(draft)
    client.post(address, sent | {"csrfmiddlewaretoken": "t" * 64})
    assert typed._kept(head, address).get("csrfmiddlewaretoken") is None


def test_a_stranger_keeps_nothing(client, draft, people):
    address, sent = point(draft)
    client.post(address, sent)
    client.cookies["sessionid"] = "made-up"
    client.post(address, sent)
    assert not KeptForm.objects.exists()


def test_only_what_somebody_wrote_is_kept(client, head, draft, still):
    log_in(client, head)
    still.shift(timedelta(minutes=31))
    client.post(point(draft)[0], {"category": "duty", "likelihood": "2"})
    client.post(reverse("riskpoints:act", args=[draft.pk, "submit"]))
    assert not KeptForm.objects.exists()


def test_a_huge_form_is_not_kept(client, head, draft, still):
    log_in(client, head)
    still.shift(timedelta(minutes=31))
    address, sent = point(draft)
    client.post(address, sent | {"text": secrets.token_hex(300_000)})
    assert not KeptForm.objects.exists()


def test_a_table_that_went_on_meanwhile_shows_the_words_to_be_copied(client, head, draft, too_late):
    fill(draft, actor=head)
    workflow.perform(Action.SUBMIT, draft, actor=head)
    address, _ = point(draft)
    log_in(client, head, address)
    answer = client.get(address)
    assert answer.status_code == 409
    assert TEXT in said(answer)


def test_a_view_that_would_save_is_undone(rf, client, head, draft, too_late):
    """The belt behind the refused form: whatever a view does while a form is shown again is rolled back."""

    def careless(request):
        Department.objects.create(name=request.POST["text"])
        return HttpResponse("saved")

    address, _ = point(draft)
    request = rf.get(address)
    request.user, request._messages = head, CookieStorage(request)
    answer = typed.shown_again(request, careless, (), {})
    assert TEXT in said(answer)
    assert not Department.objects.filter(name=TEXT).exists()


# ---- the right was taken away --------------------------------------------------------------------------------------


def test_a_right_taken_away_between_opening_and_sending(client, head, draft, admin):
    log_in(client, head)
    address, sent = point(draft)
    type_into(client, address, sent)
    services.revoke_role(head.grants.get(), actor=admin)
    answer = client.post(address, sent | {"text": "从已经结束的登录里发来的"})
    assert answer.url == f"{reverse('login')}?next={address}"
    log_in(client, head, address)
    answer = client.get(address)
    assert answer.status_code == 404
    assert TEXT in said(answer)
    assert "三家以上比价，两人签字" in said(answer)
    assert "没有任何内容被改动" in said(answer)
    assert "从已经结束的登录里发来的" not in said(answer)
    assert not RiskPoint.objects.exists()


@pytest.mark.parametrize("what", ["ended", "reset", "disabled"])
def test_nothing_is_kept_from_a_session_that_was_ended(client, head, draft, admin, what):
    """A stranger may have it: only a session that ran out by itself still speaks for its owner (issue 17)."""
    log_in(client, head)
    address, sent = point(draft)
    if what == "ended":
        services.end_own_sessions(head)
    elif what == "reset":
        services.reset_password(head, actor=admin)
    else:
        services.set_active(head, is_active=False, actor=admin)
        services.set_active(head, is_active=True, actor=admin)
    assert client.post(address, sent).status_code == 302
    assert not KeptForm.objects.exists()


def test_a_refused_form_comes_back_with_its_words(client, head, draft, staff):
    client.force_login(staff)
    address, sent = point(draft)
    answer = client.post(address, sent)
    assert answer.status_code == 404
    assert TEXT in said(answer)
    assert "data-reason" in answer.content.decode()


def test_a_refusal_is_written_down_and_gives_its_reason(client, outsider, school):
    client.force_login(outsider)
    answer = client.post(reverse("departments:account_new"), {"staff_number": "6001", "real_name": "会计甲"})
    assert answer.status_code == 403
    assert "维护组织机构和账号由系统管理员办理。" in said(answer)
    assert "会计甲" in said(answer)
    entry = AuditEntry.objects.get(action=SystemVerb.REFUSED)
    assert entry.detail["地址"] == "/organisation/accounts/new/"


def test_a_page_that_was_only_opened_is_refused_as_always(client, outsider, school):
    client.force_login(outsider)
    assert "没有权限" in said(client.get(reverse("departments:account_new")))


# ---- the organisation's forms --------------------------------------------------------------------------------------


def test_a_form_of_the_organisation_is_kept_too(client, admin, school, still):
    log_in(client, admin)
    still.shift(timedelta(minutes=31))
    address = reverse("departments:account_new")
    sent = {"staff_number": "6001", "real_name": "会计甲"}
    client.post(address, sent)
    log_in(client, admin, address)
    answer = client.get(address)
    assert answer.status_code == 422
    assert 'value="会计甲"' in answer.content.decode()
    assert not User.objects.filter(staff_number="6001").exists()


MARKED = {
    "departments": {
        "account_new", "account", "grant", "department_new", "department_edit", "post_new", "post_edit", "school_edit",
        "function_new", "function_edit", "group_new", "group_edit", "import_save", "post_functions_edit",
    },
    "riskpoints": {
        "head", "point_new", "point", "measure_new", "measure", "exemption", "import_save", "assess", "act", "revise",
        "remark_answer", "scan_replace", "walk",
    },
}  # fmt: skip


@pytest.mark.parametrize("app", MARKED)
def test_which_forms_are_kept(app):
    patterns = get_resolver(f"{app}.urls").url_patterns
    assert {pattern.name for pattern in patterns if typed.is_marked(getattr(pattern, "callback", None))} == MARKED[app]


# ---- while it is typed -----------------------------------------------------------------------------------------------


def type_into(client, address, sent):
    return client.post(address, sent, headers={typed.DRAFT_HEADER: "1"})


def test_what_is_typed_is_kept_and_saves_nothing(client, head, draft):
    log_in(client, head)
    address, sent = point(draft)
    answer = type_into(client, address, sent)
    assert (answer.status_code, answer[typed.KEPT_AT_HEADER]) == (204, "08:00")
    assert not RiskPoint.objects.filter(version=draft).exists()
    assert TEXT in said(client.get(address)) or TEXT in client.get(address).content.decode()


def test_what_is_too_long_to_be_kept_is_said(client, head, draft):
    log_in(client, head)
    address, sent = point(draft)
    assert type_into(client, address, sent | {"text": secrets.token_hex(300_000)}).status_code == 413
    assert not KeptForm.objects.exists()


def test_the_inbox_names_what_is_not_saved(client, head, clerk, draft):
    log_in(client, head)
    address, sent = point(draft)
    type_into(client, address, sent)
    inbox = reverse("riskpoints:inbox")
    assert f"2026年11月20日 08:00填写的内容 “{TEXT}…”" in said(client.get(inbox))
    assert f'href="{address}"' in client.get(inbox).content.decode()
    client.force_login(clerk)
    assert "还没有保存的内容" not in said(client.get(inbox))


def test_the_inbox_asks_the_database_as_often_for_many_of_them(client, head, draft, django_assert_max_num_queries):
    log_in(client, head)
    address, sent = point(draft)
    type_into(client, address, sent)
    inbox = reverse("riskpoints:inbox")
    client.get(inbox)
    with django_assert_max_num_queries(200) as one:
        client.get(inbox)
    asked = len(one)
    for number in range(4):
        type_into(client, reverse("riskpoints:point", args=[draft.pk, number + 9000]), sent)
    assert KeptForm.objects.count() == 5
    with django_assert_max_num_queries(asked):
        client.get(inbox)


def test_the_inbox_tells_no_words_of_what_belongs_to_no_table(client, head):
    log_in(client, head)
    data = QueryDict(mutable=True)
    data["text"] = TEXT
    assert typed.keep(head, reverse("own_mail"), data)
    page = said(client.get(reverse("riskpoints:inbox")))
    assert "还没有保存的内容" in page
    assert TEXT not in page


def test_the_sheet_offers_what_was_kept_to_its_writer_only(client, head, clerk, draft):
    log_in(client, head)
    address, sent = point(draft)
    type_into(client, address, sent)
    sheet = reverse("riskpoints:version", args=[draft.pk])
    assert f'href="{address}"' in client.get(sheet).content.decode()
    client.force_login(clerk)
    assert f'href="{address}"' not in client.get(sheet).content.decode()


def test_saving_ends_the_draft(client, head, draft):
    log_in(client, head)
    address, sent = point(draft)
    type_into(client, address, sent)
    assert client.post(address, sent).status_code == 302
    assert not KeptForm.objects.exists()
    assert RiskPoint.objects.get(version=draft).text == TEXT


def test_an_emptied_form_is_forgotten(client, head, draft):
    log_in(client, head)
    address, sent = point(draft)
    type_into(client, address, sent)
    answer = type_into(client, address, {"category": "duty"})
    assert (answer.status_code, typed.KEPT_AT_HEADER in answer) == (204, False)
    assert not KeptForm.objects.exists()


def test_one_discards_ones_own_draft_and_nobody_elses(client, head, clerk, draft):
    log_in(client, head)
    address, sent = point(draft)
    type_into(client, address, sent)
    client.force_login(clerk)
    client.post(reverse("kept_discard"), {"path": address})
    assert KeptForm.objects.count() == 1
    client.force_login(head)
    answer = client.post(reverse("kept_discard"), {"path": address, "next": "https://elsewhere.example/"})
    assert answer.url == reverse("own_account")
    assert not KeptForm.objects.exists()


def test_nothing_is_kept_without_a_login(client, draft):
    address, sent = point(draft)
    assert type_into(client, address, sent).status_code == 302
    assert not KeptForm.objects.exists()


# ---- bounds (issue 17: 60 × 130 KB for versions that don't exist went in without a right) ----------------------------


def test_nothing_is_kept_for_a_form_that_the_person_can_not_open(client, staff, draft, still):
    log_in(client, staff)
    address, sent = point(draft)
    missing = reverse("riskpoints:point_new", args=[draft.pk + 1])
    new_account = reverse("departments:account_new")
    for where in (address, missing, new_account):
        assert type_into(client, where, sent | {"real_name": TEXT}).status_code == 404
    still.shift(timedelta(minutes=31))
    for where in (address, missing, new_account):
        client.post(where, sent | {"real_name": TEXT})
    assert not KeptForm.objects.exists()
    assert not AuditEntry.objects.filter(action=SystemVerb.REFUSED).exists()


def test_asking_whether_a_form_opens_leaves_no_message_behind(client, head, draft):
    log_in(client, head)
    address, sent = point(draft)
    type_into(client, address, sent | {"text": ""})
    assert "还没有保存，请核对" not in said(client.get(reverse("own_account")))


def test_one_person_keeps_twenty_addresses_the_oldest_goes(head, clerk, still):
    data = QueryDict(f"text={TEXT}")
    typed.keep(clerk, "/of-somebody-else/", data)
    for place in range(typed.MOST_KEPT + 3):
        still.shift(timedelta(seconds=1))
        typed.keep(head, f"/{place}/", data)
    still.shift(timedelta(seconds=1))
    typed.keep(head, "/3/", data)  # typed into once more: no other one goes for it
    paths = [kept.path for kept in typed.kept_by(head)]
    assert paths == ["/3/", *(f"/{place}/" for place in range(typed.MOST_KEPT + 2, 3, -1))]
    assert KeptForm.objects.filter(user=clerk).exists()


def test_one_person_keeps_a_megabyte(head, still):
    for place in range(9):
        still.shift(timedelta(seconds=1))
        assert typed.keep(head, f"/{place}/", QueryDict(f"text={secrets.token_hex(90_000)}"))
    kept = typed.kept_by(head)
    assert sum(len(row.data) for row in kept) <= typed.MOST_BYTES
    assert next(row.path for row in kept) == "/8/"
    assert 2 < len(kept) < 9
