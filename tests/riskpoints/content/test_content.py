"""A version read whole: its rows and levels, and the snapshot that a decision is bound to."""

import datetime
import hashlib
import importlib
import json
import uuid
from types import SimpleNamespace

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.test.utils import CaptureQueriesContext

from departments.models import Post
from riskcontrol.models import AuditEntry
from riskpoints import fields
from riskpoints.content import content
from riskpoints.enums import Action, Category, SchoolCategory, Scope, Status
from riskpoints.models import ControlTable, Decision, Measure, NilDeclaration, PostExemption, RiskPoint, TableVersion
from riskpoints.tables import editing, workflow
from tests import once
from tests.factories import bring_to, make_cycle, make_department, make_measure, make_point, make_post
from tests.riskpoints.archives.packing import falsify


def read(version):
    """Read a version as the next request would."""
    return content.load(TableVersion.objects.get(pk=version.pk))


def seal(version):
    return content.sealed(read(version))


@once.fixture
def draft(table, people):
    """Return an empty draft of 总务处."""
    return TableVersion.objects.create(table=table, number=1, owner_name="总务处", duties="保障后勤")


# ---- rows and levels ---------------------------------------------------------------------------------------------


def test_rows_are_those_of_the_form_in_its_order(draft, school_table, people):
    school = TableVersion.objects.create(table=school_table, number=1, owner_name="某某职专")
    assert [row.label for row in read(draft).rows] == ["岗位职责风险", "业务流程风险", "制度机制风险", "外部环境风险"]
    assert [row.label for row in read(school).rows] == ["重大事项决策", "重要人事任免", "重大项目安排", "大额资金使用"]


def test_a_row_holds_points_measures_and_nil(draft, people):
    first, second = (make_point(draft, actor=people.head, text=text) for text in ("甲", "乙"))
    own = make_measure(draft, first, actor=people.head, text="对甲")
    both = make_measure(draft, second, first, actor=people.head, text="对甲和乙")
    shared = make_measure(draft, actor=people.head, text="对全类")
    editing.declare_nil(draft, Category.PROCESS, actor=people.head)
    loaded = read(draft)
    duty, process, institution, _ = loaded.rows
    assert (duty.points, duty.measures, duty.is_nil) == ([first, second], [own, both, shared], False)
    assert (process.points, process.is_nil, process.is_answered) == ([], True, True)
    assert (institution.is_nil, institution.is_answered, duty.is_answered) == (False, False, True)
    assert duty.shared_measures == [shared]
    assert [loaded.measures_of(point) for point in (first, second)] == [[own, both, shared], [both, shared]]
    assert duty.measure_groups == {first.pk: [own, both], None: [shared]}
    assert [duty.numbers_of(measure) for measure in (own, both, shared)] == ["1", "1、2", ""]
    assert (loaded.points, loaded.measures) == ([first, second], [own, both, shared])


def test_a_post_has_the_worst_of_its_points_and_its_floor(draft, people, purchasing_post, plain_post, functions):
    idle = make_post(draft.table.department, "库管员", (functions["公共服务"],), order=30)
    bare = make_post(draft.table.department, "门卫", order=40)
    make_point(draft, actor=people.head, post=plain_post)
    make_point(draft, actor=people.head, post=plain_post, harm=2)
    make_point(draft, actor=people.head, post=purchasing_post, likelihood=None, harm=None, proposed_level=None)
    levels = [(item.post_id, item.name, item.level, item.point_count) for item in read(draft).post_levels]
    assert levels == [
        (purchasing_post.pk, "采购员", 1, 1),
        (plain_post.pk, "绿化管理员", 2, 2),
        (idle.pk, "库管员", 2, 0),
        (bare.pk, "门卫", None, 0),
    ]


def test_a_retired_function_keeps_the_floor_of_a_post_without_points(draft, purchasing_post, functions):
    functions["采购"].is_retired = True
    functions["采购"].save()
    assert [(item.name, item.level) for item in read(draft).post_levels] == [("采购员", 1), ("绿化管理员", None)]


