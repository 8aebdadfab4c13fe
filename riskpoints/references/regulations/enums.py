"""Fixed vocabularies of 制度库."""

from django.db import models


class Kind(models.TextChoices):
    """Whose regulation it is."""

    STATE = "state", "国家"
    SUPERIOR = "superior", "上级"
    SCHOOL = "school", "校级"
    DEPARTMENT = "department", "部门"


class State(models.TextChoices):
    """Where a regulation stands. One under revision is valid until the revision takes effect."""

    DRAFTING = "drafting", "拟订中"
    IN_FORCE = "in_force", "现行"
    REVISING = "revising", "修订中"
    REPEALED = "repealed", "已废止"
    REPLACED = "replaced", "被替代"
    DROPPED = "dropped", "终止拟订"


VALID = (State.IN_FORCE, State.REVISING)
# No measure can rest on it any more.
ENDED = (State.REPEALED, State.REPLACED)


class Act(models.TextChoices):
    """What is done to a regulation as a whole; the label stands on the button."""

    ADOPT = "adopt", "登记施行"
    DROP = "drop", "终止拟订"
    REVISE = "revise", "开始修订"
    FINISH = "finish", "修订后施行"
    STOP = "stop", "停止修订"
    REPLACE = "replace", "登记被替代"
    REPEAL = "repeal", "废止"
    REINSTATE = "reinstate", "撤销废止"


class Plan(models.TextChoices):
    """废改立: what a year's plan decides about one regulation (common practice; the document asks for 制度的废改立)."""

    KEEP = "keep", "保留"
    REVISE = "revise", "修订"
    REPEAL = "repeal", "废止"
    NEW = "new", "新建"


class Executed(models.TextChoices):
    """Whether a regulation is carried out (R59)."""

    YES = "yes", "已执行"
    PARTLY = "partly", "部分执行"
    NO = "no", "未执行"
