"""Routes of the whole site: each app names its own."""

from django.urls import include, path
from django.views.generic import RedirectView

from riskcontrol.web import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", RedirectView.as_view(pattern_name="riskpoints:inbox"), name="inbox"),
    path("", include("departments.session_urls")),
    path("organisation/", include("departments.urls")),
    path("", include("riskpoints.rules.urls")),
    path("", include("riskpoints.wing_urls")),
    path("", include("riskpoints.urls")),
]

handler403 = "riskcontrol.web.handlers.forbidden"
handler404 = "riskcontrol.web.handlers.not_found"
handler500 = "riskcontrol.web.handlers.server_error"