def test_a_closed_post_is_known_by_its_points(draft, people, plain_post, purchasing_post):
    make_point(draft, actor=people.head, post=plain_post)
    Post.objects.filter(pk=plain_post.pk).update(active_to=datetime.date(2020, 1, 1))
    loaded = read(draft)
    assert loaded.posts == [purchasing_post]
    assert [(item.name, item.level) for item in loaded.post_levels] == [("采购员", 1), ("绿化管理员", 3)]
    earlier = content.load(draft, on=datetime.date(2019, 12, 31))
    assert earlier.posts == [purchasing_post, plain_post]


@pytest.mark.parametrize(
    ("posts", "expected"),
    [
        ([], None),
        (["plain_post"], 3),
        (["plain_post", None], 2),
        (["plain_post", "purchasing_post"], 1),
        ([None], 2),
    ],
)
def test_the_department_has_the_worst_of_its_posts(request, table, people, purchasing_post, posts, expected):
    Post.objects.filter(pk=purchasing_post.pk).update(active_to=datetime.date(2020, 1, 1))  # no floor without a point
    version = TableVersion.objects.create(table=table, number=1, owner_name="总务处")
    for name in posts:
        post = request.getfixturevalue(name) if name else None
        make_point(version, actor=people.head, post=post, harm=3 if post else 2)
    assert read(version).department_level == expected


def test_the_confirmed_level_counts_before_the_proposed_one(submitted_version, plain_post):
    before = read(submitted_version)
    assert before.level_counts == {1: 2, 2: 0, 3: 2}
    for point in submitted_version.points.filter(post=plain_post):
        point.confirmed_level = 2
        point.save(update_fields=["confirmed_level"])
    after = read(submitted_version)
    assert after.level_counts == {1: 2, 2: 2, 3: 0}
    assert {item.name: item.level for item in after.post_levels} == {"采购员": 1, "绿化管理员": 2}


# ---- the number of queries ---------------------------------------------------------------------------------------


def test_reading_costs_the_same_for_one_point_and_for_thirty(table, other_table, people, plain_post, other_post):
    few, many = (TableVersion.objects.create(table=item, number=1, owner_name="部门") for item in (table, other_table))
    for version, actor, post, count in [(few, people.head, plain_post, 1), (many, people.other_head, other_post, 30)]:
        for number in range(count):
            category = list(Category)[number % 4]
            point = make_point(version, actor=actor, post=post, category=category, text=f"风险点{number}", harm=2)
            make_measure(version, point, actor=actor, text=f"措施{number}")
            make_post(version.table.department, f"岗位{number}")
            PostExemption.objects.create(
                version=version, post=version.table.department.posts.get(name=f"岗位{number}"), reason="暂缺"
            )
    costs = []
    for version in (few, many):
        fresh = TableVersion.objects.get(pk=version.pk)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            loaded = content.load(fresh)
            content.snapshot(loaded)
            assert loaded.department_level == min(item.level for item in loaded.post_levels if item.level)
            assert all(loaded.measures_of(point) for point in loaded.points)
        costs.append(len(queries))
    assert costs[0] == costs[1]
    assert costs[0] <= 10


# ---- the snapshot ------------------------------------------------------------------------------------------------


def fixed_version(number=1):
    """Return a version of 2011 in which nothing is left to chance: no random identity, no date of today."""
    department = make_department("总务处")
    table = ControlTable.objects.create(cycle=make_cycle(2011), scope=Scope.DEPARTMENT, department=department)
    post = make_post(department, "采购员")
    idle = make_post(department, "门卫")
    version = TableVersion.objects.create(
        table=table,
        number=number,
        owner_name="总务处",
        head_name="总务处负责人",
        duties="保障“后勤”\n和维修＜含校舍＞",
        date_mode="typed",
        filled_on=datetime.date(2011, 11, 15),
    )
    points = [
        RiskPoint.objects.create(
            version=version,
            identity=uuid.UUID(int=place),
            category="process",
            order=place,
            post=post,
            post_name="采购员",
            text=f"风险点{place} 𠮷 é",
            manifestation="表现",
            matter="事项",
            is_latent=False,
            likelihood=3,
            harm=1,
            functions=[["采购", 1]],
            computed_level=1,
            proposed_level=1,
            proposed_reason="建议理由",
            confirmed_level=1,
            confirmed_reason="核定理由",
            finding_methods=["self", "other"],
            finding_other="审计",
            responsible="责任人",
            is_key_area=True,
        )
        for place in (1, 2)
    ]
    measures = [
        Measure.objects.create(
            version=version,
            identity=uuid.UUID(int=place),
            category="process",
            order=place,
            text=f"措施{place}",
            stage="monitoring",
            responsible="处长",
            basis="办法",
            timing="每月",
        )
        for place in (3, 4)
    ]
    measures[0].points.set(points)
    NilDeclaration.objects.create(version=version, category="environment")
    PostExemption.objects.create(version=version, post=idle, post_name="门卫", reason="由保安公司承担")
    return version


