"""岗位的等级下限 is one rule everywhere: a retired function keeps its floor until it is taken off the post."""

import ast
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from departments import queries as organisation
from departments.enums import Level
from riskpoints import levels
from riskpoints.content import completeness, content
from riskpoints.documents import build_public
from riskpoints.enums import Action, Status
from riskpoints.importing import values
from riskpoints.importing.content import FilePoint
from riskpoints.models import RiskPoint
from riskpoints.tables import editing, workflow
from tests.factories import bring_to, make_point
from tests.pages import text_of

FLOOR = [("采购", Level.FIRST)]


@pytest.fixture
def retired(functions):
    """Retire 采购, which a post of 总务处 has."""
    functions["采购"].is_retired = True
    functions["采购"].save()
    return functions["采购"]


@pytest.fixture
def post(purchasing_post, retired):
    return type(purchasing_post).objects.get(pk=purchasing_post.pk)


def test_the_post_itself(post, plain_post):
    assert (post.floors, post.floor) == (FLOOR, Level.FIRST)
    assert (plain_post.floors, plain_post.floor) == ([], None)
    post.functions.clear()
    assert (post.floors, post.floor) == ([], None)


def test_the_list_of_posts(post, department):
    rows = {row.post.name: row.floor for row in organisation.post_rows(department, timezone.localdate())}
    assert rows["采购员"] == Level.FIRST


def test_editing_and_submission(table, people, post):
    draft = bring_to(Status.DRAFT, table, people)
    editing.refresh_names_and_floors(draft, actor=people.head)
    found = {tuple(map(tuple, point.functions)) for point in draft.points.filter(post=post)}
    assert found == {tuple(FLOOR)}
    version = workflow.perform(Action.SUBMIT, draft, actor=people.head)
    assert {point.computed_level for point in version.points.filter(post=post)} == {Level.FIRST}


def test_the_preview_of_the_ruling(client, school, table, people, post):
    draft = bring_to(Status.DRAFT, table, people)
    client.force_login(people.head)
    sent = {"category": "duty", "text": "新的风险点", "post": post.pk, "likelihood": "3", "harm": "3"}
    answer = client.post(reverse("riskpoints:ruling", args=[draft.pk]), sent)
    assert "该岗位从事采购，按规定不低于一级（高）" in text_of(answer)


def test_an_import(post):
    said = values.point_values(
        FilePoint(row=1, category="duty", text="新的风险点", likelihood="较小", harm="一般"), post, values.WordReader()
    )
    assert said["proposed_level"] == Level.FIRST


def test_completeness_and_the_level_of_a_post_without_points(draft_version, people, post):
    RiskPoint.objects.filter(version=draft_version, post=post).delete()
    loaded = content.load(draft_version)
    assert {item.name: item.level for item in loaded.post_levels}["采购员"] == Level.FIRST
    for point in loaded.points:
        point.functions, point.proposed_level, point.proposed_reason = [list(FLOOR[0])], Level.THIRD, "写了理由"
    assert any("低于岗位职能的下限" in found.message for found in completeness.check(loaded).missing)


def test_the_printed_sheet_of_a_post(draft_version, school, people, post):
    draft_version.points.filter(post=post).delete()
    sheet = next(sheet for sheet in build_public.post_sheets(draft_version) if sheet.post_name == "采购员")
    assert (sheet.functions, sheet.level, sheet.level_reason) == (
        ("采购",),
        Level.FIRST.label,
        "从事采购，按规定不低于一级（高）",
    )


def test_what_was_decided_keeps_its_own(confirmed_version, post):
    """A table in force says what was decided; a function retired or taken off since is no matter of it."""
    post.functions.clear()
    points = confirmed_version.points.filter(post=post)
    assert {point.level for point in points} == {Level.FIRST}
    assert {tuple(map(tuple, point.functions)) for point in points} == {tuple(FLOOR)}


def test_a_new_point_of_a_draft_is_computed_with_it(draft_version, people, post):
    point = make_point(draft_version, actor=people.head, post=post)
    assert point.ruling == levels.rule(point.likelihood, point.harm, FLOOR)


def test_no_module_of_the_register_asks_whether_a_function_is_retired():
    """Whether it still holds is the post's to say: what knows `is_retired` would have a second rule. A power is retired
    as well, and the library offers functions to choose from: these rooms know no floor."""
    folder = Path(settings.BASE_DIR, "riskpoints")
    asking = [
        path.name
        for path in folder.rglob("*.py")
        if not {"migrations", "powers", "library"} & set(path.parts)
        and any(
            "is_retired" in (getattr(node, "attr", None), getattr(node, "arg", None))
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        )
    ]
    assert asking == []
