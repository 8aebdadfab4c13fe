"""Every write to a draft: when it is refused, what it leaves in the audit trail, and the rules of each row."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from departments.enums import Level
from departments.models import PostFunction
from riskcontrol.models import AuditEntry
from riskpoints.content import content
from riskpoints.enums import Action, Category, DateMode, SchoolCategory, Stage, Status
from riskpoints.models import Cycle, Measure, NilDeclaration, PostExemption, RiskPoint, TableVersion
from riskpoints.models.table import FrozenError
from riskpoints.tables import editing, moving, starting, workflow
from riskpoints.tables.editing import ConflictError
from tests import once, roles
from tests.factories import bring_to, fill, make_measure, make_point, make_post


@once.fixture
def draft(table, people):
    """Return an empty draft of 总务处."""
    return TableVersion.objects.create(
        table=table, number=1, owner_name="总务处", duties="保障后勤", created_by=people.head
    )


@once.fixture
def school_draft(school_table, people):
    """Return an empty draft of the school's table."""
    return TableVersion.objects.create(table=school_table, number=1, owner_name="某某职专", created_by=people.office)


def entries(after=0):
    """Return (action, object type, detail) of the audit entries after a number."""
    rows = AuditEntry.objects.filter(number__gt=after).order_by("number")
    return [(row.caption, row.object_type.removeprefix("riskpoints."), row.detail) for row in rows]


def last_number():
    return AuditEntry.objects.count()


# ---- each write, refused where it has no place -------------------------------------------------------------------


def new_point(version, actor):
    return editing.save_point(version, {"category": "duty", "text": "新的风险点"}, actor=actor)


WRITES = {
    "save_head": lambda version, actor: editing.save_head(version, {"duties": "改写的职责"}, actor=actor),
    "add point": new_point,
    "change point": lambda version, actor: editing.save_point(
        version, {"text": "改写的风险点"}, point=version.points.first(), actor=actor
    ),
    "add measure": lambda version, actor: editing.save_measure(
        version, {"category": "duty", "text": "新的措施"}, actor=actor
    ),
    "change measure": lambda version, actor: editing.save_measure(
        version, {"text": "改写的措施"}, measure=version.measures.first(), actor=actor
    ),
    "remove point": lambda version, actor: editing.remove_row(version.points.first(), actor=actor),
    "remove measure": lambda version, actor: editing.remove_row(version.measures.first(), actor=actor),
    "swap points": lambda version, actor: moving.place_row(*version.points.all(), actor=actor),
    "swap measures": lambda version, actor: moving.place_row(*version.measures.all(), actor=actor),
    "declare_nil": lambda version, actor: editing.declare_nil(version, "environment", actor=actor),
    "withdraw_nil": lambda version, actor: editing.withdraw_nil(version, "institution", actor=actor),
    "exempt_post": lambda version, actor: editing.exempt_post(
        version, version.table.department.posts.get(name="门卫"), "由保安公司承担", actor=actor
    ),
    "withdraw_exemption": lambda version, actor: editing.withdraw_exemption(
        version, version.table.department.posts.get(name="司机"), actor=actor
    ),
}


@once.fixture
def rich_draft(draft, people, department, plain_post):
    """Return a draft to which each of the writes above makes a difference."""
    make_post(department, "门卫", order=30)
    driver = make_post(department, "司机", order=40)
    points = [make_point(draft, actor=people.head, post=plain_post, text=f"风险点{number}") for number in (1, 2)]
    for number in (1, 2):
        make_measure(draft, points[0], actor=people.head, text=f"措施{number}")
    editing.declare_nil(draft, Category.INSTITUTION, actor=people.head)
    editing.exempt_post(draft, driver, "暂缺人员", actor=people.head)
    return draft


def force_status(version, status, people):
    """Put a version into a status past every rule but the database's: only what a service refuses is of interest."""
    now = timezone.now()
    values = {"submitted_by": people.head, "reviewed_by": people.reviewer, "reviewed_at": now, "confirmed_at": now}
    values |= {"signed_on": now.date(), "signer_name": "校长", "status": status}
    TableVersion.objects.filter(pk=version.pk).update(**values)
    return TableVersion.objects.get(pk=version.pk)


def picture(version):
    """Return everything that a write could have left behind."""
    row = TableVersion.objects.values("lock", "duties", "owner_name", "status").get(pk=version.pk)
    return content.sealed(content.load(TableVersion.objects.get(pk=version.pk))), row, last_number()


def test_a_draft_takes_every_write(rich_draft, people):
    before = picture(rich_draft)
    for name, write in WRITES.items():
        with transaction.atomic():
            write(rich_draft, people.clerk)
            after = picture(rich_draft)
            assert after[0] != before[0], name
            assert after[1]["lock"] == before[1]["lock"] + 1, name
            assert after[2] == before[2] + (3 if name == "remove point" else 1), name  # with its two measures
            entry = AuditEntry.objects.last()
            assert (entry.actor_number, entry.actor_name) == ("1002", "总务处填报员"), name
            assert set(rich_draft.authors.all()) == {people.head, people.clerk}, name
            transaction.set_rollback(True)
    assert picture(rich_draft) == before


