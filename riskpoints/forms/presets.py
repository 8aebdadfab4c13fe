"""What the form of a new point is begun with: words of a wing's, and as many measures as come with them."""

from typing import Any

from django import forms

from riskpoints.wings import Preset

MOST_MEASURES = 12


class ReferenceField(forms.ModelChoiceField):
    """Where the words of a point come from, carried unseen: what can't be right is nothing, and no error."""

    def __init__(self, queryset, **kwargs):
        super().__init__(queryset, required=False, widget=forms.HiddenInput, **kwargs)

    def clean(self, value):
        try:
            return super().clean(value)
        except forms.ValidationError:
            return None


def measure_names(place: int) -> tuple[str, str, str]:
    """What the fields of a measure are called that comes with a new point: text, stage, time."""
    number = "" if place == 1 else str(place)
    return f"measure_text{number}", f"measure_stage{number}", f"measure_timing{number}"


def preset_values(preset: Preset) -> dict[str, Any]:
    """What a preset fills in, by field."""
    values = dict(preset.values)
    if preset.measures:
        values["measure_count"] = len(preset.measures)
    for place, measure in enumerate(preset.measures, start=1):
        values |= zip(measure_names(place), (measure.text, measure.stage, measure.timing), strict=True)
    return values


def first_measures(values: dict[str, Any]) -> list[dict[str, str]]:
    """The measures that came with a new point, in their order, taken out of what its form says."""
    names = [name for name in values if name.startswith("measure_")]
    said = {name: values.pop(name) for name in names}
    found = []
    for place in range(1, MOST_MEASURES + 1):
        text, stage, timing = (said.get(name, "") for name in measure_names(place))
        if text:
            found.append({"text": text, "stage": stage, "timing": timing})
    return found


def offer_points(form, points, *, is_whole: bool) -> None:
    """What a measure may answer; unless all of the table is the writer's, points have to be chosen (R53)."""
    form.fields["points"].queryset = points
    if not is_whole:
        form.fields["points"].required, form.fields["points"].help_text = True, "选本岗位的风险点。"


def offer_posts(form, posts, *, is_whole: bool) -> None:
    """Which post a point may lie on; each leader writes the own one's and no others (R53), so that it has to be one."""
    form.fields["post"].queryset = posts
    if is_whole:
        return
    form.fields["post"].required, form.fields["post"].empty_label = True, "请选本岗位"
    if len(posts) == 1:
        form.initial["post"] = posts[0].pk
