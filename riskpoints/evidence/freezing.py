"""What the database itself refuses to change: submitted content, decided versions, decisions."""

from django.db import models

from departments.enums import Role
from departments.models import RoleGrant
from riskcontrol.triggers import FreezeRule, register
from riskpoints.enums import ConfirmationRule, ConfirmedBy, Status
from riskpoints.evidence import meeting_rules
from riskpoints.models import (
    ControlTable,
    Cycle,
    Decision,
    Measure,
    MeetingDecision,
    NilDeclaration,
    PostDecision,
    PostExemption,
    Remark,
    RiskPoint,
    SignedScan,
    SourceChoice,
    StoredDocument,
    TableImport,
    TableVersion,
    WalkAnswer,
)
from riskpoints.models.version import CONTENT_FIELDS

FROZEN = "这一版已经提交，内容不能再改。"
DECIDED = "已确定的表不能再改，只能另起一版修订。"
WROTE = "填写或提交了这张表的人不能审核它。"
PROPOSED = "提出的风险点已写入这张表的人不能审核它。"
ADMINISTERS = "系统管理员不审核，也不确定。"
TOOK_PART = "填写、提交或核定过这张表的人，不能登记或确定它。"
RULE = "确定须按现行规则办理。"
UNSCANNED = "没有签字扫描件，不能确定。"
OTHER_SCAN = "更换的扫描件须属于同一版。"
APPEND_ONLY = "办理记录只增不改。"
KEPT = "存档的表和扫描件只增不改。"
RECORDED = "只有补录的历史年度里能补录历史表。"
CHOSEN = "对新版的选择只增不改。"
IMPORTED = "导入的记录不能改。"
WALKED = "逐条核对的记录只增不改，提交以后不再增加。"
CLOSED = "这个年度已经归档关闭，不能再改。"


def register_rules() -> None:
    """Declare all rules of the register; called once when the app is ready."""
    versions = TableVersion._meta.db_table
    decided = f"OLD.status IN ('{Status.CONFIRMED}', '{Status.DISCARDED}')"
    register(FreezeRule("decided_version", versions, "UPDATE", decided, DECIDED))
    register(FreezeRule("submitted_version", versions, "UPDATE", _submitted_version_changes(), FROZEN))
    register(FreezeRule("historical_version", versions, "INSERT", _not_historical(), RECORDED))
    becomes_historical = "NEW.is_historical IS DISTINCT FROM OLD.is_historical"
    register(FreezeRule("historical_later", versions, "UPDATE", becomes_historical, RECORDED))
    for rule, people, message in (
        ("reviewer_wrote", TableVersion.authors.through, WROTE),
        ("reviewer_proposed", TableVersion.proposers.through, PROPOSED),
    ):
        register(FreezeRule(rule, versions, "UPDATE", _reviewer_is_in(people._meta.db_table), message))
    register(FreezeRule("administrator_decides", versions, "UPDATE", _administrator_decides(), ADMINISTERS))
    register(FreezeRule("confirmer_took_part", versions, "UPDATE", _confirmer_took_part(), TOOK_PART))
    register(FreezeRule("confirmed_by_rule", versions, "UPDATE", _confirmed_by_former_rule(), RULE))
    register(FreezeRule("confirmed_with_scan", versions, "UPDATE", _confirmed_without_scan(), UNSCANNED))
    scans = SignedScan._meta.db_table
    register(FreezeRule("scan_of_version", scans, "INSERT", _replaces_another_versions_scan(), OTHER_SCAN))
    register(FreezeRule("decision", Decision._meta.db_table, "UPDATE", "1 = 1", APPEND_ONLY))
    kept: tuple[type[models.Model], ...] = (StoredDocument, SignedScan)
    for model in kept:
        register(FreezeRule(str(model._meta.model_name), model._meta.db_table, "UPDATE", "1 = 1", KEPT))
    register(FreezeRule("table_import", TableImport._meta.db_table, "UPDATE", "1 = 1", IMPORTED))
    register(FreezeRule("source_choice", SourceChoice._meta.db_table, "UPDATE", "1 = 1", CHOSEN))
    register(FreezeRule("walk_answer", WalkAnswer._meta.db_table, "UPDATE", "1 = 1", WALKED))
    register(FreezeRule("walk_answer_later", WalkAnswer._meta.db_table, "INSERT", _is_walked_later(), WALKED))
    for model in (RiskPoint, Measure, NilDeclaration, PostExemption):
        table, name = model._meta.db_table, model._meta.model_name
        register(FreezeRule(f"{name}_insert", table, "INSERT", _is_not_draft("NEW.version_id"), FROZEN))
        register(FreezeRule(f"{name}_update", table, "UPDATE", _content_update(model), FROZEN))
    of_measure = f"(SELECT version_id FROM {Measure._meta.db_table} WHERE id = NEW.measure_id)"  # noqa: S608 - our own names  # nosec B608
    for links in (Measure.points.through, Measure.regulations.through):
        table = links._meta.db_table
        name = table.removeprefix("riskpoints_")
        register(FreezeRule(f"{name}_insert", table, "INSERT", _is_not_draft(of_measure), FROZEN))
        register(FreezeRule(f"{name}_update", table, "UPDATE", _is_not_draft(of_measure), FROZEN))
    meeting_rules.register_rules()
    _register_closed_years(of_measure)


