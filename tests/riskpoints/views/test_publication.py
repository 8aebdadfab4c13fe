"""公示: what everybody may read, when, and the only things of it that are ever shown."""

import datetime
import subprocess

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from departments.models import School
from riskcontrol.models import AuditEntry, DayCount
from riskcontrol.paper import qr
from riskcontrol.web import visits
from riskpoints import documents
from riskpoints.archives import notices
from riskpoints.enums import Action, Status
from riskpoints.register import publication
from riskpoints.rules.defaults import DEFAULTS
from riskpoints.rules.enums import Key, Readers
from riskpoints.tables import editing, reviewing, workflow
from riskpoints.verbs import RegisterVerb
from riskpoints.years import opening
from tests import once
from tests.factories import bring_to, make_point, publish_for, set_rule

INDEX = reverse("riskpoints:publication")


def address(version) -> str:
    return reverse("riskpoints:publication_table", args=[version.pk])


def notice(version) -> str:
    return reverse("riskpoints:publication_notice", args=[version.pk])


@pytest.fixture
def nobody() -> Client:
    """Return a browser in which nobody has logged in."""
    return Client()


@once.fixture
def running(school, table, people):
    """Return a reviewed version in its publication period of three days."""
    publish_for(3)
    return bring_to(Status.REVIEWED, table, people)


def test_published_tables_are_read_without_an_account(running, nobody):
    page = nobody.get(INDEX).content.decode()
    assert "总务处" in page
    assert nobody.get(address(running)).status_code == 200


def test_every_person_with_an_account_reads_them(running, people, enter):
    for name, user in vars(people).items():
        if name != "disabled":
            assert enter(user).get(INDEX).status_code == 200, name
            assert enter(user).get(address(running)).status_code == 200, name


def test_the_setting_asks_for_a_login(running, nobody, people, enter, settings):
    settings.PUBLIC_PUBLICATION = False
    for path in (INDEX, address(running), notice(running)):
        answer = nobody.get(path)
        assert answer.status_code == 302
        assert answer.url == f"{reverse('login')}?next={path}"
    assert enter(people.outsider).get(INDEX).status_code == 200


@pytest.fixture
def asks_for_login(school):
    """Let what is in force be read by those who log in, as it is where a school has decided nothing."""
    set_rule(Key.IN_FORCE, DEFAULTS[Key.IN_FORCE].value)


@pytest.mark.usefixtures("asks_for_login")
def test_what_is_in_force_asks_for_a_login_unless_the_school_opens_it(confirmed_version, people, enter, nobody):
    page = nobody.get(INDEX).content.decode()
    assert address(confirmed_version) not in page
    assert "登录</a>后查看" in page
    opinion = reverse("participation:send", args=[confirmed_version.pk])
    for path in (address(confirmed_version), notice(confirmed_version), opinion):
        assert nobody.get(path).url == f"{reverse('login')}?next={path}"
        assert enter(people.outsider).get(path).status_code == 200
    assert address(confirmed_version) in enter(people.outsider).get(INDEX).content.decode()


@pytest.mark.usefixtures("asks_for_login")
def test_what_is_in_its_period_is_public_all_the_same(running, nobody):
    assert address(running) in nobody.get(INDEX).content.decode()
    assert nobody.get(address(running)).status_code == 200


def test_a_department_left_out_is_read_by_those_who_log_in(confirmed_version, school_table, people, nobody, enter):
    of_school = bring_to(Status.CONFIRMED, school_table, people)
    hidden = {"readers": Readers.ALL, "except": [confirmed_version.table.department_id]}
    set_rule(Key.IN_FORCE, hidden)
    assert nobody.get(address(confirmed_version)).status_code == 302
    assert enter(people.outsider).get(address(confirmed_version)).status_code == 200
    assert nobody.get(address(of_school)).status_code == 200


def test_where_to_report_a_person_stands_on_every_public_page(running, nobody):
    set_rule(Key.CHANNELS, "学校纪委信箱（办公楼一层）")
    for path in (INDEX, address(running)):
        assert "学校纪委信箱（办公楼一层）" in nobody.get(path).content.decode()


def test_a_posted_form_is_no_reading(running, nobody):
    for path in (INDEX, address(running), notice(running)):
        assert nobody.post(path).status_code in (403, 405)


@pytest.mark.parametrize("status", [Status.DRAFT, Status.SUBMITTED])
def test_what_is_not_reviewed_is_not_published(table, people, nobody, status):
    version = bring_to(status, table, people)
    assert "总务处" not in nobody.get(INDEX).content.decode()
    assert nobody.get(address(version)).status_code == 404
    assert nobody.get(notice(version)).status_code == 404


def test_a_table_returned_meanwhile_is_withdrawn(running, people, nobody):
    workflow.perform(Action.RETURN, running, actor=people.principal, comment="有误")
    assert nobody.get(address(running)).status_code == 404


