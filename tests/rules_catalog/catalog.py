"""The built-in catalog, read once."""

from functools import cache
from pathlib import Path

from archreview.engine.catalog import Catalog
from archreview.interchange.catalogs import read_catalog
from archreview.interchange.documents import Problems

PATH = Path(__file__).resolve().parents[2] / "fixtures" / "catalog.yaml"


@cache
def built_in() -> Catalog:
    """Give the built-in catalog with its examples."""
    problems = Problems()
    catalog = read_catalog(PATH.read_bytes(), file=PATH.name, problems=problems)
    assert catalog is not None, [str(problem) for problem in problems]
    return catalog
