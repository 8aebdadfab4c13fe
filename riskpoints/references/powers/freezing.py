"""What the database itself refuses to change of powers: numbers, what was submitted, what was filed."""

from departments.enums import Role
from departments.models import RoleGrant
from riskcontrol.triggers import FreezeRule, register
from riskpoints.references.powers.enums import PowerState
from riskpoints.references.powers.models import CONTENT_FIELDS, FROZEN, Power, PowerPrefix, PowerRevision, PowerStep

NUMBERED = "职权的编号不能更改。"
RETIRED = "已停用的职权不能再改。"
FILED = "已备案或作废的一稿不能再改，只能另起一稿修订。"
WROTE = "起草或提交了这项职权的人不能给它备案。"
ADMINISTERS = "系统管理员不办理职权备案。"
NOT_FILED = "现行备案须是本职权已备案的一稿。"


def register_rules() -> None:
    """Declare the rules; called once when the app is ready."""
    powers, revisions = Power._meta.db_table, PowerRevision._meta.db_table
    number = "NEW.prefix <> OLD.prefix OR NEW.serial <> OLD.serial"
    register(FreezeRule("power_number", powers, "UPDATE", number, NUMBERED))
    register(FreezeRule("power_prefix", PowerPrefix._meta.db_table, "UPDATE", "1 = 1", NUMBERED))
    register(FreezeRule("retired_power", powers, "UPDATE", "OLD.retired_at IS NOT NULL", RETIRED))
    register(FreezeRule("power_points_to_filed", powers, "UPDATE", _points_elsewhere(), NOT_FILED))
    finished = f"OLD.state IN ('{PowerState.FILED}', '{PowerState.DISCARDED}')"
    register(FreezeRule("finished_power_revision", revisions, "UPDATE", finished, FILED))
    register(FreezeRule("submitted_power_revision", revisions, "UPDATE", _submitted_changes(), FROZEN))
    register(FreezeRule("power_filer_wrote", revisions, "UPDATE", _filer_wrote(), WROTE))
    register(FreezeRule("power_administrator_files", revisions, "UPDATE", _administrator_files(), ADMINISTERS))
    chosen = "powerrevision_id"
    for name, table, key in (
        ("power_step", PowerStep._meta.db_table, "revision_id"),
        ("power_post", PowerRevision.posts.through._meta.db_table, chosen),
        ("power_regulation", PowerRevision.regulations.through._meta.db_table, chosen),
    ):
        register(FreezeRule(f"{name}_insert", table, "INSERT", _is_not_draft(f"NEW.{key}"), FROZEN))
        changed = f"{_is_not_draft(f'OLD.{key}')} OR {_is_not_draft(f'NEW.{key}')}"
        register(FreezeRule(f"{name}_update", table, "UPDATE", changed, FROZEN))


def _is_not_draft(key: str) -> str:
    table = PowerRevision._meta.db_table
    return f"(SELECT state FROM {table} WHERE id = {key}) <> '{PowerState.DRAFT}'"  # noqa: S608 - our own names  # nosec B608


def _submitted_changes() -> str:
    columns = [PowerRevision._meta.get_field(name).column for name in sorted(CONTENT_FIELDS)]  # type: ignore[union-attr]
    # JSON columns compare as text on both databases.
    changed = " OR ".join(
        f'CAST(NEW."{column}" AS text) IS DISTINCT FROM CAST(OLD."{column}" AS text)' for column in columns
    )
    return f"OLD.state <> '{PowerState.DRAFT}' AND ({changed})"


def _filer_wrote() -> str:
    authors = PowerRevision.authors.through._meta.db_table
    own = f"SELECT 1 FROM {authors} WHERE powerrevision_id = NEW.id AND user_id = NEW.filed_by_id"  # noqa: S608 - our own names  # nosec B608
    return f"NEW.filed_by_id IS NOT NULL AND EXISTS ({own})"


def _administrator_files() -> str:
    grants = f"SELECT 1 FROM {RoleGrant._meta.db_table} WHERE user_id = NEW.filed_by_id AND role = '{Role.ADMIN}'"  # noqa: S608 - our own names  # nosec B608
    return f"NEW.filed_by_id IS NOT NULL AND EXISTS ({grants})"


def _points_elsewhere() -> str:
    """What is said to be filed of a power is a filed revision of this very power."""
    table = PowerRevision._meta.db_table
    own = f"SELECT 1 FROM {table} WHERE id = NEW.filed_id AND power_id = NEW.id AND state = '{PowerState.FILED}'"  # noqa: S608 - our own names  # nosec B608
    return f"NEW.filed_id IS NOT NULL AND NOT EXISTS ({own})"
