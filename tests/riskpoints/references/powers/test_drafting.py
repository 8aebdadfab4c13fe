"""Drafts of powers: numbers, steps, who writes, two at once, the same form twice."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from riskcontrol.models import AuditEntry
from riskpoints.references.powers import drafting, filing
from riskpoints.references.powers.drafting import Chart, PowerConflictError, StepInput
from riskpoints.references.powers.models import FrozenPowerError, Power, PowerPrefix, PowerRevision
from riskpoints.references.powers.verbs import PowerVerb
from tests.powers import STEPS, file_power, make_power


def test_numbers_follow_the_departments_and_are_never_given_twice(
    department, other_department, discipline_office, people
):
    first, second = (make_power(department, actor=people.clerk) for _ in range(2))
    filing.discard(second, actor=people.head)
    third = make_power(department, actor=people.head)
    other = make_power(other_department, actor=people.other_head, steps=())
    assert [item.power.number for item in (first, second, third, other)] == ["1-01", "1-02", "1-03", "2-01"]


def test_a_department_whose_place_is_taken_gets_a_number_of_its_own(department, other_department, people):
    make_power(department, actor=people.head)
    type(department).objects.filter(pk=other_department.pk).update(order=1)  # it is the first one now
    made = make_power(other_department, actor=people.other_head, steps=())
    assert made.power.prefix not in (1,)
    assert PowerPrefix.objects.count() == 2


@pytest.mark.parametrize("who", ["staff", "leader", "other_head", "reviewer", "office", "admin", "disabled"])
def test_only_head_and_clerk_of_the_department_draft(department, people, who):
    with pytest.raises(PermissionDenied):
        make_power(department, actor=getattr(people, who))


def test_posts_of_steps_are_found_by_name_and_others_stay_texts(department, purchasing_post, plain_post, people):
    revision = make_power(department, actor=people.clerk, steps=[*STEPS, StepInput("审批", "分管副校长")])
    rows = list(revision.steps.values_list("order", "name", "post", "post_name"))
    assert rows == [
        (1, "受理申请", plain_post.pk, "绿化管理员"),
        (2, "询价采购", purchasing_post.pk, "采购员"),
        (3, "验收", purchasing_post.pk, "采购员"),
        (4, "审批", None, "分管副校长"),
    ]


def test_the_same_form_sent_twice_is_one_power(department, people):
    values = {"name": "印章使用审批"}
    one, two = (drafting.draft(department, values, token="t", actor=people.clerk) for _ in range(2))
    assert one == two
    assert Power.objects.count() == 1


def test_whoever_saves_second_is_told_and_nothing_is_lost(department, people):
    revision = make_power(department, actor=people.clerk)
    drafting.save(revision, {"name": "办公用品采购"}, STEPS, lock=0, actor=people.head)
    with pytest.raises(PowerConflictError) as caught:
        drafting.save(revision, {"name": "设备采购"}, STEPS, lock=0, actor=people.clerk)
    assert caught.value.stored.name == "办公用品采购"
    revision.refresh_from_db()
    assert (revision.name, revision.lock) == ("办公用品采购", 1)
    assert {author.staff_number for author in revision.authors.all()} == {"1001", "1002"}


def test_a_step_keeps_its_identity_however_it_is_reworded_and_moved(department, people):
    revision = make_power(department, actor=people.clerk)
    written = drafting.inputs(revision.steps.all())
    moved = [written[2], StepInput("比价", identity=written[1].identity)]
    drafting.save(revision, {}, moved, actor=people.clerk)
    assert [(str(row.identity), row.name) for row in revision.steps.all()] == [
        (written[2].identity, "验收"),
        (written[1].identity, "比价"),
    ]


def test_the_trail_says_what_was_changed(department, people):
    revision = make_power(department, actor=people.clerk)
    drafting.save(revision, {"time_limit": "7 个工作日"}, STEPS[:2], actor=people.clerk)
    detail = AuditEntry.objects.of(PowerVerb.CHANGE).get().detail
    assert detail["time_limit"] == ["10 个工作日", "7 个工作日"]
    assert len(detail["steps"][0]) == 3
    assert detail["steps"][1][-1] == "询价采购；采购员；5 个工作日；风险节点；不少于三家"


def test_a_step_without_a_name_is_refused_with_its_place(department, people):
    with pytest.raises(ValidationError) as caught:
        make_power(department, actor=people.clerk, steps=[STEPS[0], StepInput(" ")])
    assert "第 2 个环节的环节" in str(caught.value.message_dict["steps"])
    assert not Power.objects.exists()


def test_a_post_of_another_department_is_refused(department, other_post, people):
    with pytest.raises(ValidationError, match="请选本部门的岗位"):
        make_power(department, actor=people.clerk, posts=[other_post])


def test_a_closed_department_drafts_nothing(department, people):
    department.active_to = timezone.localdate() - timezone.timedelta(days=1)
    department.save()
    with pytest.raises(ValidationError, match="已停用"):
        make_power(department, actor=people.head)


def test_a_revision_is_copied_from_what_is_filed_which_stays_valid(department, purchasing_post, plain_post, people):
    first = make_power(department, actor=people.clerk, posts=[plain_post])
    drafting.set_chart(first, Chart(b"\x89PNG", "png"), actor=people.clerk)
    filed = file_power(first, people)
    draft = drafting.revise(filed.power, actor=people.clerk)
    assert draft == drafting.revise(filed.power, actor=people.head)
    assert (draft.number, draft.base, draft.chart_kind, list(draft.posts.all())) == (2, filed, "png", [plain_post])
    copied = [(row.identity, row.name, row.is_risk_node) for row in draft.steps.all()]
    assert copied == [(row.identity, row.name, row.is_risk_node) for row in filed.steps.all()]
    drafting.save(draft, {}, STEPS[:1], actor=people.clerk)
    assert drafting.set_chart(draft, None, actor=people.clerk).chart is None
    stored = PowerRevision.objects.get(pk=filed.pk)
    assert (draft.power.filed, stored.steps.count(), stored.chart_kind) == (filed, 3, "png")


def test_what_is_not_filed_is_not_revised(department, people):
    revision = make_power(department, actor=people.clerk)
    filing.discard(revision, actor=people.head)
    with pytest.raises(FrozenPowerError, match="没有备案"):
        drafting.revise(revision.power, actor=people.clerk)
