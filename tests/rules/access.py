from collections.abc import Mapping
from typing import Any

from archreview.workspaces.models import Workspace
from tests.web.access_table import Row

ROWS: dict[str, Row] = {}


def prepare(workspace: Workspace) -> Mapping[str, Any]:
    """The arguments of this room's URLs, each naming something that exists in the workspace."""
    return {}
