"""What others read of the rules."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from archreview.engine.catalog import Catalog
from archreview.interchange.catalogs import read_catalog
from archreview.interchange.documents import Problems


@lru_cache(maxsize=1)
def current_catalog() -> Catalog:
    """Give the catalog in force."""
    path = settings.BASE_DIR / "fixtures" / "catalog.yaml"
    problems = Problems()
    catalog = read_catalog(path.read_bytes(), file=path.name, problems=problems)
    if catalog is None:
        raise ValueError("\n".join(str(problem) for problem in problems.all()))
    return catalog
