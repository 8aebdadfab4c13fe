"""公示: what everybody at the school may read, without an account where the setting allows it."""

from functools import partial, wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_safe

from riskcontrol import audit
from riskcontrol.kept import Kept, state_of_acts
from riskcontrol.paper import qr
from riskcontrol.web import visits
from riskcontrol.web.http import download
from riskpoints import wings
from riskpoints.archives import notices
from riskpoints.content import criteria
from riskpoints.register import publication
from riskpoints.rules import queries as rules
from riskpoints.rules.enums import Key
from riskpoints.tables import publicity
from riskpoints.verbs import RegisterVerb

LIST = "riskpoints/register/_publication_list.html"
_kept: Kept[dict[str, str]] = Kept(most=2)


def open_to_all(view):
    """Let in people without an account if PUBLIC_PUBLICATION is on; otherwise they are asked to log in."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not settings.PUBLIC_PUBLICATION and not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return login_not_required(guarded)


def published(view, *, otherwise=None):
    """Give the view the published version; who must log in to read it is asked to.

    `otherwise` answers where the version is not published; without it there is nothing (404).
    """

    @wraps(view)
    def found(request, version_id):
        logged_in = request.user.is_authenticated
        version = publication.published_versions(logged_in=logged_in).filter(pk=version_id).first()
        if version is None and not logged_in and publication.published_versions().filter(pk=version_id).exists():
            return redirect_to_login(request.get_full_path())
        if version is None:
            return (otherwise or _not_there)(request, version_id)
        return view(request, version)

    return open_to_all(found)


def _not_there(request, version_id):
    raise Http404("Not published.")


@open_to_all
@require_safe
def index(request):
    """The tables in their publication period, and those in force."""
    logged_in = request.user.is_authenticated
    lists = _kept.value(logged_in, state_of_acts(), partial(_lists, logged_in=logged_in))
    asks_for_login = not logged_in and not rules.on().in_force_is_public
    context = lists | {"asks_for_login": asks_for_login, "channels": channels(), "links": wings.public_links()}
    return render(request, "riskpoints/register/publication.html", context)


def _lists(*, logged_in):
    """The two lists as they stand on the page, "" where one is empty: the same for everybody who has logged in, and for
    everybody who has not."""
    kinds = zip(("running", "in_force"), publication.published_tables(logged_in=logged_in), strict=True)
    return {kind: render_to_string(LIST, {"tables": tables}) if tables else "" for kind, tables in kinds}


def channels():
    """Where to report a person (检举控告), by the school's rule."""
    return rules.on()[Key.CHANNELS]


def address_of(request, version):
    """Where everybody reads this table, under the host that was asked."""
    return request.build_absolute_uri(reverse("riskpoints:publication_table", args=[version.pk]))


@published
@require_safe
def table(request, version):
    """One published table."""
    context = {"sheet": publication.published_sheet(version), "channels": channels()}
    context["level_key"] = criteria.level_key(version)
    context["code"] = qr.code_of(address_of(request, version))
    context["posted"] = publicity.posted(version)
    context["links"] = wings.public_links(version)
    context["panels"] = wings.panels("published", request.user, version)
    return render(request, "riskpoints/register/publication_table.html", context)


@published
@require_safe
def notice(request, version):
    """公示稿 of a department's published table as PDF, to be put on the board; 附件2 has neither posts nor levels."""
    if version.table.is_school:
        raise Http404("附件2 has no 公示稿.")
    name = f"{version.owner_name}{version.table.cycle.year}年度廉政风险点公示.pdf"
    content = notices.kept_notice(version, address_of(request, version))
    if request.user.is_authenticated:
        audit.record(RegisterVerb.NOTICE_DOWNLOAD, actor=request.user, target=version, detail={"文件": name})
    else:
        visits.count(RegisterVerb.NOTICE_DOWNLOAD)
    return download(content, name, "application/pdf", inline=True)
