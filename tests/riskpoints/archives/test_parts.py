"""公示, opinions, answers and objections lie in the archive without a name or a code, and come back with it."""

import datetime
import json
import subprocess

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from riskpoints.archives import verifier
from riskpoints.archives.importing import import_archive
from riskpoints.archives.parts import Parts
from riskpoints.enums import Action, Category, Status
from riskpoints.models import Publication, PublishedVersion
from riskpoints.participation import opinions
from riskpoints.participation.enums import ObjectionState, Outcome
from riskpoints.participation.models import Feedback, Objection
from riskpoints.tables import workflow
from tests.access.reading import words_in
from tests.factories import bring_to, paper_signature, publish_for
from tests.riskpoints.archives.packing import build, rows, unpacked

SAID, NAME, PETITION = "食堂价格没有公布过", "知情的家长甲", "采购员张某收了烟酒"
WEEK = datetime.timedelta(days=7)


def speak(table, other_table, people):
    """Return the year in which 总务处's table was published, spoken about and put in force; 教务处's never was."""
    publish_for(1)
    version = bring_to(Status.REVIEWED, table, people)
    other = bring_to(Status.REVIEWED, other_table, people)
    opinions.send_feedback(other, text="对没有确定的表的意见")
    first, second, third = (
        opinions.send_feedback(version, text=text, name=NAME) for text in (SAID, "补上食堂", PETITION)
    )
    opinions.answer_feedback(
        first, outcome=Outcome.EXPLAINED, answer="每周公布。", answer_is_public=True, actor=people.office
    )
    worded = {"category": Category.DUTY, "text": "请补食堂采购"}
    opinions.answer_feedback(second, outcome=Outcome.OBJECTED, answer="已送。", worded=worded, actor=people.office)
    opinions.decide_objection(second.objection, state="deferred", reason="明年写", actor=people.reviewer)
    opinions.refer(third, actor=people.office)
    over = version.publish_until + datetime.timedelta(days=1)
    with time_machine.travel(timezone.make_aware(datetime.datetime.combine(over, datetime.time(9)))):
        workflow.perform(Action.CONFIRM, version, actor=people.office, signature=paper_signature())
    return table.cycle


@pytest.fixture
def package(school, table, other_table, people, tmp_path):
    """Return the archive of that year."""
    build(speak(table, other_table, people), tmp_path / "档案.zip")
    return tmp_path / "档案.zip"


@pytest.fixture
def elsewhere(request, tmp_path, db):
    """Return the archive of that year, made in a database that is gone."""
    with transaction.atomic():
        names = ("school", "table", "other_table", "people")
        _, table, other_table, people = (request.getfixturevalue(name) for name in names)
        build(speak(table, other_table, people), tmp_path / "档案.zip")
        transaction.set_rollback(True)
    return tmp_path / "档案.zip"


def test_an_archive_shows_what_was_said_and_by_nobody(package):
    assert verifier.verify(package) == []
    words = words_in(package.read_bytes())
    for shown in (SAID, "每周公布。", "请补食堂采购", "明年写"):
        assert shown in words
    codes = Feedback.objects.values_list("code", flat=True)
    for hidden in (NAME, PETITION, "对没有确定的表的意见", *codes):
        assert hidden not in words
    files = unpacked(package)
    (path,) = [name for name in files if name.endswith("公示意见和答复.csv")]
    assert [row["处理结果"] for row in rows(files[path])] == ["已作说明", "已作为异议，送纪委审核"]
    (path,) = [name for name in files if name.endswith("公示情况.csv")]
    assert [row["公示的表"] for row in rows(files[path])] == ["总务处"]


def printed_text(content, tmp_path):
    path = tmp_path / "paper.pdf"
    path.write_bytes(content)
    said = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True).stdout
    return "".join(said.split())


def test_the_result_of_a_publication_that_is_over_lies_in_it_as_pdf(school, table, other_table, people, tmp_path):
    cycle = speak(table, other_table, people)
    build(cycle, tmp_path / "running.zip")
    assert not [name for name in unpacked(tmp_path / "running.zip") if "公示结果" in name]
    over = Publication.objects.latest("last").last + datetime.timedelta(days=1)
    parts = Parts(tmp_path / "parts")
    with time_machine.travel(timezone.make_aware(datetime.datetime.combine(over, datetime.time(9)))):
        first = build(cycle, tmp_path / "over.zip", parts=parts)
    files = unpacked(tmp_path / "over.zip")
    (path,) = [name for name in files if "公示结果" in name]
    assert path in first.fresh
    words = printed_text(files[path], tmp_path)
    assert "公示1张表。公示期内共收到意见2条，已全部办结。" in words
    assert "已作为异议，送纪委审核" in words
    assert not [word for word in (NAME, PETITION, "教务处") if word in words]
    with time_machine.travel(timezone.make_aware(datetime.datetime.combine(over, datetime.time(9))) + WEEK):
        again = build(cycle, tmp_path / "later.zip", parts=parts)
        alone = build(cycle, tmp_path / "alone.zip")
    assert again.fresh == frozenset()
    assert path in alone.fresh
    assert unpacked(tmp_path / "alone.zip")[path] == files[path]


def test_they_come_back(elsewhere, tmp_path):
    assert not Feedback.objects.exists()
    cycle = import_archive(elsewhere).cycle
    publication = Publication.objects.get()
    row = PublishedVersion.objects.get()
    assert (publication.cycle, publication.days, row.version.owner_name) == (cycle, 1, "总务处")
    assert row.version.publish_until == publication.last
    found = {feedback.text: feedback for feedback in Feedback.objects.all()}
    assert set(found) == {SAID, "补上食堂"}
    first = found[SAID]
    assert (first.name, first.outcome, first.answer, first.answer_is_public) == ("", "explained", "每周公布。", True)
    assert first.answered_by.real_name == "领导小组办公室干事"
    objection = Objection.objects.get()
    assert (objection.feedback, objection.state, objection.reason) == (
        found["补上食堂"],
        ObjectionState.DEFERRED,
        "明年写",
    )
    build(cycle, tmp_path / "再次.zip")
    assert unpacked(tmp_path / "再次.zip")[verifier.METADATA] == unpacked(elsewhere)[verifier.METADATA]


def test_a_year_without_them_has_no_such_part(whole):
    facts = json.loads(unpacked(whole)[verifier.METADATA])
    assert list(facts["parts"]) == ["participation_figures"]
