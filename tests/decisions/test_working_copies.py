"""What is typed into the editor and not saved: kept for whoever typed it, shown to nobody else, never a version."""

import pytest

from archreview.decisions.actions import Text, decide, edit_draft
from archreview.decisions.models import Decision, DecisionVersion, Status, WorkingCopy

EDIT, NEW, ONE = "/w/acme/decisions/1/edit/", "/w/acme/decisions/new/", "/w/acme/decisions/1/"
TYPED = {"title": "Half a tit", "body": "Half a sent", "decision_makers": "Ana", "version": "1"}


def autosave(client, url=EDIT, **fields):
    return client.post(url, {**TYPED, **fields, "autosave": "1"}, headers={"HX-Request": "true"})


def save(client, **fields):
    return client.post(EDIT, {**TYPED, **fields})


def test_what_is_typed_is_kept_and_is_no_version(proposed, text, member_client):
    for body in ("H", "Ha", "Half"):
        answer = autosave(member_client, body=body)

    assert "Kept at" in answer.content.decode()
    assert WorkingCopy.objects.get().fields["body"] == ["Half"]
    proposed.refresh_from_db()
    assert (proposed.version, proposed.body) == (1, text.body)
    assert DecisionVersion.objects.count() == 1


def test_whoever_comes_back_finds_what_they_had_typed(proposed, member_client, owner_client):
    autosave(member_client, body="Half a sentence")

    assert "Half a sentence" in member_client.get(EDIT).content.decode()
    assert "have not saved it" in member_client.get(ONE).content.decode()
    for page in (EDIT, ONE):
        assert "Half a sentence" not in owner_client.get(page).content.decode()
        assert "not saved" not in owner_client.get(page).content.decode()


def test_what_is_typed_need_not_be_valid(proposed, member_client):
    assert autosave(member_client, title="", body="", version="x", styles="nonsense").status_code == 200
    assert member_client.get(EDIT).status_code == 200


def test_saving_makes_one_version_and_is_done_with_the_rest(proposed, member_client):
    autosave(member_client, body="Half")
    save(member_client, title="A title", body="A whole sentence.")

    assert not WorkingCopy.objects.exists()
    assert [version.body for version in Decision.objects.get().versions.all()][0] == "A whole sentence."
    assert DecisionVersion.objects.count() == 2


def test_a_late_request_does_not_bring_back_what_was_saved(proposed, member_client):
    save(member_client, title="A title", body="A whole sentence.")
    autosave(member_client, body="A whole senten")

    assert not WorkingCopy.objects.exists()


def test_whoever_types_while_another_saves_is_told_and_loses_nothing(proposed, member_client, owner):
    autosave(member_client, body="Mine")
    edit_draft(proposed, text=Text(title="Theirs", body="Theirs."), version=1, by=owner)

    answer = autosave(member_client, body="Mine, and more")
    assert "Olivia Owner has saved version 2 meanwhile" in answer.content.decode()
    opened = member_client.get(EDIT).content.decode()
    assert "Mine, and more" in opened
    assert "you see both texts" in opened

    conflict = save(member_client, title="Mine", body="Mine, and more", version="1")
    page = conflict.content.decode()
    assert conflict.status_code == 409
    assert "Mine, and more" in page
    assert "Theirs." in page
    assert WorkingCopy.objects.get().fields["body"] == ["Mine, and more"]

    save(member_client, title="Mine", body="Mine, and more", version="2")
    assert not WorkingCopy.objects.exists()
    assert Decision.objects.get().version == 3
    assert Decision.objects.get().versions.filter(body="Theirs.").exists()


def test_what_was_typed_stays_readable_when_the_decision_is_decided_meanwhile(proposed, member_client, owner):
    autosave(member_client, body="Mine")
    decide(proposed, to=Status.ACCEPTED, version=1, by=owner)

    assert "was accepted meanwhile" in autosave(member_client, body="Mine, and more").content.decode()
    page = member_client.get(ONE).content.decode()
    assert "Mine, and more" in page
    assert member_client.post(EDIT, {"discard": "1"}).status_code == 302
    assert not WorkingCopy.objects.exists()
    assert Decision.objects.get().version == 2


def test_what_is_not_wanted_is_discarded(proposed, member_client):
    autosave(member_client)
    member_client.post(EDIT, {"discard": "1"})

    assert not WorkingCopy.objects.exists()
    assert "Half a sent" not in member_client.get(EDIT).content.decode()


def test_a_new_decision_is_kept_before_it_exists(workspace, member_client):
    autosave(member_client, url=NEW, body="Half a sentence")
    assert not Decision.objects.exists()
    assert "Half a sentence" in member_client.get(NEW).content.decode()

    member_client.post(NEW, {**TYPED, "version": ""})
    assert Decision.objects.get().title == "Half a tit"
    assert not WorkingCopy.objects.exists()


def test_two_people_have_a_copy_each(proposed, member_client, owner_client):
    autosave(member_client, body="Milo's")
    autosave(owner_client, body="Olivia's")

    assert "Milo&#x27;s" in member_client.get(EDIT).content.decode()
    assert "Olivia&#x27;s" in owner_client.get(EDIT).content.decode()


def test_what_is_far_too_long_is_not_kept(proposed, member_client):
    answer = autosave(member_client, body="x" * 100_001)

    assert answer.status_code == 422
    assert "too long" in answer.content.decode()
    assert not WorkingCopy.objects.exists()


@pytest.mark.parametrize("url", [EDIT, NEW])
def test_without_scripts_the_same_request_is_a_page(proposed, member_client, url):
    assert "<html" in member_client.post(url, {**TYPED, "autosave": "1"}).content.decode()
