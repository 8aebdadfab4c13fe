"""制度库 and 废改立清单 lie in the archive with their files, and come back with what measures cite."""

import pytest
from django.db import transaction
from django.utils import timezone

from riskcontrol import files as stored
from riskpoints.archives import verifier
from riskpoints.archives.importing import import_archive
from riskpoints.enums import Status
from riskpoints.models import Measure
from riskpoints.references.regulations import files, services
from riskpoints.references.regulations.enums import Act, Executed, Plan, State
from riskpoints.references.regulations.models import Regulation
from riskpoints.regulations import papers, queries, record
from riskpoints.tables import editing
from tests import scans
from tests.access.reading import words_in
from tests.factories import bring_to, make_regulation
from tests.riskpoints.archives.packing import build, rows, unpacked

TODAY = timezone.localdate
SECOND = scans.pdf(mark="二")


def write(table, people):
    """Return the year of a table in force that cites a regulation, which was replaced since; one has a file."""
    office, year = people.office, table.cycle.year
    old = make_regulation(department=table.department, created_by=office)
    new = make_regulation("采购管理办法", document_number="校发〔2026〕9 号", summary="新的程序", created_by=office)
    kept = files.add(old, scans.PDF, name="办法.pdf", actor=office)
    files.add(old, SECOND, name="办法.pdf", replaces=kept, reason="漏了一页", actor=office)
    draft = bring_to(Status.DRAFT, table, people)
    measure = draft.measures.first()
    said = {"points": measure.points.all(), "regulations": [old], "measure": measure}
    editing.save_measure(draft, {}, **said, actor=people.head)
    bring_to(Status.CONFIRMED, table, people)
    services.decide(new, year, Plan.REVISE, due=TODAY(), note="再改", actor=office)
    told = {"executed": Executed.PARTLY, "problems": "没有比价", "suggestion": "补比价", "checked_on": TODAY()}
    services.check(new, year, told, actor=people.reviewer)
    services.perform(Act.REPLACE, old, {"replaced_by": new, "ended_on": TODAY()}, actor=office)
    return table.cycle


@pytest.fixture
def elsewhere(request, tmp_path, db):
    """Return the archive of that year, made in a database that is gone."""
    with transaction.atomic():
        _, table, people = (request.getfixturevalue(name) for name in ("school", "table", "people"))
        build(write(table, people), tmp_path / "档案.zip")
        transaction.set_rollback(True)
    return tmp_path / "档案.zip"


def test_an_archive_shows_the_library_and_the_plan(elsewhere):
    assert verifier.verify(elsewhere) == []
    found = unpacked(elsewhere)
    (path,) = [name for name in found if name.endswith("制度库.csv")]
    assert [(row["文号"], row["状态"], row["由哪项替代"]) for row in rows(found[path])] == [
        ("校发〔2025〕3 号", "被替代", "采购管理办法"),
        ("校发〔2026〕9 号", "现行", ""),
    ]
    (paper,) = [name for name in found if papers.NAME in name and name.endswith(".pdf")]
    words = words_in(found[paper])
    for said in ("校发〔2026〕9 号", "修订", "补比价", "没有比价"):
        assert said.replace(" ", "") in words.replace(" ", "")
    kept = [name for name in found if "制度_001_" in name]
    assert sorted(found[name] for name in kept) == sorted([scans.PDF, SECOND])
    assert any("已更换" in name for name in kept)


def test_it_comes_back_with_what_measures_cite(elsewhere):
    cycle = import_archive(elsewhere).cycle
    old, new = Regulation.objects.order_by("document_number")
    assert (old.state, old.replaced_by, old.ended_on) == (State.REPLACED, new, TODAY())
    assert (new.state, new.summary, old.department.name) == (State.IN_FORCE, "新的程序", "总务处")
    first, second = old.files.all()
    assert (second.replaces, second.reason, second.added_by.staff_number) == (first, "漏了一页", "1011")
    assert stored.read(first.file) == scans.PDF
    (measure,) = Measure.objects.exclude(regulation_names=[])
    assert list(measure.regulations.all()) == [old]
    assert [(line.words, line.check.problems if line.check else "") for line in queries.plan(cycle.year)] == [
        ("修订", "没有比价"),
        ("废止", ""),
    ]
    assert [plan.decided_by.staff_number for plan in new.plans.all()] == ["1011"]


def test_the_same_number_of_queries_for_any_number(cycle, department, django_assert_num_queries):
    make_regulation(department=department)
    with django_assert_num_queries(4):
        record.PART.facts(cycle)
    for number in range(30):
        make_regulation(f"制度{number}", department=department)
    with django_assert_num_queries(4):
        assert len(record.PART.facts(cycle)) == 31


def test_a_year_typed_in_from_old_papers_has_none(cycle):
    make_regulation()
    cycle.is_historical = True
    assert record.PART.facts(cycle) == record.PLAN.facts(cycle) == []
