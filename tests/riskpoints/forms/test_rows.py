"""Forms while other people work on the same table."""

from riskpoints.forms.rows import MeasureForm, PointForm
from tests.factories import make_point


def test_a_point_added_while_the_page_is_made_is_numbered_last(draft_version, head):
    points = draft_version.points.filter(category="duty").order_by("order", "id")
    before = [point.text for point in points]
    form = MeasureForm(points=points)
    make_point(draft_version, actor=head, text="刚刚由他人添加的风险点")
    labels = [str(label) for _, label in form.fields["points"].choices]
    assert labels == [f"{number}. {text}" for number, text in enumerate([*before, "刚刚由他人添加的风险点"], start=1)]


def test_layouts_name_only_fields_that_their_forms_have(draft_version):
    point, measure = draft_version.points.first(), draft_version.measures.first()
    posts = draft_version.table.department.posts.all()
    forms = [
        PointForm(version=draft_version, posts=posts),
        PointForm(version=draft_version, posts=posts, point=point),
        MeasureForm(points=draft_version.points.none()),
        MeasureForm(points=draft_version.points.all(), measure=measure),
    ]
    named = [{pointer.name for pointer in form.helper.layout.get_field_names()} for form in forms]
    assert [names - set(form.fields) for names, form in zip(named, forms, strict=True)] == [set()] * 4
    assert ["token" in names for names in named] == [True, False, True, False]
    assert ["points" in names for names in named[2:]] == [False, True]


def test_labels_and_lengths_are_those_of_the_model(draft_version):
    form = MeasureForm(points=draft_version.points.all())
    said = {name: (form.fields[name].label, form.fields[name].max_length) for name in ("text", "timing", "basis")}
    assert said == {"text": ("防范措施", 2000), "timing": ("时限或频次", 64), "basis": ("制度依据", 200)}
