"""What the forms of the wing share, and a risk point as it is proposed or worded."""

from crispy_forms.layout import Field, Layout
from django import forms

from departments.models import Post
from riskcontrol.web.forms import PlainForm
from riskpoints.enums import Category


def area(rows):
    """A text area of so many lines, which grows with its text."""
    return forms.Textarea(attrs={"rows": rows})


class GroupedPosts(forms.ModelChoiceField):
    """Posts under the names of their departments."""

    def __init__(self, **kwargs):
        super().__init__(queryset=Post.objects.none(), **kwargs)

    def offer(self, posts):
        """Offer these posts, which come in the order of their departments."""
        self.queryset = posts
        groups: dict[str, list[tuple[int, str]]] = {}
        for post in posts.select_related("department"):
            groups.setdefault(post.department.name, []).append((post.pk, post.name))
        self.choices = [("", "不指定岗位"), *groups.items()]


class RefusingForm(PlainForm, forms.Form):
    """A form that shows what a service refused."""

    def refuse(self, error):
        """Put each message next to its field where there is one, else above the form."""
        for name, texts in error.message_dict.items():
            self.add_error(name if name in self.fields else None, texts)


class PointForm(RefusingForm):
    """A risk point as it is proposed."""

    category = forms.ChoiceField(label="风险类别", choices=Category.choices, widget=forms.RadioSelect)
    post = GroupedPosts(label="岗位", required=False)
    text = forms.CharField(
        label="风险点", max_length=1000, widget=area(3), help_text="写明哪个环节可能出什么问题。请不要写个人姓名。"
    )
    measure = forms.CharField(label="建议的防范措施", max_length=1000, required=False, widget=area(2))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(Field("category", wrapper_class="pick"), "post", "text", "measure")
