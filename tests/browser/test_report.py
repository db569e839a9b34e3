"""A report, from the navigation to the file."""

from pathlib import Path

import pytest

from tests.registry.conftest import shop

__all__ = ["shop"]


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_a_viewer_makes_a_report_and_takes_it_away(open_page, sign_in, viewer, transactional_db, shop, javascript):
    page = open_page(javascript=javascript)
    sign_in(page, viewer)
    page.goto("/w/acme/")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Report").click()
    page.get_by_label("Edges, a sheet for each").uncheck()
    page.get_by_role("button", name="Make the report").click()
    page.get_by_text("Done").wait_for()
    with page.expect_download() as taken:
        page.get_by_role("link", name="Download").click()

    path = taken.value.path()
    assert Path(path).read_bytes().startswith(b"%PDF")
    assert taken.value.suggested_filename.startswith("acme-review-")
    page.get_by_role("link", name="Reports").first.click()
    page.get_by_role("button", name="Delete").click()
    page.get_by_text("Deleted “Review of Acme”.").wait_for()


def test_the_page_follows_a_job_by_itself(page, sign_in, owner, transactional_db, shop):
    """The job waits in the database; what a worker does to its row, the page shows without being asked."""
    from django.utils import timezone

    from archreview.jobs.models import Job, State

    job = Job.objects.create(
        workspace=shop, kind="report", title="A report", asked_by=owner, expires_at="2999-01-01T00:00Z"
    )
    sign_in(page, owner)
    page.goto(f"/w/acme/jobs/{job.pk}/")
    page.get_by_text("Waiting").wait_for()
    Job.objects.update(
        state=State.RUNNING, seen_at=timezone.now(), words="Page 12 is laid out", done=40, total=100, version=2
    )
    page.get_by_text("Page 12 is laid out").wait_for()
    page.get_by_text("40 %").wait_for()
    Job.objects.update(state=State.FAILED, error="It is too large.", version=3)
    page.get_by_text("It is too large.").wait_for()
    page.get_by_role("button", name="Try again").wait_for()
