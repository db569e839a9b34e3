"""
Reads `architecture.yaml`: what a team registers, as a file (docs/architecture-file.md).

The keys, kinds, choices and ranges of facts come from the fact tables of the engine's model; a fact is added there
and nowhere else. Any fact may be written as a plain value or as `{value, by, at, why}`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial

from archreview.engine.fact_tables import CHANNEL_FACTS, EDGE_FACTS, SERVICE_FACTS, Fact, Kind
from archreview.engine.model import CONFIDENCES, NONE_NUMBER, NONE_TEXT, ORIGINS, Architecture, Evidence, Link, Said
from archreview.engine.questions import ANSWERS
from archreview.interchange.documents import (
    LIMITS,
    Follow,
    Limits,
    ListNode,
    MappingNode,
    Node,
    Problems,
    ScalarNode,
    read_document,
    shown,
)
from archreview.interchange.drafts import Draft, Drafted, Drafts, Stated, StepDraft, merged
from archreview.interchange.fields import (
    COUNT_MOST,
    NAME_MOST,
    TEXT_MOST,
    Record,
    boolean_of,
    choice_of,
    count_of,
    described,
    number_of,
    slug_of,
    text_of,
)
from archreview.interchange.problems import MORE_PROBLEMS
from archreview.interchange.soundness import sound_architecture

FORMAT = "architecture"
VERSION = 1
UNKNOWN = "unknown"
NONE = "none"

_FLOW_FACTS: tuple[Fact, ...] = (
    Fact("user_facing", Kind.BOOLEAN, "a user waits for it", "flow"),
    Fact("latency_budget_ms", Kind.NUMBER, "how long it may take", "flow", unit="ms", over=0),
    Fact("availability_target", Kind.NUMBER, "how often it must work", "flow", unit="%", over=0, most=100),
    Fact("origin", Kind.CHOICE, "somebody says so, or it was seen", "flow", ORIGINS),
    Fact("traces", Kind.COUNT, "how many traces it was seen in", "flow", least=0),
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(\Z|[T ])")
_ADDRESS = re.compile(r"https?://\S+\Z")

ReadValue = Callable[[Node], object]


def read_architecture(
    sources: Iterable[tuple[str, str | bytes]],
    *,
    problems: Problems,
    limits: Limits = LIMITS,
    follow: Follow | None = None,
) -> Architecture | None:
    """
    Read files, given as (name, content) pairs, into one architecture.

    Gives None where anything is wrong with any of them; what it is stands in `problems`. `follow` is told, now and
    then, which line of how many of a file is read.
    """
    drafted = []
    names = []
    for file, content in sources:
        root = read_document(content, file=file, problems=problems, limits=limits, follow=follow)
        names.append((file, FORMAT))
        if root is not None:
            drafted.append(_Reader(problems).document(root))
    if len(drafted) < len(names):
        # What a file that cannot be read would have declared is not known, so nothing can be called missing.
        return None
    return sound_architecture(merged(drafted), sources=tuple(names), problems=problems)


def read_fragment(node: Node, *, problems: Problems) -> Architecture | None:
    """Read an architecture that stands inside another document, where `archreview: 1` need not be repeated."""
    before = len(problems)
    drafted = _Reader(problems).document(node, version_required=False)
    architecture = sound_architecture(drafted, sources=((node.file, FORMAT),), problems=problems)
    return architecture if len(problems) == before else None


class _Reader:
    """Reads one document into drafts."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._drafted = Drafted()

    def document(self, root: Node, *, version_required: bool = True) -> Drafted:
        if not isinstance(root, MappingNode):
            hint = "it begins with archreview: 1"
            self._problems.at(root, f"an architecture file is a mapping, not {described(root)}", hint)
            return self._drafted
        record = Record(root, problems=self._problems)
        self._version(record, required=version_required)
        own_system = self._system(record)
        self._each(record, "systems", self._drafted.systems, _nothing_more)
        self._each(record, "teams", self._drafted.teams, _nothing_more)
        self._each(record, "services", self._drafted.services, self._service)
        self._each(record, "channels", self._drafted.channels, self._channel)
        self._each(record, "edges", self._drafted.edges, self._edge)
        self._each(record, "flows", self._drafted.flows, self._flow)
        record.close()
        for draft in self._drafted.services.values():
            if own_system is not None:
                draft.facts.setdefault("system", Stated(own_system.id, draft.node))
            team = draft.text("team")
            if team is not None and not self._drafted.teams:
                self._drafted.named_teams.add(team)
        return self._drafted

    def _version(self, record: Record, *, required: bool) -> None:
        node = record.get("archreview", required=False)
        if node is None:
            if required and "archreview" not in record.node.key_lines:
                root = record.node
                self._problems.add(
                    root.file, root.line, "archreview", "is missing", f"begin with archreview: {VERSION}"
                )
        elif not isinstance(node, ScalarNode) or node.value != VERSION or isinstance(node.value, bool):
            self._problems.at(node, f"must be {VERSION}, the version that is read here, not {described(node)}")

    def _system(self, record: Record) -> Draft | None:
        node = record.get("system")
        if node is None:
            return None
        system = Record.of(node, problems=self._problems)
        draft = self._draft(system) if system else None
        if system is None or draft is None:
            return None
        system.close()
        self._drafted.systems[draft.id] = draft
        return draft

    def _each(self, record: Record, key: str, drafts: Drafts, read: Callable[[Record, Draft], None]) -> None:
        """Read a list of entities; one without a usable id is read all the same, to tell what else is wrong."""
        for item in record.records(key):
            if self._problems.full:
                self._problems.at(item.node, MORE_PROBLEMS)
                return
            draft = self._draft(item)
            read(item, draft or Draft("", item.node))
            item.close()
            if draft is None:
                continue
            first = drafts.get(draft.id)
            if first is not None:
                line = first.node.line
                where = item.node.entries["id"]
                self._problems.at(where, f"the id {shown(draft.id)} is taken already, in line {line}")
            else:
                drafts[draft.id] = draft

    def _draft(self, record: Record) -> Draft | None:
        """Read what every entity has: id, name and description."""
        id_ = record.slug("id", required=True)
        name = record.text("name", most=NAME_MOST, name=True)
        description = record.text("description")
        if id_ in (UNKNOWN, NONE):
            self._problems.at(record.node.entries["id"], f"{shown(id_)} means something else and can be no id")
            return None
        return None if id_ is None else Draft(id_, record.node, name or None, description or None)

    def _service(self, record: Record, draft: Draft) -> None:
        self._fact(record, draft, "team", self._slug)
        self._fact(record, draft, "system", self._slug)
        draft.links.extend(self._links(record))
        self._facts(record, draft, SERVICE_FACTS)

    def _channel(self, record: Record, draft: Draft) -> None:
        self._facts(record, draft, CHANNEL_FACTS)

    def _edge(self, record: Record, draft: Draft) -> None:
        for key, name in (("from", "source"), ("to", "target")):
            node = record.get(key, required=True)
            end = None if node is None else self._slug(node)
            if node is not None and end is not None:
                draft.facts[name] = Stated(end, node)
        self._fact(record, draft, "channel", self._slug)
        self._facts(record, draft, EDGE_FACTS)
        for prose in ("expectation", "delay_cost"):
            self._fact(record, draft, prose, self._prose)
        answers = record.get("answers")
        given = Record.of(answers, problems=self._problems) if answers else None
        if given:
            given.know(ANSWERS)
            for key in ANSWERS:
                if key in given.node.entries:
                    self._fact(given, draft, key, self._answer, prefix="answers.")
            given.close()
        for item in record.records("evidence"):
            piece = self._evidence(item)
            if piece is not None:
                draft.evidence.append(piece)

    def _evidence(self, record: Record) -> Evidence | None:
        source = record.text("source", required=True, name=True)
        confidence = record.choice("confidence", CONFIDENCES)
        line = record.count("line", least=1)
        window = record.text("window", most=NAME_MOST, name=True)
        at = self._when(record, "at")
        calls, errors, sample = (record.count(key, least=0) for key in ("calls", "errors", "sample"))
        record.close()
        if source is None:
            return None
        return Evidence(source, confidence or "declared", line, window or "", at, calls, errors, sample)

    def _links(self, record: Record) -> Iterable[Link]:
        node = record.get("links")
        if isinstance(node, MappingNode):
            # {repository: https://...}, the short way to write it
            for key, address in node.entries.items():
                word = ScalarNode(node.file, node.key_lines[key], node.path, key, key)
                name = text_of(word, problems=self._problems, most=NAME_MOST, name=True)
                url = self._address(address)
                if name is not None and url is not None:
                    yield Link(name, url)
            return
        for item in record.records("links"):
            label = item.text("name", required=True, most=NAME_MOST, name=True)
            place = item.get("url", required=True)
            url = None if place is None else self._address(place)
            item.close()
            if label is not None and url is not None:
                yield Link(label, url)

    def _address(self, node: Node) -> str | None:
        url = text_of(node, problems=self._problems, name=True)
        if url is not None and not _ADDRESS.match(url):
            self._problems.at(node, f"must be an address that begins with https:// or http://, not {shown(url)}")
            return None
        return url

    def _flow(self, record: Record, draft: Draft) -> None:
        entry = record.get("entry", required=True)
        id_ = None if entry is None else self._slug(entry)
        if entry is not None and id_ is not None:
            draft.facts["entry"] = Stated(id_, entry)
        # Who said something is kept for facts of services, channels and edges; a flow is declared as a whole.
        self._facts(record, draft, _FLOW_FACTS, said=False)
        steps = record.get("steps", required=True)
        draft.steps = list(self._steps(record, "steps"))
        if _is_empty(steps):
            self._problems.at(record.node.entries["steps"], "a flow has at least one step")

    def _steps(self, record: Record, key: str) -> Iterable[StepDraft]:
        for item in record.records(key):
            step = self._step(item)
            if step is not None:
                yield step

    def _step(self, record: Record) -> StepDraft | None:
        node = record.node
        has_group = "parallel" in node.key_lines
        if has_group == ("edge" in node.key_lines):
            what = "both edge and parallel" if has_group else "neither edge nor parallel"
            self._problems.at(node, f"a step has either edge (with then) or parallel; this one has {what}")
            record.know(("edge", "then", "parallel"))
            record.close()
            return None
        if has_group:
            group = StepDraft(node, None, parallel=list(self._steps(record, "parallel")))
            if "then" in node.key_lines:
                self._problems.at(node, "then belongs to a call: put it under one of the parallel steps")
            if _is_empty(record.get("parallel")):
                self._problems.at(node, "parallel needs at least one step")
            record.know(("edge", "then"))
            record.close()
            return group
        edge = record.slug("edge", required=True)
        nested = list(self._steps(record, "then"))
        record.know(("parallel",))
        record.close()
        return None if edge is None else StepDraft(node, edge, then=nested)

    # --- Facts ---

    def _facts(self, record: Record, draft: Draft, facts: Sequence[Fact], *, said: bool = True) -> None:
        record.know(fact.name for fact in facts)
        for fact in facts:
            if fact.name in record.node.entries:
                self._fact(record, draft, fact.name, partial(self._value, fact), none=fact.none, with_said=said)

    def _fact(
        self,
        record: Record,
        draft: Draft,
        key: str,
        read: ReadValue,
        *,
        none: bool = False,
        prefix: str = "",
        with_said: bool = True,
    ) -> None:
        """Read one fact, written as a plain value or with who said it."""
        node = record.get(key)
        if node is None:
            return
        said = None
        place = node
        if isinstance(node, MappingNode) and with_said:
            told = Record(node, problems=self._problems)
            given = told.get("value", required=True)
            said = self._said(told)
            if given is None:
                return
            node = given
        if isinstance(node, ScalarNode) and node.value is None:
            words = f"{UNKNOWN} or {NONE}" if none else UNKNOWN
            self._problems.at(node, f"says nothing (null): leave the key out, or write {words}")
            return
        if isinstance(node, ScalarNode) and node.value == UNKNOWN:
            draft.facts[prefix + key] = Stated(None, place, said)
            return
        value = read(node)
        if value is not None:
            draft.facts[prefix + key] = Stated(value, place, said)

    def _said(self, record: Record) -> Said | None:
        by = record.text("by", most=NAME_MOST, name=True)
        at = self._when(record, "at")
        why = record.text("why")
        record.close()
        return Said(by or "", at, why or "") if by or at or why else None

    def _when(self, record: Record, key: str) -> str:
        node = record.get(key)
        text = None if node is None else text_of(node, problems=self._problems, most=40, name=True)
        if node is None or text is None:
            return ""
        try:
            datetime.fromisoformat(text)
        except ValueError:
            pass
        else:
            if _DATE.match(text):
                return text
        self._problems.at(node, f"must be a date such as 2026-11-02, or a date and a time, not {described(node)}")
        return ""

    def _value(self, fact: Fact, node: Node) -> object:
        word = node.value if isinstance(node, ScalarNode) else None
        if fact.kind is Kind.BOOLEAN:
            return boolean_of(node, problems=self._problems)
        elif fact.kind is Kind.CHOICE and not fact.open_choice:
            return self._choice(node, fact)
        elif fact.kind in (Kind.TEXT, Kind.CHOICE):
            return self._text(node, fact)
        elif word == NONE:
            if fact.none:
                return NONE_NUMBER
            hint = "write 0" if fact.least == 0 else "leave the key out if it is not known"
            self._problems.at(node, "must be a number, and cannot be none", hint)
            return None
        elif fact.kind is Kind.COUNT:
            most = COUNT_MOST if fact.most is None else int(fact.most)
            return count_of(node, problems=self._problems, least=int(fact.least or 0), most=most)
        elif fact.name == "timeout_ms" and word == 0 and not isinstance(word, bool):
            # A timeout of 0 is how most clients write that they wait for ever.
            return NONE_NUMBER
        return number_of(node, problems=self._problems, over=fact.over, least=fact.least, most=fact.most)

    def _choice(self, node: Node, fact: Fact) -> object:
        if all(choice.isdigit() for choice in fact.choices):
            return count_of(node, problems=self._problems, least=int(fact.choices[0]), most=int(fact.choices[-1]))
        return choice_of(node, fact.choices, problems=self._problems)

    def _text(self, node: Node, fact: Fact) -> str | None:
        text = text_of(node, problems=self._problems, most=TEXT_MOST, name=True)
        if text is None:
            return None
        if text == NONE:
            if fact.none:
                return NONE_TEXT
            self._problems.at(node, "cannot be none", "leave the key out if it is not known")
            return None
        if not text.strip():
            hint = f"write {NONE} if there is none" if fact.none else "leave the key out if it is not known"
            self._problems.at(node, "is an empty text", hint)
            return None
        return text

    def _slug(self, node: Node) -> str | None:
        return slug_of(node, problems=self._problems)

    def _answer(self, node: Node) -> bool | None:
        return boolean_of(node, problems=self._problems)

    def _prose(self, node: Node) -> str | None:
        return text_of(node, problems=self._problems)


def _nothing_more(record: Record, draft: Draft) -> None:
    """A system and a team have nothing beyond id, name and description."""


def _is_empty(node: Node | None) -> bool:
    return isinstance(node, ListNode) and not node.items
