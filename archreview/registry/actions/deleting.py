"""
Deleting what is registered, with what cannot stand without it (registry/leaving.py says what that is).

`seen` is the fingerprint of what a person has been told: where something else would go by now, nothing goes and
ChangedMeanwhile is raised.
"""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db.models import F, Q

from archreview.registry.actions.changing import changing
from archreview.registry.actions.record import Record
from archreview.registry.actions.steps import replace_steps
from archreview.registry.fields import steps_to_json
from archreview.registry.leaving import Leaving, leaving_with
from archreview.registry.models import Channel, Edge, Flow, Service, Statement, System
from archreview.registry.models.statement import State
from archreview.web.versions import ChangedMeanwhile
from archreview.workspaces.models import Team, Workspace


def delete_service(*, service: Service, by: User, seen: str | None = None) -> Leaving:
    """Delete the service with its edges, the steps over them, and the flows that enter at it; gives what went along."""
    return _delete(service, by=by, note=f"The service {service.slug} was deleted.", seen=seen)


def delete_channel(*, channel: Channel, by: User, seen: str | None = None) -> Leaving:
    """Delete the channel; its edges stay, without a channel."""
    return _delete(channel, by=by, note=f"The channel {channel.slug} was deleted.", seen=seen)


def delete_edge(*, edge: Edge, by: User, seen: str | None = None) -> Leaving:
    """Delete the edge with the steps over it, and the flows that have no other step."""
    return _delete(edge, by=by, note=f"The edge {edge.slug} was deleted.", seen=seen)


def delete_flow(*, flow: Flow, by: User, seen: str | None = None) -> Leaving:
    """Delete the flow; its edges stay."""
    return _delete(flow, by=by, note="", seen=seen)


def delete_team(*, team: Team, by: User, seen: str | None = None) -> Leaving:
    """Delete the team; its services stay, without a team."""
    return _delete(team, by=by, note=f"The team {team.slug} was deleted.", seen=seen)


def delete_system(*, system: System, by: User, whole: bool = False, seen: str | None = None) -> Leaving:
    """Delete the system; its services stay, without a system, or go with it where the `whole` of it is to go."""
    return _delete(system, by=by, note=f"The system {system.slug} was deleted.", seen=seen, whole=whole)


def _delete(
    row: Team | System | Service | Channel | Edge | Flow, *, by: User, note: str, seen: str | None, whole: bool = False
) -> Leaving:
    workspace = row.workspace
    with changing(workspace):
        leaving = leaving_with(row, whole=whole)
        if seen is not None and seen != leaving.fingerprint:
            raise ChangedMeanwhile
        _let_go(workspace, row, leaving, by=by, note=note)
        Flow.objects.filter(pk__in=[flow.pk for flow in leaving.flows]).delete()
        Edge.objects.filter(pk__in=[edge.pk for edge in leaving.edges]).delete()
        Service.objects.filter(pk__in=[service.pk for service in leaving.services]).delete()
        row.delete()
    return leaving


def _let_go(workspace: Workspace, row: object, leaving: Leaving, *, by: User, note: str) -> None:
    """Keep in writing what those that stay lose by it."""
    flows = [shortened.flow for shortened in leaving.shortened]
    field = "team" if isinstance(row, Team) else "system"
    concerned = (
        Q(flow__in=flows, fact="steps")
        | Q(service__in=leaving.services_stay, fact=field)
        | Q(edge__in=leaving.edges_stay, fact="channel")
    )
    standing = Statement.objects.filter(concerned, workspace=workspace).exclude(state=State.REPLACED)
    record = Record(workspace, user=by, standing=standing)
    for shortened in leaving.shortened:
        record.say("flow", shortened.flow.pk, "steps", steps_to_json(shortened.left), note=note)
    for service in leaving.services_stay:
        record.say("service", service.pk, field, None, note=note)
    for edge in leaving.edges_stay:
        record.say("edge", edge.pk, "channel", None, note=note)
    record.store()
    replace_steps(workspace, {shortened.flow.pk: shortened.left for shortened in leaving.shortened})
    Flow.objects.filter(pk__in=[flow.pk for flow in flows]).update(version=F("version") + 1)
