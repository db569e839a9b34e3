from collections.abc import Mapping
from typing import Any

from archreview.jobs.models import Job, State
from archreview.registry.actions import import_architecture
from archreview.registry.large_files import IMPORT
from archreview.workspaces.models import Membership, Workspace
from tests.registry.conftest import SHOP, architecture_of
from tests.web.access_table import Row, Who

ROWS: dict[str, Row] = {
    "registry:channel": Row(get=Who.VIEWER),
    "registry:team": Row(get=Who.VIEWER),
    "registry:system": Row(get=Who.VIEWER),
    "registry:edge_confirm": Row(get=None, post=Who.REVIEWER),
    "registry:flow_steps": Row(
        get=Who.REVIEWER, post=Who.REVIEWER, data={"move": "add", "path": "", "edge": "cart-mailer", "version": "1"}
    ),
    "registry:import": Row(get=Who.REVIEWER, post=Who.REVIEWER, data={"text": SHOP}),
    "registry:import_preview": Row(get=Who.REVIEWER, post=Who.LEAD),
    "registry:export": Row(get=Who.VIEWER),
}
for kind in ("service", "channel", "edge", "flow", "team", "system"):
    ROWS[f"registry:{kind}_list"] = Row(get=Who.VIEWER)
    ROWS[f"registry:{kind}_new"] = Row(get=Who.REVIEWER, post=Who.REVIEWER)
    ROWS[f"registry:{kind}_edit"] = Row(get=Who.REVIEWER, post=Who.REVIEWER)
    ROWS[f"registry:{kind}_delete"] = Row(get=Who.REVIEWER, post=Who.REVIEWER)


def prepare(workspace: Workspace) -> Mapping[str, Any]:
    """The shop of the tests of the registry."""
    lead = Membership.objects.filter(workspace=workspace, role="lead").select_related("user").get().user
    import_architecture(workspace=workspace, architecture=architecture_of(SHOP), by=lead, source="architecture.yaml")
    preview = Job.objects.create(
        workspace=workspace,
        kind=IMPORT,
        title="Preview of architecture.yaml",
        asked_by=lead,
        state=State.DONE,
        expires_at="2999-01-01T00:00Z",
    )
    return {
        "preview": preview.pk,
        "service": "cart",
        "channel": "order-placed",
        "edge": "cart-inventory",
        "flow": "checkout",
        "team": "checkout",
        "system": "retailflow",
    }
