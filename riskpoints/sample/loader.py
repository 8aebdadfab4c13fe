"""Loads the sample school into an empty database, as its own people would have filled it."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from departments.enums import Role
from departments.models import Department, PostFunction, User
from riskcontrol import audit
from riskcontrol.models import AuditEntry
from riskpoints import wings
from riskpoints.enums import Scope
from riskpoints.models import Cycle
from riskpoints.references.library.models import GuidingQuestion, TypicalMeasure, TypicalRisk
from riskpoints.rules import services as rules
from riskpoints.rules.enums import Key, Readers
from riskpoints.sample import data, history, leaders, organisation, regulations, tables
from riskpoints.sample.organisation import People
from riskpoints.verbs import RegisterVerb
from riskpoints.years import opening

# Every database holds these from its first set-up: they come with the program and are no school's.
NOT_FOREIGN = {PostFunction, TypicalRisk, TypicalMeasure, GuidingQuestion}


class SampleRefusedError(Exception):
    """The sample school can't go into this installation; the message is Chinese and says what to do."""


@dataclass(frozen=True)
class AccountRow:
    """One line of the account table; `finds` says what waits there, for the accounts worth trying first."""

    staff_number: str
    real_name: str
    roles: str
    finds: str


def is_loaded() -> bool:
    """Whether this database holds the sample school."""
    return AuditEntry.objects.of(RegisterVerb.SAMPLE_LOAD).exists()


def account_rows() -> list[AccountRow]:
    """All accounts as loaded, in the order of the data; their password is data.PASSWORD."""
    current = data.current_year()
    names = {department["key"]: department["name"] for department in current["departments"]}

    def words(grant: dict[str, Any]) -> str:
        scope = "、".join(names[key] for key in grant.get("departments", []))
        return f"{Role(grant['role']).label}{f'（{scope}）' if scope else ''}"

    return [
        AccountRow(
            row["staff_number"], row["real_name"], "，".join(words(g) for g in row["roles"]), row.get("finds", "")
        )
        for row in current["accounts"]
    ]


def load() -> bool:
    """Load everything or nothing; False where it is loaded already, and then nothing changes.

    Raises SampleRefusedError in production, and where the database holds anything else.
    """
    if not (settings.DEBUG or settings.DEMO):
        raise SampleRefusedError(
            "示范学校的密码是公开的，不能载入正式环境。试用请执行 ./run demo，它会另建一个数据目录；"
            "开发环境请设 DEBUG=1。"
        )
    if is_loaded():
        return False
    foreign = foreign_content()
    if foreign:
        raise SampleRefusedError(
            f"数据库里已有其他数据（{'、'.join(foreign)}），示范学校只能载入空库。"
            "请换一个数据目录（VAR_DIR=…）或数据库（DATABASE_URL=…）。"
        )
    with transaction.atomic():
        _load(data.year_2011(), data.current_year())
    return True


def foreign_content() -> list[str]:
    """The kinds of things that are in the database already, in their Chinese names."""
    own = {wing.name for wing in wings.all_wings()}
    models = [
        model
        for config in apps.get_app_configs()
        if config.name.split(".")[0] in ("departments", "riskpoints") or config.label in own
        for model in config.get_models()
        if model not in NOT_FOREIGN
    ]
    return [str(model._meta.verbose_name) for model in models if model._default_manager.exists()]


def _load(past: dict[str, Any], current: dict[str, Any]) -> None:
    school = organisation.create_school(past["school"])
    people = organisation.create_accounts(current["accounts"])
    _set_rules(people["office_a"])
    since = datetime.date.fromisoformat(current["leadership_group"]["since"])
    # A year gives a table to each department there is: 2011 has only the school's, so it comes before them.
    history.record_2011(past, until=since - datetime.timedelta(days=1), people=people)
    rows = [*current["departments"], data.leaders()]
    departments = organisation.create_departments(rows, since=since, people=people)
    people = organisation.grant_department_roles(current["accounts"], people=people, departments=departments)
    organisation.create_current_group(current["leadership_group"], people=people)
    cycle = _open_current_year(current["cycle"], people)
    regulations.create(departments, people)
    _play_tables(current, cycle, departments, people)
    wings.fill_sample(wings.SampleSchool(cycle, departments, people))
    audit.record(RegisterVerb.SAMPLE_LOAD, actor=people["admin"], target=school)


def _set_rules(office: User) -> None:
    """What is signed in the sample went through without a publication; whoever tries it reads all that is in force."""
    today = timezone.localdate()
    rules.change(Key.PUBLICATION_DAYS, 0, since=today, reason="示范学校：先办不公示的表。", actor=office)
    readers = {"readers": Readers.ALL, "except": []}
    rules.change(Key.IN_FORCE, readers, since=today, reason="示范学校：现行表公开，便于试看。", actor=office)


def _open_current_year(days: dict[str, int], people: People) -> Cycle:
    """The year of today, its dates counted from today and kept within the calendar year."""
    today = timezone.localdate()
    first, last = datetime.date(today.year, 1, 1), datetime.date(today.year, 12, 31)

    def day(offset: int) -> datetime.date:
        return min(max(today + datetime.timedelta(days=offset), first), last)

    dates = {
        "fill_from": day(days["fill_from"]),
        "fill_until": day(days["fill_until"]),
        "review_until": day(days["review_until"]),
        "publish_until": day(days["review_until"] + days["publication_days"]),
    }
    return opening.open_year(today.year, dates, actor=people["office_a"])


def _play_tables(current: dict[str, Any], cycle: Cycle, departments: dict[str, Department], people: People) -> None:
    """Play all tables. A period that begins today can't be over today: what is signed went through before the school
    set one, and what is published comes after."""
    own = {table.department_id: table for table in cycle.tables.select_related("cycle", "department")}
    published = [row for row in current["departments"] if row.get("review", {}).get("published")]
    leaders.play(data.leaders(), own[departments["leaders"].pk], people)
    for row in current["departments"]:
        if row not in published:
            tables.play(tables.Story(row, own[departments[row["key"]].pk], people))
    days = current["cycle"]["publication_days"]
    reason = "示范学校：以后审核通过的表都公示。"
    rules.change(Key.PUBLICATION_DAYS, days, since=timezone.localdate(), reason=reason, actor=people["office_a"])
    for row in published:
        tables.play(tables.Story(row, own[departments[row["key"]].pk], people))
    school_table = cycle.tables.select_related("cycle").get(scope=Scope.SCHOOL)
    tables.compile_school_table(current["school_table"], school_table, actor=people["office_a"])
