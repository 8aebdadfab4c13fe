"""A toy wing is found everywhere that the register asks, although no file of the register knows it."""

import importlib
import json
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import clear_url_caches, reverse
from django.utils import timezone

import riskcontrol.urls
from departments.models import Post
from riskcontrol import audit, triggers, verbs
from riskcontrol import files as stored
from riskcontrol.models import AuditEntry
from riskpoints import wing_urls, wings
from riskpoints.archives import verifier
from riskpoints.archives.binding import progress_listing
from riskpoints.archives.importing import import_archive
from riskpoints.enums import Action, Status
from riskpoints.evidence import trail
from riskpoints.models import RiskPoint, TableVersion
from riskpoints.sample import loader
from riskpoints.tables import starting, workflow
from riskpoints.tables.workflow import WorkflowError
from riskpoints.years import closing, opening
from tests.factories import assess_all, bring_to, fill, make_point, paper_signature, year_dates
from tests.pages import text_of
from tests.riskpoints.archives.packing import build, rows, unpacked
from tests.toywing import visits
from tests.toywing.models import Visit

REGISTER = Path(wings.__file__).parent
WINGS = ("participation", "library")


def _routed():
    """Read the addresses anew."""
    importlib.reload(wing_urls)
    importlib.reload(riskcontrol.urls)
    clear_url_caches()


@pytest.fixture
def toy(db, monkeypatch):
    """Hand the toy in for one test."""
    monkeypatch.setattr(wings, "_wings", dict(wings._wings))
    monkeypatch.setattr(triggers, "_rules", dict(triggers._rules))
    monkeypatch.setattr(verbs._verbs, "known", dict(verbs._verbs.known))
    apps.get_app_config("toywing").hand_in()
    triggers.install()
    _routed()
    yield
    monkeypatch.undo()
    _routed()


@pytest.fixture
def begun(toy, table, people):
    """Return an empty draft of 总务处."""
    return starting.start_table(table, actor=people.head)


@pytest.fixture
def enter(toy):
    """Return a function that gives a logged-in client for a person."""

    def log_in(user):
        client = Client()
        client.force_login(user)
        return client

    return log_in


@pytest.fixture
def visit(toy, table, people):
    """Return a visit to the first point of 总务处's reviewed table."""
    version = bring_to(Status.REVIEWED, table, people)
    Visit.objects.all().delete()
    return Visit.objects.create(version=version, point=version.points.first().identity, text="看采购")


def done(visit):
    visit.is_done = True
    visit.save()


def confirm(visit, people):
    return workflow.perform(Action.CONFIRM, visit.version, actor=people.office, signature=paper_signature())


@pytest.mark.parametrize("wing", WINGS)
def test_nothing_of_the_register_names_a_wing(wing):
    """By its package or by its addresses and templates; the reference that a wing shows may lead to its pages."""
    root = REGISTER.parent
    files = [*REGISTER.rglob("*.py"), *(root / "templates").rglob("*.html")]
    files += [path for app in ("riskcontrol", "departments") for path in (root / app).rglob("*.py")]
    own = (REGISTER / wing, root / "templates" / wing, REGISTER / "references" / wing)
    naming = [
        path
        for path in files
        if not any(path.is_relative_to(folder) for folder in own)
        and re.search(rf"\briskpoints\.{wing}\b|\b{wing}[:/]", path.read_text())
    ]
    assert naming == [root / "riskcontrol" / "settings.py"]


def test_two_wings_of_one_name_are_refused(toy):
    with pytest.raises(ValueError, match="toywing"):
        wings.add(visits.WING)


def test_a_wing_that_hands_in_its_name_only_answers_nothing(db, monkeypatch, cycle, draft_version, people):
    monkeypatch.setattr(wings, "_wings", {"bare": wings.Wing("bare", "空")})
    office = people.office
    assert wings.menu(office) == wings.tasks(office) == wings.public_links() == wings.parts() == []
    assert wings.panels("deciding", office, draft_version) == wings.figures(office, cycle) == []
    assert (
        wings.marks(office, [draft_version]) == wings.filters(office) == wings.facts(cycle) == wings.counts(cycle) == {}
    )
    assert wings.unmet(Action.CONFIRM, draft_version) == ""
    assert wings.beginnings(office, draft_version, "duty") == wings.guides("duty") == []
    assert wings.help_sections("leader") == []
    assert wings.preset(draft_version, "duty", "bare-1") is None
    wings.follow(Action.CONFIRM, draft_version, office)


