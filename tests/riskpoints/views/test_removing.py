"""移出本年度: the page of it, from the line of the progress page."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.pages import at, text_of


@pytest.fixture
def closed(draft_version, department):
    """Return the draft of 总务处, which was closed yesterday."""
    department.active_to = timezone.localdate() - datetime.timedelta(days=1)
    department.save()
    return draft_version


def test_the_office_goes_from_the_progress_page_and_back(closed, people, enter):
    address = reverse("riskpoints:table_remove", args=[closed.table_id])
    progress = reverse("riskpoints:progress")
    client = enter(people.office)
    assert f'href="{address}"' in client.get(progress).content.decode()
    assert address not in enter(people.reviewer).get(progress).content.decode()
    empty = client.post(address, {"reason": " "})
    assert empty.status_code == 422
    client.post(address, {"reason": "职能并入教务处"})
    said = text_of(client.get(progress))
    assert "已移出" in said
    page = enter(people.head).get(at(closed))
    assert "职能并入教务处" in text_of(page)
    assert page.context["sheet"].mode == "read"
    assert "职能并入教务处" in text_of(client.get(address))
    client.post(address)
    assert enter(people.head).get(at(closed)).context["sheet"].mode == "edit"