@pytest.mark.parametrize("status", [status for status in Status if status != Status.DRAFT])
def test_only_a_draft_takes_a_write(rich_draft, people, status):
    version = force_status(rich_draft, status, people)
    before = picture(version)
    for name, write in WRITES.items():
        with pytest.raises(FrozenError, match=editing.FROZEN[status]):
            write(version, people.head)
        assert picture(version) == before, name


def test_a_closed_year_takes_no_write(rich_draft, people, cycle):
    Cycle.objects.filter(pk=cycle.pk).update(closed_at=timezone.now())
    before = picture(rich_draft)
    for name, write in WRITES.items():
        with pytest.raises(FrozenError, match="年度已经归档关闭"):
            write(rich_draft, people.head)
        assert picture(rich_draft) == before, name


def test_nobody_else_writes(rich_draft, people):
    before = picture(rich_draft)
    for name, write in WRITES.items():
        for person in roles.PEOPLE.keys() - {"head", "clerk"}:
            with pytest.raises(PermissionDenied):
                write(rich_draft, getattr(people, person))
        assert picture(rich_draft) == before, name


def test_several_changes_are_saved_together_or_not_at_all(draft, people):
    before = picture(draft)

    def write():
        with editing.together():
            point = make_point(draft, actor=people.head)
            make_measure(draft, point, actor=people.head, text="")

    with pytest.raises(ValidationError):
        write()
    assert picture(draft) == before


def test_many_rows_of_one_change_are_locked_once_and_counted_each(draft, people, django_assert_max_num_queries):
    before = draft.lock
    with editing.editing(draft, actor=people.head) as held:
        point = make_point(held, actor=people.head)
        with django_assert_max_num_queries(14):
            make_measure(held, point, actor=people.head)
        with pytest.raises(ValidationError):
            make_measure(held, point, actor=people.head, text="")
    draft.refresh_from_db()
    assert draft.lock == before + 2
    assert draft.measures.count() == 1
    assert people.head in draft.authors.all()


def test_a_change_that_is_held_admits_nobody_else(draft, people):
    with editing.editing(draft, actor=people.head) as held, pytest.raises(PermissionDenied):
        make_point(held, actor=people.staff)
    with editing.editing(draft, actor=people.head) as held:
        pass
    workflow.perform(Action.SUBMIT, fill(draft, actor=people.head), actor=people.head)
    with pytest.raises(FrozenError):
        make_point(held, actor=people.head)


# ---- what is written is in the audit trail, old and new ----------------------------------------------------------


def test_a_new_point_is_audited_with_all_it_says(draft, people, purchasing_post):
    before = last_number()
    values = {
        "category": "process",
        "post": purchasing_post,
        "text": "不按招标文件验收",
        "manifestation": "验收单只有一人签字",
        "matter": "验收",
        "is_latent": False,
        "likelihood": 2,
        "harm": 1,
        "proposed_level": 1,
        "proposed_reason": "涉及资金较大",
        "finding_methods": ["self", "other"],
        "finding_other": "审计发现",
        "responsible": "采购员",
        "co_departments": "",
        "is_key_area": True,
        "missing_regulation": "验收管理办法",
        "missing_drafter": "总务处",
        "missing_due": datetime.date(2027, 6, 30),
    }
    point = editing.save_point(draft, values, actor=people.head)
    expected = {name: [None, value] for name, value in values.items()} | {
        "post": [None, purchasing_post.pk],
        "missing_due": [None, "2027-06-30"],
    }
    assert entries(before) == [("新增风险点", "riskpoint", expected)]
    stored = RiskPoint.objects.get(pk=point.pk)
    assert {name: getattr(stored, name) for name in values} == values
    assert (stored.post_name, stored.functions, stored.computed_level) == ("采购员", [["采购", 1]], 1)


def test_a_changed_point_is_audited_with_what_changed(draft, people, plain_post):
    point = make_point(draft, actor=people.head, post=plain_post, text="旧", harm=3)
    before = last_number()
    editing.save_point(
        draft, {"text": "新", "harm": 3, "likelihood": 2, "proposed_level": 2}, point=point, actor=people.head
    )
    expected = {"text": ["旧", "新"], "likelihood": [3, 2], "proposed_level": [3, 2]}
    assert entries(before) == [("修改风险点", "riskpoint", expected)]
    assert RiskPoint.objects.get(pk=point.pk).identity == point.identity


def test_saving_without_a_change_adds_no_entry(draft, people, plain_post):
    point = make_point(draft, actor=people.head, post=plain_post)
    before = last_number()
    editing.save_point(draft, {"text": point.text}, point=point, actor=people.head)
    assert entries(before) == []


def test_a_measure_is_audited_with_the_points_it_answers(draft, people):
    first, second = (make_point(draft, actor=people.head, text=text) for text in ("甲", "乙"))
    before = last_number()
    values = {
        "category": "duty",
        "text": "三人以上验收",
        "stage": "monitoring",
        "responsible": "处长",
        "basis": "办法",
        "timing": "每次",
    }
    measure = editing.save_measure(draft, values, points=[first, second], actor=people.head)
    both = sorted([str(first.identity), str(second.identity)])
    expected = {name: [None, value] for name, value in values.items()}
    expected |= {"points": [None, both], "regulation_names": [None, []]}
    assert entries(before) == [("新增防范措施", "measure", expected)]
    assert set(measure.points.all()) == {first, second}
    editing.save_measure(draft, {"text": "两人以上验收"}, points=[second], measure=measure, actor=people.head)
    expected = {"text": ["三人以上验收", "两人以上验收"], "points": [both, [str(second.identity)]]}
    assert entries(before)[1:] == [("修改防范措施", "measure", expected)]
    assert list(measure.points.all()) == [second]


