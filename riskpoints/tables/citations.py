"""The regulations that a measure rests on: written down by name as it is saved, and once more as it is handed in."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError

from departments.models import Actor
from riskcontrol import audit
from riskpoints.models import Measure, TableVersion
from riskpoints.references.regulations.models import Regulation
from riskpoints.verbs import RegisterVerb


def write_down(measure: Measure, regulations: Iterable[Regulation]) -> list[Regulation]:
    """What the measure cites from now on, in the order of the titles; nothing that ended is newly cited."""
    chosen = sorted(regulations, key=lambda regulation: (regulation.title, regulation.pk))
    known = {identity for identity, _ in measure.regulation_names}
    for regulation in chosen:
        if not regulation.is_valid and str(regulation.identity) not in known:
            text = f"{regulation}（{regulation.get_state_display()}）不能引用，请改选现行的制度。"
            raise ValidationError({"regulations": text})
    measure.regulation_names = [[str(regulation.identity), regulation.cited_as] for regulation in chosen]
    return chosen


def refresh(version: TableVersion, *, actor: Actor) -> None:
    """Take the names of today, before a draft is handed in."""
    citing = [measure for measure in version.measures.all() if measure.regulation_names]
    keys = {identity for measure in citing for identity, _ in measure.regulation_names}
    today = {str(row.identity): row.cited_as for row in Regulation.objects.filter(identity__in=keys)}
    for measure in citing:
        before = measure.cited
        measure.regulation_names = [[key, today.get(key, name)] for key, name in measure.regulation_names]
        if measure.cited != before:
            measure.save(update_fields=["regulation_names"])
            detail = {"regulation_names": [before, measure.cited]}
            audit.record(RegisterVerb.REFRESH_CITATIONS, actor=actor, target=measure, detail=detail)
