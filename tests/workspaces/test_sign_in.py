import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.models import User
from django.test import Client

from archreview.workspaces.demo import LEAD, demo_users, visitor_account

SIGN_IN = "/accounts/sign-in/"


@pytest.fixture
def ana(db):
    return User.objects.create_user("ana", password="a long enough password")


def test_it_signs_in_and_goes_on_to_where_one_wanted(client, ana):
    response = client.get("/workspaces/new/")
    assert response["Location"] == f"{SIGN_IN}?next=/workspaces/new/"
    words = {"username": "ana", "password": "a long enough password", "next": "/workspaces/new/"}
    assert client.post(SIGN_IN, words)["Location"] == "/workspaces/new/"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example.org/", "//evil.example.org", "javascript:alert(1)", "/\\evil"]
)
def test_it_does_not_lead_to_another_host(client, ana, elsewhere):
    words = {"username": "ana", "password": "a long enough password", "next": elsewhere}
    assert client.post(SIGN_IN, words)["Location"] == "/"


def test_it_says_the_same_of_a_wrong_name_and_of_a_wrong_password(client, ana):
    answers = []
    for name in ("ana", "nobody"):
        body = client.post(SIGN_IN, {"username": name, "password": "wrong"}).content.decode()
        answers.append("Please enter a correct username and password" in body)
    assert answers == [True, True]


def test_it_stops_guessing_before_the_password_is_hashed(client, ana, monkeypatch):
    hashed = []
    encode = MD5PasswordHasher.encode

    def counted(hasher, password, salt):
        hashed.append(salt)
        return encode(hasher, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    answers = [
        client.post(
            SIGN_IN, {"username": "ana", "password": f"guess {n}"}, headers={"X-Forwarded-For": f"10.0.0.{n}"}
        ).status_code
        for n in range(30)
    ]
    assert answers[-1] == 429
    assert 1 <= len(hashed) <= 10
    right = client.post(SIGN_IN, {"username": "ana", "password": "a long enough password"})
    assert right.status_code == 429


def test_it_locks_the_guesser_out_and_not_the_person(ana):
    guesser, person = Client(REMOTE_ADDR="10.0.0.66"), Client(REMOTE_ADDR="10.0.0.7")
    for n in range(12):
        guesser.post(SIGN_IN, {"username": "ana", "password": f"guess {n}"})
    response = person.post(SIGN_IN, {"username": "ana", "password": "a long enough password"})
    assert response.status_code == 302


def test_it_begins_a_new_session_at_sign_in(client, ana):
    client.get(SIGN_IN)
    session = client.session
    session["seen"] = True
    session.save()
    before = session.session_key
    client.post(SIGN_IN, {"username": "ana", "password": "a long enough password"})
    assert client.session.session_key != before


def test_it_signs_out_by_post_alone(owner_client):
    assert owner_client.get("/accounts/sign-out/").status_code == 405
    owner_client.post("/accounts/sign-out/")
    assert owner_client.get("/")["Location"].startswith(SIGN_IN)


def test_a_page_whose_session_has_ended_goes_to_the_sign_in_as_a_whole(client, workspace):
    page = "http://testserver/w/acme/settings/?tab=name"
    response = client.post("/w/acme/settings/", headers={"HX-Request": "true", "HX-Current-URL": page})
    assert response.status_code == 204
    assert response["HX-Redirect"] == f"{SIGN_IN}?next=%2Fw%2Facme%2Fsettings%2F%3Ftab%3Dname"


def test_it_sends_htmx_back_to_pages_of_its_own_host_alone(client, workspace):
    page = "https://evil.example.org/w/acme/"
    response = client.get("/w/acme/settings/", headers={"HX-Request": "true", "HX-Current-URL": page})
    assert response["HX-Redirect"] == f"{SIGN_IN}?next=%2F"


def test_a_switched_off_account_is_out_at_once(owner_client, owner):
    User.objects.filter(pk=owner.pk).update(is_active=False)
    assert owner_client.get("/w/acme/settings/")["Location"].startswith(SIGN_IN)


def test_a_demo_signs_its_visitors_in_as_the_lead_and_says_so(client, db, settings):
    settings.DEMO = True
    demo_users()
    response = client.get("/")
    assert response.status_code == 200
    assert response.wsgi_request.user.username == "lia"
    assert "This is a <strong>demo</strong>" in response.content.decode()


def test_it_signs_nobody_in_outside_a_demo(client, db, settings):
    settings.DEMO = False
    demo_users()
    assert visitor_account() is None
    response = client.get("/")
    assert response["Location"].startswith(SIGN_IN)
    assert "demo" not in client.get(SIGN_IN).content.decode()


@pytest.mark.parametrize("change", [{"email": "lia@example.org"}, {"is_staff": True}, {"is_superuser": True}])
def test_a_demo_never_signs_visitors_in_as_somebody_real(client, db, settings, change):
    settings.DEMO = True
    demo_users()
    User.objects.filter(username=LEAD.username).update(**change)
    assert client.get("/")["Location"].startswith(SIGN_IN)
