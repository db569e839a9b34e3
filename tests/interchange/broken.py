"""Broken files: each with the line of its first problem and words that its message must contain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from archreview.engine.fact_tables import CHANNEL_FACTS, EDGE_FACTS, SERVICE_FACTS, Fact, Kind
from archreview.engine.questions import ANSWERS


class Broken(NamedTuple):
    """A file that cannot be read; `line` is where its problem is, `words` a part of what is said about it."""

    name: str
    content: bytes
    line: int
    words: str


HEAD = """archreview: 1
services:
  - {id: cart}
  - {id: stock}
  - {id: store, kind: datastore}
channels:
  - {id: orders}
edges:
  - {id: cart-stock, from: cart, to: stock}
  - {id: stock-store, from: stock, to: store}
"""
NEXT = HEAD.count("\n") + 1

# What stands after the head: (name, text, line counted from the first after the head, words).
BELOW: tuple[tuple[str, str, int, str], ...] = (
    ("an edge that leads nowhere", "  - {id: e, from: cart, to: stok}\n", 1, "did you mean 'stock'?"),
    ("an edge that comes from nowhere", "  - {id: e, from: crat, to: stock}\n", 1, "there is no service 'crat'"),
    ("an edge to itself", "  - {id: e, from: cart, to: cart}\n", 1, "an edge leads to another service"),
    ("an edge without an end", "  - {id: e, from: cart}\n", 1, "to: is missing"),
    ("an edge without a start", "  - {id: e, to: cart}\n", 1, "from: is missing"),
    ("an edge without an id", "  - {from: cart, to: stock}\n", 1, "id: is missing"),
    ("an edge that is a text", "  - cart-stock\n", 1, "must be a mapping"),
    ("an edge that is a list", "  - [cart, stock]\n", 1, "must be a mapping"),
    ("an edge that is nothing", "  -\n", 1, "must be a mapping"),
    ("a duplicate edge", "  - {id: cart-stock, from: stock, to: cart}\n", 1, "is taken already, in line 9"),
    ("a timeout of nothing", "  - id: e\n    from: cart\n    to: stock\n    timeout_ms:\n", 4, "write unknown or none"),
    ("a breaker of nothing", "  - id: e\n    from: cart\n    to: stock\n    tracing: ~\n", 4, "says nothing (null)"),
    ("an id of nothing", "  - {id: , from: cart, to: stock}\n", 1, "must be a text"),
    ("an id with a space", "  - {id: my edge, from: cart, to: stock}\n", 1, "'my-edge' would be one"),
    ("an id in capitals", "  - {id: Edge, from: cart, to: stock}\n", 1, "'edge' would be one"),
    ("an id that begins with a dot", "  - {id: .e, from: cart, to: stock}\n", 1, "is no id"),
    ("an id of a hundred and one", f"  - {{id: {'e' * 101}, from: cart, to: stock}}\n", 1, "is too long"),
    ("an id that is a number", "  - {id: 7, from: cart, to: stock}\n", 1, 'write "7" in quotes'),
    ("an id that is true", "  - {id: true, from: cart, to: stock}\n", 1, "must be a text"),
    ("an id that is a path", "  - {id: ../../etc/passwd, from: cart, to: stock}\n", 1, "is no id"),
    ("an id that is the word unknown", "  - {id: unknown, from: cart, to: stock}\n", 1, "can be no id"),
    ("an id in another alphabet", "  - {id: сart, from: cart, to: stock}\n", 1, "is no id"),
    ("an id that is empty", '  - {id: "", from: cart, to: stock}\n', 1, "is no id"),
    ("an id with a line break", '  - {id: "a\\nb", from: cart, to: stock}\n', 1, "is no id"),
    ("a call from a datastore", "  - {id: e, from: store, to: cart, style: in_process}\n", 1, "asynchronous"),
    ("a hand-off from a datastore", "  - {id: e, from: store, to: cart, style: webhook}\n", 1, "asynchronous"),
    ("a flow without steps", "flows:\n  - {id: f, entry: cart}\n", 2, "steps: is missing"),
    ("a flow without an entry", "flows:\n  - {id: f, steps: [{edge: cart-stock}]}\n", 2, "entry: is missing"),
    ("a flow into nowhere", "flows:\n  - {id: f, entry: car, steps: [{edge: cart-stock}]}\n", 2, "mean 'cart'?"),
    ("a flow into a datastore", "flows:\n  - {id: f, entry: store, steps: [{edge: cart-stock}]}\n", 2, "datastore"),
    ("an unknown section", "flow: []\n", 1, "did you mean 'flows'?"),
    ("a section twice", "channels: []\n", 1, "a second time; the first is in line 6"),
    ("a section of nothing", "flows:\n", 1, "must be a list"),
    ("a section that is a mapping", "flows: {f: {entry: cart}}\n", 1, "must be a list"),
    ("an alias", "teams: [*x]\n", 1, "aliases are not read"),
    ("an anchor", "teams: &x []\n", 1, "anchors are not read"),
    ("a tag of a text", "teams: !!seq []\n", 1, "tags are not read"),
    ("a tag of an object", "teams: !!python/object/apply:os.system [ls]\n", 1, "tags are not read"),
    ("a merge key", "system: {id: s, <<: {name: S}}\n", 1, "merge keys are not read"),
    ("a system without an id", "system: {name: S}\n", 1, "id: is missing"),
    ("a system that is a text", "system: shop\n", 1, "must be a mapping"),
    ("a key that is a list", "? [a, b]\n: 1\n", 1, "a key must be a plain text"),
    ("a key that is a mapping", "? {a: b}\n: 1\n", 1, "a key must be a plain text"),
    ("an empty key", '"": 1\n', 1, "a key is empty"),
    ("a tab for a space", "flows:\n\t- {id: f}\n", 2, "not with tabs"),
    ("a second document", "---\narchreview: 1\n", 1, "a second document starts here"),
    ("an end that is missing", "flows: [{id: f\n", 1, "not readable as YAML"),
    ("a quote that is open", 'flows: "a\n', 1, "not readable as YAML"),
    ("a template", "flows: {{ .Values.flows }}\n", 1, "a key must be a plain text"),
)  # fmt: skip

# What stands in the first line after the head about an edge from cart to stock.
EDGES: tuple[tuple[str, str, str], ...] = (
    ("a channel that is not there", "channel: order", "did you mean 'orders'?"),
    ("an unknown key", "timout_ms: 5", "did you mean 'timeout_ms'?"),
    ("an unknown style", "style: strem", "did you mean 'stream'?"),
    ("a style in capitals", "style: Queue", "did you mean 'queue'?"),
    ("an unknown answer", "answers: {needs_results: true}", "did you mean 'needs_result'?"),
    ("answers that are a list", "answers: [true]", "must be a mapping"),
    ("an answer of yes", "answers: {fan_out: yes}", "write true"),
    ("an answer of off", "answers: {fan_out: off}", "write false"),
    ("an answer without a value", "answers: {fan_out: {by: ana}}", "value: is missing"),
    ("an answer with a strange key", "answers: {fan_out: {value: true, who: ana}}", "not a key"),
    ("an answer on no day", "answers: {fan_out: {value: true, at: 2026-13-40}}", "must be a date"),
    ("an answer on a day without a year", "answers: {fan_out: {value: true, at: today}}", "must be a date"),
    ("an answer in an answer", "answers: {fan_out: {value: {value: true}}}", "must be true or false"),
    ("a P50 over its P99", "latency_p50_ms: 9, latency_p99_ms: 8", "cannot be over P99"),
    ("a negative latency", "latency_p99_ms: -1", "must be over 0"),
    ("a latency of zero", "latency_p99_ms: 0", "must be over 0"),
    ("a latency without end", "latency_p99_ms: .inf", "must be a number"),
    ("a latency that is no number", "latency_p99_ms: .nan", "must be a number"),
    ("a latency of 5,000 digits", f"latency_p99_ms: {'9' * 5000}", "must be a number"),
    ("a latency past all floats", "latency_p99_ms: 1e999", "must be a number"),
    ("a latency of many years", "latency_p99_ms: 1e20", "must be at most"),
    ("a latency with its unit", "latency_p99_ms: 80 ms", "must be a number"),
    ("a latency as a clock", "latency_p99_ms: 1:30", "must be a number"),
    ("a latency in a text", "latency_p99_ms: '80'", "must be a number"),
    ("a latency known to be absent", "latency_p99_ms: none", "cannot be none"),
    ("retries of none", "retries: none", "write 0"),
    ("half a retry", "retries: 1.5", "must be a whole number"),
    ("retries below zero", "retries: -1", "must be at least 0"),
    ("too many retries", "retries: 99999999999", "must be at most"),
    ("a timeout below zero", "timeout_ms: -5", "must be over 0"),
    ("a timeout of null", "timeout_ms: null", "says nothing (null)"),
    ("a name of two hundred and one", f"name: {'n' * 201}", "is too long"),
    ("a name that turns the line around", 'name: "pay\\u202ement"', "U+202E"),
    ("a name of zero width", "name: pay\u200bment", "U+200B"),
    ("a name with a NUL", 'name: "a\\0b"', "U+0000"),
    ("a name with a bell", 'name: "a\\ab"', "U+0007"),
    ("a name on two lines", 'name: "a\\nb"', "U+000A"),
    ("a name that is a number", "name: 404", "must be a text"),
    ("a name that is a list", "name: [a]", "must be a text, not a list"),
    ("a text of 4,001", f"description: {'d' * 4001}", "at most 4,000"),
    ("a text with an escape", 'description: "a\\x1b[31m"', "U+001B"),
    ("an empty key of a message", 'idempotency_key: ""', "write none"),
    ("a technology of none", "technology: none", "cannot be none"),
    ("evidence without a source", "evidence: [{line: 3}]", "source: is missing"),
    ("evidence in line zero", "evidence: [{source: a, line: 0}]", "at least 1"),
    ("evidence of no confidence", "evidence: [{source: a, confidence: sure}]", "must be one of"),
    ("evidence that is a text", "evidence: compose.yaml", "must be a list"),
)  # fmt: skip

# What stands about a flow that enters at cart.
FLOWS: tuple[tuple[str, str, str], ...] = (
    ("a flow of no steps", "steps: []", "at least one step"),
    ("a flow that takes another's edge", "steps: [{edge: stock-store}]", "the call here is made by cart"),
    ("a flow over no edge", "steps: [{edge: cart-stok}]", "did you mean 'cart-stock'?"),
    ("a step that stays at its caller", "steps: [{edge: cart-stock, then: [{edge: cart-stock}]}]", "made by stock"),
    ("a step of nothing", "steps: [{}]", "neither edge nor parallel"),
    ("a step of both", "steps: [{edge: cart-stock, parallel: []}]", "both edge and parallel"),
    ("a step that is a text", "steps: [cart-stock]", "must be a mapping"),
    ("steps that are a mapping", "steps: {edge: cart-stock}", "must be a list"),
    ("a step with a strange key", "steps: [{edge: cart-stock, than: []}]", "did you mean 'then'?"),
    ("no parallel steps", "steps: [{parallel: []}]", "parallel needs at least one"),
    ("parallel steps that go on", "steps: [{parallel: [{edge: cart-stock}], then: []}]", "then belongs to a call"),
    ("a budget of zero", "latency_budget_ms: 0, steps: [{edge: cart-stock}]", "must be over 0"),
    ("a target over a hundred", "availability_target: 101, steps: [{edge: cart-stock}]", "must be at most 100"),
    ("an origin of hearsay", "origin: rumour, steps: [{edge: cart-stock}]", "must be one of declared or observed"),
    ("a flow that a person said", "latency_budget_ms: {value: 5}, steps: [{edge: cart-stock}]", "not a mapping"),
)  # fmt: skip

SERVICES: tuple[tuple[str, str, str], ...] = (
    ("a duplicate service", "{id: a}\n  - {id: a}", "is taken already, in line 3"),
    ("a service of no kind", "{id: a, kind: databse}", "must be one of"),
    ("a tier of five", "{id: a, tier: 5}", "must be at most 4"),
    ("a tier of none", "{id: a, tier: 0}", "must be at least 1"),
    ("a tier in words", "{id: a, tier: first}", "must be a number"),
    ("an availability of zero", "{id: a, availability: 0}", "must be over 0"),
    ("an availability over a hundred", "{id: a, availability: 100.1}", "must be at most 100"),
    ("an availability in percent", "{id: a, availability: 99.9%}", "must be a number"),
    ("an entry that is one", "{id: a, entry_point: 1}", "must be true or false"),
    ("a team that nobody declared", "{id: a, team: chekout}\nteams: [{id: checkout}]", "did you mean 'checkout'?"),
    ("a system that nobody declared", "{id: a, system: shop}", "there is no system 'shop'"),
    ("a deployable of none", "{id: a, deployable: none}", "cannot be none"),
    ("a link that runs", "{id: a, links: [{name: x, url: 'javascript:alert(1)'}]}", "must be an address"),
    ("a link without a name", "{id: a, links: [{url: 'https://example.org'}]}", "name: is missing"),
    ("a link that is a number", "{id: a, links: {runbook: 5}}", "must be a text"),
    ("links that are a text", "{id: a, links: https://example.org}", "must be a list"),
)

WHOLE: tuple[tuple[str, bytes, int, str], ...] = (
    ("nothing", b"", 1, "the file is empty"),
    ("white space", b"  \n\n", 1, "the file is empty"),
    ("a comment", b"# archreview: 1\n", 1, "the file is empty"),
    ("a text", b"hello\n", 1, "is a mapping"),
    ("a number", b"1\n", 1, "is a mapping"),
    ("a list", b"- archreview: 1\n", 1, "is a mapping"),
    ("null", b"null\n", 1, "is a mapping"),
    ("no version", b"services: []\n", 1, "begin with archreview: 1"),
    ("a later version", b"archreview: 2\n", 1, "must be 1"),
    ("a version in a text", b"archreview: '1'\n", 1, "must be 1"),
    ("a version that is true", b"archreview: true\n", 1, "must be 1"),
    ("a version of nothing", b"archreview:\n", 1, "must be 1"),
    ("a version that is a list", b"archreview: [1]\n", 1, "must be 1"),
    ("UTF-16 with its mark", "archreview: 1\n".encode("utf-16"), 1, "is UTF-16"),
    ("UTF-16 without its mark", "archreview: 1\n".encode("utf-16-le"), 1, "U+0000"),
    ("UTF-16, the other end first", "archreview: 1\n".encode("utf-16-be"), 1, "U+0000"),
    ("UTF-32", "archreview: 1\n".encode("utf-32"), 1, "UTF-"),
    ("Latin-1", "archreview: 1\n# größer\n".encode("latin-1"), 2, "is not UTF-8"),
    ("half a character", b"archreview: 1\nsystem: {id: s, name: \xc3}\n", 2, "is not UTF-8"),
    ("a surrogate", b"archreview: 1\nsystem: {id: s, name: \xed\xa0\x80}\n", 2, "is not UTF-8"),
    ("an overlong slash", b"archreview: 1\n# \xc0\xaf\n", 2, "is not UTF-8"),
    ("a NUL", b"archreview: 1\nsystem: {id: s\x00}\n", 2, "U+0000"),
    ("a bell", b"archreview: 1\n# \x07\n", 2, "U+0007"),
    ("an escape", b"archreview: 1\n# \x1b[31m\n", 2, "U+001B"),
    ("a delete", b"archreview: 1\n# \x7f\n", 2, "U+007F"),
    ("a picture", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", 1, "is not UTF-8"),
    ("an archive", b"PK\x03\x04\x14\x00\x00\x00\x08\x00", 1, "U+0003"),
    ("a compressed file", b"\x1f\x8b\x08\x00\x00", 1, "is not UTF-8"),
    ("60 KB of [", b"[" * 60_000, 1, "too deep"),
    ("1 MB of [", b"[" * 1_000_000, 1, "too deep"),
    ("1 MB of {", b"{" * 1_000_000, 1, "too deep"),
    ("1 MB of [{", b"[{" * 500_000, 1, "too deep"),
    ("1 MB of dashes", b"- " * 500_000, 1, "too deep"),
    ("1 MB of keys of keys", b"? " * 500_000, 1, "a key must be"),
    ("a staircase", "\n".join(" " * n + "a:" for n in range(1_000)).encode(), 41, "too deep"),
    ("a flow staircase", b"archreview: 1\nx: " + b"{a: " * 5_000, 2, "too deep"),
    ("a quoted staircase", b'{"a":' * 10_000, 1, "too deep"),
    ("closing brackets", b"]" * 60_000, 1, "not readable as YAML"),
    ("quotes", b'"' * 100_001, 1, "not readable as YAML"),
    ("colons", b":" * 100_000, 1, "not readable as YAML"),
    ("percent signs", b"%" * 100_000, 1, "not readable as YAML"),
    ("exclamation marks", b"! " * 100_000, 1, "not readable as YAML"),
    ("too many values", b"archreview: 1\nteams:\n" + b"- a\n" * 210_000, 200_000, "holds too much"),
    ("too many bytes", b"#" * 2_000_001, 1, "too large"),
    ("too many documents", b"---\n" * 100_000, 2, "a second document"),
    ("laughter", b"a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*c,*c]\n", 1, "anchors are not read"),
    ("a list in itself", b"&a [*a]\n", 1, "anchors are not read"),
    ("a bomb of merges", b"a: &a {x: 1}\nb: &b {<<: [*a,*a]}\nc: {<<: [*b,*b]}\n", 1, "anchors are not read"),
    ("an object of Python", b"!!python/object/apply:os.system ['id']\n", 1, "tags are not read"),
    ("a tag of our own", b"!architecture {archreview: 1}\n", 1, "tags are not read"),
    ("a later YAML", b"%YAML 3.0\n---\narchreview: 1\n", 1, "not readable as YAML"),
    ("a duplicate key", b"archreview: 1\narchreview: 1\n", 2, "a second time"),
    ("a duplicate key of JSON", b'{"archreview": 1,\n "archreview": 1}', 2, "a second time"),
    ("half a character of JSON", b'{"archreview": 1, "system": {"id": "\\ud83d"}}', 1, "not readable as YAML"),
    ("JSON that ends early", b'{"archreview": 1, "services": [', 1, "not readable as YAML"),
    ("JSON with a comma too many", b'{"archreview": 1,, "services": []}', 1, "not readable as YAML"),
    ("infinity in JSON", b'{"archreview": Infinity}', 1, "must be 1"),
    ("a page of the web", b"<!DOCTYPE html>\n<html><body>Not found</body></html>\n", 1, "is a mapping"),
    ("a list of another tool", b"version: '3'\nservices:\n  web:\n    image: x\n", 1, "begin with archreview: 1"),
)  # fmt: skip


# A flow that goes on below a datastore, and a flow that stands there twice.
BELOW_A_DATASTORE = """flows:
  - id: f
    entry: cart
    steps:
      - edge: cart-stock
        then:
          - edge: stock-store
            then: [{edge: cart-stock}]
