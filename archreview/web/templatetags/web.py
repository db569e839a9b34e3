"""The tags and filters of our templates; they are loaded everywhere without `{% load %}`."""

from typing import Any

from django import template
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """
    The icon of that name in `static/img/icons.svg`.

    It is decoration: screen readers skip it, so the words beside it (or an aria-label) must say the same.
    """
    return format_html(
        '<svg class="icon" width="16" height="16" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("img/icons.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def toggled(context: dict[str, Any], name: str, value: str) -> str:
    """
    The query of this page with the filter's value added, or taken away when it is there; the page number goes.

    For chips: `<a class="chip" href="{% toggled 'severity' 'high' %}">`. To set or drop one parameter use Django's
    `{% querystring page=2 %}`.
    """
    request: HttpRequest = context["request"]
    query = request.GET.copy()
    values = query.getlist(name)
    query.setlist(name, [other for other in values if other != value] if value in values else [*values, value])
    query.pop("page", None)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def is_chosen(context: dict[str, Any], name: str, value: str) -> bool:
    """Whether the filter has the value in this page's URL."""
    request: HttpRequest = context["request"]
    return value in request.GET.getlist(name)
