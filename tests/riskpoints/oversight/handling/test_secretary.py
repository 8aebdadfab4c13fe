"""The 书记 who has no other role: reads what everybody of the school does, and approves that somebody is talked to."""

import pytest
from django.urls import reverse

from riskpoints.oversight.enums import HandlingAct, HandlingKind
from tests.riskpoints.oversight.handling.conftest import do


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("riskpoints:inbox", 200),
        ("riskpoints:register", 200),
        ("campaign:plan", 200),
        ("library:index", 200),
        ("powers:index", 200),
        ("regulations:index", 200),
        ("oversight:checks", 200),
        ("oversight:findings", 200),
        ("oversight:finding_choose", 403),
        ("riskpoints:audit", 403),
        ("departments:accounts", 403),
        ("riskpoints:progress", 403),
    ],
)
def test_what_a_secretary_opens(client, hands, name, status):
    client.force_login(hands.secretary)
    assert client.get(reverse(name)).status_code == status


def test_a_talk_waits_in_the_secretarys_inbox_and_nothing_else_does(client, hands, drafted):
    talk = drafted(HandlingKind.TALK, person=hands.colleague)
    other = drafted(HandlingKind.REMIND, person=hands.colleague)
    client.force_login(hands.secretary)
    body = client.get(reverse("riskpoints:inbox")).content.decode()
    assert talk.number in body
    assert other.number not in body
    assert client.get(reverse("oversight:handling", args=[other.pk])).status_code == 404
    do(HandlingAct.APPROVE, talk, hands)
    assert talk.number not in client.get(reverse("riskpoints:inbox")).content.decode()
    assert client.get(reverse("oversight:handling", args=[talk.pk])).status_code == 200
