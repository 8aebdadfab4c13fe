"""校内规则: read by every account, each rule changed by whom it says; and the working calendar."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from departments.accounts.typed import keeps_typed
from riskcontrol.web.query import QueryReader
from riskpoints.rules import queries, services
from riskpoints.rules.defaults import DEFAULTS
from riskpoints.rules.enums import Key
from riskpoints.rules.forms import CalendarForm, RuleForm
from riskpoints.rules.models import WorkCalendar
from riskpoints.rules.permissions import changes, keeps_calendar

UNPROCESSABLE = 422


@require_safe
def index(request):
    """All rules with what holds today."""
    rows = [(found, changes(request.user, found.key)) for found in queries.shown_rules()]
    year = timezone.localdate().year
    calendars = [(each, queries.is_kept(each)) for each in (year, year + 1)]
    return render(request, "rules/index.html", {"rows": rows, "calendars": calendars})


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def rule(request, key):
    """Change one rule from a day on."""
    if key not in Key.values:
        raise Http404("No such rule.")
    key = Key(key)
    if not changes(request.user, key):
        raise PermissionDenied(f"这条规则由{DEFAULTS[key].changed_by.label}修改。")
    form = RuleForm(request.POST if request.method == "POST" else None, key=key, value=queries.on()[key])
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.change(key, form.rule_value, since=data["since"], reason=data["reason"], actor=request.user)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, f"已保存：{key.label}。")
            return redirect("rules:index")
    shown = next(found for found in queries.shown_rules() if found.key == key)
    context = {"form": form, "rule": shown}
    return render(request, "rules/rule.html", context, status=UNPROCESSABLE if form.is_bound else 200)


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request):
    """The working calendar of one year."""
    year = QueryReader(request.GET).number("year", "年份", range(2011, 2101)) or timezone.localdate().year
    may_change = keeps_calendar(request.user)
    if request.method == "POST" and not may_change:
        raise PermissionDenied("工作日历由领导小组办公室维护。")
    form = CalendarForm(request.POST if request.method == "POST" else None, year=year)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.set_year(year, data["days"], seen=data["seen"], actor=request.user)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, f"已保存 {year} 年的工作日历。正在公示的表不受影响。")
            return redirect(f"{reverse('rules:calendar')}?year={year}")
    rows = WorkCalendar.objects.filter(day__year=year)
    context = {"form": form, "year": year, "rows": rows, "may_change": may_change}
    return render(request, "rules/calendar.html", context, status=UNPROCESSABLE if form.is_bound else 200)
