"""The sample school's regulations, there before its tables are written, so that measures can cite them."""

import datetime
from collections.abc import Mapping

from django.utils import timezone

from departments.models import Department, User
from riskpoints.references.regulations import files, queries, services
from riskpoints.references.regulations.enums import Kind, State
from riskpoints.references.regulations.models import Regulation
from riskpoints.sample import data


def create(departments: Mapping[str, Department], people: Mapping[str, User]) -> None:
    """Register all of them, each by its keeper."""
    for row in data.regulations()["regulations"]:
        own = row["kind"] == Kind.DEPARTMENT
        actor = people[f"head_{row['department']}"] if own else people["office_a"]
        values = {
            "title": row["title"],
            "document_number": row["number"],
            "kind": row["kind"],
            "issuer": row.get("issuer", ""),
            "department": departments[row["department"]] if "department" in row else None,
            "adopted_on": _day(row.get("adopted")),
            "effective_on": _day(row.get("effective")),
            "summary": row.get("summary", ""),
            "next_review_on": _in(row.get("review")),
        }
        state = State(row.get("state", State.IN_FORCE))
        regulation = services.add(values, state=state, actor=actor)
        if "file" in row:
            files.add(regulation, data.scan(), name=row["file"], actor=actor)


def cited_by(basis: str) -> list[Regulation]:
    """What a measure with this basis cites: the newest of each title; a few stay in the text alone."""
    text_only = data.regulations()["text_only"]
    found = [row for rows in queries.named_in([basis]).values() for row in rows if row.title not in text_only]
    newest = {row.title: row for row in sorted(found, key=lambda row: row.effective_on or datetime.date.min)}
    return list(newest.values())


def _day(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None


def _in(days: int | None) -> datetime.date | None:
    return None if days is None else timezone.localdate() + datetime.timedelta(days=days)
