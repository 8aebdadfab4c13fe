"""A power of a department, its revisions with their steps, and which departments have which numbers."""

from riskpoints.references.powers.models.power import (
    CONTENT_FIELDS,
    FROZEN,
    FrozenPowerError,
    Power,
    PowerPrefix,
    PowerRevision,
)
from riskpoints.references.powers.models.step import PowerStep

__all__ = [
    "CONTENT_FIELDS",
    "FROZEN",
    "FrozenPowerError",
    "Power",
    "PowerPrefix",
    "PowerRevision",
    "PowerStep",
]
