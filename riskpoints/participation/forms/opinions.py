"""The forms of opinions, objections and publications."""

from crispy_forms.layout import Layout
from django import forms

from departments.enums import Role
from departments.models import Post, User
from riskcontrol.fields import validate_name
from riskcontrol.web.forms import PlainForm, RowsField
from riskpoints.enums import Status
from riskpoints.models import TableVersion
from riskpoints.participation.enums import FeedbackState, ObjectionState, Outcome
from riskpoints.participation.forms.base import PointForm, RefusingForm, area
from riskpoints.participation.models import Feedback


class OpinionForm(PlainForm, forms.Form):
    """An opinion on a published table; `points` are its public risk points."""

    point = forms.ChoiceField(label="针对哪个风险点", required=False)
    text = forms.CharField(
        label="意见",
        max_length=1000,
        widget=area(5),
        help_text="比如漏了什么风险、措施做没做到、等级定得对不对。举报具体的人和事，请直接找纪委，不要写在这里。",
    )
    name = forms.CharField(
        label="称呼",
        max_length=32,
        required=False,
        help_text="可以不填。不填就是匿名。",
        validators=[validate_name],
    )

    def __init__(self, *args, points, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [
            (str(point.identity), f"{number}. {point.text[:40]}") for number, point in enumerate(points, start=1)
        ]
        self.fields["point"].choices = [("", "整张表"), *choices]


def outcomes_for(version):
    """What may come of an opinion, by where its table stands now."""
    if version.status == Status.REVIEWED:
        first = [Outcome.OBJECTED]
    else:  # the office itself fills in the school's table
        first = [] if version.table.is_school else [Outcome.PASSED_ON]
    return [*first, Outcome.EXPLAINED, Outcome.OUTSIDE, Outcome.UNRELATED]


class AnswerForm(RefusingForm):
    """The office's answer to an opinion."""

    outcome = forms.ChoiceField(label="处理结果", widget=forms.RadioSelect)
    answer = forms.CharField(
        label="答复", max_length=1000, widget=area(4), help_text="提意见的人凭查询码能看到，请不要写个人姓名。"
    )
    answer_is_public = forms.BooleanField(
        label="把答复公开在公示页上",
        required=False,
        help_text="不写是谁提的。公示期内别人也关心的问题，公开答复一次即可。",
    )
    text_is_public = forms.BooleanField(
        label="连同意见原文一起公开", required=False, help_text="原文里有人名或能认出提意见的人时，不要公开。"
    )

    def __init__(self, *args, version, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = [(item.value, item.label) for item in outcomes_for(version)]


class CorrectForm(RefusingForm):
    """A second answer in the place of the first."""

    answer = forms.CharField(
        label="更正后的答复", max_length=1000, widget=area(4), help_text="原来的答复留在审计记录里。"
    )


class WordedForm(PointForm):
    """The opinion in the office's words, for the department or the reviewer; needed only with such an outcome.

    So the browser must not demand its fields: it would refuse every other outcome, without a word where it can't point
    at the field. The server says what is missing.
    """

    use_required_attribute = False
    OUTCOMES = (Outcome.PASSED_ON, Outcome.OBJECTED)

    def __init__(self, *args, department, **kwargs):
        super().__init__(*args, **kwargs)
        if department is not None:
            self.fields["post"].offer(
                Post.objects.active_on().filter(department=department).order_by("order", "pinyin", "id")
            )
            return
        # The school's table has other categories and no posts; its reviewer is told the text only.
        for name in ("category", "post", "measure"):
            del self.fields[name]
        self.fields["text"].label = "异议"
        self.helper.layout = Layout("text")


class ObjectionForm(RefusingForm):
    """The reviewer's decision on an objection."""

    state = forms.ChoiceField(label="审核结果", widget=forms.RadioSelect)
    reason = forms.CharField(label="理由", max_length=500, widget=area(3), help_text="部门和提意见的人会看到。")

    def __init__(self, *args, version, **kwargs):
        super().__init__(*args, **kwargs)
        returned = (ObjectionState.RETURNED.value, "退回修改：异议随退回意见送部门")
        deferred = (ObjectionState.DEFERRED.value, "不影响本表，列入下次修订：作为建议送部门")
        can_return = version.status == Status.REVIEWED
        self.fields["state"].choices = [returned, deferred] if can_return else [deferred]


class BulkForm(PlainForm, forms.Form):
    """Several unanswered opinions, and the one reason for all of them."""

    chosen = RowsField(
        label="意见",
        queryset=Feedback.objects.filter(state=FeedbackState.NEW),
        error_messages={"required": "请先勾选意见。", "invalid_choice": "勾选的意见里有的已经答复，请刷新页面再选。"},
    )
    reason = forms.CharField(label="理由", max_length=500)


class GatherForm(RefusingForm):
    """Reviewed tables to be published together."""

    chosen = RowsField(
        label="要公示的表",
        queryset=TableVersion.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "请先勾选要公示的表。",
            "invalid_choice": "选中的表里有的已经公示或退回，请重新勾选。",
        },
    )
    title = forms.CharField(label="标题", max_length=120, required=False, help_text="不填则用“某年度廉政风险点公示”。")
    notice = forms.CharField(
        label="公示说明", max_length=1000, required=False, widget=area(3), help_text="显示在公示页上，可以不填。"
    )

    def __init__(self, *args, waiting, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["chosen"].queryset = waiting
        self.fields["chosen"].label_from_instance = lambda version: f"{version.owner_name}（{version.table.cycle}）"


class EndForm(RefusingForm):
    """Why a publication is ended before its last day."""

    reason = forms.CharField(label="终止原因", max_length=500, help_text="其中的表须重新列入公示。")


class ReferForm(RefusingForm):
    """Which reviewer is to deal with an opinion that names a person."""

    to = forms.ModelChoiceField(
        label="由谁办理",
        queryset=User.objects.none(),
        required=False,
        empty_label="纪委（各位审核员都能看到）",
        help_text="意见涉及某位审核员或办公室人员时，请选另一位审核员，只有所选的人能看到。",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        reviewers = User.objects.filter(is_active=True, grants__role=Role.REVIEWER)
        self.fields["to"].queryset = reviewers.distinct().order_by("pinyin", "staff_number")


class PetitionForm(RefusingForm):
    """The number under which the paper is kept."""

    number = forms.CharField(
        label="信访登记编号",
        max_length=40,
        help_text="先在纸质信访登记上写明内容。登记编号后，这里的意见内容清除，不能恢复。",
    )
