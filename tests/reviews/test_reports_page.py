"""The page on which reports are asked for and found."""

import pytest

from archreview.jobs.actions import asking
from archreview.jobs.models import Job, State

pytestmark = pytest.mark.django_db

URL = "/w/acme/report/"
SHORT = {"system": "*", "chapters": ["findings"], "form": "html"}


def test_whoever_sees_the_workspace_makes_a_report_and_gets_it(shop, viewer_client, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        response = viewer_client.post(URL, SHORT)
    job = Job.objects.get()

    assert response.status_code == 302
    assert response["Location"] == f"/w/acme/jobs/{job.pk}/"
    job.refresh_from_db()
    assert job.state == State.DONE, job.error
    assert job.options == {"system": "", "chapters": ["findings"], "findings_only": False, "form": "html"}
    file = viewer_client.get(f"/w/acme/jobs/{job.pk}/result/")
    assert file["Content-Disposition"].startswith('attachment; filename="acme-review-')
    assert b"Architecture review of Acme" in file.content
    page = viewer_client.get(URL).content.decode()
    assert "Review of Acme" in page
    assert "HTML, without flows, questions, decisions, map, edges" in page
    assert f"/w/acme/jobs/{job.pk}/result/" in page


def test_a_report_of_one_system_is_called_so(shop, member_client, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        member_client.post(URL, {**SHORT, "system": "retailflow"})

    assert Job.objects.get().title == "Review of RetailFlow checkout"
    assert Job.objects.get().result.name.startswith("acme-retailflow-review-")


def test_the_form_begins_with_the_system_that_one_comes_from(shop, member_client):
    page = member_client.get(f"{URL}?system=retailflow").content.decode()
    assert '<option value="retailflow" selected>' in page
    page = member_client.get(f"{URL}?system=gone").content.decode()
    assert '<option value="*" selected>' in page


@pytest.mark.parametrize(
    "wrong", [{"system": "gone"}, {"chapters": ["gone"]}, {"form": "exe"}, {"system": ""}, {"form": ""}]
)
def test_a_choice_that_does_not_exist_is_refused(shop, member_client, wrong):
    response = member_client.post(URL, {**SHORT, **wrong})

    assert response.status_code == 422
    assert Job.objects.count() == 0


def test_a_person_who_has_asked_for_enough_is_told_so(shop, member_client):
    for _ in range(asking.MOST_UNFINISHED):
        assert member_client.post(URL, SHORT).status_code == 302
    response = member_client.post(URL, SHORT)

    assert response.status_code == 422
    assert "waiting or running already" in response.content.decode()
    assert Job.objects.count() == asking.MOST_UNFINISHED


def test_only_ones_own_can_be_deleted_from_the_list(shop, member_client, viewer_client, owner_client):
    member_client.post(URL, SHORT)
    Job.objects.update(state=State.DONE)
    delete = f"/w/acme/jobs/{Job.objects.get().pk}/delete/"

    assert delete in member_client.get(URL).content.decode()
    assert delete in owner_client.get(URL).content.decode()
    assert delete not in viewer_client.get(URL).content.decode()
    assert viewer_client.post(delete).status_code == 403
    response = member_client.post(delete, follow=True)
    assert response.redirect_chain[-1][0] == URL
    assert Job.objects.count() == 0


def test_the_list_asks_as_much_for_many_as_for_few(shop, owner, owner_client, django_assert_max_num_queries):
    owner_client.post(URL, SHORT)
    Job.objects.update(state=State.DONE)
    owner_client.get(URL)
    job = Job.objects.get()
    for _ in range(12):
        job.pk = None
        job.save(force_insert=True)
    # The session, the person, the membership, the systems, how many jobs, the jobs, the workspaces, the navigation.
    with django_assert_max_num_queries(9):
        owner_client.get(URL)


def test_a_system_that_is_deleted_before_its_report_is_made_is_told_in_words(
    shop, member_client, django_capture_on_commit_callbacks
):
    from archreview.registry.models import System

    with django_capture_on_commit_callbacks(execute=False) as callbacks:
        member_client.post(URL, {**SHORT, "system": "retailflow"})
    System.objects.all().delete()
    for callback in callbacks:
        callback()
    job = Job.objects.get()

    assert job.state == State.FAILED
    assert "no longer in the workspace" in member_client.get(f"/w/acme/jobs/{job.pk}/").content.decode()
