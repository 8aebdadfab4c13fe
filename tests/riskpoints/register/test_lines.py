"""What stands beside a point in the register: its measures, its level, where its version stands today."""

from departments.enums import Level
from riskcontrol.web.query import QueryReader
from riskpoints.enums import Action, Category, Stage, Status
from riskpoints.register import filters, lines, search
from riskpoints.tables import reviewing, workflow
from tests.factories import bring_to, make_measure, make_point


def found_lines(user, **query):
    """Return the lines that a person finds with a query."""
    chosen = filters.read(QueryReader(query), filters.options(user))
    return lines.lines_of(search.points(user, chosen), user)


def test_a_measure_without_a_stage_counts_as_prevention(draft_version, head):
    point = make_point(draft_version, actor=head, text="有三条措施的", category=Category.PROCESS)
    for text, stage in (("无阶段", ""), ("预防", Stage.PREVENTION), ("监控", Stage.MONITORING)):
        make_measure(draft_version, point, actor=head, text=text, stage=stage)
    (line,) = found_lines(head, standing="draft", q="有三条措施的")
    assert [[measure.text for measure in line.measures_at(stage)] for stage in Stage] == [
        ["无阶段", "预防"], ["监控"], [],
    ]  # fmt: skip


def test_measures_of_a_whole_category_stand_behind_those_of_the_point(draft_version, head):
    (line,) = found_lines(head, standing="draft", category=Category.DUTY)
    assert [measure.text for measure in line.measures] == [
        "岗位职责风险的监控措施1",
        "每学期开展一次岗位廉政教育并考试",
    ]
    (line,) = found_lines(head, standing="draft", category=Category.PROCESS)
    assert [measure.text for measure in line.measures] == ["业务流程风险的监控措施2"]


def test_a_level_that_nobody_decided_yet_is_not_shown_nor_counted(submitted_version, people):
    """What a reviewer set before the approval is a note; until then the proposal counts."""
    given = {point.pk: reviewing.Assessment(Level.FIRST) for point in submitted_version.points.all()}
    reviewing.assess(submitted_version, given, actor=people.reviewer)
    assert len(found_lines(people.head, standing="submitted", level="1")) == 2
    found = found_lines(people.head, standing="submitted")
    assert {(line.point.confirmed_level, line.differs, line.number) for line in found} == {(None, False, "")}
    workflow.perform(Action.APPROVE, submitted_version, actor=people.reviewer)
    assert len(found_lines(people.head, standing="reviewed", level="1")) == 4
    assert sorted(line.differs for line in found_lines(people.head, standing="reviewed")) == [False, False, True, True]
    assert not any(line.differs for line in found_lines(people.staff, standing="all"))


def test_every_row_says_where_its_version_stands_today(table, people):
    for status in (Status.CONFIRMED, Status.CONFIRMED, Status.DRAFT):
        bring_to(status, table, people)
    words = [line.words for line in found_lines(people.head, standing="all")]
    assert {word: words.count(word) for word in words} == {"历史版本": 4, "现行": 4, "填报中": 4}
