"""群众意见: sent without an account, kept without a trace of who sent it, answered by the office."""

import datetime
import uuid

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from riskcontrol.models import AuditEntry
from riskpoints.enums import Status
from riskpoints.participation import limits, opinions, services
from riskpoints.participation.enums import FeedbackState, Outcome, Quarantine
from riskpoints.participation.models import CODE_ALPHABET, Feedback, Proposal, SentCount, new_code
from riskpoints.participation.verbs import ParticipationVerb
from riskpoints.register.publication import published_sheet
from tests import once
from tests.factories import bring_to


def enter(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def form(version) -> str:
    return reverse("participation:send", args=[version.pk])


@pytest.fixture
def nobody() -> Client:
    return Client()


@once.fixture
def opinion(confirmed_version) -> Feedback:
    return opinions.send_feedback(confirmed_version, text="食堂价格没有公布过", name="家长")


def test_anybody_sends_an_opinion_and_gets_a_code(confirmed_version, nobody):
    point = published_sheet(confirmed_version).points[1]
    values = {"text": " 没看到抽查 ", "point": str(point.identity), "name": ""}
    answer = nobody.post(form(confirmed_version), values, follow=True)
    opinion = Feedback.objects.get()
    assert (opinion.text, opinion.name, opinion.point_text) == ("没看到抽查", "", point.text)
    assert (opinion.state, opinion.version) == (FeedbackState.NEW, confirmed_version)
    page = answer.content.decode()
    assert opinion.code in page
    assert "还没有答复" in page


def test_nothing_says_who_sent_it(confirmed_version, staff):
    """Neither the account nor the address of a person who is logged in stands anywhere."""
    client = enter(staff)
    client.post(form(confirmed_version), {"text": "匿名意见"}, REMOTE_ADDR="10.1.2.3")
    entry = AuditEntry.objects.get(action=ParticipationVerb.FEEDBACK_SEND)
    assert (entry.actor_number, entry.actor_name, entry.address) == ("", "", None)
    opinion = Feedback.objects.get()
    assert staff.staff_number not in str(vars(opinion))
    assert opinion.code not in str(vars(entry))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "   "}, "text"),
        ({"text": "长" * 1001}, "text"),
        ({"text": "a\x00b"}, "text"),
        ({"text": "好", "name": "长" * 33}, "name"),
        ({"text": "好", "name": "家\u202e长"}, "name"),
        ({"text": "好", "point": "nonsense"}, "point"),
        ({"text": "好", "point": str(uuid.uuid4())}, "point"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(confirmed_version, nobody, values, field):
    answer = nobody.post(form(confirmed_version), values)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Feedback.objects.exists()


@pytest.mark.parametrize("status", [Status.DRAFT, Status.SUBMITTED])
def test_only_what_is_published_takes_opinions(table, people, nobody, status):
    version = bring_to(status, table, people)
    assert nobody.get(form(version)).status_code == 404
    assert nobody.post(form(version), {"text": "好"}).status_code == 404


def test_the_setting_asks_for_a_login(confirmed_version, nobody, settings):
    settings.PUBLIC_PUBLICATION = False
    assert nobody.get(form(confirmed_version)).status_code == 302
    assert nobody.post(form(confirmed_version), {"text": "好"}).status_code == 302
    assert nobody.get(reverse("participation:receipt")).status_code == 302
    assert not Feedback.objects.exists()


def test_one_source_fills_neither_the_channel_nor_holds_back_a_table(confirmed_version):
    """What comes beyond a day's share is kept and set aside; another visitor is none the worse for it."""
    for number in range(limits.A_DAY + 2):
        answer = Client().post(form(confirmed_version), {"text": f"意见{number}"}, REMOTE_ADDR="10.0.0.9")
        assert answer.status_code == 302
    assert Client().post(form(confirmed_version), {"text": "别人的"}, REMOTE_ADDR="10.0.0.10").status_code == 302
    kept = list(Feedback.objects.order_by("id").values_list("quarantine", flat=True))
    assert kept == [""] * limits.A_DAY + [Quarantine.SOURCE] * 2 + [""]


def test_the_share_is_one_days_and_no_address_stays(confirmed_version):
    with time_machine.travel(timezone.now() - datetime.timedelta(days=1)):
        Client().post(form(confirmed_version), {"text": "昨天的"}, REMOTE_ADDR="10.0.0.9")
        yesterday = SentCount.objects.get()
    Client().post(form(confirmed_version), {"text": "今天的"}, REMOTE_ADDR="10.0.0.9")
    today = SentCount.objects.get()
    assert (today.day, today.count) == (timezone.localdate(), 1)
    assert today.source != yesterday.source
    assert "10.0.0.9" not in f"{yesterday.source}{today.source}"
    assert not {"address", "source"} & {field.name for field in Feedback._meta.get_fields()}


def test_the_other_half_of_an_address_is_no_other_source(confirmed_version):
    for place in ("1", "2"):
        Client().post(form(confirmed_version), {"text": "意见"}, REMOTE_ADDR=f"2001:db8:0:1::{place}")
    assert SentCount.objects.get().count == 2


def test_who_fills_the_disk_is_told_where_to_turn_to(confirmed_version, nobody, monkeypatch):
    monkeypatch.setattr(limits, "MOST_A_DAY", 1)
    assert nobody.post(form(confirmed_version), {"text": "第一条"}).status_code == 302
    answer = nobody.post(form(confirmed_version), {"text": "第二条意见"})
    assert answer.status_code == 422
    assert "请明天再提" in answer.content.decode()
    assert "第二条意见" in answer.content.decode()  # nothing typed is lost
    assert Feedback.objects.count() == 1


def test_what_comes_to_a_table_with_too_many_unanswered_is_set_aside(opinion, confirmed_version, nobody, monkeypatch):
    monkeypatch.setattr(opinions, "MOST_UNANSWERED", 1)
    assert nobody.post(form(confirmed_version), {"text": "再来一条"}).status_code == 302
    assert Feedback.objects.latest("id").quarantine == Quarantine.TABLE


def test_a_code_can_not_be_guessed_or_misread(db):
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    assert {len(code) for code in codes} == {10}
    assert not set("01OI") & set(CODE_ALPHABET)


@pytest.mark.parametrize("typed", ["", "ABC", "\x00", "9" * 300, "' OR 1=1"])
def test_an_unknown_code_tells_nothing(opinion, nobody, typed):
    answer = nobody.get(reverse("participation:receipt"), {"code": typed})
    assert answer.status_code == 200
    assert "食堂价格" not in answer.content.decode()
    assert ("没有这个查询码" in answer.content.decode()) is bool(typed.replace("\x00", ""))


def test_a_code_is_read_in_any_case_and_with_spaces(opinion, nobody):
    typed = f"{opinion.code[:5].lower()} {opinion.code[5:]}"
    page = nobody.get(reverse("participation:receipt"), {"code": typed}).content.decode()
    assert "食堂价格没有公布过" in page


def test_who_reads_and_who_answers(opinion, people):
    address = reverse("participation:opinion", args=[opinion.pk])
    readers = {"office", "second_office", "reviewer", "second_reviewer", "discipline_head", "principal", "deputy"}
    for name, user in vars(people).items():
        if name == "disabled":
            continue
        assert enter(user).get(address).status_code == (200 if name in readers else 403), name
        if name not in ("office", "second_office"):
            assert enter(user).post(address, {"outcome": "explained", "answer": "好"}).status_code == 403, name
    opinion.refresh_from_db()
    assert opinion.state == FeedbackState.NEW
    with pytest.raises(PermissionDenied):
        opinions.answer_feedback(opinion, outcome=Outcome.EXPLAINED, answer="好", actor=people.reviewer)


def test_the_answer_reaches_who_has_the_code(opinion, people, nobody):
    address = reverse("participation:opinion", args=[opinion.pk])
    answer = enter(people.office).post(
        address, {"outcome": "explained", "answer": "每周五在食堂门口公布。"}, follow=True
    )
    assert "已答复" in answer.content.decode()
    page = nobody.get(reverse("participation:receipt"), {"code": opinion.code}).content.decode()
    assert "每周五在食堂门口公布。" in page
    assert "已作说明" in page
    assert people.office.real_name not in page
    entry = AuditEntry.objects.get(action=ParticipationVerb.FEEDBACK_ANSWER)
    assert (entry.actor_number, entry.detail["结果"]) == (people.office.staff_number, "已作说明")
    assert not Proposal.objects.exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [({"outcome": "explained", "answer": ""}, "answer"), ({"outcome": "", "answer": "好"}, "outcome")],
)
def test_an_answer_is_complete(opinion, people, values, field):
    answer = enter(people.office).post(reverse("participation:opinion", args=[opinion.pk]), values)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