def _register_closed_years(of_measure: str) -> None:
    """Once a year is closed nothing is written in it, and it is never opened again; what is read of it stays free."""
    versions, authors = TableVersion._meta.db_table, TableVersion.authors.through._meta.db_table
    assessors = TableVersion.assessors.through._meta.db_table
    of_decision = f"(SELECT version_id FROM {Decision._meta.db_table} WHERE id = NEW.decision_id)"  # noqa: S608 - our own names  # nosec B608
    of_meeting = f"(SELECT version_id FROM {MeetingDecision._meta.db_table} WHERE id = NEW.meeting_id)"  # noqa: S608 - our own names  # nosec B608
    changed: dict[str, tuple[str, str]] = {
        ControlTable._meta.db_table: ("cycle", "NEW.cycle_id"),
        versions: ("table", "NEW.table_id"),
        authors: ("version", "NEW.tableversion_id"),
        TableVersion.proposers.through._meta.db_table: ("version", "NEW.tableversion_id"),
        assessors: ("version", "NEW.tableversion_id"),
        Measure.points.through._meta.db_table: ("version", of_measure),
        Measure.regulations.through._meta.db_table: ("version", of_measure),
        StoredDocument._meta.db_table: ("version", of_decision),
        PostDecision._meta.db_table: ("version", of_meeting),
    }
    rows: tuple[type[models.Model], ...] = (
        RiskPoint,
        Measure,
        NilDeclaration,
        PostExemption,
        Decision,
        Remark,
        SignedScan,
        SourceChoice,
        TableImport,
        MeetingDecision,
        WalkAnswer,
    )
    for model in rows:
        changed[model._meta.db_table] = ("version", "NEW.version_id")
    for table, (kind, key) in changed.items():
        name, into = table.removeprefix("riskpoints_"), _is_closed(kind, key)
        register(FreezeRule(f"closed_{name}_insert", table, "INSERT", into, CLOSED))
        either = f"{into} OR {_is_closed(kind, key.replace('NEW.', 'OLD.'))}"
        register(FreezeRule(f"closed_{name}_update", table, "UPDATE", either, CLOSED))
    cycle = Cycle._meta.db_table
    register(FreezeRule("closed_year", cycle, "UPDATE", "OLD.closed_at IS NOT NULL", CLOSED))


def _is_closed(kind: str, key: str) -> str:
    """Whether the year of a row is closed, by the key of its year, table or version."""
    cycles, tables, versions = (model._meta.db_table for model in (Cycle, ControlTable, TableVersion))
    rows = {
        "cycle": f"{cycles} c WHERE c.id = {key}",
        "table": f"{cycles} c JOIN {tables} t ON t.cycle_id = c.id WHERE t.id = {key}",
        "version": f"{cycles} c JOIN {tables} t ON t.cycle_id = c.id "
        f"JOIN {versions} v ON v.table_id = t.id WHERE v.id = {key}",
    }
    return f"EXISTS (SELECT 1 FROM {rows[kind]} AND c.closed_at IS NOT NULL)"  # noqa: S608 - our own names  # nosec B608


def _not_historical() -> str:
    """A historical table, which no committee saw, in a year that was not opened for recording."""
    cycles, tables = Cycle._meta.db_table, ControlTable._meta.db_table
    year = (
        f"SELECT 1 FROM {cycles} c JOIN {tables} t ON t.cycle_id = c.id WHERE t.id = NEW.table_id AND c.is_historical"  # noqa: S608 - our own names  # nosec B608
    )
    return f"NEW.is_historical AND NOT EXISTS ({year})"


def _reviewer_is_in(people: str) -> str:
    """Whoever wrote in a version (domain.md, "Who decides?"), or proposed what went into it, never reviews it.

    `people` is the table of these persons.
    """
    own = f"SELECT 1 FROM {people} WHERE tableversion_id = NEW.id AND user_id = NEW.reviewed_by_id"  # noqa: S608 - our own names  # nosec B608
    return (
        f"NEW.reviewed_by_id IS NOT NULL AND NEW.reviewed_by_id IS DISTINCT FROM OLD.reviewed_by_id AND EXISTS ({own})"
    )


