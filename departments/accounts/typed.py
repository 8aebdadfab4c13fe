"""Typed text that is not saved yet: kept for the same person and address, shown in its form again, never sent by us.

While somebody types, the page sends the form here from time to time (DRAFT_HEADER), so that a power cut or a closed
window costs a few words at most.

Without JavaScript a form that is sent after the session ran out would be lost at the login page. It is kept on the
server instead, and when its writer has logged in, the address shows the form with what was typed and says that it is
not saved. To show it, the view is called as if the form had been sent, with every form made invalid and in a
transaction that is always rolled back: whatever the view does, nothing is saved before the person presses the button.
"""

import datetime
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.messages.storage import default_storage
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models.functions import Length
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from departments.models import KeptForm, User
from riskcontrol.web.forms import SEALED, is_secret, not_yet_sent, typed_texts
from riskcontrol.web.handlers import refuse

DRAFT_HEADER = "X-Draft"
KEPT_AT_HEADER = "X-Kept-At"
KEPT_FOR = datetime.timedelta(days=7)
LONGEST, LONGEST_PATH = 200_000, 200
# What one person may leave lying about: beyond it the oldest goes. The text is of one byte a sign.
MOST_KEPT, MOST_BYTES = 20, 1_000_000
BEGINNING = 30  # characters
KEPT = "登录已经过期，刚才的内容还没有保存，但已为您保留。请用同一账号登录，登录后回到原处，核对后再点一次保存。"
AGAIN = "下面是您上次填写、还没有保存的内容。请核对后再点一次保存。"
NOT_SAVED = "还没有保存，请核对后再点一次保存。"


def keeps_typed(view: Callable) -> Callable:
    """Mark a view whose POST shows its form again, with status 422, when the form is not valid."""
    view.keeps_typed = True  # type: ignore[attr-defined]
    return view


def is_marked(view: Any) -> bool:
    """Whether a view is marked with keeps_typed()."""
    return getattr(view, "keeps_typed", False)


def keep(user: User, path: str, data: QueryDict) -> bool:
    """Keep what was typed for an address for a week, signed, in place of what was kept before. The caller has asked
    whether the person may open that form."""
    if not typed_texts(data) and not SEALED & data.keys():
        return False
    fields = {name: data.getlist(name) for name in data if name != "csrfmiddlewaretoken" and not is_secret(name)}
    text = signing.dumps(fields, salt=_salt(user, path), compress=True)
    if len(text) > LONGEST or len(path) > LONGEST_PATH:
        return False
    KeptForm.objects.update_or_create(user=user, path=path, defaults={"data": text})
    _make_room(user)
    return True


def _make_room(user: User) -> None:
    """Let go of the oldest beyond the bounds of one person."""
    mine = KeptForm.objects.filter(user=user)
    rows = mine.order_by("-kept_at", "-pk").annotate(size=Length("data")).values_list("pk", "size")
    total, old = 0, []
    for place, (key, size) in enumerate(rows):
        total += size
        if place >= MOST_KEPT or total > MOST_BYTES:
            old.append(key)
    if old:
        mine.filter(pk__in=old).delete()


def clear_old() -> None:
    """Nothing that somebody typed lies about for longer than he was told; called at each login."""
    KeptForm.objects.filter(kept_at__lt=timezone.now() - KEPT_FOR).delete()


def forget(user: User, path: str) -> None:
    """What was kept is sent now."""
    found = KeptForm.objects.filter(user=user, path=path)
    if found.exists():  # seldom: most forms are sent while the login lasts, and a deletion takes the write lock
        found.delete()


def kept_while_typing(request: HttpRequest, user: User, view: Callable, args: Any, kwargs: Any) -> HttpResponse:
    """Keep a form that is still being typed into; an emptied one is forgotten. The answer says when it was kept.

    413 where it is too long: the page says that nothing is kept. 404 where the person may not open that form, which is
    asked when the first words come.
    """
    is_known = KeptForm.objects.filter(user=user, path=request.path).exists()
    if not is_known and typed_texts(request.POST) and not opens(request, user, view, args, kwargs):
        return HttpResponse(status=404)
    return kept_for(user, request.path, request.POST)


