"""The audit trail's rows, each chained to the one before, files kept under their hash; counts of visits and logins."""

from typing import Any, NoReturn

from django.db import models
from django.db.models import Q

from riskcontrol import verbs


class AppendOnlyQuerySet(models.QuerySet):
    """Rows are added one by one and never changed or removed."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("These rows are append-only.")

    def delete(self) -> NoReturn:
        raise TypeError("These rows are append-only.")

    def bulk_create(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("These rows are append-only, one by one.")


class AppendOnlyRow(models.Model):
    """A row that is written once and never changed or removed: what was decided, said or noted."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("These rows are append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("These rows are append-only.")


class AuditEntries(AppendOnlyQuerySet):
    """Entries by what they say, those from before there were keys included."""

    def of(self, *wanted: str) -> "AuditEntries":
        """Those of one of these verbs."""
        return self.filter(action__in=verbs.stored(*wanted))

    def not_of(self, *wanted: str) -> "AuditEntries":
        """Those of any other verb."""
        return self.exclude(action__in=verbs.stored(*wanted))

    def stating(self, fact: verbs.Fact, value: Any) -> "AuditEntries":
        """Those whose detail has this value for a fact."""
        known = Q()
        for name in verbs.fact_names(fact):
            known |= Q(**{f"detail__{name}": value})
        return self.filter(known)


class AuditEntry(AppendOnlyRow):
    """One thing that happened: who, when, what, to what, old → new. Names are text and outlive what they name."""

    number = models.PositiveBigIntegerField("序号", unique=True)
    at = models.DateTimeField("时间", db_index=True)
    actor_number = models.CharField("工号", max_length=32, blank=True, db_index=True)
    actor_name = models.CharField("姓名", max_length=64, blank=True)
    # A verb's key, or in entries from before there were keys its caption: read it as `verb` and `caption`.
    action = models.CharField("事项", max_length=64, db_index=True)
    succeeded = models.BooleanField("是否成功", default=True)
    object_type = models.CharField("对象类型", max_length=64, blank=True)
    object_id = models.CharField("对象编号", max_length=64, blank=True)
    object_label = models.CharField("对象", max_length=255, blank=True)
    detail = models.JSONField("内容", default=dict)
    address = models.GenericIPAddressField("地址", null=True, blank=True)
    # Entries from before there were salts have none; see riskcontrol.audit.
    salt = models.CharField("随机数", max_length=32, blank=True, editable=False)
    previous_hash = models.CharField("前一条校验值", max_length=64)
    hash = models.CharField("校验值", max_length=64, unique=True)
    # Beside the open chain, which these are no part of (riskcontrol.seals): empty where there was no key.
    seal_key = models.CharField("封签密钥", max_length=32, blank=True, editable=False, default="")
    seal = models.CharField("封签", max_length=64, blank=True, editable=False, default="")
    marks = models.JSONField("封签所附的标记", default=dict, blank=True, editable=False)

    objects = AuditEntries.as_manager()  # type: ignore[misc]  # its own questions

    class Meta:
        verbose_name = "审计记录"
        verbose_name_plural = "审计记录"
        ordering = ["number"]
        indexes = [models.Index(fields=["object_type", "object_id"], name="audit_object")]

    def __str__(self) -> str:
        return f"{self.number} {self.caption} {self.object_label}"

    @property
    def verb(self) -> str:
        """The key of what was done (riskcontrol.verbs)."""
        return verbs.key_of(self.action)

    @property
    def caption(self) -> str:
        """What was done, in today's words."""
        return verbs.caption(self.action)

    def said(self, fact: verbs.Fact, default: Any = None) -> Any:
        """What the detail says of a fact."""
        return verbs.said(self.detail, fact, default)


class StoredFile(AppendOnlyRow):
    """Bytes kept for good under their SHA-256: what was printed, what was signed.

    In the database, so that a file and its decision are saved together, backed up together, and seen by every server.
    """

    sha256 = models.CharField("校验值", max_length=64, unique=True)
    size = models.PositiveBigIntegerField("字节数")
    media_type = models.CharField("类型", max_length=100)
    content = models.BinaryField("内容")
    stored_at = models.DateTimeField("保存时间", auto_now_add=True)

    class Meta:
        verbose_name = "存档文件"
        verbose_name_plural = "存档文件"

    def __str__(self) -> str:
        return f"{self.sha256[:12]}（{self.size} 字节）"


class AuditHead(models.Model):
    """The chain's head: one row, locked while an entry is added, so that two servers cannot fork the chain."""

    number = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)
    seal = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        verbose_name = "审计链首"
        verbose_name_plural = "审计链首"

    def __str__(self) -> str:
        return f"{self.number} {self.hash[:12]}"


class RateCount(models.Model):
    """How often one address asked within one minute; rows of past minutes are removed on the way."""

    key = models.CharField("地址", max_length=80)
    minute = models.PositiveBigIntegerField("分钟")
    count = models.PositiveIntegerField("次数", default=0)

    class Meta:
        verbose_name = "访问次数"
        verbose_name_plural = "访问次数"
        constraints = [models.UniqueConstraint(fields=["key", "minute"], name="one_count_per_minute")]

    def __str__(self) -> str:
        return f"{self.key} {self.count}"


class LoginTurn(models.Model):
    """How long the next login of an account has to wait, known or unknown to the program; removed by a good one."""

    # A hash of what was typed as the name: people type their passwords there.
    key = models.CharField("账号", max_length=40, unique=True)
    failures = models.PositiveIntegerField("次数", default=0)
    tried_at = models.DateTimeField("上次尝试")
    open_at = models.DateTimeField("何时可以再试")

    class Meta:
        verbose_name = "登录等待"
        verbose_name_plural = "登录等待"

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.failures}"


class FailedLogin(models.Model):
    """Failed logins of one account from one address on one day, counted in one row; removed after some months."""

    # Empty where there is no such account.
    number = models.CharField("工号", max_length=32, blank=True)
    # Empty for all further addresses of a day.
    address = models.CharField("地址", max_length=45, blank=True)
    day = models.DateField("日期")
    count = models.PositiveIntegerField("次数", default=0)
    # So many of them the owner was told of at a login.
    told = models.PositiveIntegerField("已告知", default=0)
    last_at = models.DateTimeField("最近一次")
    locked_at = models.DateTimeField("最近锁定", null=True, blank=True)

    class Meta:
        verbose_name = "失败的登录"
        verbose_name_plural = "失败的登录"
        constraints = [models.UniqueConstraint(fields=["number", "address", "day"], name="one_failure_row_a_day")]

    def __str__(self) -> str:
        return f"{self.number} {self.address} {self.count}"


class DayCount(models.Model):
    """How often nobody in particular did something on a day: one row, however often it was."""

    verb = models.CharField("事项", max_length=64)
    day = models.DateField("日期")
    count = models.PositiveIntegerField("次数", default=0)

    class Meta:
        verbose_name = "每日次数"
        verbose_name_plural = "每日次数"
        constraints = [models.UniqueConstraint(fields=["verb", "day"], name="one_count_a_day")]

    def __str__(self) -> str:
        return f"{self.verb} {self.day} {self.count}"