def test_the_head_of_the_form_is_audited(draft, people):
    before = last_number()
    day = datetime.date(2026, 11, 15)
    values = {"duties": "新职责", "head_name": "负责人", "date_mode": DateMode.TYPED, "filled_on": day}
    editing.save_head(draft, values, actor=people.head)
    expected = {
        "duties": ["保障后勤", "新职责"],
        "head_name": ["", "负责人"],
        "date_mode": ["submitted", "typed"],
        "filled_on": [None, "2026-11-15"],
    }
    assert entries(before) == [("修改表头", "tableversion", expected)]
    stored = TableVersion.objects.get(pk=draft.pk)
    assert (stored.duties, stored.head_name, stored.date_mode, stored.filled_on) == ("新职责", "负责人", "typed", day)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"date_mode": "someday"}, "date_mode"),
        ({"head_name": "名" * 65}, "head_name"),
    ],
)
def test_the_head_of_the_form_is_validated(draft, people, values, field):
    before = picture(draft)
    with pytest.raises(ValidationError) as caught:
        editing.save_head(draft, values, actor=people.head)
    assert list(caught.value.message_dict) == [field]
    assert picture(draft) == before


def test_the_other_writes_are_audited(draft, people, plain_post):
    before = last_number()
    editing.declare_nil(draft, "duty", actor=people.head)
    editing.declare_nil(draft, "duty", actor=people.head)  # nothing new
    editing.withdraw_nil(draft, "duty", actor=people.head)
    editing.withdraw_nil(draft, "duty", actor=people.head)
    editing.exempt_post(draft, plain_post, " 暂缺人员 ", actor=people.head)
    editing.exempt_post(draft, plain_post, "由他人代行", actor=people.head)
    editing.withdraw_exemption(draft, plain_post, actor=people.head)
    assert entries(before) == [
        ("确认为无", "tableversion", {"风险类别": "duty"}),
        ("取消无", "tableversion", {"风险类别": "duty"}),
        ("说明岗位无风险点", "tableversion", {"绿化管理员": ["", "暂缺人员"]}),
        ("说明岗位无风险点", "tableversion", {"绿化管理员": ["暂缺人员", "由他人代行"]}),
        ("取消岗位无风险点说明", "tableversion", {"绿化管理员": ["由他人代行", None]}),
    ]


# ---- two at the same row -----------------------------------------------------------------------------------------


def test_a_point_saved_meanwhile_is_a_conflict_and_stays(draft, people):
    point = make_point(draft, actor=people.head, text="原来的")
    editing.save_point(draft, {"text": "先保存的"}, point=point, lock=0, actor=people.clerk)
    before = picture(draft)
    with pytest.raises(ConflictError) as caught:
        editing.save_point(draft, {"text": "后保存的"}, point=point, lock=0, actor=people.head)
    assert (caught.value.stored, caught.value.stored.text, caught.value.stored.lock) == (point, "先保存的", 1)
    assert picture(draft) == before
    assert RiskPoint.objects.get(pk=point.pk).text == "先保存的"
    editing.save_point(draft, {"text": "对照后的"}, point=point, lock=1, actor=people.head)
    assert RiskPoint.objects.get(pk=point.pk).text == "对照后的"


def test_a_measure_saved_meanwhile_is_a_conflict_and_stays(draft, people):
    point = make_point(draft, actor=people.head)
    measure = make_measure(draft, point, actor=people.head, text="原来的")
    editing.save_measure(draft, {"text": "先保存的"}, points=[point], measure=measure, lock=0, actor=people.clerk)
    before = picture(draft)
    with pytest.raises(ConflictError) as caught:
        editing.save_measure(draft, {"text": "后保存的"}, points=[], measure=measure, lock=0, actor=people.head)
    assert (caught.value.stored, caught.value.stored.text) == (measure, "先保存的")
    assert picture(draft) == before


def test_a_head_saved_meanwhile_is_a_conflict_and_stays(draft, people):
    lock = editing.head_state(draft)
    editing.save_head(draft, {"duties": "先保存的"}, lock=lock, actor=people.clerk)
    before = picture(draft)
    with pytest.raises(ConflictError) as caught:
        editing.save_head(draft, {"duties": "后保存的"}, lock=lock, actor=people.head)
    assert caught.value.stored.duties == "先保存的"
    assert picture(draft) == before
    lock = editing.head_state(TableVersion.objects.get(pk=draft.pk))
    editing.save_head(draft, {"duties": "对照后的"}, lock=lock, actor=people.head)
    assert TableVersion.objects.get(pk=draft.pk).duties == "对照后的"


