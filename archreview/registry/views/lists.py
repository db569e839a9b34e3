"""The lists: searched, filtered, sorted and paged by what stands in the URL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from archreview.registry.judgements import NOTHING, judgements_of
from archreview.registry.listing import LISTINGS, Column, Filter, JudgedFilter
from archreview.registry.queries import choices_of
from archreview.web.lists import chosen, order_of, page_of
from archreview.web.requests import HtmxRequest
from archreview.workspaces.access import get_workspace

MOST_WORDS = 200


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column: `direction` as aria-sort says it, `next` the order that a click gives."""

    label: str
    number: bool
    direction: str
    next: str


@require_safe
def entry_list(request: HtmxRequest, workspace: str, kind: str) -> HttpResponse:
    """One of the lists of the registry."""
    space = get_workspace(request, workspace)
    listing = LISTINGS[kind]
    words = request.GET.get("q", "").replace("\0", "")[:MOST_WORDS].strip()
    judgements = judgements_of(space, kind) if listing.judged else None
    offered: list[Filter | JudgedFilter] = [
        *(listing.judged_filters if judgements is not None else ()),
        *listing.filters,
    ]
    filters = {each.name: chosen(request, each.name, [value for value, _ in each.options]) for each in offered}
    references = {name: request.GET.get(name, "").replace("\0", "")[:MOST_WORDS] for name in listing.references}
    order, _ = order_of(request, listing.all_orders, default="name")
    rows = listing.found(
        space, words=words, order=order, chosen=filters, references=references, judgements=judgements or {}
    )
    page = page_of(request, rows)
    for row in page:
        row.judgement = (judgements or {}).get(row.slug, NOTHING)
    narrowed = bool(words or any(filters.values()) or any(references.values()))
    context: dict[str, Any] = {
        "kind": kind,
        "listing": listing,
        "page": page,
        "filters": offered,
        "judged": judgements is not None,
        "columns": _columns(listing.columns, listing.judged if judgements is not None else (), order),
        "rows_template": f"registry/rows/{kind}.html",
        "empty_template": f"registry/_empty_{kind}.html",
        "new_url": f"registry:{kind}_new",
        "edit_url": f"registry:{kind}_edit",
        "words": words,
        "order": order,
        "narrowed": narrowed,
        "nothing_yet": not narrowed and page.paginator.count == 0,
        "choices": [(name, references[name], choices_of(space, name)) for name in listing.references],
        "kept": [(name, value) for name, values in filters.items() for value in values] + [("sort", order)],
    }
    return render(request, "registry/list.html", context)


def _columns(columns: tuple[Column, ...], judged: tuple[str, ...], order: str) -> list[Head]:
    heads = []
    for column in columns:
        up, down = order == column.sort, order == f"-{column.sort}"
        heads.append(
            Head(
                label=column.label,
                number=column.number,
                direction="ascending" if up else "descending" if down else "",
                next=f"-{column.sort}" if up else column.sort,
            )
        )
    return heads + [Head(label=label, number=label == "Findings", direction="", next="") for label in judged]
