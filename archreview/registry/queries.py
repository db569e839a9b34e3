"""What the pages about the registry read, with a constant number of queries each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db.models import Model, QuerySet

from archreview.engine.model import Said
from archreview.registry.architectures import said
from archreview.registry.models import Channel, Edge, Flow, Service, Statement, System
from archreview.registry.models.statement import State
from archreview.workspaces.models import Team, Workspace


def services_of(workspace: Workspace) -> QuerySet[Service]:
    """The services, each with its team and system."""
    return Service.objects.filter(workspace=workspace).select_related("workspace", "team", "system")


def channels_of(workspace: Workspace) -> QuerySet[Channel]:
    """The channels."""
    return Channel.objects.filter(workspace=workspace).select_related("workspace")


def edges_of(workspace: Workspace) -> QuerySet[Edge]:
    """The edges, each with its two services and its channel."""
    return Edge.objects.filter(workspace=workspace).select_related("workspace", "source", "target", "channel")


def flows_of(workspace: Workspace) -> QuerySet[Flow]:
    """The flows, each with its entry."""
    return Flow.objects.filter(workspace=workspace).select_related("workspace", "entry")


def systems_of(workspace: Workspace) -> QuerySet[System]:
    """The systems."""
    return System.objects.filter(workspace=workspace).select_related("workspace")


def teams_of(workspace: Workspace) -> QuerySet[Team]:
    """The teams."""
    return Team.objects.filter(workspace=workspace).select_related("workspace")


def history_of(subject: Service | Channel | Edge | Flow) -> dict[str, list[Statement]]:
    """
    All that was said about the subject, by fact (`timeout_ms`, `answers.long_running`): what counts first, then what
    stands beside it, then the earlier ones, newest first. One query.
    """
    kind = subject._meta.model_name or ""
    return _by_fact(Statement.objects.filter(**{kind: subject}).select_related("user").order_by("-pk"))


def histories_of_edges(workspace: Workspace, ids: Collection[str]) -> dict[str, dict[str, list[Statement]]]:
    """What `history_of` gives, of many edges, by the edge's id. One query."""
    said: dict[str, list[Statement]] = defaultdict(list)
    statements = Statement.objects.filter(workspace=workspace, edge__slug__in=ids).select_related("edge")
    for statement in statements.order_by("-pk"):
        if statement.edge is not None:
            said[statement.edge.slug].append(statement)
    return {edge: _by_fact(statements) for edge, statements in said.items()}


def _by_fact(statements: Iterable[Statement]) -> dict[str, list[Statement]]:
    ranks = {State.CURRENT: 0, State.BESIDE: 1, State.REPLACED: 2}
    by_fact: dict[str, list[Statement]] = defaultdict(list)
    for statement in statements:
        by_fact[statement.fact].append(statement)
    for about_a_fact in by_fact.values():
        about_a_fact.sort(key=lambda statement: ranks[State(statement.state)])
    return dict(by_fact)


def said_of(subject: Service | Channel | Edge) -> dict[str, Said]:
    """Who said what counts about the subject, when and why, by fact; a source where no person did. One query."""
    kind = subject._meta.model_name or ""
    current = Statement.objects.filter(**{kind: subject}, state=State.CURRENT)
    return {
        statement.fact: Said(by=statement.by or statement.source, at=said(statement).at, why=statement.note)
        for statement in current
    }


def said_of_edges(workspace: Workspace, edges: Iterable[str]) -> dict[str, dict[str, Said]]:
    """The same as `said_of` for several edges of the workspace, by their ids. One query."""
    found: dict[str, dict[str, Said]] = {}
    statements = Statement.objects.filter(edge__workspace=workspace, edge__slug__in=set(edges), state=State.CURRENT)
    for statement in statements.select_related("edge"):
        by = statement.by or statement.source
        said_now = Said(by=by, at=said(statement).at, why=statement.note)
        if statement.edge is not None:
            found.setdefault(statement.edge.slug, {})[statement.fact] = said_now
    return found


def choices_of(workspace: Workspace, kind: str) -> list[tuple[str, str]]:
    """The ids of all of a kind with the names to choose them by. One query."""
    if kind == "edge":
        edges = Edge.objects.filter(workspace=workspace).order_by("source__name", "target__name", "slug")
        rows = edges.values_list("slug", "name", "source__name", "target__name")
        return [(slug, f"{source} → {target}: {name}") for slug, name, source, target in rows]
    models: dict[str, type[Model]] = {"service": Service, "channel": Channel, "team": Team, "system": System}
    named = models[kind]._default_manager.filter(workspace=workspace).order_by("name", "slug")
    return [(slug, name if name == slug else f"{name} ({slug})") for slug, name in named.values_list("slug", "name")]