# The SHA-256 of the version above. It changes only with what a snapshot says; then every stored hash changes meaning.
# Of each format: none of these ever changes, a new format adds its own.
FIXED_HASHES = {
    fields.UNSEALED: "9d8e9f034fdda1d5b1f3571dc430c71eaf5709699f818b1d5b714f64e40929f8",
    fields.SEALED: "b8d4ea7b2f4e8921b235481ded62db51b3a42f8676bf7265f8772c59f8fac616",
    fields.NUMBERED: "b2aead38cfbd46287c601a33a88584d4d5b10365d6714fabe159147c72bb11b6",
    fields.REFERENCES: "c45abd9efddde2ef6a5cd322f88f7ef29f2a73ff3570f6ba720eccae7f2f3fe9",
    fields.CO_DEPARTMENTS: "f9d8be98aff2fc4a0528839bf256a14962a1fa7d51809d7f000758d6b624f9b2",
}


@pytest.mark.parametrize("number", FIXED_HASHES)
def test_the_snapshot_is_the_same_on_every_database_and_at_any_time(db, monkeypatch, number):
    monkeypatch.setattr(fields, "CURRENT", number)
    text, content_hash = seal(fixed_version())
    assert content_hash == hashlib.sha256(text.encode()).hexdigest()
    assert content_hash == FIXED_HASHES[number]


def test_the_snapshot_says_what_is_on_the_form(db):
    point = {
        "post_name": "采购员",
        "manifestation": "表现",
        "matter": "事项",
        "power_number": "",
        "power_name": "",
        "step_name": "",
        "is_latent": False,
        "likelihood": 3,
        "harm": 1,
        "functions": [["采购", 1]],
        "computed_level": 1,
        "proposed_level": 1,
        "proposed_reason": "建议理由",
        "confirmed_level": 1,
        "confirmed_reason": "核定理由",
        "finding_methods": ["self", "other"],
        "finding_other": "审计",
        "responsible": "责任人",
        "is_key_area": True,
        "co_departments": "",
        "missing_regulation": "",
        "missing_drafter": "",
        "missing_due": None,
    }
    measure = {"stage": "monitoring", "responsible": "处长", "basis": "办法", "timing": "每月", "regulation_names": []}
    one, two, three, four = (str(uuid.UUID(int=number)) for number in (1, 2, 3, 4))
    empty = {"nil": False, "points": [], "measures": []}
    assert json.loads(seal(fixed_version())[0]) == {
        "format": 5,
        "year": 2011,
        "scope": "department",
        "owner": "总务处",
        "number": 1,
        "head": "总务处负责人",
        "duties": "保障“后勤”\n和维修＜含校舍＞",
        "date_mode": "typed",
        "filled_on": "2011-11-15",
        "rows": [
            {"category": "duty"} | empty,
            {
                "category": "process",
                "nil": False,
                "points": [
                    point | {"identity": one, "text": "风险点1 𠮷 é"},
                    point | {"identity": two, "text": "风险点2 𠮷 é"},
                ],
                "measures": [
                    measure | {"identity": three, "text": "措施3", "points": [one, two]},
                    measure | {"identity": four, "text": "措施4", "points": []},
                ],
            },
            {"category": "institution"} | empty,
            {"category": "environment"} | empty | {"nil": True},
        ],
        "exemptions": [["门卫", "由保安公司承担", []]],
    }


def test_the_snapshot_does_not_change_by_reading(draft_version):
    assert seal(draft_version) == seal(draft_version) == content.sealed(content.load(draft_version))


def test_equal_texts_in_other_unicode_forms_are_the_same(db):
    version = fixed_version()
    before = seal(version)
    for point in version.points.all():
        point.text = point.text.replace("é", "e\u0301")
        point.save()
    assert seal(version) == before


