"""互提建议 (R70): what was proposed to a department and what it answered; what cooperating departments say (R55)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from departments.enums import Level
from departments.models import Department, Post
from riskcontrol.fields import TextField
from riskcontrol.models import AppendOnlyRow
from riskpoints.enums import Category, FindingMethod
from riskpoints.models import TableVersion
from riskpoints.participation.enums import CoReply, ProposalKind, ProposalState
from riskpoints.participation.models.opinions import Feedback, who

# What a clerk may prepare for the head.
PREPARED = [(ProposalState.ACCEPTED.value, "采纳"), (ProposalState.DECLINED.value, "不采纳")]


class Proposal(models.Model):
    """A risk point, a measure for one in force, or an opinion on its level, said to a department by somebody else, by
    its staff, by a leader or out of an opinion."""

    UNWATCHED = {"sent_at": "审计记录说明了送出的时间"}  # riskcontrol.watched

    department = models.ForeignKey(Department, verbose_name="部门", on_delete=models.PROTECT, related_name="proposals")
    proposer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="提出人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="proposals",
    )
    proposer_name = models.CharField("提出人姓名", max_length=64)
    feedback = models.OneToOneField(
        Feedback, verbose_name="来自意见", null=True, blank=True, on_delete=models.PROTECT, related_name="proposal"
    )
    kind = models.CharField("建议什么", max_length=16, choices=ProposalKind, default=ProposalKind.POINT)
    # The point that a measure or a level is for, as it read then.
    target_point = models.UUIDField("针对的风险点标识", null=True, blank=True, db_index=True)
    target_text = TextField("针对的风险点", max_length=1000, blank=True)
    level = models.PositiveSmallIntegerField("建议的等级", choices=Level, null=True, blank=True)
    method = models.CharField("查找方法", max_length=16, choices=FindingMethod)
    category = models.CharField("风险类别", max_length=16, choices=Category)
    post = models.ForeignKey(
        Post, verbose_name="岗位", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    text = TextField("建议", max_length=1000)
    measure = TextField("建议的防范措施", max_length=1000, blank=True)
    reason = models.CharField("理由", max_length=500, blank=True)
    # Who should work together at the point (R55), as called then, and which departments those are: names change.
    co_departments = models.CharField("配合部门", max_length=500, blank=True)
    co_department_keys = models.JSONField("配合部门编码", default=list, blank=True)
    sent_at = models.DateTimeField("提出时间", auto_now_add=True)
    state = models.CharField("状态", max_length=16, choices=ProposalState, default=ProposalState.OPEN, db_index=True)
    # What a clerk wrote for the head, who sends it or another answer.
    prepared_state = models.CharField(
        "准备的结果",
        max_length=16,
        choices=PREPARED,
        blank=True,
    )
    prepared_answer = models.CharField("准备的答复", max_length=500, blank=True)
    prepared_by = who("准备答复的人")
    prepared_at = models.DateTimeField("准备时间", null=True, blank=True)
    answer = models.CharField("答复", max_length=500, blank=True)
    decided_by = who("答复人")
    decided_at = models.DateTimeField("答复时间", null=True, blank=True)
    point_identity = models.UUIDField("写入的风险点", null=True, blank=True)
    version = models.ForeignKey(
        TableVersion, verbose_name="写入的版本", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = "互提建议"
        verbose_name_plural = "互提建议"
        ordering = ["-sent_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="proposal_has_text"),
            models.CheckConstraint(
                condition=Q(state=ProposalState.OPEN) | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="decided_proposal_has_its_person",
            ),
            models.CheckConstraint(
                condition=~Q(state=ProposalState.DECLINED) | ~Q(answer=""), name="declined_proposal_has_a_reason"
            ),
            models.CheckConstraint(
                # An opinion on a level is answered, and written nowhere.
                condition=~Q(state=ProposalState.ACCEPTED)
                | Q(point_identity__isnull=False, version__isnull=False) & ~Q(kind=ProposalKind.LEVEL)
                | Q(kind=ProposalKind.LEVEL, point_identity__isnull=True, version__isnull=True) & ~Q(answer=""),
                name="accepted_proposal_has_its_place",
            ),
            models.CheckConstraint(
                condition=Q(kind=ProposalKind.POINT, target_point__isnull=True, target_text="")
                | ~Q(kind=ProposalKind.POINT) & Q(target_point__isnull=False) & ~Q(target_text=""),
                name="proposal_names_its_point",
            ),
            models.CheckConstraint(
                condition=Q(kind=ProposalKind.LEVEL, level__isnull=False)
                | ~Q(kind=ProposalKind.LEVEL) & Q(level__isnull=True),
                name="opinion_on_a_level_has_one",
            ),
            models.CheckConstraint(
                condition=Q(prepared_state="", prepared_by__isnull=True, prepared_at__isnull=True)
                | ~Q(prepared_state="") & Q(prepared_by__isnull=False, prepared_at__isnull=False),
                name="prepared_answer_has_its_person",
            ),
            models.CheckConstraint(
                # A past year's archive may bring one back without the opinion, which was on a table it doesn't show.
                condition=Q(proposer__isnull=False) | Q(feedback__isnull=False) | Q(method=FindingMethod.MASSES),
                name="proposal_has_a_source",
            ),
        ]

    def __str__(self) -> str:
        return f"对{self.department}的建议：{self.text[:30]}"

    @property
    def is_open(self) -> bool:
        return self.state == ProposalState.OPEN

    @property
    def is_point(self) -> bool:
        return self.kind == ProposalKind.POINT

    @property
    def is_measure(self) -> bool:
        return self.kind == ProposalKind.MEASURE

    @property
    def is_level(self) -> bool:
        return self.kind == ProposalKind.LEVEL


class CoAnswer(AppendOnlyRow):
    """What a department that cooperates at a point in force says of it, once for each wording of the point (R55).

    The last one of a department counts; `said` is the hash of what it read: a point that says something else is asked
    about anew.
    """

    version = models.ForeignKey(
        TableVersion, verbose_name="防控表", on_delete=models.PROTECT, related_name="co_answers"
    )
    point_identity = models.UUIDField("风险点标识", db_index=True)
    point_text = TextField("风险点", max_length=1000)
    said = models.CharField("内容校验值", max_length=64)
    department = models.ForeignKey(Department, verbose_name="配合部门", on_delete=models.PROTECT, related_name="+")
    department_name = models.CharField("配合部门名称", max_length=64)
    reply = models.CharField("答复", max_length=16, choices=CoReply)
    reason = TextField("不同意见", max_length=500, blank=True)
    replied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="答复人", on_delete=models.PROTECT, related_name="+"
    )
    replied_by_name = models.CharField("答复人姓名", max_length=64)
    replied_at = models.DateTimeField("答复时间", auto_now_add=True)

    class Meta:
        verbose_name = "配合部门的答复"
        verbose_name_plural = "配合部门的答复"
        ordering = ["replied_at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(point_text=""), name="co_answer_names_its_point"),
            models.CheckConstraint(
                condition=Q(reply=CoReply.NOTED, reason="") | Q(reply=CoReply.DIFFERS) & ~Q(reason=""),
                name="co_answer_that_differs_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department_name}：{self.get_reply_display()}"

    @property
    def differs(self) -> bool:
        return self.reply == CoReply.DIFFERS
