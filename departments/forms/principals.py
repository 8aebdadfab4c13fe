"""The form of a term of the 单位主要负责人."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from departments.forms.watched import WatchedForm
from departments.models import PrincipalTerm, User


class TermForm(WatchedForm, forms.ModelForm):
    """Who, from when to when; a term that is there keeps its person."""

    class Meta:
        model = PrincipalTerm
        fields = ["user", "since", "until"]

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = people
        self.fields["user"].disabled = self.instance.pk is not None
