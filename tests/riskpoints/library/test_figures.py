"""R57: what stands at 关键岗位 and in 重点领域 is counted beside the progress and found in the register."""

import pytest
from django.urls import reverse

from departments.enums import Level
from riskpoints.enums import Action
from riskpoints.library.figures import figures
from riskpoints.references.library.models import TypicalRisk
from riskpoints.tables import starting, workflow
from tests.factories import assess_all, fill, make_point, paper_signature
from tests.pages import text_of


@pytest.fixture
def in_force(table, people, plain_post):
    """Return a table in force: one point of a key area, one at a key post, one from the library."""
    plain_post.is_key = True
    plain_post.save()
    draft = starting.start_table(table, actor=people.head)
    make_point(draft, actor=people.head, text="重点领域", is_key_area=True, post=None)
    entry = TypicalRisk.objects.get(key="CG-01")
    make_point(draft, actor=people.head, text="取自典型库", library_entry=entry, post=None)
    version = workflow.perform(Action.SUBMIT, fill(draft, actor=people.head), actor=people.head)
    assess_all(version, actor=people.reviewer)
    version = workflow.perform(Action.APPROVE, version, actor=people.reviewer)
    return workflow.perform(Action.CONFIRM, version, actor=people.office, signature=paper_signature())


def test_they_are_counted(in_force, people, plain_post):
    at_key_post = in_force.points.filter(post=plain_post)
    key = [*at_key_post, in_force.points.get(text="重点领域")]
    first = sum(point.level == Level.FIRST for point in key)
    told = {figure.label: figure.value for figure in figures(people.office, in_force.table.cycle)}
    assert at_key_post.exists()
    assert told == {
        "关键岗位、重点领域的风险点": f"{len(key)} 个",
        "其中一级": f"{first} 个",
        "取自典型库": "1 个",
        "确认不适用": "0 条",
    }


def test_they_stand_beside_the_progress(client, in_force, people):
    client.force_login(people.office)
    assert "关键岗位、重点领域的风险点" in text_of(client.get(reverse("riskpoints:progress")))


def test_the_register_finds_them(client, in_force, people, plain_post):
    client.force_login(people.office)

    def found(**query):
        page = client.get(reverse("riskpoints:register"), query)
        return {line.point.text for line in page.context["lines"]}

    at_key_post = set(in_force.points.filter(post=plain_post).values_list("text", flat=True))
    assert found(library_key="post") == at_key_post
    assert found(library_key="yes") == at_key_post | {"重点领域"}
    assert found(library_taken="yes") == {"取自典型库"}
    assert "取自典型库" not in found(library_taken="no")


def test_before_anything_is_in_force_there_are_none(cycle, people):
    assert figures(people.office, cycle) == []
