"""The pages of the help in the browser: no axe violation, nothing too wide at a desk or on a phone."""

import pytest
from django.urls import reverse

from riskpoints.desk import help as desk
from tests.e2e.browsing import enter
from tests.e2e.test_axe import walk

pytestmark = pytest.mark.e2e


@pytest.mark.long
def test_the_help_is_read_by_everybody(new_page, live_server, people, cycle):
    pages = [reverse("riskpoints:help_page", args=[page.key]) for page in desk.PAGES]
    mine, strangers = new_page(), new_page()
    enter(mine, people.head)
    assert walk(mine, [reverse("riskpoints:help"), *pages]) == {}
    public = reverse("riskpoints:help_page", args=[desk.PUBLIC])
    assert walk(strangers, [reverse("riskpoints:help"), reverse("login"), public]) == {}
