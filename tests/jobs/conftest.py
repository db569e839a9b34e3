"""Work that does what a test tells it to, and a line in which it waits."""

import pytest
from django.test import override_settings

from archreview.jobs import kinds
from archreview.jobs.actions import ask
from archreview.jobs.kinds import Kind, Made

DATABASE = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


@pytest.fixture
def does(monkeypatch):
    """Let jobs of the kind "test" do what the function does: `does(lambda job, progress: ...)`."""
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))

    def offer(run):
        kinds.offer(Kind(name="test", place="reviews:home", place_name="Home", run=run))

    offer(lambda job, progress: Made("result.pdf", "application/pdf", b"%PDF result"))
    return offer


@pytest.fixture
def line():
    """Jobs wait in the database until a worker comes, instead of being done at once."""
    with override_settings(TASKS=DATABASE):
        yield


@pytest.fixture
def asked(workspace, member, does, line, django_capture_on_commit_callbacks):
    """Ask for a job as the member, or `by` somebody else."""

    def ask_for(title="A job", *, by=member, workspace=workspace):
        with django_capture_on_commit_callbacks(execute=True):
            return ask(workspace=workspace, kind="test", title=title, options={}, by=by)

    return ask_for
