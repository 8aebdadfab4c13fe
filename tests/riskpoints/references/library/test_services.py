"""Who writes into the library, what is refused, and what the trail tells of it."""

from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from departments.models import RoleGrant
from riskcontrol.models import AuditEntry
from riskpoints.enums import Category
from riskpoints.references.library import services
from riskpoints.references.library.models import TypicalRisk
from riskpoints.references.library.permissions import LibraryAction, can
from riskpoints.references.library.services import ConflictError, save_risk, set_active, set_questions
from riskpoints.references.library.values import MeasureValues, RiskValues, values_of
from riskpoints.references.library.verbs import LibraryVerb

VALUES = RiskValues(
    area="校车",
    category=Category.DUTY,
    text="校车照管员不清点人数",
    likelihood=2,
    harm=2,
    hot_years=(2026,),
    functions=frozenset({"公共服务"}),
    measures=(MeasureValues("prevention", "上下车点名", "每趟"),),
)


def last():
    return AuditEntry.objects.order_by("number").last()


def test_an_entry_is_added_with_everything_it_says(school, reviewer):
    risk = save_risk(VALUES, actor=reviewer)
    assert values_of(TypicalRisk.objects.get(key=risk.key)) == VALUES
    assert (last().action, last().detail["text"], last().detail["measures"]) == (
        LibraryVerb.ADD,
        [None, VALUES.text],
        [None, [["prevention", "上下车点名", "每趟"]]],
    )


def test_a_change_is_told_with_old_and_new_and_none_is_no_entry(school, reviewer):
    risk = save_risk(VALUES, actor=reviewer)
    changed = save_risk(replace(VALUES, harm=1, functions=frozenset()), risk=risk, lock=0, actor=reviewer)
    assert (last().action, last().detail) == (LibraryVerb.CHANGE, {"harm": [2, 1], "functions": [["公共服务"], []]})
    assert changed.lock == 1
    number = last().number
    save_risk(replace(VALUES, harm=1, functions=frozenset()), risk=risk, lock=1, actor=reviewer)
    assert last().number == number


def test_who_was_slower_is_told_what_there_is_now(school, reviewer):
    risk = save_risk(VALUES, actor=reviewer)
    save_risk(replace(VALUES, harm=1), risk=risk, lock=0, actor=reviewer)
    with pytest.raises(ConflictError) as caught:
        save_risk(replace(VALUES, harm=3), risk=risk, lock=0, actor=reviewer)
    assert caught.value.stored.harm == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"text": " "}, "text"),
        ({"area": ""}, "area"),
        ({"category": "unknown"}, "category"),
        ({"functions": frozenset({"没有的职能"})}, "functions"),
        ({"measures": (MeasureValues("", "x" * 2001),)}, "unstaged"),
    ],
)
def test_what_can_not_be_is_refused_by_field(school, reviewer, values, field):
    with pytest.raises(ValidationError) as caught:
        save_risk(replace(VALUES, **values), actor=reviewer)
    assert field in caught.value.message_dict
    assert not TypicalRisk.objects.filter(area="校车").exists()


def test_no_two_entries_in_use_say_the_same_in_a_category(school, reviewer):
    first = save_risk(VALUES, actor=reviewer)
    with pytest.raises(ValidationError, match=f"与 {first.key} 的内容相同"):
        save_risk(replace(VALUES, area="安全"), actor=reviewer)
    set_active(first, False, actor=reviewer)
    save_risk(replace(VALUES, area="安全"), actor=reviewer)
    with pytest.raises(ValidationError, match="内容相同"):
        set_active(first, True, actor=reviewer)


def test_retiring_and_bringing_back_are_entries(school, reviewer):
    risk = TypicalRisk.objects.get(key="CG-01")
    assert set_active(risk, False, actor=reviewer)
    assert not set_active(risk, False, actor=reviewer)
    assert last().action == LibraryVerb.RETIRE
    assert set_active(risk, True, actor=reviewer)
    assert (last().action, last().detail) == (LibraryVerb.BRING_BACK, {"is_active": [False, True]})


def test_only_the_committee_keeps_it_and_who_fills_in_reads_it(people):
    own = {name: user for name, user in vars(people).items() if hasattr(user, "staff_number")}
    assert {name for name, user in own.items() if can(user, LibraryAction.KEEP)} == {
        "reviewer",
        "second_reviewer",
        "discipline_head",
    }
    assert can(people.head, LibraryAction.READ)
    assert not can(people.head, LibraryAction.KEEP)
    assert not can(people.outsider, LibraryAction.READ)


def test_who_lost_the_role_meanwhile_writes_nothing(school, reviewer, head):
    RoleGrant.objects.filter(user=reviewer).delete()
    for write in (
        lambda actor: save_risk(VALUES, actor=actor),
        lambda actor: set_active(TypicalRisk.objects.get(key="CG-01"), False, actor=actor),
        lambda actor: set_questions(Category.DUTY, list("一二三四"), actor=actor),
    ):
        for person in (reviewer, head):
            with pytest.raises(PermissionDenied):
                write(person)


def test_questions_are_put_in_the_place_of_those_before(school, reviewer):
    before = services.questions_of(Category.DUTY)
    wanted = [before[1], before[0], "新的问题？", "再一个问题？"]
    set_questions(Category.DUTY, [*wanted, "  "], seen=services.state_of(Category.DUTY), actor=reviewer)
    assert services.questions_of(Category.DUTY) == wanted
    assert (last().object_label, last().detail) == ("岗位职责风险", {"问题": [before, wanted]})


def test_questions_are_four_to_six_and_different(school, reviewer):
    before = services.questions_of(Category.DUTY)
    for texts, said in (
        (list("一二三"), "现在有 3 个"),
        (list("一二三四五六七"), "现在有 7 个"),
        (list("一一二三"), "相同"),
    ):
        with pytest.raises(ValidationError, match=said):
            set_questions(Category.DUTY, texts, actor=reviewer)
    seen = services.state_of(Category.DUTY)
    set_questions(Category.DUTY, before[:4], actor=reviewer)
    with pytest.raises(ValidationError, match="别人改过"):
        set_questions(Category.DUTY, list("一二三四"), seen=seen, actor=reviewer)
    assert services.questions_of(Category.DUTY) == before[:4]
