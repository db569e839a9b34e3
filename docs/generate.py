"""Writes the generated parts of the manual: docs/rules.md, and the tables at the foot of docs/rule-language.md."""

from __future__ import annotations

from pathlib import Path

from archreview.interchange.catalogs import read_catalog
from archreview.interchange.documents import Problems
from archreview.interchange.writers.manual import language_page, rules_page

DOCS = Path(__file__).resolve().parent
CATALOG = DOCS.parent / "fixtures" / "catalog.yaml"


def main() -> None:
    """Write both pages, or stop where the catalog is not sound."""
    problems = Problems()
    catalog = read_catalog(CATALOG.read_bytes(), file=CATALOG.name, problems=problems, with_examples=False)
    if catalog is None:
        raise SystemExit("\n".join(str(problem) for problem in problems))
    (DOCS / "rules.md").write_text(rules_page(catalog), encoding="utf-8")
    language = DOCS / "rule-language.md"
    language.write_text(language_page(language.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
