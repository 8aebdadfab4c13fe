"""What a closed year gets corrected afterwards: in the archive of the year of the decision, and back (R50)."""

import datetime
import json

import pytest
from django.db import IntegrityError, models, transaction
from django.urls import reverse
from django.utils import timezone

from riskpoints.archives import verifier
from riskpoints.archives.importing import import_archive
from riskpoints.enums import Scope, Status
from riskpoints.evidence import year_facts
from riskpoints.models import ControlTable, Cycle
from riskpoints.oversight.assessment import corrections, filling, sheets, vetoes
from riskpoints.oversight.assessment.vetoes import Corrected
from riskpoints.oversight.enums import AssessmentState as State
from riskpoints.oversight.models import Assessment, KeptCorrection
from riskpoints.years import closing
from tests.factories import bring_to, make_cycle
from tests.pages import text_of
from tests.riskpoints.archives.packing import build, rows, unpacked
from tests.riskpoints.oversight.assessment.conftest import ROWS, bring, case


@pytest.fixture
def decided(confirmed_version, department, people) -> Cycle:
    """Return the year of today, in which 总务处 was decided as 优秀."""
    year = confirmed_version.table.cycle
    sheet = sheets.draft(year, actor=people.office)
    sheets.activate(sheets.save(sheet, ROWS, seen=sheet.lock, actor=people.office), actor=people.office)
    bring(filling.begin(year, department, actor=people.head), State.DECIDED, people)
    return year


def close(year, people) -> Cycle:
    closing.close_year(year, actor=people.office)
    return Cycle.objects.get(pk=year.pk)


@pytest.fixture
def judged(decided, people) -> Cycle:
    """Return that year, closed."""
    return close(decided, people)


@pytest.fixture
def following(judged, department, people, time_machine) -> Cycle:
    """Return the next year with a table in force, on one of its days."""
    time_machine.move_to(datetime.datetime(judged.year + 1, 3, 2, 4, tzinfo=datetime.UTC), tick=False)
    year = make_cycle(judged.year + 1)
    table = ControlTable.objects.create(cycle=year, scope=Scope.DEPARTMENT, department=department)
    bring_to(Status.CONFIRMED, table, people)
    return year


def correct(judged, department, people):
    """Bar 优秀 in the closed year, for a case that became known."""
    veto = vetoes.propose(judged, department, people.head, "", case(), actor=people.reviewer)
    return vetoes.confirm(veto, text="事后查明", actor=people.principal)


def lift(veto, people):
    decided = Corrected("二号", "某上级纪委", timezone.localdate())
    return vetoes.lift(veto, decided, "原案撤销", actor=people.principal)


def test_the_year_of_the_decision_tells_it(judged, following, department, people):
    assert corrections.facts(following) == []
    veto = correct(judged, department, people)
    lift(veto, people)
    told = corrections.facts(following)
    today = f"{timezone.localdate()}"
    assert corrections.lines(year_facts.plain(told)) == [
        (f"{judged.year}", "总务处", "总务处负责人", "优秀", "合格", "某纪处〔2026〕1号", today, today, "校长"),
        (f"{judged.year}", "总务处", "总务处负责人", "合格", "优秀", "二号", today, today, "校长"),
    ]
    assert corrections.facts(judged) == []


def test_what_the_judged_year_itself_tells_is_told_once(decided, department, people):
    """While the year is open its own archive shows the correction."""
    correct(decided, department, people)
    assert close(decided, people).is_closed
    assert corrections.facts(make_cycle(decided.year + 1)) == []


def test_after_the_record_of_its_year_was_made_the_next_one_tells_it(
    judged, following, department, people, time_machine
):
    closed, after = close(following, people), make_cycle(following.year + 1)
    time_machine.move_to(closed.closed_at + datetime.timedelta(days=1), tick=False)
    correct(judged, department, people)
    assert corrections.facts(closed) == []
    assert [row["judged"] for row in corrections.facts(after)] == [judged.year]


def test_the_archive_of_the_closed_year_stays_what_it_is(judged, following, department, people, tmp_path):
    build(judged, tmp_path / "a.zip")
    lift(correct(judged, department, people), people)
    build(judged, tmp_path / "b.zip")
    assert (tmp_path / "b.zip").read_bytes() == (tmp_path / "a.zip").read_bytes()


@pytest.fixture
def elsewhere(request, tmp_path, db):
    """Return the archive of the following year, made in a database that is gone, and what its part told."""
    with transaction.atomic():
        judged, following = (request.getfixturevalue(name) for name in ("judged", "following"))
        people = request.getfixturevalue("people")
        correct(judged, request.getfixturevalue("department"), people)
        told = year_facts.plain(corrections.facts(following))
        build(following, tmp_path / "a.zip")
        transaction.set_rollback(True)
    return tmp_path / "a.zip", told


def test_they_come_back_and_are_told_the_same(elsewhere, tmp_path):
    path, told = elsewhere
    assert verifier.verify(path) == []
    files = unpacked(path)
    (listed,) = [name for name in files if name.endswith(f"{corrections.PART.title}.csv")]
    assert [row["更正为"] for row in rows(files[listed])] == ["合格"]
    assert json.loads(files[verifier.METADATA])["parts"]["corrections"] == told
    imported = import_archive(path)
    assert not Assessment.objects.exists()
    assert year_facts.plain(corrections.facts(imported.cycle)) == told
    build(imported.cycle, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == path.read_bytes()
    with pytest.raises(IntegrityError, match="不能更改"), transaction.atomic():
        models.QuerySet(KeptCorrection).update(grade="excellent")


def test_who_sees_all_results_reads_them_on_the_page_of_the_year(client, judged, following, department, people):
    correct(judged, department, people)
    address = f"{reverse('oversight:assessments')}?year={following.year}"
    for person, sees in ((people.office, True), (people.principal, True), (people.other_head, False)):
        client.force_login(person)
        assert ("以前年度考核的更正" in text_of(client.get(address))) is sees
