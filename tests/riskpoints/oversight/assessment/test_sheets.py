"""The indicators of a year: offered, drafted by the office, put into use with the right sum, then frozen."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from riskcontrol.models import AuditEntry
from riskpoints.models import Cycle
from riskpoints.models.table import FrozenError
from riskpoints.oversight.assessment import sheets
from riskpoints.oversight.assessment.defaults import DEFAULT, Row
from riskpoints.oversight.assessment.states import AssessmentError
from riskpoints.oversight.enums import Formula
from riskpoints.oversight.models import Indicator, IndicatorSheet
from tests.riskpoints.oversight.assessment.conftest import ROWS


@pytest.fixture
def drafted(cycle, people) -> IndicatorSheet:
    return sheets.draft(cycle, actor=people.office)


def refused(statement, *values):
    """Whether the database itself refuses."""
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_the_default_has_the_groups_of_the_specification_and_makes_a_hundred(drafted):
    weights = {}
    for row in sheets.rows_of(drafted):
        weights[row.group] = weights.get(row.group, 0) + row.weight
    assert weights == {
        "组织与责任": 10, "职权和流程": 10, "查找与定级": 20, "防控措施与制度": 20, "监控与整改": 20,
        "公示与参与": 10, "宣传教育": 10,
    }  # fmt: skip
    assert {row.formula for row in DEFAULT if row.formula} == set(Formula)


def test_it_is_begun_once(drafted, cycle, people):
    assert sheets.draft(cycle, actor=people.second_office) == drafted
    assert AuditEntry.objects.of("indicators.draft").count() == 1


def test_only_the_office_keeps_it(drafted, cycle, people):
    for name, user in vars(people).items():
        if name in ("office", "second_office"):
            continue
        for act in (
            lambda user=user: sheets.draft(cycle, actor=user),
            lambda user=user: sheets.save(drafted, ROWS, seen=drafted.lock, actor=user),
            lambda user=user: sheets.activate(drafted, actor=user),
        ):
            with pytest.raises(PermissionDenied):
                act()
    assert not IndicatorSheet.objects.get().is_active


def test_what_another_saved_is_not_overwritten(drafted, people):
    sheets.save(drafted, ROWS, seen=drafted.lock, actor=people.office)
    with pytest.raises(ValidationError, match="别人更改过"):
        sheets.save(drafted, DEFAULT, seen=drafted.lock, actor=people.second_office)
    assert sheets.rows_of(drafted) == list(ROWS)
    assert AuditEntry.objects.of("indicators.change").count() == 1


@pytest.mark.parametrize(
    "row",
    [Row("", "内容", 5), Row("项目", " ", 5), Row("项目", "内容", 0)],
)
def test_a_row_that_says_nothing_is_refused(drafted, people, row):
    with pytest.raises((ValidationError, IntegrityError)), transaction.atomic():
        sheets.save(drafted, [row], seen=drafted.lock, actor=people.office)
    assert len(sheets.rows_of(drafted)) == len(DEFAULT)


def test_it_is_put_into_use_with_the_right_sum_alone(drafted, people):
    short = sheets.save(drafted, ROWS[:2], seen=drafted.lock, actor=people.office)
    with pytest.raises(AssessmentError, match="分值合计是 70，要等于 100"):
        sheets.activate(short, actor=people.office)
    with pytest.raises(IntegrityError), transaction.atomic():
        IndicatorSheet.objects.filter(pk=short.pk).update(
            state="active", activated_by=people.office, activated_at=timezone.now()
        )
    whole = sheets.save(short, ROWS, seen=short.lock, actor=people.office)
    assert sheets.activate(whole, actor=people.office).is_active


def test_in_use_nobody_changes_it(sheet, people):
    with pytest.raises(AssessmentError, match="已经启用"):
        sheets.save(sheet, DEFAULT, seen=sheet.lock, actor=people.office)
    with pytest.raises(AssessmentError, match="已经启用"):
        sheets.activate(sheet, actor=people.office)
    one = sheet.indicators.first()
    for act in (
        lambda: IndicatorSheet.objects.update(total=90),
        lambda: sheet.save(),
        lambda: sheet.delete(),
        lambda: Indicator.objects.update(weight=1),
        lambda: Indicator.objects.all().delete(),
        lambda: one.save(),
        lambda: one.delete(),
    ):
        with pytest.raises(FrozenError):
            act()


def test_the_database_lets_nothing_of_it_change(sheet):
    refused("UPDATE oversight_indicatorsheet SET total = 90")
    refused("UPDATE oversight_indicatorsheet SET state = 'draft', activated_by_id = NULL, activated_at = NULL")
    refused("UPDATE oversight_indicator SET weight = 61 WHERE weight = 60")
    refused(
        'INSERT INTO oversight_indicator (sheet_id, "order", "group", text, weight, kind, formula, guide) '
        "VALUES (%s, 9, '项目', '内容', 1, 'manual', '', '')",
        sheet.pk,
    )


def test_a_closed_or_historical_year_is_not_judged(drafted, cycle, people):
    Cycle.objects.filter(pk=cycle.pk).update(closed_at=timezone.now())
    for act in (
        lambda: sheets.draft(cycle, actor=people.office),
        lambda: sheets.save(drafted, ROWS, seen=drafted.lock, actor=people.office),
        lambda: sheets.activate(drafted, actor=people.office),
    ):
        with pytest.raises(AssessmentError, match="已经关闭"):
            act()
