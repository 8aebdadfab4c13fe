"""The library in a year's archive: where points came from and what was confirmed, and the way back."""

import json

import pytest
from django.db import transaction

from riskpoints import wings
from riskpoints.archives import verifier
from riskpoints.archives.importing import import_archive
from riskpoints.enums import Action
from riskpoints.library import confirming
from riskpoints.library.models import NotApplicable
from riskpoints.library.record import CONFIRMED, ORIGINS
from riskpoints.models import RiskPoint, TableVersion
from riskpoints.references.library import services
from riskpoints.references.library.models import TypicalRisk
from riskpoints.references.library.values import MeasureValues, RiskValues
from riskpoints.tables import starting, workflow
from tests.factories import assess_all, fill, make_point, paper_signature
from tests.riskpoints.archives.packing import build, rows, unpacked

OWN = RiskValues(
    "校车", "duty", "照管员不清点人数", functions=frozenset({"采购"}), measures=(MeasureValues("", "点名"),)
)


@pytest.fixture
def year(request):
    """Return a function that fills a year: a point from a shipped entry, one from an own, one 不适用."""

    def made():
        names = ("school", "table", "people", "purchasing_post")
        _, table, people, post = (request.getfixturevalue(name) for name in names)
        own = services.save_risk(OWN, actor=people.reviewer)
        draft = starting.start_table(table, actor=people.head)
        shipped = TypicalRisk.objects.get(key="CG-01")
        make_point(draft, actor=people.head, text="取自系统自带的", library_entry=shipped)
        make_point(draft, actor=people.head, text="取自本校的", library_entry=own)
        confirming.confirm(draft, [(post, TypicalRisk.objects.get(key="CG-02"))], actor=people.head)
        version = workflow.perform(Action.SUBMIT, fill(draft, actor=people.head), actor=people.head)
        assess_all(version, actor=people.reviewer)
        version = workflow.perform(Action.APPROVE, version, actor=people.reviewer)
        workflow.perform(Action.CONFIRM, version, actor=people.office, signature=paper_signature())
        return table.cycle, own.key

    return made


@pytest.fixture
def package(year, tmp_path, db):
    """Return the archive of such a year, made in a database that is gone, and the key of its own entry."""
    with transaction.atomic():
        cycle, key = year()
        build(cycle, tmp_path / "档案.zip")
        transaction.set_rollback(True)
    return tmp_path / "档案.zip", key


def test_both_lie_in_the_archive_with_the_words_of_the_entries(package):
    path, key = package
    files = unpacked(path)
    (name,) = [name for name in files if name.endswith("取自典型库的风险点.csv")]
    assert [(row["风险点"], row["典型库编号"], row["领域"]) for row in rows(files[name])] == [
        ("取自系统自带的", "CG-01", "采购"),
        ("取自本校的", key, "校车"),
    ]
    (name,) = [name for name in files if name.endswith("典型风险确认不适用.csv")]
    (row,) = rows(files[name])
    assert (row["岗位"], row["典型库编号"], row["确认人"]) == ("采购员", "CG-02", "总务处负责人")
    parts = json.loads(files[verifier.METADATA])["parts"]
    assert parts["library_origins"][1]["entry"]["measures"] == [["", "点名", ""]]
    assert verifier.verify(path) == []


def test_both_come_back_and_an_own_entry_comes_back_retired(package):
    path, key = package
    assert not TableVersion.objects.exists()
    cycle = import_archive(path).cycle
    taken = dict(
        RiskPoint.objects.filter(version__table__cycle=cycle)
        .exclude(library_entry=None)
        .values_list("text", "library_entry__key")
    )
    assert taken == {"取自系统自带的": "CG-01", "取自本校的": key}
    own = TypicalRisk.objects.get(key=key)
    assert (own.text, own.is_active, own.functions.get().name) == (OWN.text, False, "采购")
    assert TypicalRisk.objects.get(key="CG-01").is_active
    row = NotApplicable.objects.get()
    assert (row.table.cycle, row.post_name, row.entry.key) == (cycle, "采购员", "CG-02")
    assert (row.said_by.real_name, row.said_by_name) == ("总务处负责人", "总务处负责人")


def test_a_year_without_either_is_recorded_as_before(confirmed_version):
    cycle = confirmed_version.table.cycle
    assert not {"library_origins", "library_not_applicable"} & wings.facts(cycle).keys()
    assert (ORIGINS.facts(cycle), CONFIRMED.facts(cycle)) == ([], [])
    assert wings.of_points({}) == {}
