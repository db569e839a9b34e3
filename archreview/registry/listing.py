"""The lists of what is registered: how each is searched, filtered and sorted, by what stands in the URL."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, IntegerField, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from archreview.engine.fact_tables import INTENTS, ORDERINGS, SERVICE_KINDS, label_of
from archreview.engine.model import STYLES
from archreview.engine.results import GRADES
from archreview.registry.judgements import NO_GRADE, Judgement
from archreview.registry.models import Edge, EdgeEvidence, Flow, FlowStep, Service
from archreview.registry.queries import channels_of, edges_of, flows_of, services_of, systems_of, teams_of
from archreview.registry.words import style_name
from archreview.workspaces.models import Workspace

UNKNOWN = "unknown"
Condition = Callable[[list[str]], Q]


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `sort` is the name of its order in the URL, empty where it has none."""

    label: str
    sort: str = ""
    number: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter: its name in the URL, the values with their labels, and what they ask for."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    condition: Condition


@dataclass(frozen=True, slots=True)
class JudgedFilter:
    """A filter by what the analysis says: like `Filter`, with the value that a judgement has in it."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    value_of: Callable[[Judgement], str]


@dataclass(frozen=True, slots=True)
class Listing:
    """
    One list. `orders` gives the columns of the database behind each order; "-" before its name turns it round.

    `references` are filters by the id of a system or a team: their kind, with the path to the id. `judged` are the
    columns and filters that it has where there is an analysis.
    """

    noun: str
    rows: Callable[[Workspace], QuerySet[Any]]
    columns: tuple[Column, ...]
    orders: Mapping[str, tuple[str, ...]]
    search: tuple[str, ...]
    filters: tuple[Filter, ...] = ()
    references: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    judged: tuple[str, ...] = ()
    judged_filters: tuple[JudgedFilter, ...] = ()

    def found(
        self,
        workspace: Workspace,
        *,
        words: str,
        order: str,
        chosen: Mapping[str, list[str]],
        references: Mapping[str, str],
        judgements: Mapping[str, Judgement],
    ) -> QuerySet[Any]:
        """The rows that match all of it, in the order."""
        rows = self.rows(workspace)
        for word in words.split()[:10]:
            rows = rows.filter(_any_of({f"{path}__icontains": word} for path in self.search))
        for each in self.filters:
            if chosen.get(each.name):
                rows = rows.filter(each.condition(chosen[each.name]))
        for by in self.judged_filters:
            if wanted := set(chosen.get(by.name, ())):
                rows = rows.filter(slug__in=[id_ for id_, one in judgements.items() if by.value_of(one) in wanted])
        for kind, slug in references.items():
            if slug:
                rows = rows.filter(_any_of({path: slug} for path in self.references[kind]))
        turned = order.startswith("-")
        columns = self.orders[order.removeprefix("-")]
        return rows.order_by(*(f"-{column}" if turned else column for column in columns))

    @property
    def all_orders(self) -> dict[str, str]:
        """Every name that an order may have in the URL."""
        return {name: name for order in self.orders for name in (order, f"-{order}")}


def _any_of(conditions: Any) -> Q:
    whole = Q()
    for condition in conditions:
        whole |= Q(**condition)
    return whole


def _one_of(column: str) -> Condition:
    def condition(values: list[str]) -> Q:
        known = [value for value in values if value != UNKNOWN]
        asked = Q((f"{column}__in", known)) if known else Q()
        return asked | Q((f"{column}__isnull", True)) if UNKNOWN in values else asked

    return condition


def _words(
    values: tuple[str, ...], *, unknown: bool = True, name: Callable[[str], str] = label_of
) -> tuple[tuple[str, str], ...]:
    words = tuple((value, name(value)) for value in values)
    return (*words, (UNKNOWN, UNKNOWN)) if unknown else words


def counted(model: type[Model], path: str) -> Any:
    """How many rows of the model lead to the row, without a join that multiplies."""
    rows = model._default_manager.filter(**{path: OuterRef("pk")}).order_by().values(path)
    return Coalesce(Subquery(rows.annotate(number=Count("pk")).values("number"), output_field=IntegerField()), 0)


def _services(workspace: Workspace) -> QuerySet[Service]:
    return services_of(workspace).annotate(
        number_out=counted(Edge, "source"), number_in=counted(Edge, "target"), number_flows=counted(Flow, "entry")
    )


def _edges(workspace: Workspace) -> QuerySet[Edge]:
    evidence = EdgeEvidence.objects.filter(edge=OuterRef("pk"))
    return edges_of(workspace).annotate(
        is_hint=Exists(evidence.filter(confidence="suggested")) & ~Exists(evidence.exclude(confidence="suggested")),
    )


BY_GRADE = JudgedFilter(
    "grade",
    "Grade",
    (*((grade, grade) for grade, _ in GRADES), (NO_GRADE, "not enough known")),
    lambda judgement: judgement.grade or NO_GRADE,
)
BY_RULE = JudgedFilter(
    "within",
    "Two-hop rule",
    (("yes", "within"), ("no", "over"), (UNKNOWN, "open or not asked")),
    lambda judgement: {True: "yes", False: "no", None: UNKNOWN}[judgement.within],
)

LISTINGS: Mapping[str, Listing] = {
    "service": Listing(
        noun="services",
        rows=_services,
        columns=(
            Column("Service", "name"),
            Column("Kind", "kind"),
            Column("Tier", "tier"),
            Column("System", "system"),
            Column("Team", "team"),
            Column("Availability", "availability", number=True),
            Column("Calls", "out", number=True),
            Column("Called by", "in", number=True),
        ),
        orders={
            "name": ("name", "slug"),
            "kind": ("kind", "name", "slug"),
            "tier": ("tier", "name", "slug"),
            "system": ("system__name", "name", "slug"),
            "team": ("team__name", "name", "slug"),
            "availability": ("availability", "name", "slug"),
            "out": ("number_out", "name", "slug"),
            "in": ("number_in", "name", "slug"),
        },
        search=("name", "slug", "description"),
        filters=(
            Filter("kind", "Kind", _words(SERVICE_KINDS, unknown=False), _one_of("kind")),
            Filter("tier", "Tier", _words(("1", "2", "3", "4")), _one_of("tier")),
            Filter(
                "entry",
                "Entry point",
                (("yes", "yes"), ("no", "no"), (UNKNOWN, UNKNOWN)),
                lambda values: (
                    Q(entry_point__in=[value == "yes" for value in values if value != UNKNOWN])
                    | (Q(entry_point=None) if UNKNOWN in values else Q(pk__in=[]))
                ),
            ),
        ),
        references={"system": ("system__slug",), "team": ("team__slug",)},
        judged=("Findings",),
    ),
    "channel": Listing(
        noun="channels",
        rows=lambda workspace: channels_of(workspace).annotate(number_edges=counted(Edge, "channel")),
        columns=(
            Column("Channel", "name"),
            Column("Intent", "intent"),
            Column("Technology", "technology"),
            Column("Ordering"),
            Column("Contract"),
            Column("Edges", "edges", number=True),
        ),
        orders={
            "name": ("name", "slug"),
            "intent": ("intent", "name", "slug"),
            "technology": ("technology", "name", "slug"),
            "edges": ("number_edges", "name", "slug"),
        },
        search=("name", "slug", "description", "technology"),
        filters=(
            Filter("intent", "Intent", _words(INTENTS), _one_of("intent")),
            Filter("ordering", "Ordering", _words(ORDERINGS), _one_of("ordering")),
        ),
    ),
    "edge": Listing(
        noun="edges",
        rows=_edges,
        columns=(
            Column("Edge", "name"),
            Column("From", "from"),
            Column("To", "to"),
            Column("Style", "style"),
            Column("Over"),
            Column("Purpose", "purpose"),
            Column("Answered", number=True),
        ),
        orders={
            "name": ("name", "slug"),
            "from": ("source__name", "name", "slug"),
            "to": ("target__name", "name", "slug"),
            "style": ("style", "name", "slug"),
            "purpose": ("purpose", "name", "slug"),
        },
        search=("name", "slug", "source__name", "target__name", "technology", "channel__name"),
        filters=(
            Filter("style", "Style", _words(STYLES, name=style_name), _one_of("style")),
            Filter(
                "evidence",
                "Evidence",
                (("hint", "only a hint"),),
                lambda values: Q(is_hint=True),
            ),
        ),
        references={"system": ("source__system__slug", "target__system__slug")},
        judged=("Grade", "Findings"),
        judged_filters=(BY_GRADE,),
    ),
    "flow": Listing(
        noun="flows",
        rows=lambda workspace: flows_of(workspace).annotate(
            number_steps=counted_steps(),
        ),
        columns=(
            Column("Flow", "name"),
            Column("Entry", "entry"),
            Column("For"),
            Column("Latency budget", "budget", number=True),
            Column("Availability target", number=True),
            Column("Calls", "steps", number=True),
        ),
        orders={
            "name": ("name", "slug"),
            "entry": ("entry__name", "name", "slug"),
            "budget": ("latency_budget_ms", "name", "slug"),
            "steps": ("number_steps", "name", "slug"),
        },
        search=("name", "slug", "description", "entry__name"),
        filters=(
            Filter(
                "for",
                "For",
                (("users", "users"), ("background", "background")),
                lambda values: Q(user_facing__in=[value == "users" for value in values]),
            ),
        ),
        references={"system": ("entry__system__slug",)},
        judged=("Two-hop rule", "Grade", "Findings"),
        judged_filters=(BY_RULE, BY_GRADE),
    ),
    "team": Listing(
        noun="teams",
        rows=lambda workspace: teams_of(workspace).annotate(number_services=counted(Service, "team")),
        columns=(Column("Team", "name"), Column("Services", "services", number=True)),
        orders={"name": ("name", "slug"), "services": ("number_services", "name", "slug")},
        search=("name", "slug"),
    ),
    "system": Listing(
        noun="systems",
        rows=lambda workspace: systems_of(workspace).annotate(number_services=counted(Service, "system")),
        columns=(Column("System", "name"), Column("About"), Column("Services", "services", number=True)),
        orders={"name": ("name", "slug"), "services": ("number_services", "name", "slug")},
        search=("name", "slug", "description"),
    ),
}


def counted_steps() -> Any:
    """How many calls a flow makes: its steps that have an edge."""
    rows = FlowStep.objects.filter(flow=OuterRef("pk"), edge__isnull=False).order_by().values("flow")
    return Coalesce(Subquery(rows.annotate(number=Count("pk")).values("number"), output_field=IntegerField()), 0)
