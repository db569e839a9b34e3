"""The catalog that the product ships."""

from functools import cache
from pathlib import Path

from django.conf import settings

from archreview.engine.catalog import Catalog
from archreview.interchange.catalogs import read_catalog
from archreview.interchange.documents import Problems

BUILT_IN: Path = settings.BASE_DIR / "fixtures" / "catalog.yaml"


class UnreadableCatalog(ValueError):
    """A catalog file is refused; the text has every problem in a line of its own."""


@cache
def built_in_catalog() -> Catalog:
    """Give the catalog that the product ships."""
    return catalog_from(BUILT_IN)


def catalog_from(file: Path) -> Catalog:
    """Give the catalog of a file. Raises UnreadableCatalog, and OSError where there is no such file."""
    problems = Problems()
    catalog = read_catalog(file.read_bytes(), file=file.name, problems=problems)
    if catalog is None:
        raise UnreadableCatalog("\n".join(map(str, problems)))
    return catalog
