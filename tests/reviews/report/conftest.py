"""Reports of the shop, and the pieces that a test looks at."""

import pytest
from django.utils import timezone

from archreview.reviews.analyses import forget_analyses
from archreview.reviews.report.making import Report
from archreview.reviews.report.options import Options
from archreview.workspaces.models import Workspace
from tests.rendering.conftest import canary
from tests.reviews.conftest import shop

__all__ = ["canary", "shop"]


class Silent:
    """Progress that nobody looks at."""

    def step(self, words, done=0, total=0):
        pass

    def alive(self):
        pass


@pytest.fixture
def silent():
    return Silent()


@pytest.fixture
def report_of(silent):
    """The report of a workspace as it stands, with its HTML: `report, body = report_of(workspace, form="html")`."""

    def build(workspace, **options):
        forget_analyses()
        workspace = Workspace.objects.get(pk=workspace.pk)
        report = Report(workspace, Options(**options), by="Olivia Owner", at=timezone.now())
        return report, report.body(silent)

    return build
