from collections.abc import Mapping
from typing import Any

from archreview.workspaces.models import Membership, Role, Workspace
from tests.web.access_table import Row, Who

ROWS: dict[str, Row] = {
    "workspaces:workspace_list": Row(get=Who.SIGNED_IN),
    "workspaces:workspace_new": Row(get=Who.SIGNED_IN, post=Who.SIGNED_IN),
    "workspaces:sign_in": Row(get=Who.ANYONE, post=Who.ANYONE),
    "workspaces:sign_out": Row(get=None, post=Who.SIGNED_IN),
    "workspaces:password_change": Row(get=Who.SIGNED_IN, post=Who.SIGNED_IN),
    "workspaces:password_changed": Row(get=Who.SIGNED_IN),
    "workspaces:settings": Row(get=Who.VIEWER, post=Who.LEAD),
    "workspaces:workspace_delete": Row(get=Who.LEAD, post=Who.LEAD),
    "workspaces:members": Row(get=Who.LEAD, post=Who.LEAD),
    "workspaces:member_change": Row(get=None, post=Who.LEAD, data={"role": "viewer"}),
    "workspaces:member_remove": Row(get=None, post=Who.LEAD),
}


def prepare(workspace: Workspace) -> Mapping[str, Any]:
    return {"member": Membership.objects.get(workspace=workspace, role=Role.VIEWER).pk}
