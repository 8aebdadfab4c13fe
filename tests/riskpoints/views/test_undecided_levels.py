"""A reviewer's levels that are saved and not decided yet are the reviewers' own; they show with the decision."""

import io

import openpyxl
import pytest

from riskpoints.documents import version_document
from riskpoints.enums import Action, Status
from riskpoints.models import TableVersion
from riskpoints.tables import reviewing, workflow
from tests import once
from tests.access.reading import words_in
from tests.factories import bring_to
from tests.pages import text_of

REASON = "暗语：核定从严"


@once.fixture
def assessed(table, people):
    """Return a revision handed in, whose proposals are not all 一级 as the reviewer has saved them."""
    bring_to(Status.CONFIRMED, table, people)
    table.refresh_from_db()
    version = bring_to(Status.SUBMITTED, table, people)
    levels = {point.pk: point.proposed_level for point in version.points.all()}
    assert set(levels.values()) - {1}
    given = {key: reviewing.Assessment(1, reason=REASON) for key in levels}
    reviewing.assess(version, given, actor=people.reviewer)
    return TableVersion.objects.get(pk=version.pk)


def pages(version):
    """Return every address at which a department reads of its table."""
    year = version.table.cycle.year
    return [
        f"/versions/{version.pk}/",
        f"/tables/{version.table_id}/history/?from={version.base_id}&to={version.pk}",
        f"/register/?year={year}&standing={version.status}",
        f"/register/?year={year}&standing={version.status}&level=1",
    ]


def said_to(client, version):
    answers = [client.get(address) for address in pages(version)]
    assert {answer.status_code for answer in answers} == {200}
    return "".join(text_of(answer) for answer in answers)


def cells(version):
    book = openpyxl.load_workbook(io.BytesIO(version_document(version, "xlsx")))
    return "".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value)


def levels_shown(client, version):
    """Return the levels of the register's rows."""
    lines = client.get(pages(version)[2]).context["lines"]
    return {line.point.identity: line.point.level for line in lines}


@pytest.mark.parametrize("who", ["head", "clerk", "leader"])
def test_nobody_of_the_department_reads_them_before_the_decision(enter, assessed, people, who):
    client = enter(getattr(people, who))
    said = said_to(client, assessed)
    assert REASON not in said
    assert "核定" not in text_of(client.get(f"/versions/{assessed.pk}/")).replace("审核通过，核定等级", "")
    proposed = {point.identity: point.proposed_level for point in assessed.points.all()}
    assert levels_shown(client, assessed) == proposed
    found = client.get(pages(assessed)[3]).context["lines"]
    assert {line.point.identity for line in found} == {key for key, level in proposed.items() if level == 1}


def test_what_is_printed_meanwhile_shows_the_proposals(assessed):
    before = cells(assessed)
    assert REASON not in before + words_in(version_document(assessed, "pdf"))
    worst = min(point.proposed_level for point in assessed.points.all())
    assert f"部门拟定等级：{['', '一级（高）', '二级（中）', '三级（低）'][worst]}" in before.replace("\n", "")


def test_the_reviewers_find_what_they_saved(enter, assessed, people):
    body = enter(people.reviewer).get(f"/versions/{assessed.pk}/").content.decode()
    assert body.count(REASON) == assessed.points.count()


def test_a_recall_does_not_show_them(enter, assessed, people):
    recalled = workflow.perform(Action.RECALL, assessed, actor=people.head)
    client = enter(people.head)
    assert REASON not in said_to(client, recalled)
    assert levels_shown(client, recalled) == {p.identity: p.proposed_level for p in recalled.points.all()}
    filled = openpyxl.load_workbook(io.BytesIO(b"".join(client.get(f"/versions/{recalled.pk}/import/draft.xlsx"))))
    shown = [cell.value for row in filled.worksheets[0].iter_rows() for cell in row]
    proposed = [point for point in recalled.points.all() if point.proposed_level == 1]
    assert shown.count("一级（高）") == len(proposed)
    given_up = workflow.perform(Action.DISCARD, recalled, actor=people.head, comment="不再修订")
    assert REASON not in text_of(client.get(f"/versions/{given_up.pk}/"))


def test_a_return_shows_them(enter, assessed, people):
    returned = workflow.perform(Action.RETURN, assessed, actor=people.reviewer, comment="请改")
    assert REASON in text_of(enter(people.head).get(f"/versions/{returned.pk}/"))


def test_an_approval_shows_them(enter, assessed, people):
    approved = workflow.perform(Action.APPROVE, assessed, actor=people.reviewer)
    client = enter(people.head)
    assert REASON in said_to(client, approved)
    assert set(levels_shown(client, approved).values()) == {1}