def test_an_opinion_passed_on_becomes_a_proposal_of_the_masses(opinion, people, purchasing_post):
    values = {
        "outcome": "passed_on",
        "answer": "已转总务处。",
        "category": "process",
        "post": purchasing_post.pk,
        "text": "食堂采购价格不公布",
        "measure": "每周公布",
    }
    enter(people.office).post(reverse("participation:opinion", args=[opinion.pk]), values)
    proposal = Proposal.objects.get()
    assert (proposal.department.name, proposal.method, proposal.proposer) == ("总务处", "masses", None)
    assert (proposal.proposer_name, proposal.feedback, proposal.text) == ("家长", opinion, "食堂采购价格不公布")
    assert "食堂采购价格不公布" in enter(people.head).get(reverse("riskpoints:inbox")).content.decode()


def test_passing_on_needs_a_worded_point(opinion, people):
    values = {"outcome": "passed_on", "answer": "已转总务处。", "text": "食堂采购价格不公布"}
    answer = enter(people.office).post(reverse("participation:opinion", args=[opinion.pk]), values)
    assert answer.status_code == 422
    assert list(answer.context["worded"].errors) == ["category"]
    opinion.refresh_from_db()
    assert opinion.state == FeedbackState.NEW


def test_an_opinion_on_the_school_table_is_not_passed_on(school_table, people):
    version = bring_to(Status.CONFIRMED, school_table, people)
    opinion = opinions.send_feedback(version, text="招生要公开")
    address = reverse("participation:opinion", args=[opinion.pk])
    page = enter(people.office).get(address).content.decode()
    assert "已转为建议" not in page
    answer = enter(people.office).post(address, {"outcome": "passed_on", "answer": "好"})
    assert list(answer.context["form"].errors) == ["outcome"]