def test_work_on_another_row_is_no_conflict(draft, people):
    lock = editing.head_state(draft)
    point, other = (make_point(draft, actor=people.head, text=text) for text in ("甲", "乙"))
    editing.save_point(draft, {"text": "甲二"}, point=point, lock=0, actor=people.clerk)
    editing.save_point(draft, {"text": "乙二"}, point=other, lock=0, actor=people.head)
    editing.save_head(draft, {"duties": "新"}, lock=lock, actor=people.head)
    assert list(draft.points.values_list("text", flat=True)) == ["甲二", "乙二"]


@pytest.mark.parametrize("lock", [0, None])
def test_a_row_removed_meanwhile_is_a_conflict_without_a_stored_row(draft, people, lock):
    point = make_point(draft, actor=people.head)
    measure = make_measure(draft, actor=people.head)
    editing.remove_row(point, actor=people.clerk)
    editing.remove_row(measure, actor=people.clerk)
    with pytest.raises(ConflictError) as caught:
        editing.save_point(draft, {"text": "后保存的"}, point=point, lock=lock, actor=people.head)
    assert caught.value.stored is None
    with pytest.raises(ConflictError) as caught:
        editing.save_measure(draft, {"text": "后保存的"}, measure=measure, lock=lock, actor=people.head)
    assert caught.value.stored is None
    assert (draft.points.count(), draft.measures.count()) == (0, 0)


def test_a_row_of_another_version_is_not_taken(draft, people, other_table):
    theirs = bring_to(Status.DRAFT, other_table, people)
    point, measure = theirs.points.first(), theirs.measures.first()
    with pytest.raises(ConflictError):
        editing.save_point(draft, {"text": "抢来的"}, point=point, actor=people.head)
    with pytest.raises(ConflictError):
        editing.save_measure(draft, {"text": "抢来的"}, measure=measure, actor=people.head)
    assert RiskPoint.objects.get(pk=point.pk).text == point.text
    assert (draft.points.count(), draft.measures.count()) == (0, 0)


# ---- 无 ----------------------------------------------------------------------------------------------------------


def test_nil_is_refused_where_there_is_a_point(draft, people):
    make_point(draft, actor=people.head, category=Category.DUTY)
    with pytest.raises(ValidationError, match="不能确认为“无”"):
        editing.declare_nil(draft, Category.DUTY, actor=people.head)
    editing.declare_nil(draft, Category.PROCESS, actor=people.head)
    assert list(draft.nils.values_list("category", flat=True)) == ["process"]


def test_nil_is_refused_where_there_is_only_a_measure(draft, people):
    make_measure(draft, actor=people.head, category=Category.DUTY)
    with pytest.raises(ValidationError, match="不能确认为“无”"):
        editing.declare_nil(draft, Category.DUTY, actor=people.head)
    assert not draft.nils.exists()


def test_points_and_measures_are_refused_beside_nil(draft, people):
    editing.declare_nil(draft, Category.DUTY, actor=people.head)
    with pytest.raises(ValidationError) as caught:
        make_point(draft, actor=people.head, category=Category.DUTY)
    assert caught.value.message_dict == {"text": ["这一类已确认为“无”。如有风险点，请先取消“无”。"]}
    with pytest.raises(ValidationError) as caught:
        make_measure(draft, actor=people.head, category=Category.DUTY)
    assert caught.value.message_dict == {"text": ["这一类已确认为“无”，防范措施也是“无”。如有措施，请先取消“无”。"]}
    assert (draft.points.count(), draft.measures.count(), draft.nils.count()) == (0, 0, 1)
    editing.withdraw_nil(draft, Category.DUTY, actor=people.head)
    make_point(draft, actor=people.head, category=Category.DUTY)
    assert draft.points.count() == 1


def test_a_point_does_not_move_into_a_nil_category(draft, people):
    editing.declare_nil(draft, Category.PROCESS, actor=people.head)
    point = make_point(draft, actor=people.head, category=Category.DUTY)
    with pytest.raises(ValidationError):
        editing.save_point(draft, {"category": Category.PROCESS}, point=point, actor=people.head)
    assert RiskPoint.objects.get(pk=point.pk).category == Category.DUTY


@pytest.mark.parametrize("write", ["declare_nil", "save_point", "save_measure"])
def test_each_table_has_its_own_categories(draft, school_draft, people, write):
    def call(version, category, actor):
        if write == "declare_nil":
            editing.declare_nil(version, category, actor=actor)
        else:
            getattr(editing, write)(version, {"category": category, "text": "内容"}, actor=actor)

    for version, category, actor in [
        (draft, SchoolCategory.FUNDS, people.head),
        (draft, "morals", people.head),
        (school_draft, Category.DUTY, people.office),
    ]:
        with pytest.raises(ValidationError) as caught:
            call(version, category, actor)
        assert caught.value.message_dict == {"category": ["这张表没有这个风险类别。"]}
    call(school_draft, SchoolCategory.FUNDS, people.office)
    call(draft, Category.DUTY, people.head)


# ---- posts without points ----------------------------------------------------------------------------------------


def test_a_post_with_a_point_is_not_exempted(draft, people, plain_post):
    make_point(draft, actor=people.head, post=plain_post)
    with pytest.raises(ValidationError) as caught:
        editing.exempt_post(draft, plain_post, "没有", actor=people.head)
    assert caught.value.message_dict == {"reason": ["这个岗位已有风险点，不需要说明。"]}
    assert not draft.exemptions.exists()


