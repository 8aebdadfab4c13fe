"""The signature of the 单位主要负责人 (R66, R71): who could sign on a day, what a confirmation demands and writes."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from departments import queries
from departments.enums import Role
from departments.models import Actor
from departments.permissions import afresh, has_role
from riskcontrol.templatetags.ui import cn_date
from riskcontrol.text import is_blank, stripped
from riskpoints.enums import ConfirmationRule, ConfirmedBy
from riskpoints.models import TableVersion
from riskpoints.tables.refusal import WorkflowError, require_length

# A version without a signature; who took one back leaves none of its facts.
FORGOTTEN: dict[str, Any] = {
    "confirmed_at": None,
    "confirmed_by": None,
    "confirmed_how": "",
    "signer_name": "",
    "signed_on": None,
    "deputy_reason": "",
    "minutes_number": "",
    "confirmation_rule": ConfirmationRule.FORMER,
}
RESET_LATELY = (
    "您的密码或动态验证码在 24 小时内由他人重置过，暂时不能在系统中确定。"
    "请在 24 小时以后再办理，或在纸质表上签字，由办公室登记。"
)

# The server's clock was ahead when the table was handed in: the way out, for whoever wants to sign before that day.
SUBMITTED_AHEAD = (
    "这张表记的提交日期是{}，比今天还晚：提交时服务器的日期不对。"
    "请退回修改，由填表部门重新提交，再审核、签字。服务器的日期请系统管理员核对。"
)


@dataclass(frozen=True)
class Signature:
    """What a confirmation records: who signed, on which day, on paper or in the browser, and the scan.

    A deputy in charge signs on paper only, with the reason. `proof` says by what the principal showed anew who he is,
    in the browser: "password", "code" or "recovery".
    """

    signer_name: str
    signed_on: datetime.date
    how: ConfirmedBy
    scan: bytes = b""
    scan_suffix: str = ""
    deputy_reason: str = ""
    proof: str = ""


def signer_problem(name: str, day: datetime.date, deputy_reason: str) -> str:
    """Why this person could not sign on this day, or an empty text: the principal of then, or a deputy in charge.

    Somebody who was renamed later signed with the name of then; the present one is known, too, where a slip was mended.
    """
    principals = queries.principals_on(day)
    said = cn_date(day)
    if deputy_reason:
        if name in queries.deputies_on(day):
            return ""
        return f"{name}在{said}不是领导小组副组长，也不是分管领导，不能代签。请核对签字人。"
    if not principals:
        return f"{said}没有登记单位主要负责人。请系统管理员在“组织机构—主要负责人”里登记任期，或选主持工作的副职代签。"
    if not any(name in (*user.names_on(day), user.real_name) for user in principals):
        names = "、".join(user.names_on(day)[0] for user in principals)
        return f"{said}的单位主要负责人是{names}，不是{name}。副职代签的，请选代签人并写明原因。"
    return ""


def day_problem(day: datetime.date, submitted_on: datetime.date | None) -> str:
    """Why nobody could sign on this day what was submitted on that one, or an empty text."""
    if submitted_on is not None and submitted_on > timezone.localdate():
        return SUBMITTED_AHEAD.format(cn_date(submitted_on))
    if submitted_on is not None and day < submitted_on:
        return f"签字日期不能早于提交日期（{cn_date(submitted_on)}）。"
    return "签字日期不能晚于今天。" if day > timezone.localdate() else ""


def confirmed(version: TableVersion, actor: Actor, signature: Signature | None) -> dict[str, Any]:
    """What a confirmation writes, or WorkflowError: by whom, on which day, with the scan or with the own proof."""
    if signature is None or is_blank(signature.signer_name):
        raise WorkflowError("请填写签字人和签字日期。")
    if signature.how == ConfirmedBy.BROWSER:
        _require_own(actor, signature)
    elif not signature.scan:
        raise WorkflowError("请上传签字盖章后的扫描件；暂时没有的，先登记签字，以后再补。")
    return _facts(version, actor, signature)


def noted_facts(version: TableVersion, signature: Signature, actor: Actor) -> dict[str, Any]:
    """What the office records of a signature on paper before its scan is there; WorkflowError as for a confirmation."""
    if signature.how != ConfirmedBy.PAPER or is_blank(signature.signer_name):
        raise WorkflowError("请填写签字人和签字日期。")
    return _facts(version, actor, signature)


def _require_own(actor: Actor, signature: Signature) -> None:
    """The principal's own confirmation in the browser: shown anew who it is, and nobody else has the password."""
    if not has_role(afresh(actor), Role.PRINCIPAL):
        raise PermissionDenied("在系统中确定只由单位主要负责人本人办理，领导小组办公室登记签过字的纸质表。")
    if not signature.proof:
        raise WorkflowError("请再输入一次密码或动态验证码，再确定。")
    if queries.was_reset_lately(actor):
        raise WorkflowError(RESET_LATELY)
    if stripped(signature.signer_name) != actor.real_name or signature.deputy_reason:
        raise WorkflowError("在系统中确定的，签字人就是办理人本人。")


def _facts(version: TableVersion, actor: Actor, signature: Signature) -> dict[str, Any]:
    name, reason = stripped(signature.signer_name), stripped(signature.deputy_reason)
    require_length(TableVersion, "signer_name", name)
    require_length(TableVersion, "deputy_reason", reason)
    submitted_on = timezone.localdate(version.submitted_at) if version.submitted_at else None
    if problem := day_problem(signature.signed_on, submitted_on) or signer_problem(name, signature.signed_on, reason):
        raise WorkflowError(problem)
    return {
        "confirmed_at": timezone.now(),
        "confirmed_by": actor,
        "confirmed_how": signature.how,
        "signer_name": name,
        "signed_on": signature.signed_on,
        "deputy_reason": reason,
        "confirmation_rule": ConfirmationRule.PRESENT,
    }
