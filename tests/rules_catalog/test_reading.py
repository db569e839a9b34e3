"""A catalog file is read whole or not at all, with every error at its line."""

from datetime import date

import pytest

from archreview.engine.catalog import Campaign
from archreview.interchange.catalogs import read_catalog
from archreview.interchange.documents import Problems

GOOD = """\
catalog: 1
version: "7"
hop_limit: 3
rules:
  - code: OWN-001
    title: Payment by an unsafe webhook
    category: messaging
    scope: edge
    severity: 'edge.duplicate_impact == "critical" ? "critical" : "high"'
    condition: |
      edge.purpose == "payment" && edge.style == "webhook"
      && (edge.callback_auth == false || edge.callback_retry == false)
    message: "{source.name} pays by way of {target.name}."
    why: It matters.
    remedy: Do better.
    params: {limit: 3, strict: true, word: a}
    examples:
      - title: Unsigned
        expect: match
        subject: shop-psp
        architecture:
          services: [{id: shop}, {id: psp}]
          edges: [{id: shop-psp, from: shop, to: psp, style: webhook, purpose: payment, callback_auth: false}]
obligations:
  - duty: signed
    text: It is signed.
    condition: edge.callback_auth
    styles: [webhook]
    outcomes: [callback]
"""


def read(text):
    problems = Problems()
    return read_catalog(text, file="own.yaml", problems=problems), [str(problem) for problem in problems]


def errors(*replacements):
    text = GOOD
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    catalog, problems = read(text)
    assert catalog is None
    return problems


def test_it_reads_a_catalog():
    catalog, problems = read(GOOD)

    assert problems == []
    assert (catalog.version, catalog.hop_limit, catalog.default_availability) == ("7", 3, 99.9)
    (rule,) = catalog.rules
    assert rule.condition.startswith('edge.purpose == "payment" && edge.style == "webhook" && (')
    assert rule.params == {"limit": 3, "strict": True, "word": "a"}
    assert rule.examples[0].architecture.edges[0].callback_auth is False
    assert (rule.enabled, rule.needs) == (True, ())
    assert catalog.obligations[0].outcomes == ("callback",)


def test_a_campaign_has_a_day_and_a_word_for_people():
    campaign = "    campaign: {until: 2027-03-01, note: The teams have time}\n    why:"
    catalog, problems = read(GOOD.replace("    why:", campaign, 1))
    assert problems == []
    assert catalog.rules[0].campaign == Campaign(date(2027, 3, 1), "The teams have time")


@pytest.mark.parametrize("day", ["2027-02-29", "soon", "20270301", "2027-03-01T10:00:00"])
def test_a_day_that_is_none_is_told(day):
    (said,) = errors(("    why:", f"    campaign: {{until: '{day}'}}\n    why:"))
    assert said.startswith("own.yaml:14: rules[0].campaign.until: ")
    assert said.endswith("is no day such as 2027-03-01")


def test_examples_can_be_left_out():
    problems = Problems()
    catalog = read_catalog(GOOD, file="own.yaml", problems=problems, with_examples=False)

    assert catalog is not None
    assert catalog.rules[0].examples == ()


def test_every_error_of_a_file_is_told_at_its_line():
    problems = errors(
        ("hop_limit: 3", "hop_limit: many"),
        ("OWN-001", "own 1"),
        ("category: messaging", "category: mesaging"),
        ('edge.style == "webhook"\n', 'edge.style == "webhok"\n'),
        ("{target.name}", "{target.nme}"),
        ("why: It matters.", "wy: It matters."),
        ("expect: match", "expect: mtch"),
        ("style: webhook, purpose", "style: webhok, purpose"),
        ("condition: edge.callback_auth", "condition: edge.callback_aut"),
        ("styles: [webhook]", "styles: [webhok]"),
    )

    assert [line.split(":")[1] for line in problems] == ["3", "5", "5", "7", "10", "13", "14", "19", "23", "27", "28"]
    assert sum("did you mean" in line for line in problems) >= 7


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("catalog: 1", "catalog: 2", 1, "only form 1"),
        ('version: "7"\n', "", 1, "version: is missing"),
        ("scope: edge", "scope: arrow", 8, "must be one of edge, flow"),
        ("scope: edge", "scope: flow", 10, "a rule on a flow has no edge"),
        ("severity: 'edge", "severity: 'ege", 9, "did you mean edge.duplicate_impact"),
        ('? "critical"', '? "crtical"', 9, "did you mean critical"),
        ("remedy: Do better.", "remedy: 5", 15, "must be a text"),
        ("{limit: 3,", "{Limit: 3,", 16, "is no name of a parameter"),
        ("{limit: 3,", "{limit: [3],", 16, "a parameter is a number"),
        ("{limit: 3,", "{limit: null,", 16, "a parameter is a number"),
        ("subject: shop-psp", "subject: shop-pps", 20, "the example has no edge 'shop-pps'"),
        ("from: shop", "from: shp", 23, "did you mean 'shop'"),
        ("duty: signed", "duty: Signed!", 25, "a duty is small letters"),
        ("    styles: [webhook]\n    outcomes: [callback]\n", "", 25, "it names neither"),
        ("rules:\n", "rule:\n", 1, "rules: is missing"),
        ("remedy: Do better.", "remedy: Do better.\n    needs: [luck]", 16, "must be one of decisions or as_of"),
        ("remedy: Do better.", "remedy: Do better.\n    enabled: maybe", 16, "must be true or false"),
    ],
)
def test_a_wrong_value_is_told_where_it_stands(old, new, line, said):
    problems = errors((old, new))

    assert any(problem.startswith(f"own.yaml:{line}: ") and said in problem for problem in problems), problems


def test_a_code_may_stand_once():
    start = GOOD.index("  - code")
    end = GOOD.index("obligations:")
    catalog, problems = read(GOOD[:end] + GOOD[start:end] + GOOD[end:])

    assert catalog is None
    assert problems == ["own.yaml:24: rules[1]: OWN-001 stands here a second time; the first is in line 5"]


@pytest.mark.parametrize(
    "text", ["", "[]", "5", "catalog: 1", "rules: 3", "{", "rules: [1, 2]", "rules:\n- code: [", "\x00"]
)
def test_what_is_no_catalog_is_refused(text):
    catalog, problems = read(text)

    assert catalog is None
    assert problems
