"""
Reads a rule catalog: rules, obligations and the settings of the analysis (docs/rule-language.md tells of the texts).

A catalog is taken whole or not at all: one bad rule refuses it, and every error of the file is told at its line.
Conditions, severities and messages are checked as the language checks them.

    problems = Problems()
    catalog = read_catalog(data, file="catalog.yaml", problems=problems)
    if catalog is None: ...
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from archreview.engine.catalog import EXPECTATIONS, SCOPES, Campaign, Catalog, Example, ObligationRule, Rule
from archreview.engine.language import Problem, check, check_message, check_severity
from archreview.engine.language.references import Param, Params
from archreview.engine.language.schema import TREE_OUTCOMES
from archreview.engine.model import DEFAULT_AVAILABILITY, HOP_LIMIT, STYLES, Architecture
from archreview.interchange.documents import Limits, Node, Problems, ScalarNode, read_document, shown
from archreview.interchange.fields import NAME_MOST, Record, choice_of, described, items_of
from archreview.interchange.native import read_fragment

VERSION = 1
CATEGORIES = (
    "coupling",
    "latency",
    "resilience",
    "messaging",
    "observability",
    "technology",
    "consistency",
    "evidence",
    "decisions",
)
NEEDS = ("decisions", "as_of")
MAX_RULES = 1_000
# A condition past the language's own limit is told of by the language; this one only bounds what is kept of it.
SOURCE_MOST = 4_000
CATALOG_LIMITS = Limits(max_bytes=4_000_000)

_Check = Callable[[str, str, Params], tuple[Problem, ...]]

CODE = re.compile(r"[A-Z]{2,8}-[0-9]{3}\Z")
DUTY = re.compile(r"[a-z][a-z0-9_]*\Z")
PARAM = re.compile(r"[a-z][a-z0-9_]*\Z")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


def read_catalog(source: str | bytes, *, file: str, problems: Problems, with_examples: bool = True) -> Catalog | None:
    """
    Read a catalog; None where anything is wrong with it, and what it is stands in `problems`.

    Without examples the rules are the same but have none: reading them takes most of the time, and only those who
    try or show a rule need them.
    """
    root = read_document(source, file=file, problems=problems, limits=CATALOG_LIMITS)
    if root is None:
        return None
    record = Record.of(root, problems=problems)
    if record is None or problems:
        return None
    catalog = _Reader(problems, with_examples=with_examples).catalog(record)
    return None if problems else catalog


@dataclass(frozen=True, slots=True)
class Pack:
    """
    Rules and obligations of a file that need not hold a whole catalog.

    `lines` says in which line each begins, by its code or duty; the catalog's settings are the file's own only where
    `names_settings`.
    """

    file: str
    catalog: Catalog
    lines: Mapping[str, int]
    names_settings: bool


def read_pack(source: str | bytes, *, file: str, problems: Problems) -> Pack | None:
    """Read a file of rules; None where anything is wrong with it, and what it is stands in `problems`."""
    root = read_document(source, file=file, problems=problems, limits=CATALOG_LIMITS)
    record = Record.of(root, problems=problems)
    if record is None or problems:
        return None
    catalog = _Reader(problems, with_examples=True).catalog(record)
    if problems:
        return None
    lines = {}
    for part, key in (("rules", "code"), ("obligations", "duty")):
        for item in record.records(part):
            lines[item.text(key) or ""] = item.node.line
    return Pack(file, catalog, lines, not {"hop_limit", "default_availability"}.isdisjoint(record.node.entries))


def read_examples(source: str, *, scope: str, problems: Problems, file: str = "examples") -> tuple[Example, ...] | None:
    """
    Read the examples of one rule from a text of their own: the list that stands under `examples:` in a catalog.

    An empty text has none. None where anything is wrong, and what it is stands in `problems`.
    """
    if not source.strip():
        return ()
    root = read_document(source, file=file, problems=problems, limits=CATALOG_LIMITS)
    if root is None:
        return None
    reader = _Reader(problems, with_examples=True)
    records = (Record.of(item, problems=problems) for item in items_of(root, problems=problems))
    examples = [reader.example(record, scope) for record in records if record]
    return None if problems else tuple(example for example in examples if example)


class _Reader:
    """Reads the parts of one catalog."""

    def __init__(self, problems: Problems, *, with_examples: bool) -> None:
        self._problems = problems
        self._with_examples = with_examples

    def catalog(self, record: Record) -> Catalog:
        form = record.count("catalog", required=True)
        if form is not None and form != VERSION:
            self._problems.at(record.node.entries["catalog"], f"only form {VERSION} of a catalog is read, not {form}")
        version = record.text("version", required=True, most=NAME_MOST, name=True)
        hop_limit = record.count("hop_limit", least=0)
        availability = record.number("default_availability", over=0, most=100)
        rules = self._rules(record)
        obligations = [self._obligation(item) for item in record.records("obligations")]
        record.close()
        return Catalog(
            version=version or "",
            rules=tuple(rules),
            obligations=tuple(obligation for obligation in obligations if obligation),
            hop_limit=HOP_LIMIT if hop_limit is None else hop_limit,
            default_availability=DEFAULT_AVAILABILITY if availability is None else availability,
        )

    def _rules(self, record: Record) -> list[Rule]:
        rules: list[Rule] = []
        lines: dict[str, int] = {}
        for at, item in enumerate(record.records("rules", required=True)):
            if at == MAX_RULES:
                self._problems.at(item.node, f"too many: a catalog has at most {MAX_RULES:,} rules")
                break
            rule = self._rule(item)
            if rule is None:
                continue
            if rule.code in lines:
                first = lines[rule.code]
                self._problems.at(item.node, f"{rule.code} stands here a second time; the first is in line {first}")
            lines.setdefault(rule.code, item.node.line)
            rules.append(rule)
        return rules

    def _rule(self, record: Record) -> Rule | None:
        code = self._word(record, "code", CODE, "a code is capital letters, a dash and three digits, as in RES-001")
        title = record.text("title", required=True, most=NAME_MOST, name=True)
        category = record.choice("category", CATEGORIES, required=True)
        scope = record.choice("scope", SCOPES, required=True)
        params = self._params(record)
        condition = record.text("condition", required=True, most=SOURCE_MOST)
        severity = record.text("severity", required=True, most=SOURCE_MOST)
        message = record.text("message", required=True)
        why = record.text("why", required=True)
        remedy = record.text("remedy", required=True)
        references = record.texts("references")
        source = record.text("source", most=NAME_MOST, name=True)
        needs = self._choices(record, "needs", NEEDS)
        enabled = record.boolean("enabled")
        campaign = self._campaign(record)
        if scope is not None:
            # Without its scope nothing can be said about the texts of a rule.
            self._tell(record, "condition", condition, check, scope, params)
            self._tell(record, "severity", severity, check_severity, scope, params)
            self._tell(record, "message", message, check_message, scope, params)
        examples = self._examples(record, scope)
        record.close()
        if code is None or category is None or scope is None:
            return None
        return Rule(
            code=code,
            title=title or "",
            category=category,
            scope=scope,
            condition=one_line(condition),
            severity=one_line(severity),
            message=one_line(message),
            why=(why or "").strip(),
            remedy=(remedy or "").strip(),
            references=references,
            source=source or "",
            params=params,
            examples=examples,
            needs=needs,
            enabled=enabled is not False,
            campaign=campaign,
        )

    def _obligation(self, record: Record) -> ObligationRule | None:
        duty = self._word(record, "duty", DUTY, "a duty is small letters, digits and _, as in dead_letter_queue")
        text = record.text("text", required=True)
        condition = record.text("condition", required=True, most=SOURCE_MOST)
        when = record.text("when", most=SOURCE_MOST)
        styles = self._choices(record, "styles", STYLES)
        outcomes = self._choices(record, "outcomes", TREE_OUTCOMES)
        self._tell(record, "condition", condition, check, "edge", {})
        self._tell(record, "when", when, check, "edge", {})
        if not styles and not outcomes and not {"styles", "outcomes"} & set(record.node.key_lines):
            self._problems.at(record.node, "an obligation belongs to styles, outcomes or both; it names neither")
        record.close()
        if duty is None:
            return None
        return ObligationRule(
            duty=duty,
            text=(text or "").strip(),
            condition=one_line(condition),
            styles=styles,
            outcomes=outcomes,
            when=one_line(when),
        )

    def _examples(self, record: Record, scope: str | None) -> tuple[Example, ...]:
        if not self._with_examples:
            record.know(("examples",))
            return ()
        examples = (self.example(item, scope) for item in record.records("examples"))
        return tuple(example for example in examples if example)

    def example(self, record: Record, scope: str | None) -> Example | None:
        title = record.text("title", required=True, most=NAME_MOST, name=True)
        expect = record.choice("expect", EXPECTATIONS, required=True)
        subject = record.slug("subject", required=True)
        node = record.get("architecture", required=True)
        architecture = None if node is None else read_fragment(node, problems=self._problems)
        record.close()
        if title is None or expect is None or subject is None or architecture is None:
            return None
        if scope is not None:
            known = [entity.id for entity in _subjects(architecture, scope)]
            if subject not in known:
                hint = self._problems.did_you_mean(subject, known)
                where = record.node.entries["subject"]
                self._problems.at(where, f"the example has no {scope} {shown(subject)}", hint)
        return Example(title, expect, subject, architecture)

    def _params(self, record: Record) -> dict[str, Param]:
        node = record.get("params")
        given = Record.of(node, problems=self._problems)
        params: dict[str, Param] = {}
        for key, value in given.node.entries.items() if given else ():
            if not PARAM.match(key):
                self._problems.at(value, f"{shown(key)} is no name of a parameter: small letters, digits and _")
            elif isinstance(value, ScalarNode) and value.value is not None:
                params[key] = value.value
            else:
                self._problems.at(value, f"a parameter is a number, a text, true or false, not {described(value)}")
        return params

    def _campaign(self, record: Record) -> Campaign | None:
        given = Record.of(record.get("campaign"), problems=self._problems)
        if given is None:
            return None
        text = given.text("until", required=True, most=NAME_MOST, name=True)
        note = given.text("note", most=NAME_MOST, name=True)
        given.close()
        if text is None:
            return None
        until = day_of(text)
        if until is None:
            self._problems.at(given.node.entries["until"], f"{shown(text)} is no day such as 2027-03-01")
            return None
        return Campaign(until, note or "")

    def _choices(self, record: Record, key: str, choices: Sequence[str]) -> tuple[str, ...]:
        node = record.get(key)
        if node is None:
            return ()
        items = items_of(node, problems=self._problems)
        found = (choice_of(item, choices, problems=self._problems) for item in items)
        return tuple(word for word in found if word is not None)

    def _word(self, record: Record, key: str, form: re.Pattern[str], wanted: str) -> str | None:
        word = record.text(key, required=True, most=NAME_MOST, name=True)
        if word is not None and not form.match(word):
            self._problems.at(record.node.entries[key], f"{shown(word)} will not do: {wanted}")
            return None
        return word

    def _tell(self, record: Record, key: str, text: str | None, check_text: _Check, scope: str, params: Params) -> None:
        """Tell of all that is wrong with a text of the language, at the line where the text begins."""
        if text is None:
            return
        node: Node = record.node.entries[key]
        for problem in check_text(one_line(text), scope, params):
            hint = f"did you mean {problem.suggestion}?" if problem.suggestion else ""
            self._problems.at(node, f"at character {problem.position + 1}: {problem.message}", hint)


def day_of(text: str) -> date | None:
    """Give the day that a text such as 2027-03-01 stands for; None for any other text."""
    try:
        return date.fromisoformat(text) if DAY.match(text) else None
    except ValueError:
        return None


def one_line(text: str | None) -> str:
    """Give a text whose line breaks are for the reader of the file alone."""
    return " ".join((text or "").split("\n")).strip()


def _subjects(architecture: Architecture, scope: str) -> Iterable[_HasId]:
    kinds: Mapping[str, Iterable[_HasId]] = {
        "edge": architecture.edges,
        "flow": architecture.flows,
        "service": architecture.services,
        "channel": architecture.channels,
        "system": architecture.systems,
    }
    return kinds[scope]
