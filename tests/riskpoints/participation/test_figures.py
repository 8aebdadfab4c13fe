"""R16 and R18 in numbers: what is counted and what is not, who reads which line, the papers, the archive."""

import datetime
import json
from io import BytesIO

import openpyxl
import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from departments.enums import Role
from riskcontrol.models import AuditEntry
from riskpoints.archives import verifier
from riskpoints.archives.importing import import_archive
from riskpoints.enums import Category, FindingMethod, Status
from riskpoints.evidence import year_facts
from riskpoints.participation import figure_papers, opinions, services
from riskpoints.participation.enums import Outcome
from riskpoints.participation.figures import counted, counts, facts, figures
from riskpoints.participation.models import Feedback, Proposal
from riskpoints.participation.verbs import ParticipationVerb
from riskpoints.years import closing
from tests.factories import bring_to, make_department, make_user
from tests.pages import text_of
from tests.riskpoints.archives.packing import build, rows, unpacked

PAGE = reverse("participation:figures")
POINT = {"category": Category.PROCESS, "text": "领用物资不登记"}


def line(cycle, name):
    """Return the row of this name."""
    (found,) = [row for row in counted(cycle) if row.name == name]
    return found


@pytest.fixture
def said(confirmed_version, department, other_department, people):
    """Return the year: proposals of four methods and each answer to 总务处, one opinion passed on, one set aside."""
    mutual = services.propose(department, POINT, actor=people.other_head)
    services.propose(department, POINT | {"text": "再说一条"}, actor=people.other_head)
    services.propose(department, POINT, actor=people.staff)
    services.propose(department, POINT, actor=people.leader)
    withdrawn = services.propose(department, POINT, actor=people.clerk)
    services.withdraw(withdrawn, actor=people.clerk)
    services.decline(mutual, "已有", actor=people.head)
    answer = {"outcome": Outcome.PASSED_ON, "answer": "转", "actor": people.office}
    for text in ("食堂价格不公布", "食堂太远"):
        opinion = opinions.send_feedback(confirmed_version, text=text, name="家长")
        answer |= {} if "价格" in text else {"outcome": Outcome.UNRELATED}
        opinions.answer_feedback(opinion, worded=POINT, **answer)
    opinions.send_feedback(confirmed_version, text="刷的", is_flood=True)
    return confirmed_version.table.cycle


def test_proposals_are_counted_by_method_and_answer(said):
    own = line(said, "总务处")
    assert own.proposed == {"mutual": 2, "self": 1, "leaders": 1, "masses": 1}
    assert own.by_method == [1, 1, 2, 1, 0, 0]
    assert (own.proposals, own.accepted, own.declined, own.waiting) == (5, 0, 1, 4)
    assert line(said, "教务处").proposals == 0


def test_opinions_are_counted_without_what_is_unrelated_or_set_aside(said):
    assert (line(said, "总务处").opinions, line(said, "全校").opinions) == (1, 1)


def test_what_an_assessment_reckons_with(said, confirmed_version, department, other_department):
    opinions.send_feedback(confirmed_version, text="价格还没有公布")
    found = counts(said)
    assert found["opinions"] == {department.pk: (1, 2)}
    assert found["proposals"][department.pk] == (1, 5)
    assert (found["taking_part"][department.pk], found["taking_part"][other_department.pk]) == ((1, 3), (1, 1))


def test_whoever_proposed_is_counted_once_where_he_belongs(said):
    """总务处: head, clerk and staff, of whom only the staff's proposal stands; 教务处's head proposed twice."""
    own, other, whole = line(said, "总务处"), line(said, "教务处"), line(said, "全校")
    assert (own.participants, own.accounts, own.rate) == (1, 3, "33%")
    assert (other.participants, other.accounts, other.rate) == (1, 1, "100%")
    # With the leader; neither the public nor who worded its opinion; admin, auditor and 副组长 propose nothing.
    assert (whole.participants, whole.accounts) == (3, 11)


def test_an_account_that_was_closed_counts_on_neither_side(said, people):
    people.staff.is_active = False
    people.staff.save()
    assert (line(said, "总务处").participants, line(said, "总务处").accounts) == (0, 2)


def test_a_department_without_accounts_has_no_rate(cycle):
    make_department("后勤中心", order=90)
    assert line(cycle, "后勤中心").rate == "—"


def test_points_in_force_are_counted_by_method(said, confirmed_version):
    own, count = line(said, "总务处"), confirmed_version.points.count()
    assert (own.point_count, own.points, own.unsaid) == (count, {"self": count, "mutual": count}, 0)
    assert own.from_proposals == 0


