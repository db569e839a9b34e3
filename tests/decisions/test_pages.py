import re

import pytest
import yaml

from archreview.decisions.actions import Text, create_draft, decide, edit_draft, write_decision
from archreview.decisions.generator import draft_for_edge
from archreview.decisions.models import Decision, Status
from archreview.engine.results import Subject
from archreview.engine.review import review
from archreview.rendering import RenderingFailed
from tests.decisions.test_generator import TODAY, renamed
from tests.examples.reviewed import architecture, catalog
from tests.rendering.live import live_parts
from tests.rendering.payloads import SCRIPTS

FORM = {"title": "Other title", "body": "Other *text*.", "decision_makers": "", "consulted": "", "informed": ""}
LIST = "/w/acme/decisions/"
ONE = "/w/acme/decisions/1/"

READING = [LIST, ONE, f"{ONE}markdown/", f"{ONE}versions/1/"]
WRITING = [f"{LIST}new/", f"{ONE}edit/", f"{ONE}delete/"]
POSTING = [f"{LIST}new/", f"{LIST}preview/", f"{ONE}edit/", f"{ONE}delete/", f"{ONE}decide/"]


@pytest.mark.parametrize("url", READING)
def test_every_member_reads(proposed, viewer_client, member_client, owner_client, url):
    for reader in (viewer_client, member_client, owner_client):
        assert reader.get(url).status_code == 200


@pytest.mark.parametrize("url", [*READING, *WRITING, f"{ONE}pdf/"])
def test_strangers_see_nothing(proposed, client, outsider_client, url):
    assert client.get(url).status_code == 302
    answer = outsider_client.get(url)
    assert answer.status_code == 404
    assert "Kafka" not in answer.content.decode()


@pytest.mark.parametrize("url", POSTING)
def test_strangers_change_nothing(proposed, client, outsider_client, url):
    assert client.post(url, FORM).status_code == 302
    assert outsider_client.post(url, FORM).status_code == 404
    assert Decision.objects.get().version == 1


@pytest.mark.parametrize("url", WRITING)
def test_a_viewer_gets_no_form(proposed, viewer_client, url):
    assert viewer_client.get(url).status_code == 403


@pytest.mark.parametrize("url", POSTING)
def test_a_viewer_changes_nothing(proposed, viewer_client, url):
    assert viewer_client.post(url, FORM).status_code == 403
    assert Decision.objects.get().version == 1


def test_only_a_lead_decides(proposed, member_client, owner_client):
    step = {"to": "accepted", "version": 1}

    assert member_client.post(f"{ONE}decide/", step).status_code == 403
    assert owner_client.post(f"{ONE}decide/", step).status_code == 303
    assert Decision.objects.get().status == Status.ACCEPTED


def test_a_decision_of_another_workspace_is_not_found_here(proposed, other_workspace, outsider, outsider_client):
    assert outsider_client.get("/w/globex/decisions/1/").status_code == 404
    write_decision(workspace=other_workspace, text=Text(title="Theirs", body="x"), by=outsider)
    assert "Theirs" in outsider_client.get("/w/globex/decisions/1/").content.decode()


def test_a_get_decides_nothing(proposed, owner_client):
    assert owner_client.get(f"{ONE}decide/").status_code == 405


def test_the_page_shows_the_text_and_who_decides(proposed, viewer_client):
    page = viewer_client.get(ONE).content.decode()

    assert "<h2>Context and Problem Statement</h2>" in page
    assert "Ana, Ben" in page
    assert "0001" in page
    assert "Accept" not in page


def test_a_lead_finds_the_steps_that_exist(proposed, owner_client, owner):
    assert 'value="accepted"' in owner_client.get(ONE).content.decode()

    decide(proposed, to=Status.ACCEPTED, version=1, by=owner)
    page = owner_client.get(ONE).content.decode()

    assert 'value="accepted"' not in page
    assert 'value="deprecated"' in page
    assert "/edit/" not in page