def _confirmer_took_part() -> str:
    """Whoever wrote, submitted or set levels never records the confirmation; an act of the former rule that comes
    back with an archive stays what it was, and a typed-in paper is compared by somebody else instead."""
    took_part = " OR ".join(
        f"EXISTS (SELECT 1 FROM {people.through._meta.db_table} "  # noqa: S608 - our own names  # nosec B608
        "WHERE tableversion_id = NEW.id AND user_id = NEW.confirmed_by_id)"
        for people in (TableVersion.authors, TableVersion.assessors)
    )
    return (
        "NEW.confirmed_by_id IS NOT NULL AND NOT NEW.is_historical "
        f"AND (OLD.status = '{Status.REVIEWED}' OR NEW.confirmation_rule >= {ConfirmationRule.PRESENT.value}) "
        f"AND (NEW.confirmed_by_id IN (NEW.submitted_by_id, NEW.reviewed_by_id) OR {took_part})"
    )


def _confirmed_by_former_rule() -> str:
    """What was reviewed here is confirmed by the present rule; an import and its older acts come from a draft."""
    return (
        f"OLD.status = '{Status.REVIEWED}' AND NEW.status = '{Status.CONFIRMED}' "
        f"AND NEW.confirmation_rule < {ConfirmationRule.PRESENT.value}"
    )


def _confirmed_without_scan() -> str:
    """What was signed on paper, now or long ago, is in force with the scan of the signed sheet; what a meeting decided,
    with that of its minutes."""
    scans = f"SELECT 1 FROM {SignedScan._meta.db_table} WHERE version_id = NEW.id"  # noqa: S608 - our own names  # nosec B608
    return (
        f"OLD.status <> '{Status.CONFIRMED}' AND NEW.status = '{Status.CONFIRMED}' "
        f"AND NEW.confirmation_rule >= {ConfirmationRule.PRESENT.value} "
        f"AND NEW.confirmed_how IN ('{ConfirmedBy.PAPER}', '{ConfirmedBy.MEETING}') "
        f"AND NOT EXISTS ({scans})"
    )


def _replaces_another_versions_scan() -> str:
    scans = SignedScan._meta.db_table
    of_replaced = f"(SELECT version_id FROM {scans} WHERE id = NEW.replaces_id)"  # noqa: S608 - our own names  # nosec B608
    return f"NEW.replaces_id IS NOT NULL AND {of_replaced} <> NEW.version_id"


def _administrator_decides() -> str:
    """An administrator neither reviews nor confirms, whatever other roles the account has."""
    conditions = []
    for person in ("reviewed_by_id", "confirmed_by_id"):
        grants = f"SELECT 1 FROM {RoleGrant._meta.db_table} WHERE user_id = NEW.{person} AND role = '{Role.ADMIN}'"  # noqa: S608 - our own names  # nosec B608
        conditions.append(f"(NEW.{person} IS DISTINCT FROM OLD.{person} AND EXISTS ({grants}))")
    return " OR ".join(conditions)


def _status_of(version: str) -> str:
    return f"(SELECT status FROM {TableVersion._meta.db_table} WHERE id = {version})"  # noqa: S608 - our own names  # nosec B608


def _is_not_draft(version: str) -> str:
    return f"{_status_of(version)} <> '{Status.DRAFT}'"


def _is_walked_later() -> str:
    """An answer about a table that is handed in, unless it was given before that: an archive brings such ones back."""
    earlier = f"SELECT 1 FROM {TableVersion._meta.db_table} WHERE id = NEW.version_id AND submitted_at >= NEW.at"  # noqa: S608 - our own names  # nosec B608
    return f"{_is_not_draft('NEW.version_id')} AND NOT EXISTS ({earlier})"


def _content_update(model: type[models.Model]) -> str:
    """A row of a draft may change; of a submitted version only what the reviewer sets; of any other nothing."""
    allowed: frozenset[str] = getattr(model, "REVIEW_FIELDS", frozenset())
    others = [field.column for field in model._meta.concrete_fields if field.name not in allowed]
    changed = " OR ".join(f'NEW."{column}" IS DISTINCT FROM OLD."{column}"' for column in others)
    in_review = f"({_status_of('OLD.version_id')} = '{Status.SUBMITTED}' AND NOT ({changed}))" if allowed else "1 = 0"
    return f"{_is_not_draft('OLD.version_id')} AND NOT {in_review}"


def _submitted_version_changes() -> str:
    """What the form's head says stands still from the submission on, whatever the status becomes."""
    names = sorted(CONTENT_FIELDS - {"is_historical"} | {"created_by"})
    columns = [TableVersion._meta.get_field(name).column for name in names]  # type: ignore[union-attr]
    changed = " OR ".join(f'NEW."{column}" IS DISTINCT FROM OLD."{column}"' for column in columns)
    return f"OLD.status <> '{Status.DRAFT}' AND ({changed})"
