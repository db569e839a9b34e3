from collections.abc import Mapping
from typing import Any

from archreview.workspaces.models import Workspace
from tests.web.access_table import Row, Who

ROWS: dict[str, Row] = {
    "rules:rule_list": Row(get=Who.VIEWER),
    "rules:rule": Row(get=Who.VIEWER, everywhere=True),
}


def prepare(workspace: Workspace) -> Mapping[str, Any]:
    """A rule of the shipped catalog, which every database has."""
    return {"rule": "RES-001"}
