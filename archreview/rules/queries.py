"""What others read of the rules."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet

from archreview.engine.catalog import Catalog
from archreview.rules.models import CatalogChange, CatalogSettings, Obligation, Rule
from archreview.rules.values import catalog_of

# The catalog that this process has read last, under the edition that it was read at.
_kept: dict[uuid.UUID, Catalog] = {}


class NoCatalog(RuntimeError):
    """The database has no catalog: `manage.py migrate` loads one, and so does `manage.py load_rules`."""


def current_catalog() -> Catalog:
    """
    Give the catalog in force.

    One query asks for its edition; only when that is not the one this process knows are the rules read. No examples.
    """
    global _kept
    edition = _edition()
    while (catalog := _kept.get(edition)) is None:
        row = CatalogSettings.objects.get(pk=CatalogSettings.ONLY)
        catalog = catalog_of(
            row, list(Rule.objects.defer("examples", "why_html", "remedy_html")), list(Obligation.objects.all())
        )
        # A change in between would put new rules under an old version: then they are read once more.
        edition = _edition()
        if edition == row.edition:
            _kept = {edition: catalog}
    return catalog


def known_catalog() -> Catalog | None:
    """Give the catalog that this process has read last, without asking whether it is still in force."""
    return next(iter(_kept.values()), None)


def _edition() -> uuid.UUID:
    found = CatalogSettings.objects.filter(pk=CatalogSettings.ONLY).values_list("edition", flat=True).first()
    if found is None:
        raise NoCatalog("The database has no rules yet: run manage.py migrate, or manage.py load_rules.")
    return found


def all_rules() -> QuerySet[Rule]:
    """The rules for a list, by code, without their texts as HTML."""
    return Rule.objects.defer("why_html", "remedy_html")


def rule_with(code: str) -> QuerySet[Rule]:
    """The one rule with the code, as a queryset for `get_object_or_404`."""
    return Rule.objects.filter(code=code)


def history_of(kind: str, key: str) -> QuerySet[CatalogChange]:
    """The changes of one thing, the latest first."""
    return CatalogChange.objects.filter(kind=kind, key=key).order_by("-version")