def test_another_departments_post_is_not_exempted(draft, people, other_post):
    with pytest.raises(ValidationError) as caught:
        editing.exempt_post(draft, other_post, "没有", actor=people.head)
    assert caught.value.message_dict == {"reason": ["这个岗位不属于本部门。"]}


@pytest.mark.parametrize("reason", ["", "  ", "因" * 201])
def test_an_exemption_needs_a_reason_of_bearable_length(draft, people, plain_post, reason):
    with pytest.raises(ValidationError) as caught:
        editing.exempt_post(draft, plain_post, reason, actor=people.head)
    assert list(caught.value.message_dict) == ["reason"]
    assert not draft.exemptions.exists()


def test_a_new_point_ends_the_exemption_of_its_post_only(draft, people, plain_post, purchasing_post):
    for post in (plain_post, purchasing_post):
        editing.exempt_post(draft, post, "暂缺人员", actor=people.head)
    before = last_number()
    make_point(draft, actor=people.head, post=plain_post)
    assert list(draft.exemptions.values_list("post__name", flat=True)) == ["采购员"]
    assert entries(before)[0] == ("取消岗位无风险点说明", "tableversion", {"绿化管理员": ["暂缺人员", None]})
    make_point(draft, actor=people.head, post=None)
    assert draft.exemptions.count() == 1


# ---- order and removal -------------------------------------------------------------------------------------------


def texts(version, category="duty", kind="points"):
    return list(getattr(version, kind).filter(category=category).order_by("order", "id").values_list("text", flat=True))


@pytest.mark.parametrize("kind", ["points", "measures"])
def test_two_rows_change_places_within_their_category(draft, people, kind):
    make = {"points": make_point, "measures": make_measure}[kind]
    rows = {text: make(draft, actor=people.head, text=text) for text in ("甲", "乙", "丙")}
    others = [make(draft, actor=people.head, text=text, category=Category.PROCESS) for text in ("丁", "戊")]
    before = last_number()
    moving.place_row(rows["丙"], rows["乙"], actor=people.head)
    assert texts(draft, kind=kind) == ["甲", "丙", "乙"]
    moving.place_row(rows["甲"], rows["乙"], actor=people.head)
    assert texts(draft, kind=kind) == ["乙", "丙", "甲"]
    name = {"points": "风险点", "measures": "防范措施"}[kind]
    assert [(action, detail) for action, _, detail in entries(before)] == [
        (f"调整{name}顺序", {"顺序": [3, 2]}),
        (f"调整{name}顺序", {"顺序": [1, 3]}),
    ]
    moving.place_row(rows["甲"], others[0], actor=people.head)  # of another category: nothing happens
    assert (texts(draft, kind=kind), texts(draft, "process", kind)) == (["乙", "丙", "甲"], ["丁", "戊"])
    assert len(entries(before)) == 2
    make(draft, actor=people.head, text="己")
    assert texts(draft, kind=kind)[-1] == "己"


def test_a_point_and_a_measure_never_change_places(draft, people):
    point, measure = make_point(draft, actor=people.head), make_measure(draft, actor=people.head)
    make_point(draft, actor=people.head, text="乙")
    before = last_number()
    moving.place_row(point, measure, actor=people.head)
    assert entries(before) == []


def test_swapping_with_a_removed_row_does_nothing(draft, people):
    first, second = (make_point(draft, actor=people.head, text=text) for text in ("甲", "乙"))
    gone = RiskPoint.objects.get(pk=second.pk)
    editing.remove_row(second, actor=people.clerk)
    before = last_number()
    moving.place_row(gone, first, actor=people.head)
    moving.place_row(first, gone, actor=people.head)
    assert (texts(draft), entries(before)) == (["甲"], [])


def test_a_removed_point_takes_its_own_measures_along(draft, people):
    first, second = (make_point(draft, actor=people.head, text=text) for text in ("甲", "乙"))
    make_measure(draft, first, actor=people.head, text="只对甲")
    make_measure(draft, second, actor=people.head, text="只对乙")
    both = make_measure(draft, first, second, actor=people.head, text="对甲和乙")
    make_measure(draft, actor=people.head, text="对全类")
    before = last_number()
    editing.remove_row(first, actor=people.head)
    assert texts(draft) == ["乙"]
    assert texts(draft, kind="measures") == ["只对乙", "对甲和乙", "对全类"]
    assert list(both.points.all()) == [second]
    found = entries(before)
    assert [(action, kind, detail["text"]) for action, kind, detail in found[:2]] == [
        ("删除防范措施", "measure", ["只对甲", None]),
        ("删除风险点", "riskpoint", ["甲", None]),
    ]
    one_less = {"points": [sorted([str(first.identity), str(second.identity)]), [str(second.identity)]]}
    assert found[2:] == [("修改防范措施", "measure", one_less)]
    assert found[1][2]["likelihood"] == [3, None]


def test_a_removed_measure_leaves_its_points(draft, people):
    point = make_point(draft, actor=people.head)
    measure = make_measure(draft, point, actor=people.head)
    editing.remove_row(measure, actor=people.head)
    assert (draft.points.count(), draft.measures.count()) == (1, 0)


