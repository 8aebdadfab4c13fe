"""Mails of reminders: to whom, with what, once; a mail that fails stops nothing and is tried again."""

import datetime
import smtplib

import pytest
from django.core import mail

from riskpoints.campaign.enums import MailState
from riskpoints.campaign.models import Reminder, ReminderMail
from riskpoints.campaign.reminders import mails, sending
from riskpoints.campaign.reminders.mails import Sent


@pytest.fixture
def reachable(people, mail_server):
    people.head.email = "head@school.example"
    people.head.save()
    return people.head


def refuse(*args, **kwargs):
    raise smtplib.SMTPServerDisconnected("no")


def test_who_gave_an_address_gets_a_mail(reachable, line, people, school):
    sending.remind(line, "请办理", actor=people.office)
    assert mail.outbox == []  # pressing the button waits for no mail server
    assert mails.send_waiting() == Sent(1, 0)
    [sent] = mail.outbox
    assert (sent.to, sent.from_email, sent.subject) == (["head@school.example"], "office@school.example", mails.SUBJECT)
    assert "修订办法" in sent.body
    assert Reminder.objects.get().channel == "站内、邮件"
    assert mails.send_waiting() == Sent(0, 0)


def test_without_address_or_server_it_stays_in_the_inbox(line, people, mail_server, settings, time_machine):
    sending.remind(line, "请办理", actor=people.office)
    assert not ReminderMail.objects.exists()
    people.head.email = "head@school.example"
    people.head.save()
    settings.EMAIL_HOST = ""
    time_machine.shift(datetime.timedelta(days=1))
    sending.remind(line, "请办理", actor=people.office)
    assert not ReminderMail.objects.exists()
    assert {row.channel for row in Reminder.objects.all()} == {"站内"}


def test_a_failed_mail_waits_for_the_next_run(reachable, line, people, monkeypatch):
    sending.remind(line, "请办理", actor=people.office)
    with monkeypatch.context() as patch:
        patch.setattr(mail.EmailMessage, "send", refuse)
        assert mails.send_waiting() == Sent(0, 1)
    row = ReminderMail.objects.get()
    assert (row.state, row.tries, row.trouble) == (MailState.WAITING, 1, "SMTPServerDisconnected")
    assert mails.send_waiting() == Sent(1, 0)
    assert (len(mail.outbox), ReminderMail.objects.get().state) == (1, MailState.SENT)


def test_it_is_given_up_in_the_end(reachable, line, people, monkeypatch):
    sending.remind(line, "请办理", actor=people.office)
    monkeypatch.setattr(mail.EmailMessage, "send", refuse)
    assert [mails.send_waiting().failed for _ in range(mails.MOST_TRIES + 1)] == [1] * mails.MOST_TRIES + [0]
    assert ReminderMail.objects.get().state == MailState.FAILED


def test_what_another_server_is_sending_is_left_to_it(reachable, line, people, time_machine):
    sending.remind(line, "请办理", actor=people.office)
    ReminderMail.objects.update(claimed_at=Reminder.objects.get().at)
    assert mails.send_waiting() == Sent(0, 0)
    time_machine.shift(mails.CLAIM + datetime.timedelta(seconds=1))
    assert mails.send_waiting() == Sent(1, 0)


def test_a_closed_account_gets_no_mail(reachable, line, people):
    sending.remind(line, "请办理", actor=people.office)
    type(reachable).objects.filter(pk=reachable.pk).update(is_active=False)
    assert mails.send_waiting() == Sent(0, 1)
    assert (mail.outbox, ReminderMail.objects.get().state) == ([], MailState.FAILED)