def test_the_list_finds_by_word_number_and_status(workspace, member, owner, viewer_client):
    texts = [("Queue the receipt", "mail"), ("Keep the balance synchronous", "money"), ("Publish orders", "mail")]
    for title, body in texts:
        write_decision(workspace=workspace, text=Text(title=title, body=body), by=member)
    decide(Decision.objects.get(number=2), to=Status.ACCEPTED, version=1, by=owner)

    def titles(query):
        page = viewer_client.get(f"{LIST}{query}").content.decode()
        return [title for title, _ in texts if title in page]

    assert titles("") == [title for title, _ in texts]
    assert titles("?q=balance") == ["Keep the balance synchronous"]
    assert titles("?q=mail orders") == ["Publish orders"]
    assert titles("?q=0002") == ["Keep the balance synchronous"]
    assert titles("?status=accepted") == ["Keep the balance synchronous"]
    assert titles("?status=proposed&q=mail") == ["Queue the receipt", "Publish orders"]
    assert titles("?status=nonsense&sort=nonsense&page=99") == [title for title, _ in texts]
    assert titles("?q=nowhere") == []
    assert "No decision fits" in viewer_client.get(f"{LIST}?q=nowhere").content.decode()


def test_the_list_takes_the_same_queries_whatever_its_length(
    workspace, member, viewer_client, django_assert_num_queries, django_assert_max_num_queries
):
    def fill(count):
        for _ in range(count):
            number = Decision.objects.count() + 1
            Decision.objects.create(workspace=workspace, number=number, title=f"Number {number}", body="x")

    fill(2)
    viewer_client.get(LIST)  # from here on the analysis is at hand
    with django_assert_max_num_queries(20) as few:
        viewer_client.get(LIST)
    fill(38)
    with django_assert_num_queries(len(few.captured_queries)):
        viewer_client.get(LIST)


def test_an_empty_list_says_what_decisions_are_for(viewer_client, member_client):
    assert "No decisions yet" in viewer_client.get(LIST).content.decode()


def test_a_person_writes_a_decision_by_hand(member_client, member):
    assert "## Considered Options" in member_client.get(f"{LIST}new/").content.decode()

    answer = member_client.post(f"{LIST}new/", FORM)

    assert answer.status_code == 302
    decision = Decision.objects.get()
    assert (decision.title, decision.created_by, decision.generated_body) == ("Other title", member, "")


def test_a_draft_is_saved_with_its_text_laid_out(in_a_child, proposed, member_client):
    answer = member_client.post(f"{ONE}edit/", {**FORM, "version": 1})

    assert answer.status_code == 302
    proposed.refresh_from_db()
    assert proposed.rendered == "<p>Other <em>text</em>.</p>"
    assert proposed.version == 2


def test_the_preview_button_shows_and_saves_nothing(proposed, member_client):
    answer = member_client.post(f"{ONE}edit/", {**FORM, "version": 1, "preview": "1"})

    assert answer.status_code == 200
    assert "<em>text</em>" in answer.content.decode()
    assert "Other *text*." in answer.content.decode()
    assert Decision.objects.get().version == 1


def test_the_preview_while_typing_is_a_part_of_the_page(proposed, member_client):
    answer = member_client.post(f"{LIST}preview/", FORM, headers={"HX-Request": "true"})

    assert answer.status_code == 200
    assert "<em>text</em>" in answer.content.decode()
    assert "<html" not in answer.content.decode()
    assert "<html" in member_client.post(f"{LIST}preview/", FORM).content.decode()


@pytest.mark.any_database
def test_the_preview_of_a_bomb_says_what_is_wrong(in_a_child, member_client, workspace):
    answer = member_client.post(f"{LIST}preview/", {**FORM, "body": "[" * 20_000}, headers={"HX-Request": "true"})

    assert answer.status_code == 422
    assert "takes too long to lay out" in answer.content.decode()


def test_a_text_that_cannot_be_laid_out_stays_in_the_form(proposed, member_client, monkeypatch):
    def fail(text):
        raise RenderingFailed("This text is a bomb.")

    monkeypatch.setattr("archreview.decisions.forms.markdown_to_html", fail)
    answer = member_client.post(f"{ONE}edit/", {**FORM, "version": 1})

    assert answer.status_code == 422
    assert "This text is a bomb." in answer.content.decode()
    assert "Other *text*." in answer.content.decode()
    assert Decision.objects.get().version == 1