def test_removing_twice_does_nothing_the_second_time(draft, people):
    point = make_point(draft, actor=people.head)
    stale = RiskPoint.objects.get(pk=point.pk)
    editing.remove_row(point, actor=people.head)
    before = last_number()
    editing.remove_row(stale, actor=people.clerk)
    assert entries(before) == []


@pytest.mark.parametrize("act", ["remove", "swap", "nil", "not nil", "no exemption"])
def test_who_changes_nothing_leaves_no_trace(draft, people, plain_post, act):
    """Neither the number by which others notice a change, nor a place among those who wrote and so never review."""
    point, other = make_point(draft, actor=people.head), make_point(draft, actor=people.head)
    editing.declare_nil(draft, "process", actor=people.head)
    stale = RiskPoint.objects.get(pk=other.pk)
    editing.remove_row(other, actor=people.head)
    draft.refresh_from_db()
    lock, before = draft.lock, last_number()
    {
        "remove": lambda: editing.remove_row(stale, actor=people.clerk),
        "swap": lambda: moving.place_row(point, stale, actor=people.clerk),
        "nil": lambda: editing.declare_nil(draft, "process", actor=people.clerk),
        "not nil": lambda: editing.withdraw_nil(draft, "environment", actor=people.clerk),
        "no exemption": lambda: editing.withdraw_exemption(draft, plain_post, actor=people.clerk),
    }[act]()
    draft.refresh_from_db()
    assert (draft.lock, last_number()) == (lock, before)
    assert people.clerk not in draft.authors.all()


# ---- one form, sent twice ----------------------------------------------------------------------------------------


def test_a_new_row_is_added_once_however_often_its_form_is_sent(draft, people):
    values = {"category": "duty", "text": "甲", "likelihood": 3, "harm": 3, "proposed_level": 3}
    first = editing.save_point(draft, values, token="t", actor=people.head)
    measure = {"category": "duty", "text": "措施"}
    answer = editing.save_measure(draft, measure, points=[first], token="t", actor=people.head)
    draft.refresh_from_db()
    lock, before = draft.lock, last_number()
    assert editing.save_point(draft, values, token="t", actor=people.head) == first
    assert editing.save_measure(draft, measure, points=[first], token="t", actor=people.head) == answer
    draft.refresh_from_db()
    assert (draft.lock, last_number()) == (lock, before)
    assert (draft.points.count(), draft.measures.count()) == (1, 1)


def test_other_words_in_the_same_form_are_a_conflict(draft, people):
    values = {"category": "duty", "text": "甲", "likelihood": 3, "harm": 3, "proposed_level": 3}
    first = editing.save_point(draft, values, token="t", actor=people.head)
    with pytest.raises(ConflictError) as caught:
        editing.save_point(draft, values | {"text": "乙"}, token="t", actor=people.head)
    assert caught.value.stored == first
    assert [point.text for point in draft.points.all()] == ["甲"]


def test_other_forms_and_other_tables_add_rows_of_their_own(draft, people, other_table):
    values = {"category": "duty", "text": "甲", "likelihood": 3, "harm": 3, "proposed_level": 3}
    other = starting.start_table(other_table, actor=people.other_head)
    rows = [editing.save_point(draft, values, token=token, actor=people.head) for token in ("t", "u", "", "")]
    rows.append(editing.save_point(other, values, token="t", actor=people.other_head))
    assert len({row.identity for row in rows}) == len({row.pk for row in rows}) == 5


# ---- the level of a point ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [2, 3])
@pytest.mark.parametrize("reason", ["", "从未发生过问题"])
def test_the_floor_of_the_post_is_never_undercut(draft, people, purchasing_post, level, reason):
    values = {"post": purchasing_post, "proposed_level": level, "proposed_reason": reason}
    with pytest.raises(ValidationError) as caught:
        make_point(draft, actor=people.head, **values)
    assert caught.value.message_dict == {"proposed_level": ["该岗位的职能要求不低于一级（高），不能选更低的等级。"]}
    assert not draft.points.exists()


def test_the_floor_holds_before_the_scales_are_chosen(draft, people, purchasing_post):
    values = {"likelihood": None, "harm": None, "post": purchasing_post}
    with pytest.raises(ValidationError, match="不低于一级"):
        make_point(draft, actor=people.head, **values, proposed_level=3)
    assert make_point(draft, actor=people.head, **values, proposed_level=1).proposed_level == 1


def test_moving_a_point_to_a_post_with_a_floor_checks_its_level(draft, people, plain_post, purchasing_post):
    point = make_point(draft, actor=people.head, post=plain_post)
    with pytest.raises(ValidationError, match="不低于一级"):
        editing.save_point(draft, {"post": purchasing_post}, point=point, actor=people.head)
    editing.save_point(draft, {"post": purchasing_post, "proposed_level": 1}, point=point, actor=people.head)
    stored = RiskPoint.objects.get(pk=point.pk)
    assert (stored.post_name, stored.functions, stored.computed_level) == ("采购员", [["采购", 1]], 1)