def test_its_menu_and_its_page_are_there(visit, people, enter):
    client = enter(people.office)
    context = client.get(reverse("riskpoints:inbox")).context
    assert ("巡察", "/visits/", False, 1) in context["navigation"]
    assert ("巡察依据", "/visits/rules/", False, 0) in context["beside"]
    assert "巡察依据" not in [label for label, *_ in context["navigation"]]
    assert client.get("/visits/").content.decode() == "巡察一览"
    entries = enter(people.head).get(reverse("riskpoints:inbox")).context["navigation"]
    assert "巡察" not in [label for label, *_ in entries]


def test_its_task_is_in_the_inbox(visit, people, enter):
    address = reverse("riskpoints:inbox")
    assert "看采购" in text_of(enter(people.office).get(address))
    assert "看采购" not in text_of(enter(people.head).get(address))
    done(visit)
    assert "看采购" not in text_of(enter(people.office).get(address))


def test_what_it_demands_holds_an_act_back(visit, people):
    with pytest.raises(WorkflowError, match=r"巡察还有 1 项没有办完。"):
        confirm(visit, people)
    visit.version.refresh_from_db()
    assert visit.version.status == Status.REVIEWED
    done(visit)
    assert confirm(visit, people).status == Status.CONFIRMED


def test_what_follows_an_act_is_done_with_it(toy, table, people):
    version = bring_to(Status.REVIEWED, table, people)
    assert [(row.version, row.text) for row in Visit.objects.all()] == [(version, visits.SEEN)]
    entry = AuditEntry.objects.order_by("number").last()
    assert (entry.action, entry.actor_name) == ("visit.note", people.reviewer.real_name)


def test_its_verbs_have_their_captions_in_the_trail(toy, table, people, enter):
    bring_to(Status.REVIEWED, table, people)
    page = enter(people.auditor).get(reverse("riskpoints:audit"))
    assert ("visit.note", "记下巡察") in trail.known_verbs()
    assert '<option value="visit.note">记下巡察</option>' in page.content.decode()


def test_nothing_is_written_into_the_trail_before_a_wing_is_handed_in(db):
    with pytest.raises(TypeError, match="ToyVerb"):
        audit.record(visits.ToyVerb.NOTE)


def test_an_act_is_undone_where_what_follows_fails(toy, table, people, monkeypatch):
    def fails(version, actor):
        raise WorkflowError("巡察排不上。")

    monkeypatch.setitem(wings._wings, "toywing", wings.Wing("toywing", "巡察", follows={Action.APPROVE: fails}))
    version = bring_to(Status.SUBMITTED, table, people)
    assess_all(version, actor=people.reviewer)
    with pytest.raises(WorkflowError, match="巡察排不上"):
        workflow.perform(Action.APPROVE, version, actor=people.reviewer)
    version.refresh_from_db()
    assert (version.status, version.decisions.filter(action=Action.APPROVE).exists()) == (Status.SUBMITTED, False)


def test_its_panel_stands_on_the_pages_of_a_table(visit, people, enter):
    address = reverse("riskpoints:version", args=[visit.version_id])
    assert "看过 1 次" in text_of(enter(people.office).get(address))
    done(visit)
    confirm(visit, people)
    address = reverse("riskpoints:publication_table", args=[visit.version_id])
    said = text_of(enter(people.outsider).get(address))
    assert "看过 1 次" in said
    assert visits.ANSWERED in said
    assert 'href="/visits/"' in enter(people.outsider).get(reverse("riskpoints:publication")).content.decode()


def test_its_panel_stands_beside_the_form_that_is_filled_in_and_reviewed(toy, begun, people, enter):
    address = reverse("riskpoints:version", args=[begun.pk])
    assert "巡察看着总务处" in text_of(enter(people.head).get(address))
    workflow.perform(Action.SUBMIT, fill(begun, actor=people.head), actor=people.head)
    assert "巡察看着总务处" in text_of(enter(people.reviewer).get(address))
    assert "巡察看着总务处" not in text_of(enter(people.head).get(address))


def test_its_beginnings_stand_beside_rows_and_posts_without_points(toy, begun, people, enter):
    make_point(begun, actor=people.head, category="duty", post=Post.objects.get(name="采购员"))
    address = reverse("riskpoints:version", args=[begun.pk])
    page = enter(people.head).get(address).content.decode()
    for words in ("duty", "environment", "绿化管理员"):
        assert f'href="/visits/?for={words}"' in page
    assert 'href="/visits/?for=采购员"' not in page
    workflow.perform(Action.SUBMIT, fill(begun, actor=people.head), actor=people.head)
    assert "/visits/?for=" not in enter(people.reviewer).get(address).content.decode()