def kept_for(user: User, path: str, data: QueryDict) -> HttpResponse:
    """The same for another address than the one that was sent to: what is typed in a part of a form."""
    response = HttpResponse(status=204)
    if keep(user, path, data):
        response[KEPT_AT_HEADER] = f"{timezone.localtime():%H:%M}"
    elif typed_texts(data):
        return HttpResponse(status=413)
    else:
        forget(user, path)
    return response


def kept_by(user: User) -> list[KeptForm]:
    """What is kept for a person at this moment, the latest first."""
    return list(KeptForm.objects.filter(user=user, kept_at__gte=timezone.now() - KEPT_FOR).order_by("-kept_at"))


def begins(kept: KeptForm, user: User) -> str:
    """The first words of what is kept for a person, who knows it by them; empty where there are none."""
    found = _opened(kept, user)
    return next(iter(typed_texts(found)), "")[:BEGINNING] if found is not None else ""


def shown_again(request: HttpRequest, view: Callable, args: Any, kwargs: Any) -> HttpResponseBase | None:
    """The page of a form with what was kept for this person in it; None where nothing is kept."""
    user = request.user
    data = _kept(user, request.path) if user.is_authenticated else None
    if data is None:
        return None
    messages.warning(request, AGAIN)
    request.POST = data  # type: ignore[assignment]
    try:
        response = _unsaved(request, view, args, kwargs)
    except (PermissionDenied, Http404) as error:
        return refused(request, error)
    if response.status_code < 400:
        return _to_copy(request, "原来的表单现在打不开。", 200)
    return response


def opens(request: HttpRequest, user: User, view: Callable, args: Any, kwargs: Any) -> bool:
    """Whether this person may open the form that was sent: nothing of it is saved, and nobody is told anything."""
    asked, said = request.user, getattr(request, "_messages", None)
    request.user, request._messages = user, default_storage(request)  # type: ignore[attr-defined]
    try:
        return _unsaved(request, view, args, kwargs).status_code not in (403, 404)
    except (PermissionDenied, Http404):
        return False
    finally:
        request.user, request._messages = asked, said  # type: ignore[attr-defined]


def _unsaved(request: HttpRequest, view: Callable, args: Any, kwargs: Any) -> HttpResponseBase:
    """What a view answers to a form that is not sent yet: each form is invalid, and whatever is done is undone."""
    method, request.method = request.method, "POST"
    token = not_yet_sent.set(NOT_SAVED)
    try:
        with transaction.atomic():
            try:
                return view(request, *args, **kwargs)
            finally:
                transaction.set_rollback(True)
    finally:
        not_yet_sent.reset(token)
        request.method = method


def _kept(user: User, path: str) -> QueryDict | None:
    found = KeptForm.objects.filter(user=user, path=path, kept_at__gte=timezone.now() - KEPT_FOR).first()
    return None if found is None else _opened(found, user)


def _opened(kept: KeptForm, user: User) -> QueryDict | None:
    """What a kept form holds; None where it was not signed for this person and address."""
    try:
        fields = signing.loads(kept.data, salt=_salt(user, kept.path), max_age=KEPT_FOR)
    except signing.BadSignature:
        return None
    data = QueryDict(mutable=True)
    for name, values in fields.items():
        data.setlist(name, values)
    return data


def refused(request: HttpRequest, error: Exception) -> HttpResponse:
    """The page of a refusal, with what was typed, to be copied."""
    refuse(request)
    if isinstance(error, PermissionDenied):
        return _to_copy(request, str(error) or "您的角色现在不能进行这项操作。", 403)
    return _to_copy(request, "这张表或这一行已经不在了，或者您的角色现在看不到它。", 404)


def _to_copy(request: HttpRequest, reason: str, status: int) -> HttpResponse:
    context = {"reason": reason, "texts": typed_texts(request.POST)}
    return render(request, "departments/accounts/typed.html", context, status=status)


def _salt(user: User, path: str) -> str:
    return f"departments.typed:{user.pk}:{path}"
