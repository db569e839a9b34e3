"""What differs between two snapshots: model, verdicts, flows and findings, and why where it can be told."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archreview.engine.catalog import Catalog
from archreview.engine.model import Architecture, Channel, Edge, Flow, Service, System
from archreview.engine.questions import ANSWERS
from archreview.engine.review import review
from archreview.interchange.documents import Limits, Problems
from archreview.interchange.native import read_architecture
from archreview.reviews import telling
from archreview.reviews.models import Snapshot

Thing = Service | Channel | Edge | Flow | System

# Our own writing: it may be as large as the workspace was.
LIMITS = Limits(max_bytes=200_000_000, max_nodes=20_000_000)
KINDS = ("services", "channels", "edges", "flows", "systems")
NOT_COMPARED = frozenset({"id", "said", "differing", "location", "evidence", "answers", "steps"})
# How many single changes are analysed again to find causes, and how many edges may be analysed for that in all.
MOST_TRIED = 24
MOST_EDGES = 6_000


@dataclass(frozen=True, slots=True)
class FactChange:
    """One fact before and after, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to one thing: `what` is added, removed or changed."""

    kind: str
    id: str
    name: str
    what: str
    facts: tuple[FactChange, ...] = ()

    @property
    def sentence(self) -> str:
        """The change as the reason of something: "Cart → Pricing became a queue"."""
        if self.what != "changed":
            return f"{self.name} was {self.what}"
        style = next((fact for fact in self.facts if fact.label == "Style"), None)
        if style is not None:
            return f"{self.name} became {telling.a_style(style.after)}"
        told = telling.listed(
            [f"{fact.label[:1].lower()}{fact.label[1:]} became {fact.after}" for fact in self.facts[:2]]
        )
        return f"{self.name}: {told}"


@dataclass(frozen=True, slots=True)
class FindingChange:
    """A finding that is there in one of the two only; `cause` says why, where one change alone explains it."""

    rule: str
    severity: str
    kind: str
    id: str
    name: str
    message: str
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """
    All that differs. `verdicts` and `flows` are (id, name, changes); `tried` says of how many changes the causes were
    sought among, `changes` how many there were; `same_catalog` is false where other rules judged.
    """

    numbers: tuple[FactChange, ...]
    model: tuple[Change, ...]
    verdicts: tuple[tuple[str, str, tuple[FactChange, ...]], ...]
    flows: tuple[tuple[str, str, tuple[FactChange, ...]], ...]
    gone: tuple[FindingChange, ...]
    new: tuple[FindingChange, ...]
    same_catalog: bool
    tried: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.model or self.verdicts or self.flows or self.gone or self.new)


def compare(before: Snapshot, after: Snapshot, *, catalog: Catalog) -> Comparison:
    """
    Compare two snapshots of a workspace.

    Causes are sought by making one change at a time in the model before, under `catalog`, where that is the one that
    judged both.
    """
    old, new = architecture_of(before), architecture_of(after)
    was, is_now = before.results_json, after.results_json
    changes = tuple(_changes(old, new))
    gone, come = _findings(was, is_now, old, new)
    tried = 0
    if before.catalog_version == after.catalog_version == catalog.version and (gone or come):
        tried = min(len(changes), MOST_TRIED, MOST_EDGES // max(1, len(old.edges)))
        gone, come = _with_causes(gone, come, old, new, changes[:tried], catalog)
    return Comparison(
        numbers=numbers_changed(before.numbers, after.numbers),
        model=changes,
        verdicts=tuple(_judged(was["edges"], is_now["edges"], _edge_words, _names(new) | _names(old))),
        flows=tuple(_judged(was["flows"], is_now["flows"], _flow_words, _names(new) | _names(old))),
        gone=gone,
        new=come,
        same_catalog=before.catalog_version == after.catalog_version,
        tried=tried,
    )


def architecture_of(snapshot: Snapshot) -> Architecture:
    """The model of a snapshot as the engine holds it."""
    problems = Problems()
    read = read_architecture([("architecture.yaml", snapshot.model_text)], problems=problems, limits=LIMITS)
    if read is None:
        raise ValueError(f"snapshot {snapshot.pk} cannot be read: {problems.all()[0]}")
    return read


def numbers_changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[FactChange, ...]:
    """Give the numbers of two snapshots side by side, also those that are alike."""

    def grave(numbers: Mapping[str, Any]) -> str:
        return str(numbers["findings"].get("critical", 0) + numbers["findings"].get("high", 0))

    def flows(numbers: Mapping[str, Any]) -> str:
        return f"{numbers['flows_within_rule']} of {numbers['flows_user_facing']}"

    return (
        FactChange("Findings", *(str(sum(numbers["findings"].values())) for numbers in (before, after))),
        FactChange("Critical or high", grave(before), grave(after)),
        FactChange("Flows within the rule", flows(before), flows(after)),
        FactChange("Open questions", str(before["questions"]), str(after["questions"])),
        FactChange("Mean score of the edges", *(_score(numbers) for numbers in (before, after))),
    )


def _score(numbers: Mapping[str, Any]) -> str:
    return "none" if numbers["score"] is None else telling.number(float(numbers["score"]))


# -- the model --------------------------------------------------------------------------------------------------------


def _changes(old: Architecture, new: Architecture) -> Iterator[Change]:
    """Give what was added, removed and changed: edges first, for they explain most."""
    for kinds in ("edges", "services", "channels", "flows", "systems"):
        kind = kinds.removesuffix("s")
        was = {thing.id: thing for thing in _things(old, kinds)}
        is_now = {thing.id: thing for thing in _things(new, kinds)}
        for id_ in sorted(was.keys() | is_now.keys()):
            before, after = was.get(id_), is_now.get(id_)
            if before is None and after is not None:
                yield Change(kind, id_, _name(new, kind, after), "added")
            elif after is None and before is not None:
                yield Change(kind, id_, _name(old, kind, before), "removed")
            elif before is not None and after is not None and (facts := tuple(_facts(before, after))):
                yield Change(kind, id_, _name(new, kind, after), "changed", facts)


def _things(architecture: Architecture, kinds: str) -> Sequence[Thing]:
    things: Sequence[Thing] = getattr(architecture, kinds)
    return things


def _facts(before: Thing, after: Thing) -> Iterator[FactChange]:
    for field in dataclasses.fields(before):
        if field.name in NOT_COMPARED:
            continue
        was, is_now = getattr(before, field.name), getattr(after, field.name)
        if was != is_now:
            yield FactChange(telling.label(field.name), _said(field.name, was), _said(field.name, is_now))
    if isinstance(before, Edge) and isinstance(after, Edge):
        for key in ANSWERS:
            was, is_now = getattr(before.answers, key), getattr(after.answers, key)
            if was is not is_now:
                yield FactChange(telling.label(f"answers.{key}"), telling.fact_value(was), telling.fact_value(is_now))
    if isinstance(before, Flow) and isinstance(after, Flow) and before.steps != after.steps:
        yield FactChange("Steps", f"{_steps(before)} calls", f"{_steps(after)} calls")


def _steps(flow: Flow) -> int:
    return sum(step.edge is not None for step in flow.walk())


def _said(name: str, value: object) -> str:
    if isinstance(value, tuple):
        return f"{len(value)} of them" if value else "none"
    return telling.said_of_fact(name, value)


def _name(architecture: Architecture, kind: str, thing: Thing) -> str:
    if isinstance(thing, Edge):
        names = {service.id: service.name or service.id for service in architecture.services}
        return f"{names.get(thing.source, thing.source)} → {names.get(thing.target, thing.target)}"
    return thing.name or thing.id


def _names(architecture: Architecture) -> dict[tuple[str, str], str]:
    return {
        (kinds.removesuffix("s"), thing.id): _name(architecture, kinds.removesuffix("s"), thing)
        for kinds in KINDS
        for thing in _things(architecture, kinds)
    }


# -- what the analysis said -------------------------------------------------------------------------------------------


def _judged(
    was: Sequence[Mapping[str, Any]],
    is_now: Sequence[Mapping[str, Any]],
    words: Any,
    names: Mapping[tuple[str, str], str],
) -> Iterator[tuple[str, str, tuple[FactChange, ...]]]:
    """Compare what was said about each edge or flow that both have."""
    before = {each["id"]: each for each in was}
    for after in is_now:
        if after["id"] not in before:
            continue
        pairs = zip(words(before[after["id"]]), words(after), strict=True)
        changed = tuple(FactChange(label, old, new) for (label, old), (_, new) in pairs if old != new)
        if changed:
            kind = "flow" if "entry" in after else "edge"
            yield after["id"], names.get((kind, after["id"]), after["id"]), changed


def _edge_words(edge: Mapping[str, Any]) -> list[tuple[str, str]]:
    matrix, tree, technology = edge["matrix"], edge["tree"], edge["technology"]
    return [
        ("Matrix", matrix["verdict"] if matrix["strength"] is None else f"{matrix['verdict']}, {matrix['strength']}"),
        ("Tree", telling.outcome_name(tree["outcome"])),
        ("Fit", edge["fit"]),
        ("Technology", technology["verdict"] if technology else "none"),
        ("Two-hop rule", f"call {edge['hop']['position']}" if edge["hop"] else "does not count"),
        ("Score", str(edge["score"])),
        ("Grade", edge["grade"] or "none"),
    ]


def _flow_words(flow: Mapping[str, Any]) -> list[tuple[str, str]]:
    within = {True: "within", False: "over the limit", None: "unknown"}[flow["within_rule"]]
    return [
        ("Calls in sequence", str(flow["sync_calls"])),
        ("Two-hop rule", within),
        ("Latency, estimate", telling.milliseconds(flow["latency_p99_ms"])),
        ("Availability", telling.percent(flow["availability"])),
        ("Score", str(flow["score"])),
    ]


def _findings(
    was: Mapping[str, Any], is_now: Mapping[str, Any], old: Architecture, new: Architecture
) -> tuple[tuple[FindingChange, ...], tuple[FindingChange, ...]]:
    before = {finding["fingerprint"]: finding for finding in was["findings"]}
    after = {finding["fingerprint"]: finding for finding in is_now["findings"]}
    names = _names(old) | _names(new)

    def only(these: Mapping[str, Any], those: Mapping[str, Any]) -> tuple[FindingChange, ...]:
        return tuple(_finding(finding, names) for key, finding in these.items() if key not in those)

    return only(before, after), only(after, before)


def _finding(finding: Mapping[str, Any], names: Mapping[tuple[str, str], str]) -> FindingChange:
    kind, id_ = finding["subject"]["kind"], finding["subject"]["id"]
    name = names.get((kind, id_), id_)
    return FindingChange(finding["rule"], finding["severity"], kind, id_, name, finding["message"])


# -- why --------------------------------------------------------------------------------------------------------------


def _with_causes(
    gone: tuple[FindingChange, ...],
    come: tuple[FindingChange, ...],
    old: Architecture,
    new: Architecture,
    changes: Sequence[Change],
    catalog: Catalog,
) -> tuple[tuple[FindingChange, ...], tuple[FindingChange, ...]]:
    """
    Name for each finding the first change that alone takes it away, or brings it.

    A finding that hangs on more than model and catalog, such as a decision or the day, comes and goes without a change
    of the model; whatever this catalog says otherwise of the old model than was said then is left without a cause.
    """
    causes: dict[FindingChange, str] = {}
    before = _found(old, catalog) if changes else set()
    explicable = [finding for finding in (*gone, *come) if (_key_of(finding) in before) == (finding in gone)]
    for change in changes if explicable else ():
        tried = with_change(old, new, change)
        if tried is None:
            continue
        there = _found(tried, catalog)
        for finding in explicable:
            if finding not in causes and (_key_of(finding) in there) == (finding in come):
                causes[finding] = change.sentence
    return (
        tuple(dataclasses.replace(finding, cause=causes.get(finding, "")) for finding in gone),
        tuple(dataclasses.replace(finding, cause=causes.get(finding, "")) for finding in come),
    )


def _found(architecture: Architecture, catalog: Catalog) -> set[tuple[str, str, str]]:
    return {(finding.rule, *finding.subject) for finding in review(architecture, catalog).findings}


def _key_of(finding: FindingChange) -> tuple[str, str, str]:
    return finding.rule, finding.kind, finding.id


def with_change(old: Architecture, new: Architecture, change: Change) -> Architecture | None:
    """
    The old model with this one change, and what it cannot stand without; None where it cannot be made alone.

    Taking away an edge that a flow calls, or a service that an edge leads to, would leave something hanging.
    """
    kinds = f"{change.kind}s"
    things: dict[str, Any] = {thing.id: thing for thing in _things(old, kinds)}
    if change.what == "removed":
        del things[change.id]
    else:
        things[change.id] = next(thing for thing in _things(new, kinds) if thing.id == change.id)
    whole: dict[str, Any] = {kinds: tuple(things[id_] for id_ in sorted(things))}
    made = dataclasses.replace(old, **whole)
    for missing in ("edges", "services", "channels", "systems", "teams"):
        made = _completed(made, new, missing)
    return made if _hangs_together(made) else None


def _completed(made: Architecture, new: Architecture, kinds: str) -> Architecture:
    """Add what the model names and does not have, where the new one has it."""
    named = set(_named(made, kinds))
    have = {thing.id for thing in getattr(made, kinds)}
    more = tuple(thing for thing in getattr(new, kinds) if thing.id in named - have)
    if not more:
        return made
    whole = sorted((*getattr(made, kinds), *more), key=lambda thing: str(thing.id))
    return dataclasses.replace(made, **{kinds: tuple(whole)})


def _named(architecture: Architecture, kinds: str) -> Iterator[str]:
    if kinds == "edges":
        yield from (step.edge for flow in architecture.flows for step in flow.walk() if step.edge)
    elif kinds == "services":
        yield from (end for edge in architecture.edges for end in (edge.source, edge.target))
        yield from (flow.entry for flow in architecture.flows)
    elif kinds == "channels":
        yield from (edge.channel for edge in architecture.edges if edge.channel)
    elif kinds == "systems":
        yield from (service.system for service in architecture.services if service.system)
    else:
        yield from (service.team for service in architecture.services if service.team)


def _hangs_together(architecture: Architecture) -> bool:
    return all(
        set(_named(architecture, kinds)) <= {thing.id for thing in getattr(architecture, kinds)}
        for kinds in ("edges", "services", "channels", "systems", "teams")
    )
