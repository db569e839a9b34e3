"""Pages: the template of a draft, who wrote what, and a workspace's own templates."""

import pytest
from django.urls import reverse

from archreview.decisions.actions import Text, create_draft, decide, edit_draft
from archreview.decisions.built_in_templates import MADR
from archreview.decisions.export import as_markdown
from archreview.decisions.models import Decision, Status, WorkspaceTemplate
from archreview.decisions.own_templates import add_template
from archreview.engine.results import Subject
from archreview.rendering.markup import to_html
from tests.decisions.test_templates import SHORT


@pytest.fixture(autouse=True)
def lay_out_all_here(monkeypatch):
    monkeypatch.setattr("archreview.decisions.template_forms.markdown_to_html", to_html)
    monkeypatch.setattr(
        "archreview.decisions.views.templates.markdowns_to_html", lambda texts: [to_html(text) for text in texts]
    )


@pytest.fixture
def generated(workspace, member, draft):
    return create_draft(workspace=workspace, draft=draft, subject=Subject("edge", "cart-inventory"), by=member)


@pytest.fixture
def ours(workspace, owner):
    return add_template(workspace=workspace, name="Ours", text=SHORT, by=owner)


def url(name, *more):
    return reverse(f"decisions:{name}", args=["acme", *more])


def posted(client, address, data=None):
    """Where a form leads to once it is sent."""
    return client.get(client.post(address, data or {})["Location"])


def test_a_draft_is_laid_into_another_template_with_what_people_wrote(generated, member, member_client):
    body = generated.body.replace("Cart waits", "Nobody knows why Cart waits")
    edit_draft(generated, text=Text(title=generated.title, body=body), version=1, by=member)

    member_client.post(url("decision_template", 1), {"template": "nygard", "version": "2"})

    generated.refresh_from_db()
    assert generated.template == "nygard"
    assert "## Context\n\nNobody knows why Cart waits for Inventory." in generated.body
    assert "## Context\n\nCart waits for Inventory." in generated.generated_body
    assert as_markdown(generated).startswith("# 1. Queue Reserve stock\n\nDate: ")
    assert generated.versions.first().note == "Laid into Nygard"

    member_client.post(url("decision_template", 1), {"template": "madr", "version": "3"})

    generated.refresh_from_db()
    assert generated.body == body


def test_a_draft_is_laid_into_a_template_of_the_workspace_and_keeps_it(generated, ours, owner, owner_client):
    owner_client.post(url("decision_template", 1), {"template": f"own:{ours.pk}", "version": "1"})
    generated.refresh_from_db()
    ours.delete()

    decide(generated, to=Status.ACCEPTED, version=generated.version, by=owner)

    assert generated.template_name == "Ours"
    assert as_markdown(generated).startswith("# Queue Reserve stock\n\nWe, Olivia Owner, decided on ")
    assert "## Why\n\nCart waits for Inventory." in as_markdown(generated)
    assert "## Considered Options\n\n* one\n* two" in as_markdown(generated)


@pytest.mark.parametrize("template", ["", "own:0", "own:abc", "other", "own:99999999999999999999"])
def test_a_template_that_is_not_there_changes_nothing(generated, member_client, template):
    response = posted(member_client, url("decision_template", 1), {"template": template, "version": "1"})

    assert "There is no such template any more." in response.content.decode()
    generated.refresh_from_db()
    assert (generated.template, generated.version) == ("madr", 1)


def test_a_template_of_another_workspace_is_not_there(generated, other_workspace, outsider, member_client):
    theirs = add_template(workspace=other_workspace, name="Theirs", text=SHORT, by=outsider)

    member_client.post(url("decision_template", 1), {"template": f"own:{theirs.pk}", "version": "1"})

    generated.refresh_from_db()
    assert generated.template == "madr"