def test_what_it_fills_in_is_saved_with_the_form_and_not_before(toy, begun, people, enter):
    client, address = enter(people.head), reverse("riskpoints:version", args=[begun.pk])
    page = client.get(address, {"open": "new-duty", "from": "toywing-7"})
    said = text_of(page)
    assert [text in said for text in ("取自巡察", "巡察问duty", "巡察问process")] == [True, True, False]
    assert page.context["chosen"] == 1
    assert begun.points.count() == 0
    form = page.context["form"]
    body = {name: form[name].value() for name in form.fields if form[name].value() not in (None, "", [])}
    measures = {"measure_text2": "抽查三份", "measure_timing2": "每季度", "measure_text3": "第三条没有栏目"}
    client.post(reverse("riskpoints:point_new", args=[begun.pk]), body | measures | {"category": "duty"})
    (point,) = begun.points.all()
    assert (point.text, point.likelihood, point.harm, point.proposed_level) == ("巡察看到的", 1, 2, 1)
    assert list(point.measures.values_list("text", "stage", "timing")) == [
        ("先核对", "prevention", "每月"),
        ("抽查三份", "", "每季度"),
    ]


@pytest.mark.parametrize("source", ["toywing-8", "toywing", "unknown-7", "-7", "toywing-"])
def test_a_form_that_nobody_fills_in_is_empty(toy, begun, people, enter, source):
    address = reverse("riskpoints:version", args=[begun.pk])
    form = enter(people.head).get(address, {"open": "new-duty", "from": source}).context["form"]
    assert (form["text"].value(), form["measure_count"].value(), form.preset) == (None, None, None)


def test_its_help_stands_on_the_page_of_the_role_it_is_for(toy, people, enter):
    client = enter(people.leader)
    pages = [client.get(reverse("riskpoints:help_page", args=[key])) for key in ("leader", "office")]
    assert ["巡察以前先看职权目录" in page.content.decode() for page in pages] == [True, False]


def test_its_marks_stand_beside_tables_and_points(visit, people, enter):
    Visit.objects.create(version=visit.version, text="看全表", is_done=True)
    done(visit)
    confirm(visit, people)
    client = enter(people.office)
    lines = client.get(reverse("riskpoints:register")).context["lines"]
    of_all, of_point = wings.Mark("巡察：看全表"), wings.Mark("巡察：看采购", visit.point)
    assert {line.point.identity: line.marks for line in lines} == {
        point.identity: [of_point, of_all] if point.identity == visit.point else [of_all]
        for point in visit.version.points.all()
    }
    page = client.get(reverse("riskpoints:version", args=[visit.version_id])).content.decode()
    assert [page.count(f'<span class="post-tag">{mark.words}</span>') for mark in (of_all, of_point)] == [1, 1]
    page = client.get(reverse("riskpoints:progress")).content.decode()
    assert [page.count(f'<span class="post-tag">{mark.words}</span>') for mark in (of_all, of_point)] == [1, 0]


def test_progress_shows_no_mark_of_what_the_reader_may_not_see(toy, table, people, enter):
    version = bring_to(Status.SUBMITTED, table, people)
    Visit.objects.create(version=version, text="看全表")
    address = reverse("riskpoints:progress")
    assert "看全表" in enter(people.reviewer).get(address).content.decode()
    assert "看全表" not in enter(people.office).get(address).content.decode()


def test_its_filter_narrows_the_register_and_is_named_in_an_export(visit, people, enter):
    done(visit)
    confirm(visit, people)
    client, address = enter(people.office), reverse("riskpoints:register")
    everything = {point.pk for point in visit.version.points.all()}
    seen = visit.version.points.get(identity=visit.point).pk

    def found(**query):
        return {line.point.pk for line in client.get(address, query).context["lines"]}

    assert (found(), found(toywing_seen="yes"), found(toywing_seen="no")) == (everything, {seen}, everything - {seen})
    page = client.get(address, {"toywing_seen": "yes"})
    assert '<option value="yes" selected>已巡察</option>' in page.content.decode()
    assert page.context["chosen"].is_narrowed
    assert client.get(address, {"toywing_seen": "never"}).context["ignored"] == ["巡察"]
    client.get(reverse("riskpoints:register_export", args=["xlsx"]), {"toywing_seen": "yes"})
    assert "巡察：已巡察" in str(AuditEntry.objects.order_by("number").last().detail)


def test_its_counts_are_what_an_assessment_reckons_with(visit, cycle, department):
    assert wings.counts(cycle)["visits"] == {department.pk: (0, 1)}


