from collections.abc import Mapping
from typing import Any

from archreview.workspaces.models import Workspace
from tests.web.access_table import Row, Who

ROWS: dict[str, Row] = {
    "rules:rule_list": Row(get=Who.VIEWER),
    "rules:rule": Row(get=Who.VIEWER, everywhere=True),
    # Of these pages strangers to the administration see nothing; what staff may do there, test_keeping.py tells.
    "versions:version_list": Row(get=Who.STAFF),
    "versions:version": Row(get=Who.STAFF),
    "versions:go_back": Row(get=None, post=Who.STAFF),
    "versions:releases": Row(get=Who.STAFF),
    "versions:decide": Row(get=None, post=Who.STAFF),
    "versions:load": Row(get=Who.STAFF, post=Who.STAFF),
    "versions:download": Row(get=Who.STAFF),
    "rules:override": Row(
        get=Who.VIEWER, post=Who.LEAD, data={"off": "on", "reason": "A mesh does it", "seen": "0"}, everywhere=True
    ),
    "rules:take_back_override": Row(get=None, post=Who.LEAD, data={"seen": "1"}, everywhere=True),
}


def prepare(workspace: Workspace) -> Mapping[str, Any]:
    """A rule of the shipped catalog, which every database has."""
    return {"rule": "RES-001", "number": 1, "kind": "rule", "key": "RES-001"}