def test_a_table_out_of_force_is_gone(table, people, nobody):
    first = bring_to(Status.CONFIRMED, table, people)
    second = bring_to(Status.CONFIRMED, table, people)
    assert nobody.get(address(first)).status_code == 404
    assert nobody.get(address(second)).status_code == 200


def test_a_new_year_keeps_what_is_in_force_published(confirmed_version, office, nobody):
    year = confirmed_version.table.cycle.year + 1
    dates = dict.fromkeys(("fill_from", "fill_until", "review_until", "publish_until"), datetime.date(year, 3, 1))
    opening.open_year(year, dates, actor=office)
    assert nobody.get(address(confirmed_version)).status_code == 200


def test_a_closed_department_publishes_nothing(confirmed_version, department, nobody):
    department.active_to = timezone.localdate() - datetime.timedelta(days=1)
    department.save()
    assert nobody.get(address(confirmed_version)).status_code == 404


@once.fixture
def telling(school, table, people, purchasing_post):
    """Return a published version whose unpublished fields all say something that would be seen."""
    publish_for(3)
    draft = bring_to(Status.DRAFT, table, people)
    point = make_point(
        draft,
        actor=people.head,
        post=purchasing_post,
        text="公开的风险点",
        manifestation="不公开的表现形式",
        matter="不公开的事项",
        responsible="不公开的责任人",
        proposed_reason="不公开的建议理由",
        finding_methods=["other"],
        finding_other="不公开的方法",
    )
    editing.save_measure(
        draft,
        {
            "category": point.category,
            "text": "公开的措施",
            "stage": "monitoring",
            "responsible": "不公开的措施责任人",
            "basis": "不公开的依据",
            "timing": "不公开的时限",
        },
        points=[point],
        actor=people.head,
    )
    editing.save_head(draft, {"head_name": "不公开的负责人", "duties": "不公开的职责"}, actor=people.head)
    submitted = workflow.perform(Action.SUBMIT, draft, actor=people.head)
    given = {
        item.pk: reviewing.Assessment(item.proposed_level, reason="不公开的核定理由", remark="不公开的意见")
        for item in submitted.points.all()
    }
    reviewing.assess(submitted, given, general_remark="不公开的总意见", actor=people.reviewer)
    return workflow.perform(Action.APPROVE, submitted, actor=people.reviewer, comment="不公开的审核意见")


@pytest.mark.parametrize("who", [None, "outsider", "reviewer", "office"])
def test_nothing_but_the_six_things_is_shown(telling, people, enter, nobody, who):
    client = enter(getattr(people, who)) if who else nobody
    for page in (client.get(INDEX).content.decode(), client.get(address(telling)).content.decode()):
        assert "不公开的" not in page
        assert "采购员任职人" not in page
        assert "机率较" not in page.replace("机率较高，或者一旦发生", "").replace("机率较小，或者可能", "")
        for name in ("纪委审核员", "总务处负责人"):
            assert name not in page.replace(f'class="person">{name}', "")
    page = client.get(address(telling)).content.decode()
    for words in ("公开的风险点", "公开的措施", "采购员", "一级（高）", "岗位职责", "总务处"):
        assert words in page


def test_the_paper_shows_the_same_and_no_more(telling, nobody, tmp_path):
    answer = nobody.get(notice(telling))
    assert answer["Content-Type"] == "application/pdf"
    (tmp_path / "notice.pdf").write_bytes(answer.content)
    text = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "notice.pdf"), "-"], capture_output=True, text=True, check=True
    ).stdout
    plain = "".join(text.split())
    assert "不公开" not in plain
    assert "公开的风险点" in plain
    assert "公开的措施" in plain


def test_who_takes_the_paper_away_is_written_down(telling, nobody, enter, staff):
    enter(staff).get(notice(telling))
    (entry,) = AuditEntry.objects.filter(action=RegisterVerb.NOTICE_DOWNLOAD)
    assert (entry.actor_number, entry.succeeded) == (staff.staff_number, True)


def test_strangers_cost_nothing_that_stays(telling, nobody, monkeypatch, settings, tmp_path):
    """Printed once for a version, counted in one row a day, and no entry in what nobody ever prunes (issue 17)."""
    settings.VAR_DIR = tmp_path
    printed = []
    monkeypatch.setattr(documents, "notice_document", lambda *asked: printed.append(asked) or b"%PDF the same")
    last = AuditEntry.objects.count()
    answers = {nobody.get(notice(telling)).content for _ in range(5)}
    assert (answers, len(printed)) == ({b"%PDF the same"}, 1)
    assert AuditEntry.objects.count() == last
    assert visits.lately(RegisterVerb.NOTICE_DOWNLOAD, days=1) == 5
    assert DayCount.objects.count() == 1


