"""A text longer than its field is refused by the services themselves: neither cut nor left to the database."""

import datetime

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models

from departments import services as organisation
from departments.models import User
from riskcontrol.fields import TextField
from riskcontrol.models import AuditEntry
from riskpoints.enums import Action, ConfirmedBy, Status
from riskpoints.models import Decision, TableVersion
from riskpoints.participation import services as participation
from riskpoints.tables import editing, historical, reviewing, starting, workflow
from riskpoints.tables.workflow import WorkflowError
from tests import scans
from tests.factories import bring_to, fill, make_cycle, make_post, own_signature, paper_signature, record_historical


def long(length):
    return "长" * (length + 1)


def test_every_text_of_a_limited_length_knows_it():
    fields = [
        field
        for app in ("departments", "riskpoints", "participation", "regulations")
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.TextField) and field.max_length
    ]
    assert len(fields) > 12
    assert {type(field) for field in fields} == {TextField}


def test_a_text_of_the_longest_length_is_taken(draft_version, people):
    point = draft_version.points.first()
    editing.save_point(draft_version, {"text": "长" * 1000}, point=point, actor=people.head)
    point.refresh_from_db()
    assert point.text == "长" * 1000


def writes(version, people):
    """Return {field: a service call with one sign too many} for a draft."""
    point, measure = version.points.first(), version.measures.first()
    idle = make_post(version.table.department, "门卫")
    head = people.head
    return {
        "duties": lambda: editing.save_head(version, {"duties": long(2000)}, actor=head),
        "head_name": lambda: editing.save_head(version, {"head_name": long(64)}, actor=head),
        "text": lambda: editing.save_point(version, {"text": long(1000)}, point=point, actor=head),
        "manifestation": lambda: editing.save_point(version, {"manifestation": long(1000)}, point=point, actor=head),
        "proposed_reason": lambda: editing.save_point(version, {"proposed_reason": long(500)}, point=point, actor=head),
        "matter": lambda: editing.save_point(version, {"matter": long(200)}, point=point, actor=head),
        "measure": lambda: editing.save_measure(version, {"text": long(2000)}, measure=measure, actor=head),
        "reason": lambda: editing.exempt_post(version, idle, long(200), actor=head),
    }


def test_a_draft_takes_no_longer_text(draft_version, people):
    before = AuditEntry.objects.count()
    for name, write in writes(draft_version, people).items():
        with pytest.raises(ValidationError) as refused:
            write()
        assert list(refused.value.message_dict) == ["text" if name == "measure" else name]
    assert AuditEntry.objects.count() == before


def test_a_reviewer_writes_no_longer_text(submitted_version, people):
    point = submitted_version.points.first()
    for level in (point.proposed_level, None):
        given = {point.pk: reviewing.Assessment(level, reason=long(500))}
        with pytest.raises(ValidationError, match="请缩短到 500 字以内，现在有 501 字"):
            reviewing.assess(submitted_version, given, actor=people.reviewer)
    with pytest.raises(ValidationError):
        reviewing.assess(submitted_version, {}, general_remark=long(1000), actor=people.reviewer)
    point.refresh_from_db()
    assert (point.confirmed_reason, submitted_version.remarks.count()) == ("", 0)


def test_acts_take_no_longer_text(table, people):
    draft = bring_to(Status.DRAFT, table, people)
    with pytest.raises(WorkflowError, match="意见请缩短到 2000 字以内，现在有 2001 字"):
        workflow.perform(Action.SUBMIT, draft, actor=people.head, comment=long(2000))
    version = workflow.perform(Action.SUBMIT, draft, actor=people.head)
    for point in version.points.all():
        reviewing.assess(version, {point.pk: reviewing.Assessment(point.proposed_level)}, actor=people.reviewer)
    version = workflow.perform(Action.APPROVE, version, actor=people.reviewer)
    signature = paper_signature(signer_name=long(64))
    with pytest.raises(WorkflowError, match="签字人请缩短到 64 字以内"):
        workflow.perform(Action.CONFIRM, version, actor=people.office, signature=signature)
    version = workflow.perform(Action.CONFIRM, version, actor=people.office, signature=paper_signature())
    with pytest.raises(WorkflowError, match="修订原因请缩短到 500 字以内"):
        starting.open_revision(version, reason=long(500), actor=people.head)
    assert TableVersion.objects.count() == 1


