"""The text for a person: what is worst first, each rule once, nothing that a terminal would obey."""

from dataclasses import replace

from archreview.engine.catalog import Catalog, Rule
from archreview.engine.model import Architecture, Edge, Location, Service
from archreview.engine.results import Finding, NotEvaluated, OpenQuestion, Subject
from archreview.engine.review import review
from archreview.interchange.writers.text import to_text

RULE = Rule(
    code="RES-002",
    title="No timeout",
    category="resilience",
    scope="edge",
    condition="edge.timeout_ms == none",
    severity="high",
    message="waits",
    why="It hangs. " * 20,
    remedy="Set **one**:\n\n- in the `client`,\n  not in the server\n- shorter inside",
)
CATALOG = Catalog("1", (RULE,))
EMPTY = review(
    Architecture(services=(Service("a"), Service("b")), edges=(Edge("e", "a", "b"),)), replace(CATALOG, rules=())
)


def finding(subject, *, severity="high", rule="RES-002", message="it waits", known=False, line=3):
    location = Location("shop.yaml", line) if line else None
    return Finding(rule, severity, Subject("edge", subject), message, {}, location, known)


def text(*findings, **options):
    return to_text(replace(EMPTY, findings=findings, questions=(), not_evaluated=()), CATALOG, **options)


def test_findings_of_a_rule_stand_together_with_one_reason_and_one_remedy():
    told = text(finding("a-b"), finding("c-d", line=9))
    assert told.count("No timeout") == told.count("Why: ") == told.count("Remedy: ") == 1
    assert "  edge a-b (shop.yaml:3)\n    it waits\n  edge c-d (shop.yaml:9)\n" in told


def test_a_remedy_that_is_a_list_stays_one_without_its_marks():
    lines = text(finding("a-b")).splitlines()
    at = lines.index("  Remedy: Set one:")
    assert lines[at + 1 : at + 3] == [
        "          - in the client, not in the server",
        "          - shorter inside",
    ]


def test_lines_keep_to_the_width():
    told = text(finding("a-b", message="word " * 100), width=60)
    assert max(len(line) for line in told.splitlines()) <= 60


def test_many_findings_of_one_rule_are_counted():
    told = text(*(finding(f"e{number:02}") for number in range(25)))
    assert "  and 5 more\n" in told
    assert "e19" in told
    assert "e20" not in told


def test_a_known_finding_says_so_and_one_without_a_place_has_none():
    told = text(finding("a-b", known=True, line=None))
    assert "  edge a-b [known]\n" in told


def test_a_rule_of_another_catalog_is_told_by_its_code():
    assert "HIGH  OWN-001\n" in text(finding("a-b", rule="OWN-001"))


def test_nothing_found_says_so():
    assert "No pitfall was found in what is known." in text()
    assert "Findings: none" in text()


def test_questions_that_most_waits_for_come_first():
    questions = (
        OpenQuestion(Subject("edge", "a"), "fallback", ("AVL-001",)),
        OpenQuestion(Subject("edge", "b"), "answers.can_poll", ("matrix", "tree")),
    )
    told = to_text(replace(EMPTY, findings=(), questions=questions, not_evaluated=()), CATALOG)
    assert told.index("edge b: answers.can_poll  (for matrix, tree)") < told.index("edge a: fallback")
    assert "Open questions: 2" in told


def test_what_was_not_evaluated_and_what_is_gone_is_told():
    review_ = replace(EMPTY, findings=(), questions=(), not_evaluated=(NotEvaluated("DEC-001", "needs decisions"),))
    told = to_text(review_, CATALOG, gone=["HOP-001 flow checkout"])
    assert "Not evaluated: DEC-001" in told
    assert "Gone since the baseline: 1\n  HOP-001 flow checkout\n" in told


def test_nothing_in_a_message_moves_the_cursor():
    assert "\x1b" not in text(finding("a-b", message="a\x1b[2Jb"))


def test_colours_change_nothing_but_the_colour():
    plain = text(finding("a-b"))
    coloured = text(finding("a-b"), colours=True)
    for code in ("1", "2", "1;31", "32", "0"):
        coloured = coloured.replace(f"\x1b[{code}m", "")
    assert coloured == plain
