from collections.abc import Mapping
from typing import Any

from archreview.jobs.models import Job, JobResult, State
from archreview.workspaces.models import Membership, Workspace
from tests.web.access_table import Row, Who

# That only whoever asked for a job, or a lead, may change it is a law of its own (test_pages.py).
ROWS: dict[str, Row] = {
    "jobs:job": Row(get=Who.VIEWER),
    "jobs:job_progress": Row(get=Who.VIEWER),
    "jobs:job_result": Row(get=Who.VIEWER),
    "jobs:job_cancel": Row(get=None, post=Who.LEAD),
    "jobs:job_retry": Row(get=None, post=Who.LEAD),
    "jobs:job_delete": Row(get=None, post=Who.LEAD),
}


def prepare(workspace: Workspace) -> Mapping[str, Any]:
    """One job that is done, with its file, which the lead has asked for."""
    lead = Membership.objects.filter(workspace=workspace, role="lead").select_related("user").get().user
    job = Job.objects.create(
        workspace=workspace,
        kind="report",
        title="The review of Acme",
        asked_by=lead,
        state=State.DONE,
        expires_at="2999-01-01T00:00Z",
    )
    JobResult.objects.create(job=job, name="acme.pdf", content_type="application/pdf", size=4, content=b"%PDF")
    return {"job": job.pk}
