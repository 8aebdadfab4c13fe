"""Rows past others of their category: what stands where afterwards, and whose rows they may be."""

import pytest

from riskcontrol.models import AuditEntry
from riskpoints.enums import Category, Status
from riskpoints.models import Measure, RiskPoint, TableVersion
from riskpoints.tables import moving, undoing
from tests import once
from tests.factories import bring_to, make_measure, make_point


@once.fixture
def draft(table, people):
    """Return a draft with five points of one category, 一 to 五."""
    version = bring_to(Status.DRAFT, table, people)
    version.points.filter(category=Category.DUTY).update(text="一")
    for text in "二三四五":
        make_point(version, actor=people.head, text=text)
    return version


def in_order(draft) -> str:
    return "".join(draft.points.filter(category=Category.DUTY).order_by("order").values_list("text", flat=True))


def place(draft, text, passed, actor):
    points = {point.text: point for point in draft.points.filter(category=Category.DUTY).select_related("version")}
    moving.place_row(points[text], *(points[one] for one in passed), actor=actor)


@pytest.mark.parametrize(
    ("text", "passed", "after"),
    [
        ("一", "二", "二一三四五"),
        ("一", "二三四", "二三四一五"),
        ("五", "四三", "一二五三四"),
        ("五", "四三二一", "五一二三四"),
    ],
)
def test_a_point_goes_past_others_which_move_up_by_one(draft, people, text, passed, after):
    before = in_order(draft)
    place(draft, text, passed, people.head)
    assert in_order(draft) == after
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.detail) == (
        "point.move",
        {"顺序": [before.index(text) + 1, after.index(text) + 1]},
    )
    version = TableVersion.objects.get(pk=draft.pk)
    undoing.undo(version, undoing.last_own_act(version, people.head).pk, actor=people.head)
    assert in_order(draft) == before


def test_measures_between_that_answer_another_point_stay_where_they_are(draft, people):
    one, two = draft.points.filter(text__in="二三").order_by("order")
    told = ((one, "甲"), (two, "乙"), (one, "丙"))
    rows = [make_measure(draft, point, actor=people.head, text=text) for point, text in told]
    moving.place_row(rows[2], rows[0], actor=people.head)
    found = Measure.objects.filter(pk__in=[row.pk for row in rows]).order_by("order")
    assert [row.text for row in found] == ["丙", "乙", "甲"]


def test_a_row_of_another_category_is_not_gone_past(draft, people):
    point, other = draft.points.get(text="二"), draft.points.filter(category=Category.PROCESS).first()
    before = AuditEntry.objects.count()
    moving.place_row(point, draft.points.get(text="三"), other, actor=people.head)
    assert AuditEntry.objects.count() == before
    assert in_order(draft) == "一二三四五"
    assert RiskPoint.objects.get(pk=other.pk).category == Category.PROCESS
