"""编号 is one rule: the same number on the screen, in an export, in the archive, and found by the search."""

import pytest
from django.utils import timezone

from departments.models import Department
from departments.queries import department_rows
from riskcontrol import files
from riskcontrol.models import StoredFile
from riskcontrol.web.query import QueryReader
from riskpoints.archives import records
from riskpoints.archives.printing import Printer
from riskpoints.documents.selection import selection
from riskpoints.enums import Category, Scope, Status
from riskpoints.evidence import record
from riskpoints.models import ControlTable, RiskPoint, TableVersion
from riskpoints.register import filters, numbers, publication, search
from riskpoints.register.lines import lines_of
from riskpoints.tables import starting
from riskpoints.years import closing
from tests.factories import bring_to, make_cycle, make_point
from tests.riskpoints.archives.packing import falsify


@pytest.fixture
def three_tables(people, table, other_table, school_table):
    """总务处, 教务处 and the school with tables in force; return the year."""
    for one in (table, other_table, school_table):
        bring_to(Status.CONFIRMED, one, people)
    return table.cycle


def found(user, text=""):
    chosen = filters.read(QueryReader({"q": text}), filters.options(user))
    return lines_of(search.points(user, chosen), user)


def printed(cycle):
    """The (编号, text) pairs of the archive's 登记汇总表."""
    rows = Printer(records.read_year(cycle.year))._register.rows
    return [(row.number, row.department, row.point) for row in rows]


def on_screen(user):
    return [(line.number, line.version.owner_name, line.point.text) for line in found(user)]


def test_register_export_and_archive_print_the_same_number(three_tables, people):
    """The school's table comes first everywhere; in the register it once came last."""
    shown = on_screen(people.office)
    assert shown == printed(three_tables)
    exported = selection(found(people.office), year=three_tables.year, scope="").rows
    assert [(row.number, row.department, row.point) for row in exported] == shown
    heads = {number[:7]: owner for number, owner, _ in shown}
    year = three_tables.year
    owners = [owner for _, owner in sorted(heads.items())]
    assert sorted(heads) == [f"{year}-01", f"{year}-02", f"{year}-03"]
    assert owners[0] == RiskPoint.objects.filter(version__table__scope="school").first().version.owner_name


def test_departments_without_a_place_of_their_own_follow_their_pinyin_everywhere(three_tables, people):
    """教务处 was made after 总务处: a closed year once counted them otherwise than the open one did."""
    Department.objects.update(order=100)
    shown = on_screen(people.office)
    assert list(dict.fromkeys(owner for _, owner, _ in shown))[1:] == ["教务处", "总务处"]
    assert [number for number, _, _ in shown] == sorted(number for number, _, _ in shown)
    assert shown == printed(three_tables)
    rows = [row.department.name for row in department_rows(timezone.localdate())]
    assert rows.index("教务处") < rows.index("总务处")
    assert [table.owner for table in publication.published_tables()[1]][:2] == ["教务处", "总务处"]
    closing.close_year(three_tables, actor=people.office)
    assert on_screen(people.office) == shown == printed(three_tables)


def test_the_school_comes_before_departments_then_those_of_the_kept_order_then_the_others():
    """Whatever stands first in the database; a department that the record of the year doesn't know comes last."""
    tables = [
        ControlTable(pk=1, scope=Scope.DEPARTMENT, department_id=7),
        ControlTable(pk=2, scope=Scope.DEPARTMENT, department_id=5),
        ControlTable(pk=3, scope=Scope.DEPARTMENT, department_id=9),
        ControlTable(pk=4, scope=Scope.SCHOOL),
        ControlTable(pk=5, scope=Scope.DEPARTMENT, department_id=6),
    ]
    assert [table.pk for table in numbers.in_order(tables, [9, 5, 7])] == [4, 3, 2, 1, 5]
    assert [table.pk for table in numbers.in_order(reversed(tables), [])] == [4, 1, 2, 3, 5]


def test_points_count_by_category_then_by_their_place_then_by_age(draft_version, people):
    """The order of the form; never that in which rows were written."""
    first, second = (
        make_point(draft_version, actor=people.head, text=text, category=Category.DUTY) for text in ("先", "后")
    )
    points = list(draft_version.points.values_list("pk", "category", "order"))
    swapped = [(pk, category, {first.pk: 9, second.pk: 8}.get(pk, order)) for pk, category, order in points]
    found = numbers._in_form_order(reversed(swapped))
    duty = [pk for pk, category, _ in points if category == Category.DUTY and pk not in (first.pk, second.pk)]
    assert found[:3] == [*duty, second.pk, first.pk]
    level = [(pk, category, 1) for pk, category, _ in points]
    assert numbers._in_form_order(reversed(level))[:3] == [*duty, first.pk, second.pk]


