"""What every writer begins with: a version, a table or a year as it is now, held to the end of the transaction."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from riskpoints.models import ControlTable, Cycle, TableVersion
from riskpoints.tables.locking import lock_table, lock_version, lock_year
from riskpoints.tables.refusal import WorkflowError


def test_what_is_held_is_read_anew_with_what_writers_ask_of_it(draft_version):
    TableVersion.objects.filter(pk=draft_version.pk).update(head_name="别人刚写的")
    with transaction.atomic():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            locked = lock_version(draft_version)
            said = (locked.head_name, locked.table.owner_name, locked.table.cycle.is_closed)
        assert said == ("别人刚写的", draft_version.table.owner_name, False)
        assert len(asked) == 1
        assert lock_table(draft_version.table) == draft_version.table
        assert lock_year(draft_version.table.cycle) == draft_version.table.cycle


@pytest.mark.skipif(not connection.features.has_select_for_update_of, reason="SQLite holds the whole file")
@pytest.mark.parametrize(("with_year", "held"), [(False, 1), (True, 2)])
def test_the_year_is_held_where_its_closing_counts_the_version(draft_version, with_year, held):
    with transaction.atomic(), CaptureQueriesContext(connection) as asked:
        lock_version(draft_version, with_year=with_year)
    sql = next(query["sql"] for query in asked if "FOR UPDATE" in query["sql"])
    tables = sql.partition("FOR UPDATE OF ")[2]
    assert tables.count('"') == 2 * held
    assert ("riskpoints_cycle" in tables) is with_year


def test_a_year_that_was_withdrawn_is_not_held(table):
    late, year = ControlTable.objects.get(pk=table.pk), Cycle.objects.get(pk=table.cycle_id)
    ControlTable.objects.all().delete()
    Cycle.objects.filter(pk=year.pk).delete()
    with transaction.atomic():
        assert lock_table(late) is None
        with pytest.raises(WorkflowError, match="已经撤销"):
            lock_year(year)
