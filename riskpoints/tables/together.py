"""Several tables in one go: each by the very act of one, with its own rights, refusal, transaction and entries."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from departments.models import Actor
from riskpoints.enums import Action, ConfirmedBy
from riskpoints.models import TableVersion
from riskpoints.tables import papers, workflow


@dataclass(frozen=True)
class Outcome:
    """What became of one table: the version as it is now, or why nothing was done (`denied`: the right is missing)."""

    version: TableVersion
    refusal: str = ""
    denied: PermissionDenied | None = None


def each(versions: Iterable[TableVersion], act: Callable[[TableVersion], TableVersion]) -> list[Outcome]:
    """Do an act on each of them; what is refused of one leaves the others alone."""
    outcomes = []
    for version in versions:
        try:
            outcomes.append(Outcome(act(version)))
        except PermissionDenied as error:
            outcomes.append(Outcome(version, str(error), error))
        except (workflow.WorkflowError, papers.DocumentError, papers.ScanError) as error:
            outcomes.append(Outcome(version, str(error)))
    return outcomes


def confirm_own(versions: Iterable[TableVersion], *, proof: str, actor: Actor) -> list[Outcome]:
    """The principal's own confirmation of each, in the browser, who it is shown once for all of them (R71)."""
    own = workflow.Signature(actor.real_name, timezone.localdate(), ConfirmedBy.BROWSER, proof=proof)
    return each(versions, lambda version: workflow.perform(Action.CONFIRM, version, actor=actor, signature=own))