# What is not decided about, and why it may change without changing the hash.
OUTSIDE = {
    RiskPoint: {
        "library_entry",  # what is decided is the words
        "id",
        "version",  # a copy in another version is another number
        "lock",  # how often it was saved
        "post",  # as text: post_name
        "power_revision", "power_step",  # as text: power_number, power_name, step_name
        "co_department_keys",  # as text: co_departments
        "order",  # as the order of the rows, see below
    },
    Measure: {"id", "version", "lock", "order"},
    NilDeclaration: {"id", "version", "lock"},
    PostExemption: {
        "id", "version", "lock",
        "post",  # as text: post_name
        "functions",  # frozen with it by the database
    },
    TableVersion: {
        "id", "table", "status", "base", "revision_reason", "lock", "is_historical",  # where it stands and came from
        "created_at", "created_by", "saved_at", "submitted_at", "submitted_by", "reviewed_at", "reviewed_by",
        "publish_from", "publish_until", "confirmed_at", "confirmed_by", "confirmed_how", "signer_name", "signed_on",
        "deputy_reason", "minutes_number", "confirmation_rule",  # who signed for whom, and after which rule
        "snapshot_format",  # given at the submission
    },
}  # fmt: skip
OTHERWISE = {
    "identity": uuid.UUID(int=99),
    "is_latent": True,
    "is_key_area": False,
    "likelihood": 2,
    "harm": 2,
    "functions": [["财务", 1]],
    "finding_methods": ["masses"],
    "category": "institution",
    "stage": "response",
    "date_mode": "blank",
    "filled_on": datetime.date(2011, 11, 16),
    "missing_due": datetime.date(2011, 12, 31),
    "regulation_names": [["1", "《采购管理办法》"]],
    "number": 2,
    "computed_level": 2,
    "proposed_level": 2,
    "confirmed_level": 2,
}
FIELDS = [
    (model, field.name)
    for model, outside in OUTSIDE.items()
    for field in model._meta.concrete_fields
    if field.name not in outside
]


@pytest.mark.parametrize(("model", "name"), FIELDS, ids=lambda value: getattr(value, "__name__", value))
def test_the_snapshot_changes_with_every_field(db, model, name):
    version = fixed_version()
    before = seal(version)
    row = version if model is TableVersion else model.objects.filter(version=version).first()
    value = OTHERWISE.get(name, "改写")
    assert getattr(row, name) != value
    setattr(row, name, value)
    row.save()
    assert seal(version) != before


@pytest.mark.parametrize("model", [RiskPoint, Measure])
def test_the_snapshot_changes_with_the_order_of_rows(db, model):
    version = fixed_version()
    if model is Measure:
        Measure.objects.get(text="措施3").points.clear()  # then both stand for the whole category
    before = seal(version)
    first = model.objects.filter(version=version).first()
    first.order = 9
    first.save()
    assert seal(version) != before


def test_the_snapshot_changes_with_the_points_of_a_measure(db):
    version = fixed_version()
    before = seal(version)
    Measure.objects.get(text="措施3").points.remove(RiskPoint.objects.first())
    assert seal(version) != before


@pytest.mark.parametrize("model", [RiskPoint, Measure, NilDeclaration, PostExemption])
def test_the_snapshot_changes_when_a_row_goes(db, model):
    version = fixed_version()
    before = seal(version)
    model.objects.filter(version=version).first().delete()
    assert seal(version) != before


def test_the_snapshot_changes_with_the_year_and_the_table(db, school):
    version = fixed_version()
    before = seal(version)
    version.table.cycle = make_cycle(2012)
    version.table.save()
    assert seal(version) != before
    ControlTable.objects.update(cycle=ControlTable.objects.get().cycle, scope=Scope.SCHOOL, department=None)
    assert json.loads(seal(version)[0])["scope"] == "school"


def test_the_snapshot_stays_when_the_organisation_changes(confirmed_version, people, department, functions, plain_post):
    before = seal(confirmed_version)
    assert "绿化管理员" in before[0]
    department.name = "后勤处"
    department.duties = "别的职责"
    department.save()
    plain_post.name = "园林管理员"
    plain_post.save()
    plain_post.functions.add(functions["财务"])
    people.head.real_name = "改名的人"
    people.head.save()
    assert seal(confirmed_version) == before