@pytest.mark.parametrize("reason", ["", " \n"])
def test_a_level_below_the_computed_one_needs_a_reason(draft, people, plain_post, reason):
    values = {"post": plain_post, "harm": 1, "proposed_level": 2}
    with pytest.raises(ValidationError) as caught:
        make_point(draft, actor=people.head, **values, proposed_reason=reason)
    assert caught.value.message_dict == {"proposed_reason": ["按规则应为一级（高），建议更低的等级须写明理由。"]}
    point = make_point(draft, actor=people.head, **values, proposed_reason="已有第三方监管")
    assert (point.computed_level, point.proposed_level) == (1, 2)


def test_a_level_above_the_computed_one_needs_no_reason(draft, people, plain_post):
    assert make_point(draft, actor=people.head, post=plain_post, proposed_level=1).computed_level == 3


def test_a_draft_may_lack_scales_and_level(draft, people, plain_post):
    point = make_point(draft, actor=people.head, post=plain_post, likelihood=None, harm=None, proposed_level=None)
    assert (point.computed_level, point.level) == (None, None)


@pytest.mark.parametrize(("field", "value"), [("likelihood", 4), ("harm", 0), ("proposed_level", 0)])
def test_scales_and_levels_have_three_steps(draft, people, plain_post, field, value):
    values = {"category": "duty", "text": "风险点", "post": plain_post} | {field: value}
    with pytest.raises((ValidationError, ValueError)):
        editing.save_point(draft, values, actor=people.head)
    assert not draft.points.exists()


def test_a_retired_function_keeps_its_floor_until_it_is_taken_off_the_post(
    draft, people, purchasing_post, plain_post, functions
):
    PostFunction.objects.filter(pk=functions["采购"].pk).update(is_retired=True)
    point = make_point(draft, actor=people.head, post=purchasing_post)
    assert (point.functions, point.computed_level) == ([["采购", 1]], 1)
    with pytest.raises(ValidationError, match="不低于一级"):
        make_point(draft, actor=people.head, post=purchasing_post, proposed_level=3)
    exemption = editing.exempt_post(draft, plain_post, "没有风险", actor=people.head)
    plain_post.functions.add(functions["采购"])
    editing.refresh_names_and_floors(draft, actor=people.head)
    exemption.refresh_from_db()
    assert exemption.functions == [["采购", 1]]
    for post in (purchasing_post, plain_post):
        post.functions.clear()
    editing.refresh_names_and_floors(draft, actor=people.head)
    point.refresh_from_db()
    exemption.refresh_from_db()
    assert (point.functions, point.computed_level, exemption.functions) == ([], 3, [])


def test_the_school_table_takes_points_without_scales(school_draft, people):
    point = make_point(school_draft, actor=people.office, likelihood=None, harm=None, proposed_level=None)
    assert (point.category, point.level) == (SchoolCategory.DECISION, None)


# ---- the other fields --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("other", ["", "  "])
def test_finding_method_other_needs_words(draft, people, other):
    with pytest.raises(ValidationError) as caught:
        make_point(draft, actor=people.head, finding_methods=["self", "other"], finding_other=other)
    assert caught.value.message_dict == {"finding_other": ["选了“其他”，请写明是什么方法。"]}
    point = make_point(draft, actor=people.head, finding_methods=["self", "other"], finding_other="巡察反馈")
    assert point.finding_labels == ["自己找", "其他（巡察反馈）"]


def test_finding_methods_are_those_of_the_document(draft, people):
    with pytest.raises(ValidationError) as caught:
        make_point(draft, actor=people.head, finding_methods=["self", "guess"])
    assert caught.value.message_dict == {"finding_methods": ["请从所列的查找方法中选。"]}


def test_another_departments_post_is_refused(draft, people, other_post):
    with pytest.raises(ValidationError) as caught:
        make_point(draft, actor=people.head, post=other_post)
    assert caught.value.message_dict == {"post": ["请选本部门的岗位。"]}


def test_the_school_table_takes_no_post(school_draft, people, plain_post):
    with pytest.raises(ValidationError) as caught:
        make_point(school_draft, actor=people.office, post=plain_post)
    assert caught.value.message_dict == {"post": ["请选本部门的岗位。"]}


@pytest.mark.parametrize("values", [{"text": ""}, {"responsible": "名" * 65}, {"matter": "事" * 201}])
def test_a_point_is_validated(draft, people, values):
    before = picture(draft)
    with pytest.raises(ValidationError) as caught:
        make_point(draft, actor=people.head, **values)
    assert list(caught.value.message_dict) == list(values)
    assert picture(draft) == before


def test_what_is_wrong_is_said_all_at_once(draft, people, other_post):
    with pytest.raises(ValidationError) as caught:
        make_point(draft, actor=people.head, post=other_post, proposed_level=3, finding_methods=["other"])
    assert set(caught.value.message_dict) == {"post", "proposed_level", "finding_other"}


@pytest.mark.parametrize("values", [{"text": ""}, {"stage": "later"}, {"responsible": "名" * 65}])
def test_a_measure_is_validated(draft, people, values):
    before = picture(draft)
    with pytest.raises(ValidationError) as caught:
        make_measure(draft, actor=people.head, **values)
    assert list(caught.value.message_dict) == list(values)
    assert picture(draft) == before


