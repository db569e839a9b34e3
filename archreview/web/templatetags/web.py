"""The tags and filters of our templates; they are loaded everywhere without `{% load %}`."""

from collections.abc import Iterator
from typing import Any

from django import template
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from archreview.web import lists

register = template.Library()

GLYPHS = {"critical": "◆", "high": "▲", "medium": "●", "low": "○", "info": "–"}


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


@register.inclusion_tag("components/left_out.html", takes_context=True)
def left_out_filters(context: dict[str, Any]) -> dict[str, Any]:
    """Says below a list's filters what the URL asks for and the page does not know, with the address without it."""
    request: HttpRequest = context["request"]
    unknown = lists.left_out(request)
    query = request.GET.copy()
    for name, value in unknown:
        query.setlist(name, [other for other in query.getlist(name) if other != value])
    return {"unknown": unknown, "address": f"?{query.urlencode()}"}


@register.inclusion_tag("components/severity.html")
def severity(name: str) -> dict[str, str]:
    """The severity as glyph and word: `{% severity finding.severity %}`."""
    return {"name": name, "glyph": GLYPHS[name]}


@register.inclusion_tag("components/grade.html")
def grade(letter: str | None, size: str = "") -> dict[str, str]:
    """The grade as a chip; None stands for "not enough known". Size is "large" or nothing."""
    return {"letter": letter or "", "look": (letter or "none").lower(), "size": size}


@register.inclusion_tag("components/evidence.html")
def evidence(*, known: int, derived: int, unknown: int, url: str = "") -> dict[str, Any]:
    """How many of the facts asked for are known, derived and unknown, as a bar; a url leads to the questions."""
    return {
        "known": known,
        "derived": derived,
        "unknown": unknown,
        "either": known + derived,
        "total": known + derived + unknown,
        "url": url,
    }


@register.filter
def thousands(count: int) -> str:
    """A count with its thousands set off: 23,000."""
    return f"{count:,}"


@register.filter
def elided_pages(paginator: Paginator[Any], number: int) -> Iterator[int | str]:
    """The page numbers around this one, with an ellipsis where some are left out."""
    return paginator.get_elided_page_range(number, on_each_side=2, on_ends=1)
