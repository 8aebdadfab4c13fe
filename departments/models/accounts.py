"""What belongs to an account: former passwords, sessions, recovery codes, typed text that is not saved yet."""

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from departments.models.people import User


class PasswordRecord(models.Model):
    """A password that was replaced, as a hash only: the last ones can't be chosen again (等保二级)."""

    user = models.ForeignKey(User, verbose_name="账号", on_delete=models.CASCADE, related_name="former_passwords")
    password = models.CharField("密码散列", max_length=128)
    replaced_at = models.DateTimeField("停用时间", auto_now_add=True)

    class Meta:
        verbose_name = "用过的密码"
        verbose_name_plural = "用过的密码"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.user}：{self.replaced_at:%Y-%m-%d}"


class LoginSession(AbstractBaseSession):
    """A session of the site under the hash of its key: whoever reads this table can't continue anybody's session.

    An expired one stays for a day, so that a form sent from it can be kept for the person who typed it; an ended one
    without its data, so that a request under way does not bring it back.
    """

    user = models.ForeignKey(
        User, verbose_name="账号", null=True, blank=True, on_delete=models.CASCADE, related_name="sessions"
    )
    since = models.DateTimeField("登录时间", null=True, blank=True)
    last_seen = models.DateTimeField("最近活动")
    address = models.GenericIPAddressField("地址", null=True, blank=True)
    browser = models.CharField("浏览器", max_length=64, blank=True)
    is_ended = models.BooleanField("已结束", default=False)

    class Meta(AbstractBaseSession.Meta):
        abstract = False
        verbose_name = "登录"
        verbose_name_plural = "登录"
        ordering = ["-last_seen"]

    def __str__(self) -> str:
        return f"{self.user}：{self.address}"


class RecoveryCode(models.Model):
    """备用码: stands in once for a lost authenticator; kept as a keyed hash, shown when it is made and never again."""

    user = models.ForeignKey(User, verbose_name="账号", on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField("校验值", max_length=64, unique=True)

    class Meta:
        verbose_name = "备用码"
        verbose_name_plural = "备用码"

    def __str__(self) -> str:
        return str(self.user)


class CalendarAddress(models.Model):
    """The secret address of a person's calendar, kept as a hash: shown when it is made and never again."""

    user = models.OneToOneField(User, verbose_name="账号", on_delete=models.CASCADE, related_name="calendar_address")
    digest = models.CharField("校验值", max_length=64, unique=True)
    made_at = models.DateTimeField("建立时间", auto_now_add=True)
    asked_on = models.DateField("最近读取", null=True, blank=True)

    class Meta:
        verbose_name = "日历地址"
        verbose_name_plural = "日历地址"

    def __str__(self) -> str:
        return str(self.user)


class KeptForm(models.Model):
    """What somebody typed and did not save yet, kept for a week and shown to nobody else."""

    user = models.ForeignKey(User, verbose_name="账号", on_delete=models.CASCADE, related_name="kept_forms")
    path = models.CharField("地址", max_length=200)
    data = models.TextField("内容")
    kept_at = models.DateTimeField("时间", auto_now=True)

    class Meta:
        verbose_name = "未保存的填写内容"
        verbose_name_plural = "未保存的填写内容"
        constraints = [models.UniqueConstraint(fields=["user", "path"], name="one_kept_form_per_address")]

    def __str__(self) -> str:
        return f"{self.user}：{self.path}"