def test_a_measure_answers_points_of_its_own_category_and_version_only(draft, people, other_table):
    theirs = bring_to(Status.DRAFT, other_table, people).points.get(category=Category.DUTY)
    process = make_point(draft, actor=people.head, category=Category.PROCESS)
    for point in (theirs, process):
        with pytest.raises(ValidationError) as caught:
            editing.save_measure(draft, {"category": "duty", "text": "措施"}, points=[point], actor=people.head)
        assert caught.value.message_dict == {"points": ["只能选同一类别里的风险点。"]}
    assert not draft.measures.exists()


def test_a_point_with_measures_stays_in_its_category(draft, people):
    point = make_point(draft, actor=people.head, category=Category.DUTY)
    measure = make_measure(draft, point, actor=people.head)
    with pytest.raises(ValidationError) as caught:
        editing.save_point(draft, {"category": Category.PROCESS}, point=point, actor=people.head)
    assert caught.value.message_dict == {"category": ["这个风险点在原类别里有防范措施，请先删除或改动措施。"]}
    editing.remove_row(measure, actor=people.head)
    editing.save_point(draft, {"category": Category.PROCESS}, point=point, actor=people.head)
    assert RiskPoint.objects.get(pk=point.pk).category == Category.PROCESS


def test_fields_that_are_not_the_writers_are_ignored(draft, people, plain_post):
    point = make_point(draft, actor=people.head, post=plain_post)
    values = {"confirmed_level": 3, "computed_level": 3, "identity": "0" * 32, "lock": 99, "version_id": 0, "order": 9}
    editing.save_point(draft, values, point=point, actor=people.head)
    stored = RiskPoint.objects.get(pk=point.pk)
    assert (stored.confirmed_level, stored.identity, stored.version, stored.order) == (None, point.identity, draft, 1)
    editing.save_head(draft, {"status": Status.CONFIRMED, "owner_name": "别处", "number": 9}, actor=people.head)
    version = TableVersion.objects.get(pk=draft.pk)
    assert (version.status, version.owner_name, version.number) == (Status.DRAFT, "总务处", 1)


def test_the_stages_are_those_of_the_document(draft, people):
    made = [make_measure(draft, actor=people.head, text=stage.label, stage=stage) for stage in Stage]
    assert [measure.get_stage_display() for measure in made] == ["前期预防", "中期监控", "后期处置"]
    assert [level.label for level in Level] == ["一级（高）", "二级（中）", "三级（低）"]


def test_models_of_the_content_are_all_written_here():
    assert {Measure, NilDeclaration, PostExemption, RiskPoint} == set(RiskPoint.__mro__[1].__subclasses__())


@pytest.mark.parametrize(
    "change",
    [{"harm": 1, "proposed_level": 1}, {"proposed_level": 2}, {"likelihood": 2, "proposed_level": 2}],
)
def test_what_the_department_changes_after_a_return_is_confirmed_anew(table, people, change):
    """The reviewer's level rests on the scales and the proposal; else a stale one would be approved in silence."""
    version = bring_to(Status.REVIEWED, table, people)
    version = workflow.perform(Action.RETURN, version, actor=people.reviewer, comment="请再核对")
    point = version.points.get(category=Category.PROCESS)
    assert point.confirmed_level == Level.THIRD
    editing.save_point(version, {"text": "只改了文字"}, point=point, actor=people.head)
    assert RiskPoint.objects.get(pk=point.pk).confirmed_level == Level.THIRD
    editing.save_point(version, change, point=point, actor=people.head)
    stored = RiskPoint.objects.get(pk=point.pk)
    assert (stored.confirmed_level, stored.confirmed_reason, stored.level) == (None, "", change["proposed_level"])


def test_measures_are_counted_in_the_order_of_the_points_they_answer(draft, people):
    first, second = (make_point(draft, actor=people.head, text=text) for text in ("甲", "乙"))
    make_measure(draft, actor=people.head, text="整类的措施")
    make_measure(draft, second, actor=people.head, text="乙的措施")
    make_measure(draft, first, actor=people.head, text="甲的措施")
    make_measure(draft, second, first, actor=people.head, text="甲乙的措施")
    row = content.load(draft).rows[0]
    assert [measure.text for measure in row.measures] == ["甲的措施", "甲乙的措施", "乙的措施", "整类的措施"]


@pytest.mark.parametrize(("make", "model"), [(make_point, RiskPoint), (make_measure, Measure)])
def test_a_table_has_a_bound_and_says_so(draft, head, monkeypatch, make, model):
    monkeypatch.setitem(editing.MOST, model, 2)
    rows = [make(draft, actor=head) for _ in range(2)]
    with pytest.raises(ValidationError, match="一张表最多 2 个") as refused:
        make(draft, actor=head)
    assert list(refused.value.message_dict) == ["text"]
    assert model.objects.filter(version=draft).count() == 2
    save = {RiskPoint: editing.save_point, Measure: editing.save_measure}[model]
    name = {RiskPoint: "point", Measure: "measure"}[model]
    save(draft, {"text": "改过的"}, **{name: rows[0]}, actor=head)  # what is there is changed all the same
    assert model.objects.get(pk=rows[0].pk).text == "改过的"
