"""What is submitted or filed can't be changed: by model, QuerySet, constraint and database trigger."""

import pytest
from django.db import IntegrityError, connection, transaction

from riskpoints.references.powers import filing
from riskpoints.references.powers.models import FrozenPowerError, Power, PowerRevision, PowerStep
from tests.powers import file_power, make_power


@pytest.fixture
def filed(department, purchasing_post, plain_post, people) -> PowerRevision:
    return file_power(make_power(department, actor=people.clerk, posts=[purchasing_post]), people)


def refused(sql: str, *values: object) -> bool:
    """Whether the database itself refuses a statement."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)
    except IntegrityError:
        return True
    return False


def test_model_and_queryset_refuse(filed):
    step = filed.steps.first()
    for act in (
        filed.save,
        filed.delete,
        step.save,
        step.delete,
        lambda: PowerRevision.objects.update(name="别的"),
        lambda: PowerRevision.objects.update(filed_by_name="别人"),
        lambda: PowerRevision.objects.all().delete(),
        lambda: PowerStep.objects.update(name="别的"),
        lambda: PowerStep.objects.all().delete(),
        lambda: PowerStep.objects.bulk_create([PowerStep(revision=filed, order=9, name="添加")]),
        lambda: Power.objects.update(is_public=True),
        lambda: Power.objects.all().delete(),
        filed.power.delete,
    ):
        with pytest.raises(FrozenPowerError):
            act()


def test_the_database_refuses_changes_of_what_is_filed(filed, people):
    assert refused("UPDATE powers_powerrevision SET name = 'x' WHERE id = %s", filed.pk)
    assert refused("UPDATE powers_powerrevision SET filed_by_name = 'x' WHERE id = %s", filed.pk)
    assert refused("UPDATE powers_powerrevision SET state = 'draft' WHERE id = %s", filed.pk)
    assert refused("UPDATE powers_powerstep SET name = 'x' WHERE revision_id = %s", filed.pk)
    assert refused("UPDATE powers_power SET serial = 9 WHERE id = %s", filed.power_id)
    assert refused("UPDATE powers_powerprefix SET number = 9")
    with pytest.raises(IntegrityError), transaction.atomic():
        PowerStep(revision=filed, order=9, name="添加").save_base(raw=True, force_insert=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        filed.posts.add(filed.posts.first().department.posts.get(name="绿化管理员"))


def test_the_database_refuses_changes_of_what_is_submitted_but_lets_it_be_returned(department, people):
    revision = filing.submit(make_power(department, actor=people.clerk), actor=people.head)
    assert refused("UPDATE powers_powerrevision SET content = 'x' WHERE id = %s", revision.pk)
    assert refused("UPDATE powers_powerstep SET note = 'x' WHERE revision_id = %s", revision.pk)
    filing.send_back(revision, "重写", actor=people.reviewer)
    assert not refused("UPDATE powers_powerrevision SET content = 'x' WHERE id = %s", revision.pk)


def test_the_database_refuses_a_filer_who_wrote_or_administers(department, people):
    revision = filing.submit(make_power(department, actor=people.clerk), actor=people.head)
    sql = "UPDATE powers_powerrevision SET state = 'filed', filed_at = submitted_at, filed_by_id = %s WHERE id = %s"
    for who in (people.clerk, people.head, people.admin):
        assert refused(sql, who.pk, revision.pk)
    assert not refused(sql, people.reviewer.pk, revision.pk)


def test_a_constraint_holds_without_the_trigger_too(department, people, without_triggers):
    revision = filing.submit(make_power(department, actor=people.head), actor=people.head)
    sql = "UPDATE powers_powerrevision SET state = 'filed', filed_at = submitted_at, filed_by_id = %s WHERE id = %s"
    assert refused(sql, people.head.pk, revision.pk)
    assert refused("UPDATE powers_powerrevision SET state = 'filed' WHERE id = %s", revision.pk)


def test_a_power_points_to_what_is_filed_of_itself_only(filed, department, people):
    other = make_power(department, actor=people.clerk, name="别的职权")
    sql = "UPDATE powers_power SET filed_id = %s WHERE id = %s"
    assert refused(sql, other.pk, other.power_id)
    assert refused(sql, filed.pk, other.power_id)


def test_a_retired_power_stays_as_it_is(filed, people):
    filing.retire(filed.power, "不再办理", actor=people.reviewer)
    assert refused("UPDATE powers_power SET is_public = NOT is_public WHERE id = %s", filed.power_id)
    power = Power.objects.get()
    with pytest.raises(FrozenPowerError):
        power.save()


def test_one_open_revision_a_power(filed, people):
    PowerRevision.objects.create(power=filed.power, number=2, name="草稿")
    with pytest.raises(IntegrityError), transaction.atomic():
        PowerRevision.objects.create(power=filed.power, number=3, name="草稿")
