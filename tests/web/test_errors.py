"""What a person sees when something goes wrong: a way on, and nothing of the inside."""

import pytest
from django.conf import settings as django_settings
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import path

from archreview import urls
from archreview.web.middleware import AnswerAFullDisk

SECRETS = ["Traceback", "OperationalError", "sesame", "archreview.settings", "django."]


def fail(request):
    raise RuntimeError("the password is sesame")


def disk_full(request):
    raise OperationalError("database or disk is full")


urlpatterns = [*urls.urlpatterns, path("fail/", fail), path("full/", disk_full)]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500


@pytest.fixture
def broken(settings, owner, workspace):
    settings.ROOT_URLCONF = __name__
    client = Client(raise_request_exception=False)
    client.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize(
    ("address", "status", "says"),
    [
        ("/fail/", 500, "Something went wrong here"),
        ("/full/", 507, "no room left"),
        ("/nowhere/", 404, "There is nothing here"),
        ("/w/secret/settings/", 404, "There is nothing here"),
    ],
)
def test_it_says_what_one_can_do_and_nothing_of_the_inside(broken, address, status, says):
    response = broken.get(address)
    body = response.content.decode()
    assert response.status_code == status
    assert says in body
    assert [secret for secret in [*SECRETS, django_settings.SECRET_KEY] if secret in body] == []
    assert "Content-Security-Policy" in response


def test_it_refuses_a_foreign_host(broken):
    response = broken.get("/", headers={"host": "evil.example.org"})
    assert response.status_code == 400
    assert "evil" not in response.content.decode()


def test_it_refuses_a_body_that_is_too_large_before_reading_it(broken, settings):
    settings.LARGEST_REQUEST = 1000
    assert broken.post("/workspaces/new/", {"name": "", "description": "x" * 500}).status_code == 422
    response = broken.post("/workspaces/new/", {"name": "", "description": "x" * 1500})
    assert response.status_code == 413
    assert "Nothing was stored." in response.content.decode()


def test_it_names_the_missing_role(viewer_client):
    response = viewer_client.post("/w/acme/settings/", {"name": "Mine"})
    assert response.status_code == 403
    assert "This needs the role lead; you are a viewer here." in response.content.decode()


def test_it_explains_a_form_that_is_too_old(owner):
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
    response = client.post("/workspaces/new/", {"name": "New"})
    assert response.status_code == 403
    assert "The form is too old" in response.content.decode()


def test_it_leaves_other_faults_to_the_page_for_them():
    middleware = AnswerAFullDisk(lambda request: HttpResponse())
    assert middleware.process_exception(RequestFactory().get("/"), OperationalError("no such table")) is None


def test_it_keeps_what_a_member_sees_out_of_caches(owner_client, client):
    assert "no-store" in owner_client.get("/w/acme/settings/")["Cache-Control"]
    assert client.get("/health/").headers.get("Cache-Control") is None