def test_a_closed_year_keeps_its_numbers_when_departments_are_put_in_another_order(three_tables, people):
    closing.close_year(three_tables, actor=people.office)
    before = on_screen(people.office)
    for place, department in enumerate(Department.objects.order_by("-order", "-pk")):
        Department.objects.filter(pk=department.pk).update(order=place)
    after = on_screen(people.office)
    assert sorted(after) == sorted(before) == sorted(printed(three_tables))


def test_an_open_year_counts_in_the_order_of_today(three_tables, people):
    before = {text: number for number, owner, text in on_screen(people.office) if owner == "总务处"}
    first = Department.objects.order_by("order", "pk").first()
    Department.objects.filter(pk=first.pk).update(order=99)
    after = {text: number for number, owner, text in on_screen(people.office) if owner == "总务处"}
    assert before.keys() == after.keys()
    assert before != after
    assert sorted(on_screen(people.office)) == sorted(printed(three_tables))


def test_more_closed_years_cost_no_more_queries(record_table, people, django_assert_num_queries):
    today = timezone.localdate().year
    versions = []
    for number in range(4):
        cycle = make_cycle(today - 1 - number)
        versions.append(record_table(f"第{number}处", in_cycle=cycle).in_force)
        closing.close_year(cycle, actor=people.office)
    numbers.of(versions)  # the records themselves are files, each read once
    for chosen in (versions[:1], versions):
        known = TableVersion.objects.select_related("table__cycle").filter(pk__in=[version.pk for version in chosen])
        with django_assert_num_queries(4):
            assert len(numbers.of(known)) == len(chosen)


def test_a_damaged_record_of_a_year_closes_no_register(three_tables, people):
    closed = closing.close_year(three_tables, actor=people.office)
    sha256 = record.kept_records([closed])[closed.pk]
    before = on_screen(people.office)
    numbers._departments_in.cache_clear()
    falsify(StoredFile.objects.filter(sha256=sha256).get(), content=b"{}")
    with pytest.raises(files.ChangedFileError):
        files.content(sha256)
    assert on_screen(people.office) == before


@pytest.mark.parametrize("write", [str, lambda text: "".join(chr(ord(c) + 0xFEE0) for c in text)])
def test_a_point_is_found_by_its_number_alone(three_tables, people, write):
    """Also in full-width digits and hyphens; a table by the first part."""
    lines = found(people.office)
    for line in (lines[0], lines[-1]):
        assert [hit.point.pk for hit in found(people.office, write(line.number))] == [line.point.pk]
        table = [other.point.pk for other in lines if other.version == line.version]
        assert [hit.point.pk for hit in found(people.office, write(line.number[:7]))] == table


def test_a_number_is_found_with_other_hyphens_spaces_and_beside_a_word(three_tables, people):
    line = found(people.office)[1]
    for text in (line.number.replace("-", " - "), line.number.replace("-", "–"), f"{line.number} {line.point.text}"):
        assert [hit.point.pk for hit in found(people.office, text)] == [line.point.pk]


@pytest.mark.parametrize("text", ["{}-01-999", "{}-99", "{}-01-000", "{}-00", "1999-01-001", "9999-99-9999"])
def test_a_number_that_nothing_has_finds_nothing(three_tables, people, text):
    assert found(people.office, text.format(three_tables.year)) == []


def test_a_draft_has_no_numbers(three_tables, people, table):
    table.refresh_from_db()
    draft = starting.open_revision(table.in_force, actor=people.head, reason="制度修订")
    assert draft.points.exists()
    assert numbers.of([draft]) == {}


def test_a_text_that_only_holds_a_number_is_a_text():
    assert [numbers.read(text) for text in ("2026年-01", "文号2026-01-001", "2026-01-001-1", "2026X01")] == [None] * 4


def test_a_word_like_a_number_is_still_found_in_the_text(three_tables, people, table):
    table.refresh_from_db()
    point = RiskPoint.objects.filter(version=table.in_force_id).first()
    assert numbers.named(point.text) is None
    assert point.pk in [line.point.pk for line in found(people.office, point.text)]
