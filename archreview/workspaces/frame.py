"""What the frame around every page needs: where we are, what the person may do, and where one can go."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from archreview.workspaces.models import Membership, Role, Workspace
from archreview.workspaces.queries import memberships_of

CountFunction = Callable[[Workspace], Mapping[str, int]]

# The places of a workspace: label, URL name, icon, and the part of the path behind the workspace that is theirs.
PLACES = (
    ("Home", "reviews:home", "home", ""),
    ("Map", "reviews:map", "map", "map"),
    ("Services", "registry:service_list", "service", "services"),
    ("Edges", "registry:edge_list", "edge", "edges"),
    ("Flows", "registry:flow_list", "flow", "flows"),
    ("Findings", "reviews:findings", "finding", "findings"),
    ("Questions", "reviews:questions", "question", "questions"),
    ("Decisions", "decisions:decision_list", "decision", "decisions"),
    ("Sessions", "reviews:session_list", "session", "sessions"),
    ("Report", "reviews:reports", "print", "report"),
    ("Rules", "rules:rule_list", "rule", "rules"),
    ("Import", "registry:import", "import", "import"),
    ("Settings", "workspaces:settings", "settings", "settings"),
)
# Places that only those open who may change something there.
FOR_REVIEWERS = {"Import"}
# What the number beside a place counts, where it is not all of what the page lists.
COUNTED = {"Findings": "critical and high", "Questions": "open"}
# Places reached from another place's page, which is the one to mark.
BELONGS_TO = {
    "channels": "services",
    "systems": "services",
    "teams": "services",
    "members": "settings",
    "export": "import",
    "actions": "sessions",
    "snapshots": "sessions",
}

_count_functions: list[CountFunction] = []


@dataclass(frozen=True, slots=True)
class Place:
    """One line of the navigation. `count` is None where nothing calls for action; `counted` says what it counts."""

    label: str
    url: str
    icon: str
    current: bool
    count: int | None
    counted: str


def count_in_navigation(function: CountFunction) -> CountFunction:
    """
    Let the function say how many things call for action, by label ("Findings", "Questions").

    Called once for each whole page inside a workspace, so it must be cheap: at most one query. Register it from the
    app's `ready`.
    """
    if function not in _count_functions:
        _count_functions.append(function)
    return function


def navigation(workspace: Workspace, path: str, *, role: Role = Role.LEAD) -> list[Place]:
    """The places of the workspace that the role opens, the one that the path lies in marked."""
    counts: dict[str, int] = {}
    for function in _count_functions:
        counts.update(function(workspace))
    room = path.removeprefix(f"/w/{workspace.slug}/").partition("/")[0]
    room = BELONGS_TO.get(room, room)
    places = []
    for label, name, icon, part in PLACES:
        if label in FOR_REVIEWERS and not role.includes(Role.REVIEWER):
            continue
        url = reverse(name, args=[workspace.slug])
        count, counted = counts.get(label) or None, COUNTED.get(label, "")
        places.append(Place(label=label, url=url, icon=icon, current=part == room, count=count, counted=counted))
    return places


def frame(request: HttpRequest) -> dict[str, Any]:
    """
    The context that every page gets.

    `workspace`, `role` and `may_review` / `may_lead` are those of `get_workspace`; the rest is computed only when a
    template uses it, so that partial answers cost nothing.
    """
    membership: Membership | None = getattr(request, "membership", None)
    context: dict[str, Any] = {
        "demo": settings.DEMO,
        "my_workspaces": SimpleLazyObject(lambda: list(memberships_of(request.user))),
    }
    if membership is not None:
        role = Role(membership.role)
        workspace = membership.workspace
        context |= {
            "workspace": workspace,
            "role": role,
            "may_review": role.includes(Role.REVIEWER),
            "may_lead": role.includes(Role.LEAD),
            "places": SimpleLazyObject(
                lambda: navigation(workspace, getattr(request, "place", request.path), role=role)
            ),
            "search_url": reverse("registry:service_list", args=[workspace.slug]),
        }
    return context
