"""Once a year is closed, nobody decides about its 废改立 any more and no check is recorded for it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import transaction

from riskcontrol.triggers import FreezeRule
from riskpoints.models import Cycle
from riskpoints.references.regulations.models import ExecutionCheck, PlanDecision

CLOSED = "这个年度已经归档关闭，不能再登记。"


@contextmanager
def open_year(year: int) -> Iterator[None]:
    """Hold a year open while something is recorded for it. ValidationError where it is closed."""
    with transaction.atomic():
        cycle = Cycle.objects.select_for_update().filter(year=year).first()
        if cycle is not None and cycle.is_closed:
            raise ValidationError({"year": CLOSED})
        yield


def rules() -> list[FreezeRule]:
    """The same, as the database refuses it; what an import brings back comes before its year is closed."""
    cycles = Cycle._meta.db_table
    is_closed = f"EXISTS (SELECT 1 FROM {cycles} c WHERE c.year = NEW.year AND c.closed_at IS NOT NULL)"  # noqa: S608 - our own names  # nosec B608
    return [
        FreezeRule(f"closed_{model._meta.model_name}", model._meta.db_table, "INSERT", is_closed, CLOSED)
        for model in (PlanDecision, ExecutionCheck)
    ]
