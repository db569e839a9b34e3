"""Large logs come in: a request reads and previews them, a worker lays the texts out and stores them."""

import io
import random
import zipfile

import pytest
from django.test import override_settings
from django.urls import reverse

from archreview.decisions import large_logs
from archreview.decisions.models import Decision
from archreview.interchange.decisions.archives import read_archive, write_archive
from archreview.interchange.decisions.log import LARGE_LOG_LIMITS, LOG_LIMITS
from archreview.interchange.problems import Problems
from archreview.jobs.actions import work
from archreview.jobs.models import Job, State
from archreview.workspaces.models import Membership
from tests.decisions.test_log import MADR, agreed, bring, upload, zipped
from tests.jobs.conftest import DATABASE

pytestmark = pytest.mark.django_db


@pytest.fixture
def workers(monkeypatch):
    """Workers exist, and even three records are a large log for them."""
    monkeypatch.setattr(large_logs, "LARGE", 2)
    with override_settings(TASKS=DATABASE, BACKGROUND="elsewhere"):
        yield


def records(count):
    return {
        f"{number:04}-use-queue-{number}.md": MADR.format(status="accepted", title=f"Use queue {number}")
        for number in range(1, count + 1)
    }


@pytest.fixture
def agree(workers, owner_client, workspace, django_capture_on_commit_callbacks):
    """Bring records and agree to their preview; gives the job."""

    def agreed_to(files):
        preview = upload(owner_client, workspace, ("log.zip", zipped(files)))
        with django_capture_on_commit_callbacks(execute=True):
            response = agreed(owner_client, workspace, preview)
        job = Job.objects.latest("pk")
        assert response["Location"] == job.get_absolute_url()
        return job

    return agreed_to


def do(job):
    work.func(job.pk, job.attempt)
    job.refresh_from_db()
    return job


def test_a_large_log_is_previewed_at_once_and_stored_by_a_worker(agree, workspace, owner_client):
    job = agree(records(5))
    assert not Decision.objects.exists()
    page = owner_client.get(reverse("decisions:log_import", args=[workspace.slug])).content.decode()
    assert job.get_absolute_url() in page

    do(job)

    assert (job.state, job.words) == (State.DONE, "Imported: 5 new, 0 changed, 0 unchanged.")
    stored = Decision.objects.filter(workspace=workspace)
    assert sorted(stored.values_list("number", "title", "status"))[0] == (1, "Use queue 1", "accepted")
    assert stored.exclude(rendered="").count() == 5


def test_what_was_not_seen_is_not_stored(agree, workspace, owner):
    job = agree(records(5))
    bring(workspace, {"0003-mine.md": MADR.format(status="accepted", title="Mine")}, by=owner)

    do(job)

    assert job.state == State.FAILED
    assert job.error == large_logs.CHANGED_MEANWHILE
    assert Decision.objects.count() == 1


def test_whoever_may_not_import_any_more_does_not(agree, owner):
    job = agree(records(5))
    Membership.objects.filter(user=owner).update(role="reviewer")

    assert do(job).state == State.FAILED
    assert not Decision.objects.exists()


def test_its_page_leads_only_a_lead_to_the_import(agree, workspace, owner_client, member_client):
    job = agree(records(5))
    address = f'href="{reverse("decisions:log_import", args=[workspace.slug])}"'

    assert address in owner_client.get(job.get_absolute_url()).content.decode()
    assert address not in member_client.get(job.get_absolute_url()).content.decode()


def test_a_small_log_and_every_log_without_workers_is_stored_at_once(workers, owner_client, workspace):
    preview = upload(owner_client, workspace, ("log.zip", zipped(records(2))))
    assert agreed(owner_client, workspace, preview)["Location"] == reverse(
        "decisions:decision_list", args=[workspace.slug]
    )
    with override_settings(BACKGROUND="request"):
        preview = upload(owner_client, workspace, ("log.zip", zipped(records(6))))
        agreed(owner_client, workspace, preview)

    assert Decision.objects.count() == 6
    assert not Job.objects.exists()


def test_only_workers_take_more_than_a_request_does(owner_client, workspace):
    files = records(LOG_LIMITS.most_records + 1)
    refused = upload(owner_client, workspace, ("log.zip", zipped(files)))
    assert refused.status_code == 422
    assert "at most 300 are read at once" in refused.content.decode()

    with override_settings(BACKGROUND="elsewhere"):
        assert upload(owner_client, workspace, ("log.zip", zipped(files))).status_code == 200
        page = owner_client.get(reverse("decisions:log_import", args=[workspace.slug])).content.decode()
        assert f"At most {LARGE_LOG_LIMITS.most_records} records" in page


@pytest.mark.parametrize("kind", ["records", "bytes", "packed"])
def test_a_worker_has_limits_too(owner_client, workspace, kind):
    if kind == "records":
        files, words = records(LARGE_LOG_LIMITS.most_records + 1), "at most 2,000 are read at once"
    elif kind == "bytes":
        files = {name: text + "so. " * 20_000 for name, text in records(101).items()}
        words = "unpacked it holds more than 8,000,000 bytes of text"
    else:
        noise = random.Random(1)
        letters = [chr(0x4E00 + number) for number in range(20_000)]
        files = {name: text + "".join(noise.choices(letters, k=33_000)) for name, text in records(60).items()}
        words = "packed, the records are still too large for a page"
    with override_settings(BACKGROUND="elsewhere"):
        refused = upload(owner_client, workspace, ("log.zip", zipped(files)))

    assert refused.status_code == 422
    assert words in refused.content.decode()


def test_what_is_packed_for_the_way_back_is_read_again_whatever_it_says():
    files = {"0001-a.md": b"# A\n" + b" " * 180_000, "0002-b.md": b"# B\n" + b"so " * 20_000}
    problems = Problems()

    packed = write_archive(files, pack=True)

    assert read_archive(packed, file="log.zip", problems=problems) == list(files.items())
    assert len(packed) < len(write_archive(files))
    assert not problems.all()


def test_a_bomb_is_refused_before_it_fills_what_a_worker_may_read(owner_client, workspace):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(1, 60):
            archive.writestr(f"{number:04}-bomb.md", b"# A\n" + b"a" * 150_000)
    with override_settings(BACKGROUND="elsewhere"):
        refused = upload(owner_client, workspace, ("log.zip", packed.getvalue()))

    assert refused.status_code == 422
    assert "as no text is" in refused.content.decode()


def test_a_hostile_archive_in_a_form_stores_nothing(workers, owner_client, workspace):
    response = owner_client.post(
        reverse("decisions:log_import", args=[workspace.slug]),
        {"archive": "!!", "seen": "x" * 64, "without_status": "accepted"},
    )

    assert response.status_code == 422
    assert not Job.objects.exists()