def test_a_conflict_keeps_both_texts(proposed, member, member_client):
    edit_draft(proposed, text=Text(title="Their title", body="Their text."), version=1, by=member)

    answer = member_client.post(f"{ONE}edit/", {**FORM, "version": 1})
    page = answer.content.decode()

    assert answer.status_code == 409
    assert "Their title" in page
    assert "Their text." in page
    assert "Other *text*." in page
    assert Decision.objects.get().body == "Their text."


def test_after_a_conflict_saving_again_takes_mine(proposed, member, member_client):
    edit_draft(proposed, text=Text(title="Their title", body="Their text."), version=1, by=member)
    page = member_client.post(f"{ONE}edit/", {**FORM, "version": 1}).content.decode()
    version = re.findall(r'name="version" value="(\d+)"', page)[0]

    assert member_client.post(f"{ONE}edit/", {**FORM, "version": version}).status_code == 302

    decision = Decision.objects.get()
    assert decision.body == "Other *text*."
    assert decision.versions.filter(body="Their text.").exists()


def test_an_accepted_decision_has_no_editor(proposed, owner, member_client):
    decide(proposed, to=Status.ACCEPTED, version=1, by=owner)

    for answer in (member_client.get(f"{ONE}edit/"), member_client.post(f"{ONE}edit/", {**FORM, "version": 2})):
        assert answer.status_code == 302
    assert Decision.objects.get().title == "Publish OrderPlaced on Kafka"


def test_a_draft_is_deleted_after_a_question(proposed, member_client):
    assert "Delete the draft" in member_client.get(f"{ONE}delete/").content.decode()
    assert Decision.objects.exists()

    assert member_client.post(f"{ONE}delete/", {"version": "1"}).status_code == 302
    assert not Decision.objects.exists()


@pytest.mark.parametrize("data", [{}, {"version": "9"}, {"version": "x"}])
def test_a_draft_is_not_deleted_by_who_has_not_seen_its_newest_text(proposed, member_client, data):
    assert member_client.post(f"{ONE}delete/", data).status_code == 409
    assert Decision.objects.exists()


def test_an_accepted_decision_is_not_deleted(proposed, owner, owner_client):
    decide(proposed, to=Status.ACCEPTED, version=1, by=owner)

    owner_client.post(f"{ONE}delete/", {"version": "2"})

    assert Decision.objects.exists()


def test_superseding_is_said_in_both_decisions(workspace, member, owner, owner_client):
    for title in ("Old", "New"):
        write_decision(workspace=workspace, text=Text(title=title, body="x"), by=member)
    for number in (1, 2):
        owner_client.post(f"{LIST}{number}/decide/", {"to": "accepted", "version": 1})
    successor = Decision.objects.get(number=2)

    owner_client.post(f"{ONE}decide/", {"to": "superseded", "version": 2, "successor": successor.pk})

    assert "0002 New" in owner_client.get(ONE).content.decode()
    assert "0001 Old" in owner_client.get(f"{LIST}2/").content.decode()
    assert "status: superseded by [0002](0002-new.md)" in owner_client.get(f"{ONE}markdown/").content.decode()


def test_the_markdown_has_front_matter_and_a_safe_name(workspace, member, viewer_client):
    text = Text(
        title='Keep "a: b" | <x> \\ y', body="## Context\n\nText.\n", decision_makers="Ana: lead, Ben #2", informed=""
    )
    write_decision(workspace=workspace, text=text, by=member)

    answer = viewer_client.get(f"{ONE}markdown/")
    content = answer.content.decode()
    _, matter, body = content.split("---\n", 2)

    assert answer["Content-Disposition"] == 'attachment; filename="0001-keep-a-b-x-y.md"'
    assert answer["Content-Type"] == "text/markdown; charset=utf-8"
    assert yaml.safe_load(matter) == {
        "status": "proposed",
        "date": Decision.objects.get().date,
        "decision-makers": "Ana: lead, Ben #2",
    }
    assert body.startswith('\n# Keep "a: b" \\| &lt;x&gt; \\\\ y\n\n## Context\n')


