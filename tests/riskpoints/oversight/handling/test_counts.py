"""Counts of matters about persons: never fewer than three in a cell, and nothing to be told by subtraction (T22)."""

import datetime
from collections import Counter

import pytest
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from riskpoints.models import Cycle
from riskpoints.oversight.enums import HandlingAct, HandlingKind
from riskpoints.oversight.handling import counts, record
from riskpoints.oversight.handling.counts import FEWEST, KINDS, QUARTERS, merged
from riskpoints.oversight.models import KeptCounts
from tests.riskpoints.oversight.handling.conftest import do

SENT = st.tuples(st.sampled_from(KINDS), st.sampled_from(QUARTERS))


@given(st.lists(SENT, max_size=40))
def test_each_cell_holds_enough_and_all_of_them_are_the_whole(found):
    cells = merged(found)
    if len(found) < FEWEST:
        assert cells == []
        return
    assert [cell for cell in cells if cell.count < FEWEST] == []
    covered = Counter((kind, quarter) for cell in cells for kind in cell.kinds for quarter in cell.quarters)
    assert covered == Counter((int(kind), quarter) for kind in KINDS for quarter in QUARTERS)
    for cell in cells:
        assert cell.count == sum(kind in cell.kinds and quarter in cell.quarters for kind, quarter in found)


@given(st.lists(SENT, max_size=FEWEST - 1))
def test_too_few_are_told_in_the_same_words_as_none(found):
    assert merged(found) == merged([])


R, C, T = HandlingKind.REMIND, HandlingKind.CORRECT, HandlingKind.TALK


@pytest.mark.parametrize(
    ("found", "lines"),
    [
        ([(R, 1)] * 3 + [(C, 2)] * 3, [("提醒", "全年", "3"), ("纠错、谈话提醒、诫勉纠错、移交追究", "全年", "3")]),
        ([(R, 1)] * 2 + [(T, 4)], [("提醒、纠错、谈话提醒、诫勉纠错、移交追究", "全年", "3")]),
        ([(T, 1)] * 3 + [(T, 2)] * 2 + [(T, 3)], [("", "第一季度", "3"), ("", "第二至第四季度", "3")]),
        ([(T, 1)] * 3 + [(T, 4)] * 2, [("", "全年", "5")]),
        ([(T, 4)] * 3, [("", "全年", "3")]),
    ],
)
def test_it_is_told_in_words(found, lines):
    cells = [{"kinds": list(one.kinds), "quarters": list(one.quarters), "count": one.count} for one in merged(found)]
    everything = "提醒、纠错、谈话提醒、诫勉纠错、移交追究"
    told = [(counts.ALL_KINDS if kinds in ("", everything) else kinds, when, many) for kinds, when, many in lines]
    assert counts.PART.lines([{"year": 2026, "cells": cells}]) == [*told, ("合计", "全年", str(len(found)))]


@pytest.mark.parametrize(("month", "quarter"), [(1, 1), (3, 1), (4, 2), (9, 3), (10, 4), (12, 4)])
def test_a_quarter_has_three_months(month, quarter):
    assert counts.quarter_of(datetime.date(2026, month, 1)) == quarter


def test_too_few_in_words():
    assert counts.PART.lines([{"year": 2026, "cells": []}]) == [("合计", "全年", "少于 3 件（含没有）")]


def sent(drafted, hands, *kinds):
    for kind in kinds:
        do(HandlingAct.APPROVE, drafted(kind, person=hands.colleague), hands)


def test_what_was_sent_out_is_counted(drafted, hands, cycle):
    assert counts.PART.facts(cycle) == []
    drafted(R, person=hands.colleague)  # not sent out
    sent(drafted, hands, R, R)
    # Only persons have matters, and too few: that there is a row would already tell of them.
    assert counts.PART.facts(cycle) == []
    department = drafted()
    assert counts.PART.facts(cycle) == [{"year": cycle.year, "cells": []}]
    sent(drafted, hands, R)
    do(HandlingAct.APPROVE, department, hands)  # of a department: not counted
    (row,) = counts.PART.facts(cycle)
    assert row["cells"] == [{"kinds": [1, 2, 3, 4, 6], "quarters": [1, 2, 3, 4], "count": 3}]


def test_a_closed_year_keeps_its_counts(drafted, hands, cycle):
    waiting = drafted(R, person=hands.colleague)
    sent(drafted, hands, R, R, R)
    before = counts.PART.facts(cycle)
    Cycle.objects.filter(pk=cycle.pk).update(closed_at=timezone.now())
    cycle.refresh_from_db()
    do(HandlingAct.APPROVE, waiting, hands)
    assert counts.PART.facts(cycle) == before


KEPT = [
    {"kinds": [1], "quarters": [1, 2, 3, 4], "count": 3},
    {"kinds": [2, 3, 4, 6], "quarters": [1, 2, 3, 4], "count": 4},
]


def test_what_an_archive_told_stays_merged_and_goes_on(drafted, hands, cycle):
    """The matters stand in no archive: its cells are kept, and what is sent out afterwards falls into them."""
    counts.PART.restore(cycle, [{"year": cycle.year, "cells": KEPT}], None, None)
    assert counts.PART.facts(cycle) == [{"year": cycle.year, "cells": KEPT}]
    sent(drafted, hands, T)
    (row,) = counts.PART.facts(cycle)
    assert [one["count"] for one in row["cells"]] == [3, 5]
    with pytest.raises(IntegrityError, match="不能更改"), transaction.atomic():
        models.QuerySet(KeptCounts).update(cells=[])


@pytest.mark.parametrize(
    ("cells", "said"),
    [(KEPT, "提醒 全年 3 件；纠错、谈话提醒、诫勉纠错、移交追究 全年 4 件"), ([], "少于 3 件（含没有）")],
)
def test_the_figures_say_what_an_archive_told(hands, cycle, cells, said):
    counts.PART.restore(cycle, [{"year": cycle.year, "cells": cells}], None, None)
    assert counts.PART.facts(cycle) == [{"year": cycle.year, "cells": cells}]
    (figure,) = record.figures(hands.office, cycle)
    assert (figure.label, figure.value) == ("涉及个人的处置（档案统计）", said)


def test_too_few_that_came_back_are_told_once_there_are_enough(drafted, hands, cycle):
    counts.PART.restore(cycle, [{"year": cycle.year, "cells": []}], None, None)
    sent(drafted, hands, R, R, R)
    (row,) = counts.PART.facts(cycle)
    assert [one["count"] for one in row["cells"]] == [3]
