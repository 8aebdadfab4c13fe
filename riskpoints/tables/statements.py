"""What a draft states instead of points: 无 for a category, no risk point for a post."""

from django.core.exceptions import ValidationError

from departments.models import Actor, Post
from riskcontrol import audit
from riskcontrol.text import stripped
from riskpoints.models import NilDeclaration, PostExemption, TableVersion
from riskpoints.tables import acts
from riskpoints.tables.drafts import UnchangedError, editing, note_post, require_category, require_own
from riskpoints.verbs import RegisterVerb


def declare_nil(version: TableVersion, category: str, *, actor: Actor) -> None:
    """Answer one category with an explicit 无; never together with points or measures (T13)."""
    with editing(version, actor=actor) as locked:
        require_own(locked, [None], actor=actor)
        require_category(locked, category)
        if locked.points.filter(category=category).exists() or locked.measures.filter(category=category).exists():
            raise ValidationError("这一类已有风险点或措施，不能确认为“无”。请先删除它们。")
        acts.keep(NilDeclaration(version=locked, category=category))
        _, created = NilDeclaration.objects.get_or_create(version=locked, category=category)
        if not created:
            raise UnchangedError
        audit.record(RegisterVerb.NIL_DECLARE, actor=actor, target=locked, detail={"风险类别": category})


def withdraw_nil(version: TableVersion, category: str, *, actor: Actor) -> None:
    """Take the explicit 无 of a category back."""
    with editing(version, actor=actor) as locked:
        require_own(locked, [None], actor=actor)
        stored = NilDeclaration.objects.filter(version=locked, category=category).first()
        if stored is None:
            raise UnchangedError
        stored.version = locked
        acts.keep(stored)
        stored.delete()
        audit.record(RegisterVerb.NIL_WITHDRAW, actor=actor, target=locked, detail={"风险类别": category})


def exempt_post(version: TableVersion, post: Post, reason: str, *, actor: Actor) -> PostExemption:
    """State that a post has no risk point, with the reason. An empty reason takes the statement back."""
    with editing(version, actor=actor) as locked:
        if post.department_id != locked.table.department_id:
            raise ValidationError({"reason": "这个岗位不属于本部门。"})
        require_own(locked, [post.pk], actor=actor)
        if locked.points.filter(post=post).exists():
            raise ValidationError({"reason": "这个岗位已有风险点，不需要说明。"})
        exemption = PostExemption.objects.filter(version=locked, post=post).first() or PostExemption(
            version=locked, post=post
        )
        exemption.version = locked
        acts.keep(exemption)
        before = exemption.reason
        exemption.reason = stripped(reason)
        note_post(exemption)
        exemption.full_clean(exclude=["version"])
        exemption.save()
        audit.record(
            RegisterVerb.POST_EXEMPT, actor=actor, target=locked, detail={post.name: [before, exemption.reason]}
        )
    return exemption


def withdraw_exemption(version: TableVersion, post: Post, *, actor: Actor) -> None:
    """Take the statement that a post has no risk point back."""
    with editing(version, actor=actor) as locked:
        require_own(locked, [post.pk], actor=actor)
        exemption = PostExemption.objects.filter(version=locked, post=post).first()
        if exemption is None:
            raise UnchangedError
        exemption.version = locked
        end_exemption(exemption, actor)


def end_exemption(exemption: PostExemption, actor: Actor) -> None:
    acts.keep(exemption)
    detail = {exemption.post_name: [exemption.reason, None]}
    audit.record(RegisterVerb.POST_UNEXEMPT, actor=actor, target=exemption.version, detail=detail)
    exemption.delete()
