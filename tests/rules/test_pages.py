"""The catalog as everyone in a workspace reads it."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from archreview.rules.actions import retire
from archreview.rules.models import Rule
from tests.rules.changes import change_rule
from tests.rules.conftest import webhook_rule


def page(client, name, *arguments, **query):
    response = client.get(reverse(f"rules:{name}", args=["acme", *arguments]), query)
    assert response.status_code == 200
    return response.content.decode()


def codes(html):
    return re.findall(r"<code>([A-Z]{2,8}-[0-9]{3})</code>", html)


def test_the_list_shows_every_rule_by_category_with_what_it_found_here(viewer_client, shop):
    html = page(viewer_client, "rule_list")
    assert sorted(codes(html)) == sorted(Rule.objects.values_list("code", flat=True))
    assert html.index("Coupling") < html.index("Latency") < html.index("Messaging")
    assert f'href="{reverse("reviews:findings", args=["acme"])}?rule=RES-001">1<' in html
    assert "not evaluated" not in html


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"category": "technology"}, {"TEC-001", "TEC-002", "TEC-003"}),
        ({"scope": "system"}, {"CPL-006"}),
        ({"severity": "critical", "scope": "edge"}, {"MSG-001", "MSG-004"}),
        ({"severity": "info"}, {"CPL-002"}),
        ({"q": "keeps CIRCUIT breaker quiet", "category": "resilience"}, {"RES-001"}),
        ({"state": "retired"}, {"RES-009"}),
        ({"state": "changed here"}, {"RES-009", "OWN-001"}),
    ],
)
def test_the_list_is_filtered_by_what_stands_in_the_address(viewer_client, ada, workspace, query, expected):
    retire("rule", ["RES-009"], by=ada)
    change_rule(webhook_rule(), by=ada)
    assert set(codes(page(viewer_client, "rule_list", **query))) == expected


def test_filters_that_fit_nothing_offer_the_way_back(viewer_client, workspace):
    assert "Show all rules" in page(viewer_client, "rule_list", q="no such words anywhere")


def test_a_rule_says_what_it_is_about_in_words_and_in_the_language(viewer_client, shop):
    html = page(viewer_client, "rule", "RES-001")
    assert "Call without a circuit breaker" in html
    assert "The edge is synchronous, and the edge has no circuit breaker." in html
    assert "edge.is_synchronous &amp;&amp; edge.circuit_breaker == false" in html
    assert "Cart keeps calling Inventory when it is down" in html
    assert reverse("reviews:edge", args=["acme", "cart-inventory"]) in html
    assert "Loaded" in html


def test_a_severity_that_depends_is_read_aloud_with_its_numbers(viewer_client, workspace):
    html = page(viewer_client, "rule", "HOP-001")
    assert "Critical if the flow&#x27;s number of sequential synchronous calls is at least 5, else high" in html


def test_every_rule_has_a_page_with_its_examples_drawn(viewer_client, workspace):
    for rule in Rule.objects.all():
        html = page(viewer_client, "rule", rule.code)
        expected = 0 if rule.needs else rule.examples.count("- title:")
        assert html.count('class="drawing"') == expected, rule.code
        assert "tone-bad" not in html, rule.code


def test_an_example_that_no_longer_passes_is_shown(viewer_client, workspace, breaker):
    Rule.objects.filter(pk=breaker.pk).update(condition="edge.is_synchronous && edge.circuit_breaker")
    html = page(viewer_client, "rule", "RES-001")
    assert "But it does not match" in html


def test_a_rule_that_cannot_be_read_has_a_page_all_the_same(viewer_client, workspace, breaker):
    Rule.objects.filter(pk=breaker.pk).update(condition="edge.nope", examples="- [")
    assert "an administrator has to repair it" in page(viewer_client, "rule", "RES-001")


def test_a_code_that_does_not_exist_is_not_found(viewer_client, workspace):
    assert viewer_client.get(reverse("rules:rule", args=["acme", "RES-999"])).status_code == 404


def test_the_history_tells_who_changed_what_and_why(viewer_client, ada, workspace, breaker):
    breaker.severity = "low"
    change_rule(breaker, by=ada, why="We have a mesh")
    html = page(viewer_client, "rule", "RES-001")
    assert 'version <a href="/w/acme/rules/RES-001/?catalog=2">2</a>' in html
    assert "Ada Admin" in html
    assert "We have a mesh" in html
    assert re.search(r'<del class="rule-before">high</del><ins class="rule-after">low</ins>', html)
    assert "changed here" in html


def test_hostile_texts_are_texts(viewer_client, ada, workspace, django_capture_on_commit_callbacks):
    evil = "<script>alert(1)</script>"
    examples = (
        webhook_rule()
        .examples.replace("A signed webhook", evil)
        .replace("id: bank, kind", f"id: bank, name: '{evil}', kind")
    )
    for laid_out in (True, False):
        with django_capture_on_commit_callbacks(execute=laid_out):
            change_rule(
                webhook_rule(
                    code=f"OWN-00{1 + laid_out}",
                    title=evil,
                    message=f"{evil} {{source.name}}",
                    why=f"{evil} [x](javascript:alert(1)) ![i](file:///etc/passwd)",
                    remedy=f"<img src=x onerror=alert(1)> {evil}",
                    references=["javascript:alert(1)", f"https://example.org/{evil}"],
                    source=evil,
                    params={"note": evil},
                    examples=examples,
                ),
                by=ada,
                why=evil,
            )
        html = page(viewer_client, "rule", f"OWN-00{1 + laid_out}")
        assert "<script>alert" not in html
        assert 'href="javascript' not in html
        assert "<img" not in html
    assert "<script>alert" not in page(viewer_client, "rule_list", q=evil)


def test_text_that_dresses_up_in_stored_html_is_cleaned_when_shown(viewer_client, workspace, breaker):
    Rule.objects.filter(pk=breaker.pk).update(why_html="<p>ok</p><script>alert(1)</script><p onclick='x()'>no</p>")
    html = page(viewer_client, "rule", "RES-001")
    assert "<script>alert" not in html
    assert "onclick" not in html


def test_a_page_takes_as_many_queries_with_many_rules_and_findings_as_with_few(viewer_client, ada, shop):
    def queries(name, *arguments):
        page(viewer_client, name, *arguments)
        with CaptureQueriesContext(connection) as captured:
            page(viewer_client, name, *arguments)
        return len(captured)

    few = queries("rule_list"), queries("rule", "RES-001")
    for number in range(20):
        change_rule(webhook_rule(code=f"OWN-{number:03}"), by=ada)
    assert (queries("rule_list"), queries("rule", "RES-001")) == few
    assert max(few) <= 8


def test_only_those_who_may_edit_are_offered_to(viewer_client, ada_client, workspace, breaker):
    edit = reverse("catalog:rule", args=["RES-001"])
    assert edit not in page(viewer_client, "rule", "RES-001")
    assert edit in page(ada_client, "rule", "RES-001")


def test_findings_lead_to_their_rule(viewer_client, shop):
    url = reverse("rules:rule", args=["acme", "RES-001"])
    for name, arguments in (("findings", []), ("edge", ["cart-inventory"])):
        assert url in viewer_client.get(reverse(f"reviews:{name}", args=["acme", *arguments])).content.decode()


def test_obligations_are_listed_in_words_and_found_by_words(viewer_client, workspace):
    html = page(viewer_client, "rule_list")
    assert "Met where" in html
    assert "The edge has a circuit breaker." in html
    html = page(viewer_client, "rule_list", q="dead_letter_queue")
    assert "<code>dead_letter_queue</code>" in html
    assert "<code>breaker</code>" not in html
    assert "Met where" not in page(viewer_client, "rule_list", severity="high")


def test_what_ails_the_catalog_is_shown_and_not_silent(viewer_client, ada, workspace, breaker):
    assert "The catalog ails" not in page(viewer_client, "rule_list")
    examples = breaker.examples.replace("circuit_breaker: true", "circuit_breaker: X").replace(
        "circuit_breaker: false", "circuit_breaker: true"
    )
    content = {
        **breaker.written(),
        "code": "OWN-002",
        "condition": "edge.is_synchronous && edge.circuit_breaker",
        "examples": examples.replace("circuit_breaker: X", "circuit_breaker: false"),
    }
    change_rule(Rule(**content), by=ada)
    html = page(viewer_client, "rule_list")
    assert "The catalog ails" in html
    assert "OWN-002 and RES-001 contradict each other over edge.circuit_breaker" in html
    assert "contradict each other" in page(viewer_client, "rule", "RES-001")
    assert "contradict each other" not in page(viewer_client, "rule", "RES-002")