def test_a_draft_is_not_in_force_and_what_became_of_a_proposal_is_told(said, confirmed_version, people, department):
    taken = services.propose(department, POINT | {"text": "钥匙无人登记"}, actor=people.other_head)
    draft = bring_to(Status.DRAFT, confirmed_version.table, people)
    services.accept(taken, draft=draft.pk, actor=people.head)
    before = line(said, "总务处")
    assert (before.accepted, before.point_count, before.from_proposals) == (1, confirmed_version.points.count(), 0)
    type(confirmed_version.table).objects.filter(pk=draft.table_id).update(in_force=draft)
    after = line(said, "总务处")
    assert (after.point_count, after.from_proposals) == (before.point_count + 1, 1)


def test_the_schools_table_has_points_and_opinions_but_no_people(said, school_table, people):
    opinions.send_feedback(bring_to(Status.CONFIRMED, school_table, people), text="大额资金应公开")
    own = line(said, "学校表")
    assert (own.opinions, own.accounts, own.is_total) == (1, 0, False)
    assert own.point_count == own.unsaid == 6
    assert "学校表" not in [row.name for row in figures(people.office, said).of_people]


def test_what_was_proposed_last_year_is_last_years(said, department, people):
    with time_machine.travel(datetime.datetime(said.year - 1, 6, 1, tzinfo=datetime.UTC)):
        services.propose(department, POINT | {"text": "去年说的"}, actor=people.clerk)
    assert line(said, "总务处").participants == 1


@pytest.mark.parametrize(
    ("who", "names"),
    [
        ("office", ["总务处", "教务处", "纪委办公室", "全校"]),
        ("reviewer", ["总务处", "教务处", "纪委办公室", "全校"]),
        ("principal", ["总务处", "教务处", "纪委办公室", "全校"]),
        ("head", ["总务处"]),
        ("other_head", ["教务处"]),
    ],
)
def test_who_reads_which_line(said, people, client, who, names):
    client.force_login(getattr(people, who))
    answer = client.get(PAGE)
    assert [row.name for row in answer.context["figures"].rows] == names
    assert ("教务处" in text_of(answer)) is ("教务处" in names)
    book = client.get(reverse("participation:figures_paper", args=["participation", "xlsx"]))
    sheet = openpyxl.load_workbook(BytesIO(book.getvalue())).active
    assert [row[0].value for row in sheet.iter_rows(min_row=4)] == names


@pytest.mark.parametrize("who", ["staff", "clerk", "leader", "deputy", "admin", "auditor", "outsider"])
def test_others_do_not(said, people, client, who):
    client.force_login(getattr(people, who))
    assert client.get(PAGE).status_code == 403
    address = reverse("participation:figures_paper", args=["methods", "pdf"])
    assert client.get(address).status_code == 403
    assert "参与情况统计" not in text_of(client.get(reverse("participation:index"), follow=True))


def test_the_page_leads_there_and_says_the_rate(said, people, client):
    client.force_login(people.head)
    assert f'href="{PAGE}"' in client.get(reverse("participation:received")).content.decode()
    assert "33% 1／3 人" in text_of(client.get(PAGE))


@pytest.mark.parametrize("figure", figure_papers.MAKERS)
@pytest.mark.parametrize("kind", ["pdf", "xlsx"])
def test_papers_are_given_and_the_trail_says_so(said, people, client, figure, kind):
    client.force_login(people.office)
    answer = client.get(reverse("participation:figures_paper", args=[figure, kind]), {"year": said.year})
    assert answer.getvalue()[:4] == {"pdf": b"%PDF", "xlsx": b"PK\x03\x04"}[kind]
    entry = AuditEntry.objects.latest("number")
    assert (entry.action, entry.object_id) == (ParticipationVerb.FIGURES_DOWNLOAD, str(said.pk))
    assert entry.detail["文件"] == f"{said.year}年度{figure_papers.TITLES[figure]}.{kind}"


def test_the_columns_fill_the_page():
    for columns in (figure_papers.PEOPLE_COLUMNS, figure_papers.METHOD_COLUMNS):
        assert sum(column.width for column in columns) == 267


@pytest.mark.parametrize("address", ["other.pdf", "methods.docx"])
def test_there_is_no_other_paper(said, people, client, address):
    client.force_login(people.office)
    assert client.get(f"{PAGE}{address}").status_code == 404


def test_without_a_year_the_page_says_what_to_do(school, people, client):
    client.force_login(people.office)
    assert "还没有开启年度" in text_of(client.get(PAGE))
    assert client.get(f"{PAGE}methods.pdf").status_code == 404


@pytest.mark.parametrize("year", ["abc", "-1", "9" * 30, "\x00", "1999"])
def test_a_malformed_year_is_that_of_today(said, people, client, year):
    client.force_login(people.office)
    assert client.get(PAGE, {"year": year}).context["shown"] == said


