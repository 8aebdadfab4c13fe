"""群众意见 (R33): what the public said, by whom if they want to say so, what was answered, what objections came."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q

from departments.models import Post
from riskcontrol.fields import NameField, TextField
from riskpoints.enums import Category
from riskpoints.models import TableVersion
from riskpoints.participation.enums import FeedbackState, ObjectionState, Outcome, Quarantine

# Read aloud and typed by people: no characters that look alike.
CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_LENGTH = 10


def new_code() -> str:
    """A receipt code that can't be guessed: 32^10 of them."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def who(caption: str) -> models.ForeignKey:
    """Whoever did one of the things that happen to an opinion or a proposal; empty until it is done."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=caption,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )


class Feedback(models.Model):
    """群众意见 on a published table. Anonymous unless a name is given; neither account nor address is kept."""

    version = models.ForeignKey(TableVersion, verbose_name="防控表", on_delete=models.PROTECT, related_name="feedback")
    point_identity = models.UUIDField("风险点标识", null=True, blank=True)
    point_text = TextField("针对的风险点", max_length=1000, blank=True)
    name = NameField("称呼", max_length=32, blank=True)
    text = TextField("意见", max_length=1000, blank=True)
    # Whether the table was in its publication period, so that its confirmation waits for the answer.
    within_period = models.BooleanField("公示期内提出", default=False)
    quarantine = models.CharField("搁置", max_length=16, choices=Quarantine, blank=True)
    code = models.CharField("查询码", max_length=16, unique=True, default=new_code, editable=False)
    sent_at = models.DateTimeField("提出时间", auto_now_add=True)
    state = models.CharField("状态", max_length=16, choices=FeedbackState, default=FeedbackState.NEW, db_index=True)
    outcome = models.CharField("处理结果", max_length=16, choices=Outcome, blank=True)
    answer = TextField("答复", max_length=1000, blank=True)
    answered_by = who("答复人")
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    answer_is_public = models.BooleanField("公开答复", default=False)
    text_is_public = models.BooleanField("公开意见原文", default=False)
    # It names a person: only the committee sees it from then on, and its text is blanked once it is on paper.
    referred_at = models.DateTimeField("转纪委时间", null=True, blank=True)
    referred_by = who("转出人")
    referred_to = who("办理的审核员")
    petition_number = models.CharField("信访登记编号", max_length=40, blank=True)
    registered_at = models.DateTimeField("登记时间", null=True, blank=True)
    registered_by = who("登记人")

    class Meta:
        verbose_name = "群众意见"
        verbose_name_plural = "群众意见"
        ordering = ["-sent_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[FeedbackState.NEW, FeedbackState.REFERRED])
                | (Q(answered_by__isnull=False, answered_at__isnull=False) & ~Q(answer="") & ~Q(outcome="")),
                name="answered_feedback_has_an_answer",
            ),
            models.CheckConstraint(condition=~Q(text="") | ~Q(petition_number=""), name="feedback_has_text"),
            models.CheckConstraint(
                condition=~Q(state=FeedbackState.REFERRED) | Q(referred_by__isnull=False, referred_at__isnull=False),
                name="referred_feedback_has_its_person",
            ),
            models.CheckConstraint(
                condition=Q(petition_number="")
                | Q(state=FeedbackState.REFERRED, registered_by__isnull=False, registered_at__isnull=False),
                name="registered_feedback_was_referred",
            ),
            models.CheckConstraint(
                condition=Q(answer_is_public=True) | Q(text_is_public=False), name="public_text_has_a_public_answer"
            ),
        ]

    def __str__(self) -> str:
        return f"对{self.version.owner_name}防控表的第 {self.pk} 号意见"


class Objection(models.Model):
    """An opinion on a table under publicity, in the office's neutral words, for the reviewer to decide (R33)."""

    feedback = models.OneToOneField(
        Feedback, verbose_name="来自意见", on_delete=models.PROTECT, related_name="objection"
    )
    category = models.CharField("风险类别", max_length=16, choices=Category, blank=True)
    post = models.ForeignKey(
        Post, verbose_name="岗位", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    text = TextField("异议", max_length=1000)
    measure = TextField("建议的防范措施", max_length=1000, blank=True)
    raised_at = models.DateTimeField("转出时间", auto_now_add=True)
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="转出人", on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField("状态", max_length=16, choices=ObjectionState, default=ObjectionState.OPEN, db_index=True)
    reason = models.CharField("理由", max_length=500, blank=True)
    decided_by = who("审核人")
    decided_by_name = models.CharField("审核人姓名", max_length=64, blank=True)
    decided_at = models.DateTimeField("审核时间", null=True, blank=True)

    class Meta:
        verbose_name = "异议"
        verbose_name_plural = "异议"
        ordering = ["raised_at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="objection_has_text"),
            models.CheckConstraint(
                condition=Q(state=ObjectionState.OPEN)
                | (Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(reason="")),
                name="decided_objection_has_its_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"对{self.feedback.version.owner_name}防控表的异议"

    @property
    def is_open(self) -> bool:
        return self.state == ObjectionState.OPEN


class SentCount(models.Model):
    """How many opinions came today from one source, under a keyed hash of its address; gone with the day."""

    source = models.CharField("来源", max_length=64)
    day = models.DateField("日期")
    count = models.PositiveIntegerField("条数", default=0)

    class Meta:
        verbose_name = "意见计数"
        verbose_name_plural = "意见计数"
        constraints = [models.UniqueConstraint(fields=["source", "day"], name="one_count_a_source_and_day")]

    def __str__(self) -> str:
        return f"{self.day}：{self.count}"