def test_of_two_who_change_a_draft_the_second_is_told(generated, member_client):
    member_client.post(url("decision_template", 1), {"template": "nygard", "version": "1"})
    response = posted(member_client, url("decision_template", 1), {"template": "log4brains", "version": "1"})

    assert "Somebody has saved this draft" in response.content.decode()
    generated.refresh_from_db()
    assert generated.template == "nygard"


def test_what_is_decided_keeps_its_template(generated, owner, owner_client):
    decide(generated, to=Status.ACCEPTED, version=1, by=owner)

    owner_client.post(url("decision_template", 1), {"template": "nygard", "version": "2"})

    generated.refresh_from_db()
    assert generated.template == "madr"


def test_the_marks_say_whose_each_paragraph_is_until_the_decision_is_made(generated, owner, member, member_client):
    page = member_client.get(generated.get_absolute_url()).content.decode()
    assert "Show who wrote what" not in page
    body = generated.body + "\nWritten by <b>hand</b>.\n"
    edit_draft(generated, text=Text(title=generated.title, body=body), version=1, by=member)

    assert "Show who wrote what" in member_client.get(generated.get_absolute_url()).content.decode()
    marks = member_client.get(url("decision_authors", 1)).content.decode()
    assert 'aria-label="Written by people"' in marks
    assert "Written by &lt;b&gt;hand&lt;/b&gt;." in marks
    part = member_client.get(url("decision_authors", 1), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "authored-written" in part

    decide(generated, to=Status.ACCEPTED, version=2, by=owner)

    assert "Show who wrote what" not in member_client.get(generated.get_absolute_url()).content.decode()
    assert member_client.get(url("decision_authors", 1)).status_code == 404


def test_a_lead_adds_a_template_after_seeing_it(workspace, owner_client):
    shown = owner_client.post(url("template_new"), {"name": "Ours", "text": SHORT, "preview": "1"}).content.decode()
    assert "We, Ana Lima, decided on 2026-11-20." in shown
    assert "No field for: Decision Drivers" in shown
    assert not WorkspaceTemplate.objects.exists()

    owner_client.post(url("template_new"), {"name": "Ours", "text": SHORT.replace("\n", "\r\n")})

    assert WorkspaceTemplate.objects.get().text == SHORT
    assert "Ours" in owner_client.get(url("template_list")).content.decode()


def test_a_bad_template_is_not_stored_and_every_error_has_its_line(workspace, owner_client):
    response = owner_client.post(url("template_new"), {"name": "Ours", "text": "# {titel}\n\n## A\n\n{context}\n"})

    assert response.status_code == 422
    assert "Line 1: There is no field {titel}. Did you mean {title}?" in response.content.decode()
    assert "The field {outcome} is missing" in response.content.decode()
    assert not WorkspaceTemplate.objects.exists()


def test_a_name_is_given_once_in_a_workspace(ours, owner_client):
    response = owner_client.post(url("template_new"), {"name": "Ours", "text": SHORT})

    assert response.status_code == 422
    assert "Another template of this workspace has this name." in response.content.decode()


def test_two_leads_who_save_one_template_do_not_lose_each_others_text(ours, owner_client):
    owner_client.post(url("template_edit", ours.pk), {"name": "Ours", "text": MADR, "version": "1"})

    response = owner_client.post(url("template_edit", ours.pk), {"name": "Mine", "text": SHORT, "version": "1"})

    assert response.status_code == 409
    assert "We, {deciders}, decided on {date}." in response.content.decode()
    ours.refresh_from_db()
    assert (ours.name, ours.text) == ("Ours", MADR)


def test_a_template_goes_and_its_decisions_stay(ours, generated, owner_client):
    owner_client.post(url("decision_template", 1), {"template": f"own:{ours.pk}", "version": "1"})
    owner_client.post(url("template_delete", ours.pk))

    assert not WorkspaceTemplate.objects.exists()
    assert owner_client.get(url("decision", 1)).status_code == 200
    assert Decision.objects.get().template_text == SHORT
