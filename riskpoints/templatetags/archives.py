"""The archive panel finds its own data, so that any page can include it."""

from django import template

from riskpoints.archives.overview import Overview, overview

register = template.Library()


@register.simple_tag
def archive_overview() -> Overview:
    """Years and builds for riskpoints/archives/_archives.html."""
    return overview()