"""
TWICE = """flows:
  - {id: f, entry: cart, steps: [{edge: cart-stock}]}
  - {id: f, entry: cart, steps: [{edge: cart-stock}]}
"""


def cases() -> Iterator[Broken]:
    """Give every broken file."""
    for name, text, line, words in BELOW:
        yield Broken(name, (HEAD + text).encode(), NEXT + line - 1, words)
    yield Broken("a step below a datastore", (HEAD + BELOW_A_DATASTORE).encode(), NEXT + 6, "nothing can stand under")
    yield Broken("a duplicate flow", (HEAD + TWICE).encode(), NEXT + 2, "is taken already")
    for name, text, words in EDGES:
        yield Broken(name, f"{HEAD}  - {{id: e, from: cart, to: stock, {text}}}\n".encode(), NEXT, words)
    for name, text, words in FLOWS:
        yield Broken(name, f"{HEAD}flows:\n  - {{id: f, entry: cart, {text}}}\n".encode(), NEXT + 1, words)
    for name, text, words in SERVICES:
        line = 4 if "\n  -" in text else 3
        yield Broken(name, f"archreview: 1\nservices:\n  - {text}\n".encode(), line, words)
    for name, content, line, words in WHOLE:
        yield Broken(name, content, line, words)
    for kind, table in (("service", SERVICE_FACTS), ("channel", CHANNEL_FACTS), ("edge", EDGE_FACTS)):
        for fact in table:
            for wrong, words in wrong_values(fact):
                yield Broken(f"{kind}.{fact.name}: {wrong}", stated(kind, fact.name, wrong), NEXT, words)
    for key in ANSWERS:
        yield Broken(f"answers.{key}: 1", stated("edge", "answers", f"{{{key}: 1}}"), NEXT, "must be true or false")


def stated(kind: str, key: str, value: str) -> bytes:
    """A file that states one thing about a service, a channel or an edge, in the first line after the head."""
    if kind == "edge":
        return f"{HEAD}  - {{id: e, from: cart, to: stock, {key}: {value}}}\n".encode()
    lines = HEAD.splitlines()
    section = f"{kind}s:"
    entry = f"  - {{id: x, {key}: {value}}}"
    # The section moves to the end, so that what is stated stands in the same line for every kind.
    start = lines.index(section)
    end = next((at for at in range(start + 1, len(lines)) if not lines[at].startswith(" ")), len(lines))
    moved = [*lines[:start], *lines[end:], *lines[start:end], entry]
    return ("\n".join(moved) + "\n").encode()


def wrong_values(fact: Fact) -> Iterator[tuple[str, str]]:
    """Values that a fact cannot have, with words of what is said about each."""
    yield "null", "says nothing (null)"
    if fact.kind is Kind.BOOLEAN:
        yield "maybe", "must be true or false"
    elif fact.kind is Kind.TEXT:
        yield "7", "must be a text"
    elif fact.open_choice:
        yield "[http]", "must be a text"
    elif fact.kind is Kind.CHOICE and fact.name != "tier":
        yield "sideways", "must be one of"
    else:
        yield "much", "must be a number"
        yield "true", "must be a number"
