"""
Who may do what: one row for each URL name of the product.

`test_access.py` walks the URL resolver and asks every URL as every member of the cast. A URL without a row fails.
Each room keeps its rows in `tests/<room>/access.py`: ROWS, and `prepare(workspace)`, which makes one object for each
argument of the room's URLs and gives the arguments by name.
"""

from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import Any, NamedTuple

from archreview.workspaces.models import Workspace


class Who(IntEnum):
    """Whoever stands further down may also do what those above may; STAFF stands apart."""

    ANYONE = 0
    SIGNED_IN = 1
    VIEWER = 2
    REVIEWER = 3
    LEAD = 4
    STAFF = 9


class Row(NamedTuple):
    """
    Who may GET and who may POST; None where the method is not answered (405). `data` is the body of the POST.

    `everywhere` marks what belongs to no workspace and is the same in all, such as a rule of the catalog.
    """

    get: Who | None
    post: Who | None = None
    data: Mapping[str, Any] = {}
    everywhere: bool = False


Prepare = Callable[[Workspace], Mapping[str, Any]]


def all_rows() -> dict[str, Row]:
    from tests.decisions import access as decisions
    from tests.jobs import access as jobs
    from tests.registry import access as registry
    from tests.reviews import access as reviews
    from tests.rules import access as rules
    from tests.workspaces import access as workspaces

    own = {"health": Row(get=Who.ANYONE), "styleguide": Row(get=Who.STAFF)}
    return {**own, **workspaces.ROWS, **jobs.ROWS, **registry.ROWS, **rules.ROWS, **decisions.ROWS, **reviews.ROWS}


def all_arguments(workspace: Workspace) -> dict[str, Any]:
    """One value for each argument of a URL, naming things that exist in the workspace."""
    from tests.decisions import access as decisions
    from tests.jobs import access as jobs
    from tests.registry import access as registry
    from tests.reviews import access as reviews
    from tests.rules import access as rules
    from tests.workspaces import access as workspaces

    arguments: dict[str, Any] = {"workspace": workspace.slug}
    for room in (workspaces, jobs, registry, rules, decisions, reviews):
        arguments.update(room.prepare(workspace))
    return arguments