def sheet(**values):
    row = historical.RecordedRow("duty", ["风险点"], ["措施"])
    day = datetime.date(2011, 11, 15)
    given = {
        "head_name": "",
        "duties": "",
        "signer_name": "时任校长",
        "signed_on": day,
        "rows": [row],
        "note": "",
        "scan": scans.PDF,
        "scan_suffix": "pdf",
    }
    return historical.RecordedSheet(**given | values)


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"signer_name": " "}, ValidationError),
        ({"duties": long(2000)}, ValidationError),
        ({"head_name": long(64)}, ValidationError),
        ({"rows": [historical.RecordedRow("duty", [long(1000)], [])]}, ValidationError),
        ({"rows": [historical.RecordedRow("duty", ["点"], [long(2000)])]}, ValidationError),
        ({"signer_name": long(64)}, WorkflowError),
        ({"note": long(2000)}, WorkflowError),
    ],
)
def test_a_paper_is_recorded_with_a_signer_and_no_longer_text(school, department, people, values, error):
    with pytest.raises(error):
        historical.record_sheet(make_cycle(2011, is_historical=True), department, sheet(**values), actor=people.office)
    assert not TableVersion.objects.exists()


def test_the_organisation_takes_no_longer_text(school, department, people):
    department.duties, school.business_function = long(2000), long(1000)
    for row in (department, school):
        with pytest.raises(ValidationError, match="请缩短到"):
            organisation.save_record(row, actor=people.admin)


@pytest.mark.parametrize("number", ["9001\n", "9001\r", " 9001", "９００１", "900\x001", "长" * 33, ""])
def test_a_staff_number_is_of_plain_signs_to_its_end(people, number):
    with pytest.raises(ValidationError):
        organisation.create_account(number, "新人", actor=people.admin)
    assert not User.objects.filter(real_name="新人").exists()


def test_an_opinion_is_answered_in_no_longer_text(department, people):
    values = {"category": "duty", "text": "风险点"}
    proposal = participation.propose(department, values, actor=people.other_head)
    with pytest.raises(ValidationError):
        participation.decline(proposal, long(500), actor=people.head)
    with pytest.raises(ValidationError):
        participation.propose(department, values | {"text": long(1000)}, actor=people.other_head)
    proposal.refresh_from_db()
    assert proposal.is_open


# ---- who signs, and what is replaced -----------------------------------------------------------------------------


def test_only_the_principal_confirms_in_the_browser(table, people):
    version = bring_to(Status.REVIEWED, table, people)
    signature = own_signature()
    with pytest.raises(PermissionDenied, match="只由单位主要负责人本人办理"):
        workflow.perform(Action.CONFIRM, version, actor=people.office, signature=signature)
    assert Decision.objects.filter(action=Action.CONFIRM).count() == 0
    done = workflow.perform(Action.CONFIRM, version, actor=people.principal, signature=signature)
    assert (done.status, done.confirmed_how) == (Status.CONFIRMED, ConfirmedBy.BROWSER)


def test_a_recorded_table_replaces_another_only_when_asked_to(school_table, people):
    values = {"signer_name": "时任校长", "signed_on": datetime.date(2011, 11, 15), "comment": "按纸质表补录"}
    values |= {"actor": people.office, "fill": lambda draft: fill(draft, actor=people.office)}
    first = record_historical(school_table, reviewer=people.reviewer, **values)
    for replaces in (None, TableVersion(pk=first.pk + 1)):
        with pytest.raises(WorkflowError, match="已有现行版，补录会取代它"):
            record_historical(school_table, replaces=replaces, **values)
    school_table.refresh_from_db()
    assert school_table.in_force == first
    second = record_historical(school_table, replaces=first, reviewer=people.reviewer, **values)
    school_table.refresh_from_db()
    assert school_table.in_force == second
