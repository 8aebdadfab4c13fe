"""The register's tables: years, tables and their versions, points and measures, decisions, archives."""

from riskpoints.models.archive import AnnualArchive
from riskpoints.models.carrying import SourceChoice
from riskpoints.models.cycle import Cycle
from riskpoints.models.decision import Decision, Remark
from riskpoints.models.publication import Publication, PublishedVersion
from riskpoints.models.risk_point import Measure, NilDeclaration, PostExemption, RiskPoint
from riskpoints.models.stored import SignedScan, StoredDocument
from riskpoints.models.table import ControlTable, TableVersion

__all__ = [
    "AnnualArchive",
    "ControlTable",
    "Cycle",
    "Decision",
    "Measure",
    "NilDeclaration",
    "PostExemption",
    "Publication",
    "PublishedVersion",
    "Remark",
    "RiskPoint",
    "SignedScan",
    "SourceChoice",
    "StoredDocument",
    "TableVersion",
]
