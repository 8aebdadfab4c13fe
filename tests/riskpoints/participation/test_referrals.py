"""An opinion that names a person is the committee's alone, and its text goes once the paper has a number."""

import json

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from departments.services import save_record
from riskcontrol.models import AuditEntry
from riskpoints.enums import Status
from riskpoints.models import TableVersion
from riskpoints.participation import opinions, results, shown
from riskpoints.participation.enums import FeedbackState, Outcome
from riskpoints.participation.models import Feedback
from riskpoints.participation.services import ParticipationError
from riskpoints.participation.verbs import ParticipationVerb
from tests import once
from tests.factories import bring_to, publish_for

SAID = "采购员张某收了供应商的烟酒"


def enter(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def at(name, opinion) -> str:
    return reverse(f"participation:{name}", args=[opinion.pk])


@once.fixture
def running(school, table, people) -> TableVersion:
    publish_for(3)
    return bring_to(Status.REVIEWED, table, people)


@once.fixture
def opinion(running) -> Feedback:
    return opinions.send_feedback(running, text=SAID, name="知情人")


@pytest.fixture
def referred(opinion, people) -> Feedback:
    assert enter(people.office).post(at("refer", opinion)).status_code == 302
    opinion.refresh_from_db()
    return opinion


def test_from_then_on_only_the_committee_sees_it(referred, people, running):
    assert (referred.state, referred.referred_by) == (FeedbackState.REFERRED, people.office)
    for name, user in vars(people).items():
        if name == "disabled":
            continue
        is_reviewer = name in ("reviewer", "second_reviewer", "discipline_head")
        client = enter(user)
        assert (client.get(at("opinion", referred)).status_code == 200) is is_reviewer, name
        for page in (reverse("riskpoints:inbox"), reverse("participation:opinions")):
            assert SAID not in client.get(page).content.decode(), name
    assert shown.for_the_signature(people.principal, running) is None
    assert "涉及个人，已转纪委" in enter(people.reviewer).get(reverse("riskpoints:inbox")).content.decode()


def test_it_holds_nothing_back_and_is_counted_nowhere(referred, running):
    assert shown.hold_back(running) == ""
    (row,) = results.results(running.published.get().publication)
    assert row.opinions == 0


def test_one_about_a_reviewer_is_for_another(opinion, people):
    enter(people.office).post(at("refer", opinion), {"to": people.second_reviewer.pk})
    assert enter(people.second_reviewer).get(at("opinion", opinion)).status_code == 200
    assert enter(people.reviewer).get(at("opinion", opinion)).status_code == 404
    with pytest.raises(PermissionDenied):
        opinions.register_petition(opinion, "2026-1", actor=people.reviewer)


def test_the_text_goes_once_the_paper_has_a_number(referred, people):
    client = enter(people.reviewer)
    assert client.post(at("petition", referred), {"number": ""}).status_code == 422
    referred.refresh_from_db()
    assert referred.text == SAID
    assert client.post(at("petition", referred), {"number": "2026-12"}).status_code == 302
    referred.refresh_from_db()
    assert (referred.text, referred.name, referred.petition_number) == ("", "", "2026-12")
    assert "2026-12" in client.get(at("opinion", referred)).content.decode()
    with pytest.raises(ParticipationError, match="已登记过"):
        opinions.register_petition(referred, "2026-13", actor=people.reviewer)


def test_the_trail_holds_who_and_when_and_no_content(referred, people):
    opinions.register_petition(referred, "2026-12", actor=people.reviewer)
    entries = AuditEntry.objects.filter(object_type="participation.feedback")
    assert [entry.action for entry in entries.order_by("number")] == [
        ParticipationVerb.FEEDBACK_SEND,
        ParticipationVerb.FEEDBACK_REFER,
        ParticipationVerb.PETITION_REGISTER,
    ]
    told = json.dumps([[entry.detail, entry.object_label] for entry in entries], ensure_ascii=False)
    assert "张某" not in told
    assert "知情人" not in told


def test_the_writer_sees_the_channels(referred, people):
    opinions.register_petition(referred, "2026-12", actor=people.reviewer)
    page = Client().get(reverse("participation:receipt"), {"code": referred.code}).content.decode()
    assert "12388" in page
    assert "请向上级纪委反映" in page
    assert "2026-12" not in page


def test_only_what_waits_is_referred(opinion, people):
    for who in (people.principal, people.deputy, people.head, people.admin):
        with pytest.raises(PermissionDenied):
            opinions.refer(opinion, actor=who)
    with pytest.raises(ParticipationError, match="审核员"):
        opinions.refer(opinion, to=people.head, actor=people.office)
    opinions.answer_feedback(opinion, outcome=Outcome.EXPLAINED, answer="好", actor=people.office)
    with pytest.raises(ParticipationError, match="已经办理"):
        opinions.refer(opinion, actor=people.office)


def test_the_database_keeps_a_text_or_a_number(referred):
    with pytest.raises(IntegrityError), transaction.atomic():
        Feedback.objects.update(text="")


def test_what_was_done_is_shown_instead_of_a_form_that_cannot_be_sent(opinion, referred, people):
    reviewer = enter(people.reviewer)
    assert reviewer.get(at("refer", referred)).url == at("opinion", referred)
    assert reviewer.get(at("petition", referred)).status_code == 200
    opinions.register_petition(referred, "信访〔2026〕3号", actor=people.reviewer)
    answer = reviewer.get(at("petition", referred), follow=True)
    assert answer.redirect_chain[0][0] == at("opinion", referred)
    assert "这条意见已经办理" in answer.content.decode()


def test_who_handled_it_keeps_the_name_of_then(referred, people, admin):
    people.office.refresh_from_db()
    people.office.real_name = "新干事"
    save_record(people.office, actor=admin)
    page = enter(people.reviewer).get(at("opinion", referred)).content.decode()
    assert "领导小组办公室干事" in page
    assert "新干事" not in page
