"""The register's tables: years, tables and their versions, points and measures, decisions, archives."""

from riskpoints.models.archive import AnnualArchive
from riskpoints.models.carrying import SourceChoice
from riskpoints.models.cycle import Cycle
from riskpoints.models.decision import Decision, Remark, RemarkAnswer
from riskpoints.models.draft_act import DraftAct
from riskpoints.models.export import Export, ExportPiece
from riskpoints.models.imported import TableImport
from riskpoints.models.meeting import MeetingDecision, PostDecision
from riskpoints.models.publication import Publication, PublishedVersion
from riskpoints.models.risk_point import Measure, NilDeclaration, PostExemption, RiskPoint
from riskpoints.models.searched import SearchText
from riskpoints.models.sent_scans import SentPage, SentScans
from riskpoints.models.stored import SignedScan, StoredDocument
from riskpoints.models.table import ControlTable
from riskpoints.models.version import TableVersion
from riskpoints.models.walked import WalkAnswer

__all__ = [
    "AnnualArchive",
    "ControlTable",
    "Cycle",
    "Decision",
    "DraftAct",
    "Export",
    "ExportPiece",
    "Measure",
    "MeetingDecision",
    "NilDeclaration",
    "PostDecision",
    "PostExemption",
    "Publication",
    "PublishedVersion",
    "Remark",
    "RemarkAnswer",
    "RiskPoint",
    "SearchText",
    "SentPage",
    "SentScans",
    "SignedScan",
    "SourceChoice",
    "StoredDocument",
    "TableImport",
    "TableVersion",
    "WalkAnswer",
]
