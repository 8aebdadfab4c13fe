"""Forms while other people work on the same table."""

from riskpoints.forms import MeasureForm
from tests.factories import make_point


def test_a_point_added_while_the_page_is_made_is_numbered_last(draft_version, head):
    points = draft_version.points.filter(category="duty").order_by("order", "id")
    before = [point.text for point in points]
    form = MeasureForm(points=points)
    make_point(draft_version, actor=head, text="刚刚由他人添加的风险点")
    labels = [str(label) for _, label in form.fields["points"].choices]
    assert labels == [f"{number}. {text}" for number, text in enumerate([*before, "刚刚由他人添加的风险点"], start=1)]
