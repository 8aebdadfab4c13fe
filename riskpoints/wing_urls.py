"""Addresses of the wings, as each handed them in: below the site's root, each in a namespace of its own."""

from django.urls import include, path

from riskpoints import wings

urlpatterns = [path("", include(wing.urls)) for wing in wings.all_wings() if wing.urls]
