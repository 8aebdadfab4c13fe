"""岗位职能 of all posts of a department at once, as the discipline committee ticks them."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.layout import Field, Layout
from django import forms

from departments.enums import Level
from departments.forms.watched import LOCK, WatchedForm
from departments.models import Department, Post, PostFunction

UNSEEN = "请先打开本部门的岗位，看过已勾选的职能再保存。"


class PostFunctionsForm(WatchedForm, forms.Form):
    """One row of check boxes for each post. A retired function can only be left or taken off where it is ticked."""

    def __init__(
        self,
        *args: Any,
        department: Department,
        posts: Sequence[Post],
        functions: Sequence[PostFunction],
        **kwargs: Any,
    ) -> None:
        self.instance = department
        super().__init__(*args, **kwargs)
        self.posts = posts
        self.functions = {function.pk: function for function in functions}
        for post in posts:
            held = {function.pk for function in post.functions.all()}
            offered = [function for function in functions if not function.is_retired or function.pk in held]
            self.fields[_name(post)] = forms.TypedMultipleChoiceField(
                label=post.name,
                choices=[(function.pk, _label(function)) for function in offered],
                coerce=int,
                required=False,
                initial=sorted(held),
                widget=forms.CheckboxSelectMultiple,
            )
        self.helper.layout = Layout(*(Field(_name(post), wrapper_class="checks") for post in posts))

    def clean(self) -> dict[str, Any] | None:
        """Nothing is saved unseen: what is sent without the page would take every function off."""
        cleaned = super().clean()
        if not self.data.get(self.add_prefix(LOCK)):
            self.add_error(None, UNSEEN)
        return cleaned

    def ticked(self) -> list[tuple[Post, list[PostFunction]]]:
        """Each post with the functions it is to have."""
        return [(post, [self.functions[key] for key in self.cleaned_data[_name(post)]]) for post in self.posts]


def _name(post: Post) -> str:
    return f"post-{post.pk}"


def _label(function: PostFunction) -> str:
    level = Level(function.floor).label.partition("（")[0]
    return f"{function.name}（{level}）{'（已停用）' if function.is_retired else ''}"
