"""Lists in pages, sorted and filtered by what stands in the URL."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

T = TypeVar("T")

PAGE_SIZE = 50


def page_of(request: HttpRequest, items: Sequence[Any] | QuerySet[Any], *, size: int = PAGE_SIZE) -> Page[Any]:
    """The page of the items that `?page=` names; the nearest one where it names none."""
    return Paginator(items, size).get_page(request.GET.get("page"))


def chosen(request: HttpRequest, name: str, known: Sequence[str]) -> list[str]:
    """
    The values of a filter that may be given several times, of the known ones only, in their order.

    What is not known is left out, and the page says so: see `left_out`.
    """
    given = request.GET.getlist(name)
    _leave_out(request, name, (value for value in given if value not in known))
    return [value for value in known if value in given]


def order_of(request: HttpRequest, orders: Mapping[str, T], *, default: str) -> tuple[str, T]:
    """
    The order that `?sort=` names, with its name; the default where it names none of them.

    A name may begin with "-": give both where both make sense.
    """
    name = request.GET.get("sort", default)
    if name not in orders:
        _leave_out(request, "sort", [name])
        name = default
    return name, orders[name]


def left_out(request: HttpRequest) -> list[tuple[str, str]]:
    """What the URL asks for and the page does not know, as pairs of filter and value, each once."""
    return list(request.__dict__.get("left_out", ()))


def _leave_out(request: HttpRequest, name: str, values: Iterable[str]) -> None:
    noted = request.__dict__.setdefault("left_out", {})
    noted.update(dict.fromkeys((name, value) for value in values if value))