def test_an_opinion_is_answered_once(opinion, people):
    opinions.answer_feedback(opinion, outcome=Outcome.OUTSIDE, answer="已转信访。", actor=people.office)
    with pytest.raises(services.ParticipationError, match="已由他人答复"):
        opinions.answer_feedback(opinion, outcome=Outcome.EXPLAINED, answer="再答", actor=people.second_office)
    values = {"outcome": "explained", "answer": "我也写了很久的答复"}
    answer = enter(people.second_office).post(reverse("participation:opinion", args=[opinion.pk]), values)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "已由他人答复" in page
    assert "我也写了很久的答复" in page
    opinion.refresh_from_db()
    assert opinion.answer == "已转信访。"


def test_the_office_finds_it_in_the_inbox(opinion, people):
    page = enter(people.office).get(reverse("riskpoints:inbox")).content.decode()
    assert "群众对总务处防控表的意见" in page
    assert "群众对总务处" not in enter(people.reviewer).get(reverse("riskpoints:inbox")).content.decode()


def test_the_published_page_leads_to_the_form(confirmed_version, nobody):
    page = nobody.get(reverse("riskpoints:publication_table", args=[confirmed_version.pk])).content.decode()
    assert form(confirmed_version) in page
    assert nobody.get(form(confirmed_version)).status_code == 200


def test_an_opinion_outlives_its_version(opinion, table, people, nobody):
    bring_to(Status.CONFIRMED, table, people)
    assert nobody.get(form(opinion.version)).status_code == 404
    page = nobody.get(reverse("participation:receipt"), {"code": opinion.code}).content.decode()
    assert "食堂价格没有公布过" in page
    assert enter(people.office).get(reverse("participation:opinion", args=[opinion.pk])).status_code == 200
