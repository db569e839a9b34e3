"""A hundred and more hostile or wrong conditions at the desk's own address: each is answered, none gets in force."""

import html
import re

import pytest
from django.urls import reverse

from archreview.rules.models import Draft, Rule
from archreview.rules.queries import current_catalog
from tests.engine.language.test_hostile import HOSTILE
from tests.rules.test_desk import HTMX, RES, posted

WRONG = [
    'edge.style == "strem"',
    'edge.style == "QUEUE"',
    "edge.style == queue",
    'edge.purpose in ["read", "wriet"]',
    "edge.circut_breaker == false",
    "edge.circuit_breaker = false",
    "edge.circuit_breaker === false",
    "edge.circuit_breaker is false",
    "not edge.circuit_breaker",
    "edge.circuit_breaker and edge.fallback",
    'edge.circuit_breaker == "false"',
    "edge.circuit_breaker > 3",
    "edge.retries == true",
    'edge.retries > "3"',
    "edge.retries + edge.style > 3",
    "edge.timeout_ms",
    "edge",
    "edge.",
    ".edge",
    "edge..retries > 1",
    "edge.retries >",
    "> 1",
    "edge.retries > 1 &&",
    "&& edge.retries > 1",
    "edge.retries > 1 & edge.retries < 3",
    "edge.retries > 1 edge.retries < 3",
    "(edge.retries > 1",
    "edge.retries > 1)",
    "edge.retries in 3",
    "edge.retries in []",
    'edge.retries in [1, "2"]',
    "flow.within_rule == false",
    "service.is_entry",
    "params.limit > 3",
    "params > 3",
    "true",
    "false",
    "1 == 1",
    "edge.retries == edge.retries",
    "edge.retries < 0",
    "edge.fallback && !edge.fallback",
    "edge.fallback || !edge.fallback",
    "edge.contradictions.exists(x)",
    "edge.contradictions.exists(x, y == 1)",
    "edge.contradictions.filter(x, true)",
    "edge.contradictions.map(x, x)",
    "size(edge.retries) > 1",
    "size() > 1",
    "known()",
    "known(edge.retries, edge.style)",
    "len(edge.contradictions) > 1",
    "edge.name.matches('.*')",
    "edge.name.startsWith(3)",
    "import os",
    "__import__('os').system('true')",
    "edge.__class__",
    "edge.model.__class__ == 1",
    "lambda: 1",
    "edge.retries ? 1 : 2",
    "edge.fallback ? true",
    '"text"',
    "'text'",
    '"never ended',
    '"\\u0000" == edge.name',
    "edge.name == \u201cqueue\u201d",
    "edge.n\u0430me == 'x'",
    "\u202eeslaf == rekaerb_tiucric.egde",
    "edge.retries \uff1e 1",
    "edge.retries > \u0663",
    "edge.retries > 1\u2028&& true",
    "\ufeffedge.fallback && edge.nope",
    "\U0001f600",
    "a\u0301" * 300,
    "edge.retries > 1e999",
    "edge.retries > 0x10",
    "edge.retries / 0 > 1 && edge.nope",
    "{edge.retries}",
    "<script>alert(1)</script>",
    "{{ 7 * 7 }}",
    "{% debug %}",
    "'; DROP TABLE rules_rule; --",
    "edge.retries > 1 // comment",
    "edge.retries > 1 # comment",
    "[" * 5_000,
    "(" * 5_000 + ")" * 5_000,
    "!" * 5_000 + "edge.fallback",
    "edge.fallback && " * 5_000 + "edge.fallback",
    "edge.fallback ? " * 400,
    "x" * 100_000,
    "\u00e9" * 100_000,
    "[1," * 300,
    "-" * 1_500 + "1 > edge.retries",
    'edge.name == "' + "a" * 5_000 + '"',
]


def can_be_sent(source):
    """Half a character has no place in a request."""
    return len(source) <= 200_000 and not re.search(r"[\ud800-\udfff]", source)


CONDITIONS = [*WRONG, *filter(can_be_sent, HOSTILE)]


def told(response):
    """Give what the answer says about the condition."""
    text = response.content.decode()
    part = re.search(r'<div id="problems-condition".*?(?=<div id="problems-|<div id="drawn"|$)', text, re.DOTALL)
    return [html.unescape(each) for each in re.findall(r"<span>(.*?)</span>", part[0] if part else "", re.DOTALL)]


def test_there_are_more_than_a_hundred():
    assert len(set(CONDITIONS)) > 130


def test_a_sound_condition_is_told_nothing(ada_client, breaker):
    """Otherwise the laws below would hold of an answer that complains of everything."""
    response = posted(ada_client, RES, "check", htmx=True)
    assert told(response) == []
    assert "Nothing is wrong with it." in response.content.decode()


@pytest.mark.parametrize("source", CONDITIONS, ids=range(len(CONDITIONS)))
def test_it_is_answered_with_a_clear_error_while_it_is_written(ada_client, breaker, source):
    response = posted(ada_client, RES, "check", htmx=True, condition=source)
    assert response.status_code == 200
    problems = told(response)
    assert problems
    # Clear: every problem says something, at a place unless the text is too long to have one, and in few words.
    assert all(re.match(r"(at \d+: .|This is too long|This is required)", problem) for problem in problems)
    # What is told does not grow with what was sent.
    assert all(len(problem) < 1_500 for problem in problems)
    assert len(problems) <= 8
    assert "<script>alert" not in response.content.decode()
    # The same worker answers whoever comes next.
    assert ada_client.get(reverse("health")).status_code == 200


def test_none_of_them_is_put_in_force_and_the_drafts_of_them_can_be_opened(ada_client, breaker):
    for source in CONDITIONS[::4]:
        seen = Draft.objects.values_list("version", flat=True).first() or 0
        response = posted(ada_client, RES, "publish", condition=source, seen=str(seen))
        assert response.status_code == 422, source[:80]
    assert Rule.objects.get(code="RES-001").condition == breaker.condition
    assert current_catalog().version == "1"
    page = ada_client.get(RES)
    assert page.status_code == 200
    assert ada_client.get("/admin/catalog/", **HTMX).status_code == 200