def exempted(table, people, department, *functions):
    """Return a draft with a post of its own that is stated to have no risk point, and that post."""
    guard = make_post(department, "门卫", functions, order=90)
    version = bring_to(Status.DRAFT, table, people)
    for point in version.points.filter(post=guard):
        editing.save_point(version, {"post": None}, point=point, actor=people.head)
    editing.exempt_post(version, guard, "由保安公司承担", actor=people.head)
    return version, guard


def test_the_snapshot_stays_when_an_exempted_post_is_renamed(table, people, department):
    version, guard = exempted(table, people, department)
    version = workflow.perform(Action.SUBMIT, version, actor=people.head)
    before = seal(version)
    assert "由保安公司承担" in before[0]
    guard.name = "值班员"
    guard.save()
    assert seal(version) == before


def test_a_submission_names_an_exempted_post_as_it_is_called_then(table, people, department):
    version, guard = exempted(table, people, department)
    type(guard).objects.filter(pk=guard.pk).update(name="值班员")
    version = workflow.perform(Action.SUBMIT, version, actor=people.head)
    assert json.loads(seal(version)[0])["exemptions"] == [["值班员", "由保安公司承担", []]]
    assert AuditEntry.objects.get(object_type="riskpoints.postexemption").detail == {"post_name": ["门卫", "值班员"]}


def test_no_edit_of_the_organisation_changes_the_levels_of_what_was_handed_in(table, people, department, functions):
    version, guard = exempted(table, people, department, functions["公共服务"])
    assert [(item.name, item.level) for item in read(version).post_levels if not item.point_count] == [("门卫", 2)]
    version = workflow.perform(Action.SUBMIT, version, actor=people.head)
    before = [read(version).post_levels, read(version).department_level, read(version).functions_of(guard.pk)]
    for post in department.posts.all():
        post.functions.set([functions["财务"]])
        type(post).objects.filter(pk=post.pk).update(name=f"新岗位{post.pk}")
    make_post(department, "会计", (functions["财务"],))
    functions["公共服务"].floor = 1
    functions["公共服务"].save()
    assert [read(version).post_levels, read(version).department_level, read(version).functions_of(guard.pk)] == before
    assert [item.name for item in before[0]][-1] == "门卫"
    assert before[2] == [("公共服务", 2)]


def test_statements_from_before_they_kept_names_are_given_those_of_the_decision(
    table, people, department, functions, monkeypatch
):
    monkeypatch.setattr(fields, "CURRENT", fields.UNSEALED)
    version, guard = exempted(table, people, department, functions["公共服务"])
    other = make_post(department, "司机")
    editing.exempt_post(version, other, "由保安公司承担", actor=people.head)
    TableVersion.objects.update(seal="")
    version = workflow.perform(Action.SUBMIT, version, actor=people.head)
    before = seal(version)
    for row in version.exemptions.all():
        falsify(row, post_name="", functions="[]")
    Post.objects.filter(pk=guard.pk).update(name="值班员")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    migration = importlib.import_module("riskpoints.migrations.0003_postexemption_names")
    state = MigrationLoader(connection).project_state(("riskpoints", "0003_postexemption_names"))
    migration.note_posts(state.apps, SimpleNamespace(connection=connection))
    assert seal(TableVersion.objects.get(pk=version.pk)) == before
    assert {row.post_name: row.functions for row in version.exemptions.all()} == {"门卫": [["公共服务", 2]], "司机": []}


def test_the_snapshot_is_the_same_before_and_after_signing(table, people):
    reviewed = seal(bring_to(Status.REVIEWED, table, people))
    version = TableVersion.objects.get(table=table)
    assert version.decisions.get(action="approve").content_hash == reviewed[1]


def test_a_sealed_snapshot_cannot_be_tried_out(table, people, department, functions):
    version, _ = exempted(table, people, department, functions["公共服务"])
    assert len(version.seal) == 32
    said = json.loads(seal(version)[0])
    assert (said["seal"], said["exemptions"]) == (version.seal, [["门卫", "由保安公司承担", [["公共服务", 2]]]])