def test_more_of_everything_costs_no_more_queries(said, people, client, department):
    client.force_login(people.office)

    def queries():
        client.get(PAGE)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(PAGE).status_code == 200
        return len(captured)

    few = queries()
    for number in range(30):
        made = make_department(f"第{number}处", order=100 + number)
        user = make_user(f"7{number:03}", f"职工{number}", Role.STAFF, department=made)
        services.propose(department, POINT | {"text": f"建议{number}"}, actor=user)
    assert queries() == few


def test_the_papers_of_the_archive_reach_to_what_is_counted_last(said, department, people, confirmed_version):
    earlier = datetime.date(said.year, 1, 2)
    said_early = datetime.datetime(said.year, 1, 2, 9, tzinfo=datetime.UTC)
    for model in (Proposal, Feedback):
        model.objects.update(sent_at=said_early)
    Proposal.objects.filter(decided_at__isnull=False).update(decided_at=said_early)
    Feedback.objects.filter(answered_at__isnull=False).update(answered_at=said_early)
    assert facts(said)[0]["day"] == max(confirmed_version.signed_on, earlier)


def test_an_archive_has_them_and_names_nobody(said, people, tmp_path):
    build(said, tmp_path / "a.zip")
    assert verifier.verify(tmp_path / "a.zip") == []
    files = unpacked(tmp_path / "a.zip")
    (path,) = [name for name in files if name.endswith("参与情况统计.csv")]
    found = {row["部门"]: row for row in rows(files[path])}
    assert (found["总务处"]["参与率"], found["总务处"]["互相查"]) == ("33%", "2")
    assert found["总务处"]["现行风险点：自己找"] == f"{line(said, '总务处').point_count}"
    printed = [name.rpartition("_")[2] for name in files if "统计表" in name]
    assert sorted(printed) == sorted(f"{title}.pdf" for title in figure_papers.TITLES.values())
    told = json.dumps(json.loads(files[verifier.METADATA])["parts"]["participation_figures"], ensure_ascii=False)
    assert [user.real_name for user in vars(people).values() if user.real_name in told] == []


def test_a_closed_year_keeps_its_figures_whatever_becomes_of_the_accounts(said, confirmed_version, people, client):
    closing.close_year(said, actor=people.office)
    before = figures(people.office, said)
    make_user("7001", "新来的", Role.STAFF, department=confirmed_version.table.department)
    said.refresh_from_db()
    after = figures(people.office, said)
    assert after.rows == before.rows
    assert after.is_kept
    client.force_login(people.office)
    assert "这里是存档时的统计" in text_of(client.get(PAGE))


def test_they_come_back_with_the_archive(request, tmp_path, db):
    with transaction.atomic():  # in a database that is gone
        cycle = request.getfixturevalue("said")
        before = counted(cycle)
        build(cycle, tmp_path / "a.zip")
        transaction.set_rollback(True)
    cycle = import_archive(tmp_path / "a.zip").cycle
    assert figures(make_user("1", "办公室", Role.OFFICE), cycle).rows == before
    build(cycle, tmp_path / "b.zip")
    first, second = (unpacked(tmp_path / name)[verifier.METADATA] for name in ("a.zip", "b.zip"))
    assert json.loads(first)["parts"] == json.loads(second)["parts"]


def test_a_year_in_which_nobody_said_anything_tells_how_its_points_were_found(confirmed_version, tmp_path):
    build(confirmed_version.table.cycle, tmp_path / "a.zip")
    assert verifier.verify(tmp_path / "a.zip") == []
    files = unpacked(tmp_path / "a.zip")
    (printed,) = [name.rpartition("_")[2] for name in files if "统计表" in name]
    assert printed == "风险点查找方法统计表.pdf"
    (path,) = [name for name in files if name.endswith("参与情况统计.csv")]
    found = {row["部门"]: row for row in rows(files[path])}
    assert (found["总务处"]["在用账号"], found["总务处"]["参与率"]) == ("", "")
    assert found["总务处"]["现行风险点：自己找"] == f"{confirmed_version.points.count()}"


def test_a_record_of_before_tells_of_the_people_too(said, school):
    (told,) = facts(said)
    del told["has_people"]
    assert [paper.name for paper in figure_papers.PART.papers([told], school)] == list(figure_papers.TITLES.values())
    assert figure_papers.PART.lines([told])[0][1] == "5"


def test_a_year_without_points_in_force_has_no_such_part(submitted_version):
    assert "participation_figures" not in year_facts.facts_of_year(submitted_version.table.cycle).get("parts", {})


def test_the_six_methods_are_those_of_the_document():
    assert FindingMethod.labels == ["自己找", "群众提", "互相查", "领导点", "组织评", "其他"]
