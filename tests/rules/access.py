from collections.abc import Mapping
from typing import Any

from archreview.workspaces.models import Workspace
from tests.web.access_table import Row, Who

ROWS: dict[str, Row] = {
    "rules:rule_list": Row(get=Who.VIEWER),
    "rules:rule": Row(get=Who.VIEWER, everywhere=True),
    # Of the desk strangers to the administration see nothing; what staff may do there, tests/rules/test_desk.py tells.
    "catalog:desk": Row(get=Who.STAFF),
    "catalog:health": Row(get=Who.STAFF),
    "catalog:settings": Row(get=Who.STAFF, post=Who.STAFF),
    "catalog:new_rule": Row(get=Who.STAFF, post=Who.STAFF),
    "catalog:rule": Row(get=Who.STAFF, post=Who.STAFF),
    "catalog:new_obligation": Row(get=Who.STAFF, post=Who.STAFF),
    "catalog:obligation": Row(get=Who.STAFF, post=Who.STAFF),
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
    """A rule, an obligation and a version of the shipped catalog, which every database has."""
    return {"rule": "RES-001", "code": "RES-001", "duty": "timeout", "number": 1, "kind": "rule", "key": "RES-001"}
