"""
Every name that a condition may use, as data: one line each.

Registered facts come from the fact tables of the model; the lines here are the computed ones. The checker, the
compiler, the pages and docs/rule-language.md all read this table, so a new fact needs one line and no more.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from archreview.engine import fact_tables, facts, model, questions
from archreview.engine.fit import FITS, MISFIT, TOLERABLE
from archreview.engine.matrix import VERDICTS
from archreview.engine.technology import CLASSES
from archreview.engine.tree import OUTCOMES

MATRIX_VERDICTS = VERDICTS
TREE_OUTCOMES = tuple(OUTCOMES)
FIT_VERDICTS = (FITS, TOLERABLE, MISFIT)
AGREEMENTS = ("agree", "disagree")
TECHNOLOGY_VERDICTS = ("fits", "oversized", "undersized")
HOP_BASES = ("flow", "graph")
FAMILIES = (model.SYNCHRONOUS, model.HAND_OFF, model.ASYNCHRONOUS, model.IN_PROCESS)

NAMES_OF_SCOPE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "edge": ("edge", "source", "target", "channel"),
        "flow": ("flow",),
        "service": ("service",),
        "channel": ("channel",),
        "system": ("system",),
    }
)


class Kind(StrEnum):
    """What a value is to the checker."""

    BOOLEAN = "boolean"
    NUMBER = "number"
    TEXT = "text"
    CHOICE = "choice"
    LIST = "list"
    STEP = "step"


@dataclass(frozen=True, slots=True)
class Type:
    """
    The type of a value: a choice has `choices` (further texts where `open`), a list `element`.

    `least` and `most` bound a number where the model bounds it. `names_fact` says of a text that it is a fact's name,
    which a message writes in words.
    """

    kind: Kind
    choices: tuple[str, ...] = ()
    open: bool = False
    names_fact: bool = False
    element: Type | None = None
    least: float | None = None
    most: float | None = None

    def __str__(self) -> str:
        """Give the type as a sentence may name it."""
        return f"list of {self.element}s" if self.element else str(self.kind)


BOOLEAN = Type(Kind.BOOLEAN)
NUMBER = Type(Kind.NUMBER)
COUNT = Type(Kind.NUMBER, least=0)
SHARE = Type(Kind.NUMBER, least=0, most=1)
TEXT = Type(Kind.TEXT)
STEP = Type(Kind.STEP)
TEXTS = Type(Kind.LIST, element=TEXT)
FACT_NAMES = Type(Kind.LIST, element=Type(Kind.TEXT, names_fact=True))
STEPS = Type(Kind.LIST, element=STEP)


class Place(StrEnum):
    """Where the facts of a scope hold a value."""

    FACTS = "facts"
    MODEL = "model"
    ANSWERS = "answers"
    SOURCE = "source"
    TARGET = "target"
    CHANNEL_FACTS = "channel facts"
    CHANNEL_MODEL = "channel model"


class Derived(StrEnum):
    """How a name's value is made from the attribute that it is read from."""

    NO = "as it stands"
    HAS = "whether the value is known to be there"
    GIVEN = "whether anything is registered"
    NAME = "the name, or the id where there is no name"
    NAME_OF_EDGE = "the name of an edge of the facts"


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One name of the language.

    `attribute` at `place` is what is read. `optional`: it can be unknown. `asked`: where it is unknown, somebody can
    be asked for it. `rests_on` is the registered fact of the same subject that a computed name rests on, where it is
    always the same one; the facts themselves tell the others.
    """

    path: str
    type: Type
    meaning: str
    place: Place
    attribute: str
    unit: str = ""
    optional: bool = True
    asked: bool = True
    derived: Derived = Derived.NO
    rests_on: str = ""

    @property
    def word(self) -> str:
        """Give the last part of the name."""
        return self.path.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Computed:
    """One line about a result of the analysis: an attribute of a class of facts.py; for `rests_on` see Entry."""

    attribute: str
    type: Type
    meaning: str
    unit: str = ""
    derived: Derived = Derived.NO
    rests_on: str = ""


def choice(choices: tuple[str, ...], *, open: bool = False) -> Type:
    """Give the type of a text out of some."""
    return Type(Kind.CHOICE, choices=choices, open=open)


_TECHNOLOGY = choice((*fact_tables.CALL_TECHNOLOGIES, *fact_tables.CHANNEL_TECHNOLOGIES), open=True)

COMPUTED_EDGE: tuple[Computed, ...] = (
    Computed(
        "family",
        choice(FAMILIES),
        "synchronous, hand_off, asynchronous or in_process; unknown without a style",
        rests_on="style",
    ),
    Computed("is_synchronous", BOOLEAN, "a synchronous call to something that is no datastore", rests_on="style"),
    Computed("is_call", BOOLEAN, "a synchronous call, to a datastore too", rests_on="style"),
    Computed("is_hand_off", BOOLEAN, "polling or a webhook: handed over now, answered later", rests_on="style"),
    Computed("is_asynchronous", BOOLEAN, "a message: the sender does not wait", rests_on="style"),
    Computed("is_in_process", BOOLEAN, "both ends run in one process", rests_on="style"),
    Computed(
        "is_side_effect",
        BOOLEAN,
        "the purpose is a side effect, such as a notification or analytics",
        rests_on="purpose",
    ),
    Computed("in_request", BOOLEAN, "a foreground step of a user-facing flow: a user waits for it"),
    Computed("technology", _TECHNOLOGY, "what carries it; where there is a channel, the channel's technology"),
    Computed("hop_position", COUNT, "how many sequential synchronous calls a request has made with this one"),
    Computed("hop_over", BOOLEAN, "its position is over the hop limit"),
    Computed("hop_basis", choice(HOP_BASES), "whether a flow or the graph gives its position"),
    Computed("hop_limit", COUNT, "how many sequential synchronous calls a request may make"),
    Computed(
        "matrix_verdict", choice(MATRIX_VERDICTS), "what the four-question matrix says; unknown while undetermined"
    ),
    Computed("tree_outcome", choice(TREE_OUTCOMES), "what the decision tree says; unknown while undetermined"),
    Computed(
        "tree_possible",
        Type(Kind.LIST, element=choice(TREE_OUTCOMES)),
        "the outcomes of the decision tree that are still possible",
    ),
    Computed("agreement", choice(AGREEMENTS), "whether matrix and tree agree; unknown while either is undetermined"),
    Computed("fit", choice(FIT_VERDICTS), "how today's style suits the tree's outcome; unknown while undetermined"),
    Computed(
        "effective_latency_ms", COUNT, "how long the operation takes until all is done, downstream included", "ms"
    ),
    Computed(
        "latency_at_peak",
        BOOLEAN,
        "its own P99 was measured at peak load; unknown where there is no P99",
        rests_on="latency_p99_ms",
    ),
    Computed("has_caller", BOOLEAN, "synchronous calls lead into the source"),
    Computed("caller_timeout_ms", COUNT, "the smallest known timeout of the synchronous calls into the source", "ms"),
    Computed(
        "technology_class",
        choice(CLASSES),
        "the class of what carries a message; unknown for calls and for technologies that we do not know",
    ),
    Computed(
        "technology_verdict",
        choice(TECHNOLOGY_VERDICTS),
        "whether the class meets what is asked of it; unknown for calls and while undetermined",
    ),
    Computed("contradicted", BOOLEAN, "an answer contradicts what would be derived, or two sources differ"),
    Computed("contradictions", FACT_NAMES, "the facts that are contradicted, or that two sources state differently"),
    Computed("oldest_answer_days", COUNT, "how old the oldest dated answer is", "days"),
    Computed("has_decision", BOOLEAN, "an accepted decision covers it"),
    Computed("drifted", BOOLEAN, "it no longer is what an accepted decision says"),
    Computed("drift", TEXTS, "what is not as an accepted decision says: what it is, and what was decided"),
    Computed(
        "changed_premises",
        TEXTS,
        "the facts that an accepted decision rested on and that have changed since, then and now",
    ),
)

COMPUTED_FLOW: tuple[Computed, ...] = (
    Computed("steps", STEPS, "its places in the order written; each has the names of an edge"),
    Computed(
        "within_rule", BOOLEAN, "its sequential synchronous calls are within the limit; true for a background flow"
    ),
    Computed("sync_calls", COUNT, "its sequential synchronous calls that are certain"),
    Computed("sync_calls_at_most", COUNT, "the same, counting places of unknown family"),
    Computed("hop_limit", COUNT, "how many sequential synchronous calls a request may make"),
    Computed(
        "first_over", TEXT, "the first call over the limit, where the flow is over it", derived=Derived.NAME_OF_EDGE
    ),
    Computed("calls", TEXTS, "the ids of the edges of its longest sequence of synchronous calls"),
    Computed("over_budget", BOOLEAN, "its known latency is over its budget; unknown without a budget"),
    Computed("latency_p99_ms", COUNT, "the known part of its latency, an estimate", "ms"),
    Computed("waits_for_ever", BOOLEAN, "a call without a timeout stands on the user's way"),
    Computed("worst_wait_at_least_ms", COUNT, "how long a user waits when callees hang, as far as known", "ms"),
    Computed("below_target", BOOLEAN, "what it depends on keeps it below its own promise or its target"),
    Computed("availability", Type(Kind.NUMBER, least=0, most=100), "the product over all that must be up", "%"),
    Computed("attempts", COUNT, "how many attempts one request can become down its deepest chain of retries"),
    Computed(
        "unneeded_in_sequence", COUNT, "how many services one caller calls one after another without needing results"
    ),
    Computed("repeated_calls", TEXTS, "the ids of edges that stand more than once in one sequence"),
    Computed("written_services", TEXTS, "the deployables that it writes in"),
    Computed("writes", STEPS, "its places with purpose write or payment; each has the names of an edge"),
)

COMPUTED_SERVICE: tuple[Computed, ...] = (
    Computed("is_entry", BOOLEAN, "requests enter here, as registered or by the look of the graph"),
    Computed("sync_depth", COUNT, "the synchronous calls on the deepest chain from here; unknown on a cycle"),
    Computed("sync_depth_at_most", COUNT, "the same, counting edges of unknown family"),
    Computed("hop_limit", COUNT, "how many sequential synchronous calls a request may make"),
    Computed("unbounded", BOOLEAN, "a chain from here runs into a synchronous cycle"),
    Computed("deepest", TEXTS, "the services of the deepest chain from here"),
    Computed("uncovered", BOOLEAN, "the deepest chain holds a call that is a step of no flow"),
    Computed("cycle", TEXTS, "the members of the synchronous cycle whose first service this is"),
    Computed("edges_in", COUNT, "how many edges lead here"),
    Computed("edges_out", COUNT, "how many edges lead away"),
    Computed("synchronous_share", SHARE, "the synchronous share of its outgoing edges, 0 to 1"),
    Computed("blast_radius", COUNT, "how many other services fail with it"),
    Computed("certain_entries", COUNT, "how many other entry points certainly fail with it"),
    Computed("entry_count", COUNT, "how many entry points there are"),
)

COMPUTED_CHANNEL: tuple[Computed, ...] = (
    Computed("producers", TEXTS, "the ids of the services that write to it"),
    Computed("consumers", TEXTS, "the ids of the services that read from it"),
    Computed("name_is_past", BOOLEAN, "its name is in the past tense, by a word list; unknown for other words"),
)

COMPUTED_SYSTEM: tuple[Computed, ...] = (
    Computed("services", COUNT, "how many services belong to it"),
    Computed("synchronous_share", SHARE, "the synchronous share of its outgoing edges, 0 to 1"),
    Computed("has_cycle", BOOLEAN, "it holds a synchronous cycle"),
    Computed("has_flow_over", BOOLEAN, "a flow that enters here is over the hop limit"),
)


@cache
def names_of(scope: str) -> Mapping[str, Entry]:
    """Give all names that a rule of the scope may use (those of `params` apart), by name, in the order to show."""
    if scope == "edge":
        entries = _edge_entries()
    elif scope == "flow":
        entries = [
            *_identity("flow", Place.MODEL),
            Entry("flow.entry", TEXT, "the id of the service that receives it", Place.MODEL, "entry", optional=False),
            Entry("flow.user_facing", BOOLEAN, "a user waits for it", Place.MODEL, "user_facing", optional=False),
            # Both are wishes, not facts about what runs: without one there is nothing to compare, and nobody to ask.
            Entry(
                "flow.latency_budget_ms",
                COUNT,
                "how long it may take",
                Place.MODEL,
                "latency_budget_ms",
                "ms",
                asked=False,
            ),
            Entry(
                "flow.availability_target",
                Type(Kind.NUMBER, least=0, most=100),
                "how available it must be",
                Place.MODEL,
                "availability_target",
                "%",
                asked=False,
            ),
            *_computed("flow", COMPUTED_FLOW, facts.FlowFacts, Place.FACTS),
        ]
    elif scope == "service":
        entries = [
            *_service_entries("service", Place.MODEL),
            *_computed("service", COMPUTED_SERVICE, facts.ServiceFacts, Place.FACTS),
        ]
    elif scope == "channel":
        entries = _channel_entries(Place.MODEL, Place.FACTS)
    else:
        entries = [
            *_identity("system", Place.MODEL),
            *_computed("system", COMPUTED_SYSTEM, facts.SystemFacts, Place.FACTS),
        ]
    return MappingProxyType({entry.path: entry for entry in entries})


def _edge_entries() -> list[Entry]:
    return [
        *_identity("edge", Place.MODEL),
        *_registered("edge", Place.MODEL, fact_tables.EDGE_FACTS, model.Edge, without=("technology",)),
        Entry(
            "edge.has_channel",
            BOOLEAN,
            "it is registered which channel it travels over",
            Place.MODEL,
            "channel",
            optional=False,
            derived=Derived.GIVEN,
        ),
        *(
            Entry(f"edge.answers.{question.key}", BOOLEAN, question.text, Place.ANSWERS, question.key)
            for question in questions.QUESTIONS
        ),
        *_computed("edge", COMPUTED_EDGE, facts.EdgeFacts, Place.FACTS),
        *_service_entries("source", Place.SOURCE),
        *_service_entries("target", Place.TARGET),
        *_channel_entries(Place.CHANNEL_MODEL, Place.CHANNEL_FACTS),
    ]


def _service_entries(root: str, place: Place) -> list[Entry]:
    return [
        *_identity(root, place),
        Entry(f"{root}.team", TEXT, "the id of the team that owns it", place, "team"),
        Entry(f"{root}.system", TEXT, "the id of the system that it belongs to", place, "system"),
        *_registered(root, place, fact_tables.SERVICE_FACTS, model.Service),
    ]


def _channel_entries(registered: Place, computed: Place) -> list[Entry]:
    entries = [
        *_identity("channel", registered),
        *_registered("channel", registered, fact_tables.CHANNEL_FACTS, model.Channel),
        *_computed("channel", COMPUTED_CHANNEL, facts.ChannelFacts, computed),
    ]
    if registered is Place.CHANNEL_MODEL:
        # An edge may have no channel: then nothing about it is known.
        return [dataclasses.replace(entry, optional=True) for entry in entries]
    return entries


def _identity(root: str, place: Place) -> list[Entry]:
    return [
        Entry(f"{root}.id", TEXT, "its id", place, "id", optional=False),
        Entry(f"{root}.name", TEXT, "its name", place, "name", optional=False, derived=Derived.NAME),
    ]


def _registered(
    root: str, place: Place, table: tuple[fact_tables.Fact, ...], owner: type, *, without: tuple[str, ...] = ()
) -> list[Entry]:
    entries = []
    for fact in table:
        if fact.name in without:
            continue
        path = f"{root}.{fact.name}"
        optional = _optional(owner, fact.name)
        entries.append(Entry(path, _type_of(fact), fact.meaning, place, fact.name, fact.unit, optional))
        if fact.none:
            has = Entry(
                f"{root}.has_{fact.name}",
                BOOLEAN,
                f"false where {fact.name} is known to be none",
                place,
                fact.name,
                optional=optional,
                derived=Derived.HAS,
            )
            entries.append(has)
    return entries


def _computed(root: str, table: tuple[Computed, ...], owner: type, place: Place) -> list[Entry]:
    return [
        Entry(
            f"{root}.{line.attribute}",
            line.type,
            line.meaning,
            place,
            line.attribute,
            line.unit,
            _optional(owner, line.attribute),
            derived=line.derived,
            rests_on=line.rests_on,
        )
        for line in table
    ]


def _type_of(fact: fact_tables.Fact) -> Type:
    if fact.kind is fact_tables.Kind.BOOLEAN:
        return BOOLEAN
    elif fact.kind is fact_tables.Kind.TEXT:
        return TEXT
    elif fact.kind is fact_tables.Kind.CHOICE and not all(word.isdigit() for word in fact.choices):
        return choice(fact.choices, open=fact.open_choice)
    elif fact.kind is fact_tables.Kind.CHOICE:
        # A tier is written as a word and compared as a number.
        numbers = [int(word) for word in fact.choices]
        return Type(Kind.NUMBER, least=min(numbers), most=max(numbers))
    least = fact.over if fact.least is None else fact.least
    return Type(Kind.NUMBER, least=least, most=fact.most)


@cache
def _annotations(owner: type) -> Mapping[str, object]:
    return typing.get_type_hints(owner)


def _optional(owner: type, attribute: str) -> bool:
    """Tell whether an attribute can be None, by what its class says."""
    annotation = _annotations(owner)[attribute]
    return isinstance(annotation, types.UnionType) and type(None) in annotation.__args__
