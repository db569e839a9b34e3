"""The generated pages are as fresh as the schema and the catalog."""

import re
from pathlib import Path

import pytest

from archreview.engine.language import check, check_severity
from archreview.engine.language.schema import NAMES_OF_SCOPE, names_of
from archreview.interchange.writers.manual import language_page, rules_page
from tests.rules_catalog.catalog import built_in

DOCS = Path(__file__).resolve().parents[2] / "docs"
LANGUAGE = (DOCS / "rule-language.md").read_text(encoding="utf-8")
STALE = "run `python docs/generate.py`"


def test_the_page_of_rules_is_fresh():
    assert (DOCS / "rules.md").read_text(encoding="utf-8") == rules_page(built_in()), STALE


def test_the_page_of_the_language_is_fresh():
    assert language_page(LANGUAGE) == LANGUAGE, STALE


@pytest.mark.parametrize("scope", NAMES_OF_SCOPE)
def test_the_page_of_the_language_has_every_name(scope):
    names = {path for path in names_of(scope) if not path.startswith("target.")}

    assert not {name for name in names if f"| `{name}` |" not in LANGUAGE}


def test_the_conditions_on_the_page_are_conditions():
    (block,) = re.findall(r"```\n(.*?)```", LANGUAGE, flags=re.DOTALL)
    for line in block.splitlines():
        assert check(line, line.partition(".")[0]) == ()
    (severity,) = re.findall(r"`(edge\.duplicate_impact == .*?)`", LANGUAGE)
    assert check_severity(severity, "edge") == ()


def test_the_page_of_rules_has_every_rule_and_every_duty():
    page = rules_page(built_in())

    assert all(f"### {rule.code}: {rule.title}" in page for rule in built_in().rules)
    assert all(f"| `{obligation.duty}` |" in page for obligation in built_in().obligations)
