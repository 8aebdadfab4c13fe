"""What the database itself refuses about the table of the 校领导班子: other ways to decide, own hands, late words."""

from departments.enums import DepartmentKind
from departments.models import Appointment, Department, Post
from riskcontrol.triggers import FreezeRule, register
from riskpoints.enums import ConfirmedBy, Status
from riskpoints.models import ControlTable, MeetingDecision, PostDecision, RiskPoint, TableVersion

AT_MEETING = "校领导班子的表由会议逐岗位决定，别的表不由会议决定。"
UNDECIDED = "没有登记逐岗位的会议决定，不能确定。"
OWN_LEVEL = "担任校领导班子岗位的人，不能审核、登记校领导班子的表。"
KEPT = "会议决定只增不改。"
LATE = "这一版已经办结，不能再登记会议决定。"


def register_rules() -> None:
    """Declare these rules; called with those of the register."""
    versions = TableVersion._meta.db_table
    puts_in_force = f"OLD.status = '{Status.REVIEWED}' AND NEW.status = '{Status.CONFIRMED}'"
    by_meeting = f"NEW.confirmed_how = '{ConfirmedBy.MEETING}'"
    # A typed-in paper of long ago was signed as papers were.
    other_way = f"{puts_in_force} AND NOT NEW.is_historical AND ({by_meeting}) <> ({_is_leaders('NEW.table_id')})"
    register(FreezeRule("leaders_at_meeting", versions, "UPDATE", other_way, AT_MEETING))
    undecided = f"{puts_in_force} AND {by_meeting} AND ({_lacks_decision()})"
    register(FreezeRule("meeting_decided", versions, "UPDATE", undecided, UNDECIDED))
    for rule, person in (("leaders_reviewed", "reviewed_by_id"), ("leaders_recorded", "confirmed_by_id")):
        changed = f"NEW.{person} IS NOT NULL AND NEW.{person} IS DISTINCT FROM OLD.{person}"
        own = f"{changed} AND OLD.status <> '{Status.DRAFT}' AND {_holds_post(f'NEW.{person}')}"
        register(FreezeRule(rule, versions, "UPDATE", own, OWN_LEVEL))
    of_post = f"(SELECT version_id FROM {MeetingDecision._meta.db_table} WHERE id = NEW.meeting_id)"  # noqa: S608 - our own names  # nosec B608
    for model, version in ((MeetingDecision, "NEW.version_id"), (PostDecision, of_post)):
        name, table = str(model._meta.model_name), model._meta.db_table
        register(FreezeRule(f"{name}_update", table, "UPDATE", "1 = 1", KEPT))
        register(FreezeRule(f"{name}_insert", table, "INSERT", _is_finished(version), LATE))


def _is_leaders(table: str) -> str:
    """Whether a table is that of the 校领导班子, by its key."""
    rows = f"{ControlTable._meta.db_table} t JOIN {Department._meta.db_table} d ON d.id = t.department_id"
    return f"EXISTS (SELECT 1 FROM {rows} WHERE t.id = {table} AND d.kind = '{DepartmentKind.LEADERS}')"  # noqa: S608 - our own names  # nosec B608


def _lacks_decision() -> str:
    """Whether the last meeting of a version is another one than it names, or leaves out a post that has a point."""
    meetings, posts, points = (model._meta.db_table for model in (MeetingDecision, PostDecision, RiskPoint))
    last = f"(SELECT MAX(id) FROM {meetings} WHERE version_id = NEW.id)"  # noqa: S608 - our own names  # nosec B608
    named = "m.held_on = NEW.signed_on AND m.name = NEW.signer_name AND m.minutes_number = NEW.minutes_number"
    is_last = f"SELECT 1 FROM {meetings} m WHERE m.id = {last} AND {named}"  # noqa: S608 - our own names  # nosec B608
    decided = f"SELECT 1 FROM {posts} d WHERE d.meeting_id = {last} AND d.post_id = p.post_id"  # noqa: S608 - our own names  # nosec B608
    left_out = (
        f"SELECT 1 FROM {points} p WHERE p.version_id = NEW.id AND p.post_id IS NOT NULL AND NOT EXISTS ({decided})"  # noqa: S608 - our own names  # nosec B608
    )
    return f"NOT EXISTS ({is_last}) OR EXISTS ({left_out})"


def _holds_post(person: str) -> str:
    """Whether a person holds a post of the 校领导班子 whose table this version is of, without an end."""
    rows = (
        f"{Appointment._meta.db_table} a JOIN {Post._meta.db_table} p ON p.id = a.post_id "
        f"JOIN {Department._meta.db_table} d ON d.id = p.department_id "
        f"JOIN {ControlTable._meta.db_table} t ON t.department_id = d.id"
    )
    who = f"t.id = NEW.table_id AND d.kind = '{DepartmentKind.LEADERS}' AND a.user_id = {person} AND a.until IS NULL"
    return f"EXISTS (SELECT 1 FROM {rows} WHERE {who})"  # noqa: S608 - our own names  # nosec B608


def _is_finished(version: str) -> str:
    finished = ", ".join(f"'{status}'" for status in Status.finished())
    return f"(SELECT status FROM {TableVersion._meta.db_table} WHERE id = {version}) IN ({finished})"  # noqa: S608 - our own names  # nosec B608