def test_its_figures_stand_beside_the_progress(visit, people, enter):
    page = enter(people.office).get(reverse("riskpoints:progress"))
    assert page.context["progress"].further == [("巡察情况", [wings.Figure("看过的表", "1 张")])]
    assert "<h2>巡察情况</h2>" in page.content.decode()
    listing = progress_listing(visit.version.table.cycle, page.context["progress"])
    assert listing.summary.endswith("按有效版本统计。巡察情况：看过的表 1 张。")


def test_its_open_matters_keep_a_year_open(visit, people, enter):
    cycle, told = visit.version.table.cycle, "巡察“看采购”没有办完"
    Visit.objects.create(version=visit.version, text="看完", is_done=True)
    workflow.perform(Action.RETURN, visit.version, actor=people.reviewer, comment="再填")
    page = enter(people.office).get(reverse("riskpoints:year_close", args=[cycle.pk]))
    assert (page.context["closing"].matters, page.context["closing"].is_blocked) == ([told], True)
    assert told in text_of(page)
    with pytest.raises(WorkflowError, match=told):
        closing.close_year(cycle, actor=people.office)
    done(visit)
    assert closing.close_year(cycle, actor=people.office).is_closed


def test_its_freeze_rule_is_in_the_database(visit):
    visit.text = "改了"
    visit.save()
    done(visit)
    with pytest.raises(DatabaseError, match="办完的巡察不能再改"), transaction.atomic():
        Visit.objects.update(text="又改了")
    assert triggers.missing() == []


@pytest.fixture
def elsewhere(request, toy, tmp_path):
    """Return the archive of a visited year, made in a database that is gone."""
    with transaction.atomic():
        names = ("school", "table", "other_table", "people")
        _, table, other_table, people = (request.getfixturevalue(name) for name in names)
        version = bring_to(Status.REVIEWED, table, people)
        bring_to(Status.REVIEWED, other_table, people)
        confirm(Visit.objects.get(version=version), people)
        build(table.cycle, tmp_path / "档案.zip")
        transaction.set_rollback(True)
    return tmp_path / "档案.zip"


def test_it_is_told_of_a_year_that_is_opened(toy, school, office):
    cycle = opening.open_year(2031, year_dates(2031), actor=office)
    assert AuditEntry.objects.of(visits.ToyVerb.NOTE).get().object_label == f"巡察准备 {cycle}"


def test_its_facts_and_papers_lie_in_the_archive(elsewhere):
    files = unpacked(elsewhere)
    facts = json.loads(files[verifier.METADATA])["parts"]["visits"]
    assert [(row["text"], row["is_done"]) for row in facts] == [(visits.SEEN, True)]
    (path,) = [name for name in files if name.endswith("巡察.csv")]
    assert rows(files[path]) == [{"事项": visits.SEEN, "结果": "办完"}]
    (path,) = [name for name in files if name.endswith("巡察清单.pdf")]
    assert files[path].startswith(b"%PDF")
    (path,) = [name for name in files if name.endswith(f"巡察报告_{visits.SEEN}.txt")]
    assert files[path] == visits.REPORT
    assert verifier.verify(elsewhere) == []


def test_they_come_back_with_it(elsewhere):
    assert not TableVersion.objects.exists()
    cycle = import_archive(elsewhere).cycle
    (visit,) = Visit.objects.all()
    assert (visit.version.table.cycle, visit.text, visit.is_done) == (cycle, visits.SEEN, True)
    assert stored.read(visit.report) == visits.REPORT
    locks = set(visit.version.points.exclude(identity=visit.point).values_list("lock", flat=True))
    assert (visit.version.points.get(identity=visit.point).lock, locks) == (7, {0})


def test_its_rows_are_in_the_sample_school(toy, settings):
    settings.DEMO = True
    loader.load()
    visit = Visit.objects.get(text="示范巡察")
    assert RiskPoint.objects.filter(identity=visit.point, version=visit.version).exists()
    assert visit.version.table.cycle.year == timezone.localdate().year


def test_its_rows_keep_the_sample_school_out(visit, settings):
    assert "巡察" in loader.foreign_content()


def test_references_come_back_before_what_points_to_them(db, monkeypatch, cycle):
    order = []

    def part(name, *, is_reference):
        def restore(cycle, rows, person, file_of):
            order.append((name, rows))

        nothing = (lambda *asked: [],) * 3
        return wings.YearPart(name, name, (), *nothing, restore, is_reference=is_reference)

    parts = [part("later", is_reference=False), part("first", is_reference=True)]
    monkeypatch.setattr(wings, "_wings", {"toy": wings.Wing("toy", "巡察", parts=parts)})
    told = {"first": [{"text": "甲"}]}
    for references in (True, False):
        wings.restore(cycle, told, lambda row: None, lambda sha256: None, references=references)
    assert order == [("first", told["first"]), ("later", [])]
