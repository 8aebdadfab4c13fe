"""Texts that are printed: what no face can draw is refused before it is saved, not when its paper is made."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import models

from riskcontrol.paper.pdf import unprintable

UNPRINTABLE = "有打印不出的字符“{}”，请改用其他写法。"


class PrintedTexts(models.Model):
    """A row whose texts stand on papers: with a box in one of them no paper of it, and no archive, could be made."""

    class Meta:
        abstract = True

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """ValidationError beside each text that can't be printed, besides what Django finds."""
        super().clean_fields(exclude)
        kinds = (models.CharField, models.TextField)
        fields = [field for field in self._meta.concrete_fields if isinstance(field, kinds) and not field.choices]
        asked = {field.name: str(getattr(self, field.name)) for field in fields if field.name not in (exclude or ())}
        odd = set(unprintable("".join(asked.values())))
        found = {name: sorted(odd & set(text)) for name, text in asked.items() if odd & set(text)}
        if found:
            raise ValidationError({name: UNPRINTABLE.format("”“".join(signs)) for name, signs in found.items()})
