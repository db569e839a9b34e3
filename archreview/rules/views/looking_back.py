"""Pages that judge today's model by the catalog of another day: `?catalog=12` in the address."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest

from archreview.engine.catalog import Catalog
from archreview.rules.models import CatalogVersion
from archreview.rules.queries import all_versions, catalog_of_version, current_version
from archreview.workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class EarlierCatalog:
    """A catalog that is no longer in force, as the workspace saw it, and the version that is."""

    version: CatalogVersion
    catalog: Catalog
    now: int


def asked_catalog(request: HttpRequest, workspace: Workspace) -> EarlierCatalog | None:
    """
    Give the earlier catalog that the address asks for; None where it asks for none, or for the one in force.

    Raises Http404 where there never was such a version.
    """
    asked = request.GET.get("catalog", "")
    if not asked:
        return None
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 12 else 0
    now = current_version()
    if number == now:
        return None
    version = all_versions().filter(number=number).first()
    catalog = catalog_of_version(number, workspace) if version else None
    if version is None or catalog is None:
        raise Http404("There is no such version of the catalog.")
    return EarlierCatalog(version, catalog, now)
