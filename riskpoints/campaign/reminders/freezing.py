"""What the database refuses to change: what was told to whom, when, by whom and about what."""

from riskcontrol.triggers import FreezeRule
from riskpoints.campaign.models import Reminder

KEPT = ("key", "title", "text", "to_id", "to_name", "by_name", "day", "at")


def rule() -> FreezeRule:
    """A reminder stays as it was sent; only whether a mail went out is noted later."""
    changed = " OR ".join(f'NEW."{name}" <> OLD."{name}"' for name in KEPT)
    return FreezeRule("reminder", Reminder._meta.db_table, "UPDATE", changed, "催办发出后不能更改。")