@pytest.mark.parametrize("is_sealed", [True, False])
def test_the_open_part_says_neither_assessments_nor_the_seal(db, is_sealed):
    version = fixed_version()
    TableVersion.objects.update(seal="7" * 32 if is_sealed else "")
    text = content.open_part(seal(version)[0])
    hidden = fields.assessments(fields.CURRENT)
    assert not [name for name in (*hidden, "seal", "7777", "建议理由", "核定理由") if name in text]
    point = json.loads(text)["rows"][1]["points"][0]
    assert set(point) == {"identity", *fields.decided(fields.POINT, fields.CURRENT)} - set(hidden)
    assert point["confirmed_level"] == 1


def test_what_the_open_part_leaves_out(draft_version):
    """How a level came about, and nothing else: the level that was confirmed may be shown."""
    whole = json.loads(seal(draft_version)[0])["rows"][0]["points"][0]
    shown = json.loads(content.open_part(seal(draft_version)[0]))["rows"][0]["points"][0]
    assert set(whole) - set(shown) == {
        "likelihood", "harm", "computed_level", "proposed_level", "proposed_reason", "confirmed_reason",
    }  # fmt: skip


def test_a_content_that_an_archive_brought_has_the_hash_of_its_decision(confirmed_version):
    """It holds no assessments any more, so it can't give the hash that was signed; the last decision tells it."""
    text, content_hash = seal(confirmed_version)
    last = confirmed_version.decisions.order_by("at").last()
    shown = content.open_part(text)
    assert content.is_open_part_of(Decision(snapshot=shown, content_hash="x"), text)
    assert not content.is_open_part_of(
        Decision(snapshot=shown, content_hash=hashlib.sha256(shown.encode()).hexdigest()), text
    )
    assert not content.is_open_part_of(Decision(snapshot="{}", content_hash="x"), text)
    assert content.standing_hash(read(confirmed_version)) == content_hash
    falsify(confirmed_version, seal="")
    text, content_hash = seal(confirmed_version)
    assert content.standing_hash(read(confirmed_version)) == content_hash
    falsify(last, snapshot=content.open_part(text), content_hash="f" * 64)
    assert content.standing_hash(read(confirmed_version)) == "f" * 64
    falsify(last, snapshot="{}")
    assert content.standing_hash(read(confirmed_version)) == content_hash


def test_posts_of_a_table_that_was_handed_in_stand_in_their_order(table, people, plain_post, purchasing_post):
    """Not in that of their keys: the order is that of the department."""
    Post.objects.filter(pk=min(plain_post.pk, purchasing_post.pk)).update(order=99)
    posts = read(bring_to(Status.SUBMITTED, table, people)).posts
    assert [post.pk for post in posts] == sorted([plain_post.pk, purchasing_post.pk], reverse=True)


def test_a_measure_is_grouped_with_the_first_point_it_answers(draft, people):
    first, second, third = (make_point(draft, actor=people.head, text=text) for text in ("甲", "乙", "丙"))
    shared = make_measure(draft, actor=people.head, text="本类各项的")
    own = make_measure(draft, third, actor=people.head, text="丙的")
    both = make_measure(draft, third, second, actor=people.head, text="两项共同的")
    [row] = [row for row in read(draft).rows if row.points]
    assert row.measure_groups == {second.pk: [both], third.pk: [own], None: [shared]}
    assert list(row.measure_groups) == [second.pk, third.pk, None]
    assert row.measures == [both, own, shared]
    assert first.pk not in row.measure_groups


# ---- the short code ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content_hash", "code"),
    [
        ("", ""),
        ("0123456789abcdef" * 4, "0123-4567-89AB-CDEF-0123"),
        ("f" * 64, "FFFF-FFFF-FFFF-FFFF-FFFF"),
    ],
)
def test_the_short_code_is_the_begin_of_the_hash(content_hash, code):
    assert content.content_code(content_hash) == code


def test_school_points_stand_in_their_own_rows(school_table, people):
    version = bring_to(Status.DRAFT, school_table, people)
    rows = read(version).rows
    assert [len(row.points) for row in rows] == [2, 2, 2, 0]
    assert [row.value for row in rows if row.is_nil] == [SchoolCategory.FUNDS]
    assert read(version).posts == []
