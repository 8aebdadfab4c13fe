"""A version, a table or a year as it is now, held to the end of the transaction: what every writer begins with."""

from riskpoints.models import ControlTable, Cycle, TableVersion
from riskpoints.tables.refusal import WorkflowError


def lock_version(version: TableVersion, *, with_year: bool = False) -> TableVersion:
    """The version with its table; with its year, too, where what is written counts for the closing (close_year)."""
    held = ("self", "table__cycle") if with_year else ("self",)
    queryset = TableVersion.objects.select_for_update(of=held)
    return queryset.select_related("table__cycle", "table__department").get(pk=version.pk)


def lock_year(cycle: Cycle) -> Cycle:
    """The year; WorkflowError where it was withdrawn meanwhile."""
    locked = Cycle.objects.select_for_update().filter(pk=cycle.pk).first()
    if locked is None:
        raise WorkflowError(f"{cycle}已经撤销。请刷新页面。")
    return locked


def lock_table(table: ControlTable) -> ControlTable | None:
    """The table with its year and department; None where its year was withdrawn meanwhile."""
    queryset = ControlTable.objects.select_for_update(of=("self",)).select_related("cycle", "department")
    return queryset.filter(pk=table.pk).first()