def test_a_notice_that_shows_something_else_is_printed_anew(telling, nobody, monkeypatch, settings, tmp_path):
    settings.VAR_DIR, settings.ALLOWED_HOSTS = tmp_path, ["*"]

    def shown(version, address):
        return f"%PDF {address} {School.current().full_name}".encode()

    monkeypatch.setattr(documents, "notice_document", shown)
    first = nobody.get(notice(telling)).content
    School.objects.update(full_name="改了名的学校")
    assert nobody.get(notice(telling)).content != first
    for place in range(9):
        assert f"host-{place}".encode() in nobody.get(notice(telling), headers={"host": f"host-{place}"}).content
    assert len(list((tmp_path / "notices" / str(telling.pk)).iterdir())) <= notices.MOST_KEPT


def test_a_disk_that_can_not_be_written_keeps_nobody_from_reading(telling, nobody, monkeypatch, settings, tmp_path):
    (tmp_path / "notices").write_text("no folder")
    settings.VAR_DIR = tmp_path
    monkeypatch.setattr(documents, "notice_document", lambda *asked: b"%PDF")
    assert nobody.get(notice(telling)).content == b"%PDF"


def test_a_point_stands_beside_its_measures(telling, nobody):
    sheet = publication.published_sheet(telling)
    row = sheet.rows[0]
    line = next(line for line in row.lines if any(point.text == "公开的风险点" for point in line.points))
    assert [measure.text for measure in line.measures] == ["公开的措施"]
    assert row.lines[-1].points == []  # the education measure of the whole category
    numbers = [measure.number for line in row.lines for measure in line.measures]
    assert numbers == list(range(1, len(numbers) + 1))


def test_levels_are_those_that_were_confirmed(telling):
    published = {item.version_id: item for item in publication.published_tables()[0]}[telling.pk]
    assert published.total == telling.points.count() == sum(count for _, count in published.level_counts)


@pytest.mark.parametrize("number", ["0", "999999", "9" * 25])
def test_an_unknown_table_is_not_found(nobody, db, number):
    assert nobody.get(f"{INDEX}{number}/").status_code == 404
    assert nobody.get(f"{INDEX}{number}/notice.pdf").status_code == 404


def test_an_empty_page_says_so(nobody, school):
    page = nobody.get(INDEX).content.decode()
    assert "现在没有正在公示的防控表" in page
    assert "还没有签字确定的防控表" in page


def test_thirty_tables_cost_no_more_queries_than_one(record_table, nobody, queries_of):
    record_table("处1")
    few = queries_of(nobody, INDEX)
    for number in range(2, 31):
        record_table(f"处{number}", 3)
    assert queries_of(nobody, INDEX) == few


def test_a_large_table_costs_no_more_queries(record_table, nobody, queries_of):
    small, large = record_table("小处", 1), record_table("大处", 300)
    assert queries_of(nobody, address(large.in_force)) == queries_of(nobody, address(small.in_force))


# ---- QR codes ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["testserver", "lianzheng.school.example"])
def test_the_page_shows_its_own_address_as_a_code(running, nobody, settings, host):
    settings.ALLOWED_HOSTS = [host]
    answer = nobody.get(address(running), headers={"host": host})
    code = qr.code_of(f"http://{host}{address(running)}")
    page = answer.content.decode()
    assert f'<path d="{code.path}"/>' in page
    assert f'viewBox="0 0 {code.size} {code.size}"' in page
    assert "style=" not in page


def test_the_notice_carries_the_address_that_its_reader_asked(running, nobody, settings, monkeypatch, tmp_path):
    settings.ALLOWED_HOSTS = ["lianzheng.school.example"]
    printed = []
    made = documents.lists._render
    monkeypatch.setattr(
        documents.lists, "_render", lambda kind, context, *rest: printed.append(context) or made(kind, context, *rest)
    )
    answer = nobody.get(notice(running), headers={"host": "lianzheng.school.example"})
    assert printed[0]["code"] == qr.code_of(f"http://lianzheng.school.example{address(running)}")
    path = tmp_path / "notice.pdf"
    path.write_bytes(answer.getvalue())
    words = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True).stdout
    assert "扫码看公示" in words
    bare = tmp_path / "bare.pdf"
    bare.write_bytes(documents.notice_document(running))
    assert dark_pixels(path) - dark_pixels(bare) > 1500  # 26 mm square at 100 dpi, a quarter of it dark


def dark_pixels(path) -> int:
    made = subprocess.run(["pdftoppm", "-gray", "-r", "100", str(path)], capture_output=True, check=True).stdout
    return sum(value < 64 for value in made)


def test_the_page_of_the_school_table_has_neither_posts_nor_levels(school_table, people, nobody):
    version = bring_to(Status.CONFIRMED, school_table, people)
    page = nobody.get(address(version)).content.decode()
    assert page.count('<span class="nil">无</span>') == 2
    assert "岗位和等级" not in page
    assert notice(version) not in page
    assert nobody.get(notice(version)).status_code == 404