def test_the_same_decision_gives_the_same_file(proposed, viewer_client):
    assert viewer_client.get(f"{ONE}markdown/").content == viewer_client.get(f"{ONE}markdown/").content


def test_the_pdf_is_a_pdf_with_a_safe_name(proposed, viewer_client):
    answer = viewer_client.get(f"{ONE}pdf/")

    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="0001-publish-order-placed-on-kafka.pdf"'
    assert answer.content.startswith(b"%PDF-")


def test_without_a_pdf_the_markdown_is_offered(proposed, viewer_client, monkeypatch):
    def fail(decision):
        raise RenderingFailed("This document is too large.")

    monkeypatch.setattr("archreview.decisions.views.pages.as_pdf", fail)
    answer = viewer_client.get(f"{ONE}pdf/")

    assert answer.status_code == 422
    assert "This document is too large." in answer.content.decode()
    assert f"{ONE}markdown/" in answer.content.decode()


def test_a_version_shows_what_changed(proposed, member, viewer_client):
    edit_draft(proposed, text=Text(title="Other", body=proposed.body.replace("two", "three")), version=1, by=member)

    page = viewer_client.get(f"{ONE}versions/2/").content.decode()

    assert "Changed since version 1" in page
    assert "* <mark>two</mark>" in page
    assert "* <mark>three</mark>" in page
    assert viewer_client.get(f"{ONE}versions/9/").status_code == 404


def test_the_page_shows_what_people_changed_in_the_generated_text(workspace, member, draft, viewer_client):
    decision = create_draft(workspace=workspace, draft=draft, subject=Subject("edge", "cart-inventory"), by=member)
    assert "What people changed" not in viewer_client.get(ONE).content.decode()

    edit_draft(decision, text=Text(title="Other", body=decision.body + "\nMine.\n"), version=1, by=member)

    assert "What people changed" in viewer_client.get(ONE).content.decode()


def test_a_subject_that_is_gone_is_named_all_the_same(workspace, member, draft, viewer_client):
    create_draft(workspace=workspace, draft=draft, subject=Subject("edge", "cart-inventory"), by=member)

    assert "no longer in the model" in viewer_client.get(ONE).content.decode()


def parts_of(client, decision):
    """What would do something in each of the decision's pages."""
    one = f"{LIST}{decision.number}/"
    urls = [LIST, one, f"{one}edit/", f"{one}versions/1/", f"{one}delete/"]
    return [sorted(live_parts(client.get(url).content.decode())) for url in urls]


def test_no_script_lives_in_any_page(workspace, member, member_client):
    """The same pages with harmless texts have just as many live parts."""

    def parts(body, title):
        text = Text(title=title, body=body, decision_makers=title, consulted=title, informed=title)
        decision = write_decision(workspace=workspace, text=text, by=member)
        found = parts_of(member_client, decision)
        decision.delete()
        return found

    harmless = parts("Text.\n\n" * len(SCRIPTS), "A title")
    hostile = parts("\n\n".join(SCRIPTS), "<script>alert(1)</script><img src=x onerror=alert(1)>")

    assert hostile == harmless


def test_no_script_lives_in_a_picture(workspace, member, member_client):
    def parts(name):
        model = renamed(architecture("retailflow-before"), name)
        generated = draft_for_edge(model, review(model, catalog()), catalog(), "cart-inventory", today=TODAY)
        decision = create_draft(workspace=workspace, draft=generated, subject=Subject("edge", "x"), by=member)
        found = parts_of(member_client, decision)
        decision.delete()
        return found

    assert parts('</text><script>alert(1)</script>"><img src=x onerror=alert(1)>') == parts("Harmless name of a thing")


def test_the_navigation_counts_the_drafts_that_wait(proposed, viewer_client, owner):
    waiting = '<span class="count">1</span>'

    assert waiting in viewer_client.get(LIST).content.decode()
    decide(proposed, to=Status.ACCEPTED, version=1, by=owner)
    assert waiting not in viewer_client.get(LIST).content.decode()
