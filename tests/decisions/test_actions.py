import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection

from archreview.decisions.actions import (
    AlreadyDecided,
    NoSuchStep,
    Terms,
    Text,
    create_draft,
    decide,
    delete_draft,
    edit_draft,
    slug_of,
    write_decision,
)
from archreview.decisions.draft import map_from_json
from archreview.decisions.models import Decision, Status
from archreview.decisions.sealing import is_intact
from archreview.drawing import Call
from archreview.engine.results import Subject
from archreview.web.versions import ChangedMeanwhile
from archreview.workspaces.actions import delete_workspace


def write(workspace, by, title="A decision", body="Text."):
    return write_decision(workspace=workspace, text=Text(title=title, body=body), by=by)


def test_a_draft_keeps_what_was_generated(workspace, member, draft):
    decision = create_draft(workspace=workspace, draft=draft, subject=Subject("edge", "cart-inventory"), by=member)

    decision.refresh_from_db()
    assert decision.generated_body == decision.body == draft.markdown
    assert not decision.changed_by_people
    assert decision.facts == [
        {
            "kind": "edge", "id": "cart-inventory", "fact": "timeout_ms", "value": "none",
            "basis": "registered", "by": "ana", "at": "", "why": "",
        }
    ]  # fmt: skip
    assert decision.confirmation["styles"] == ["queue"]
    assert (decision.subject_kind, decision.subject_id) == ("edge", "cart-inventory")
    assert decision.consulted == "Ana"
    assert decision.revision == workspace.revision
    assert map_from_json(decision.pictures["before"]) == draft.before
    assert "<h2>Context and Problem Statement</h2>" in decision.rendered
    assert decision.status == Status.PROPOSED


def test_what_people_change_can_be_told_from_what_was_generated(workspace, member, draft):
    decision = create_draft(workspace=workspace, draft=draft, subject=Subject("edge", "cart-inventory"), by=member)

    edit_draft(decision, text=Text(title=decision.title, body="Mine."), version=1, by=member)

    assert decision.changed_by_people
    assert decision.generated_body == draft.markdown
    assert [version.number for version in decision.versions.all()] == [2, 1]


def test_numbers_begin_at_one_in_each_workspace(workspace, other_workspace, member, outsider):
    assert [write(workspace, member).number, write(workspace, member).number] == [1, 2]
    assert write(other_workspace, outsider).number == 1


def test_the_number_of_a_deleted_draft_is_given_again(workspace, member):
    first, second, third = (write(workspace, member) for _ in range(3))

    delete_draft(second, version=1)

    assert write(workspace, member).number == 2
    assert write(workspace, member).number == 4
    assert (first.number, third.number) == (1, 3)


def test_the_database_refuses_a_number_twice(workspace, member, proposed):
    with pytest.raises(IntegrityError):
        Decision.objects.create(workspace=workspace, number=proposed.number, title="Other", body="x")


def test_a_title_becomes_a_file_name():
    assert slug_of("Publish OrderPlaced on Kafka") == "publish-order-placed-on-kafka"
    assert slug_of("../../etc/passwd; rm -rf") == "etcpasswd-rm-rf"
    assert slug_of("決定") == ""
    assert len(slug_of("a" * 500)) == 80


def test_a_decision_without_a_letter_in_its_title_has_a_file_name_all_the_same(workspace, member):
    assert write(workspace, member, title="決定").file_name == "0001.md"


def test_a_text_that_cannot_be_laid_out_is_stored_all_the_same(workspace, member, monkeypatch):
    from archreview.rendering import RenderingFailed

    def fail(text):
        raise RenderingFailed("No.")

    monkeypatch.setattr("archreview.decisions.actions.records.markdown_to_html", fail)
    decision = write(workspace, member)

    assert decision.rendered == ""
    assert decision.body == "Text."


def test_the_second_of_two_who_save_is_told(proposed, member):
    edit_draft(proposed, text=Text(title="Theirs", body="Theirs."), version=1, by=member)

    with pytest.raises(ChangedMeanwhile):
        edit_draft(proposed, text=Text(title="Mine", body="Mine."), version=1, by=member)

    proposed.refresh_from_db()
    assert proposed.body == "Theirs."
    assert proposed.versions.count() == 2


def test_every_text_that_was_saved_stays(proposed, member, text):
    edit_draft(proposed, text=Text(title="Two", body="Two."), version=1, by=member)
    edit_draft(proposed, text=Text(title="Three", body="Three."), version=2, by=member)

    assert [version.body for version in proposed.versions.order_by("number")] == [text.body, "Two.", "Three."]
    assert {version.saved_by for version in proposed.versions.all()} == {member}


def test_accepting_says_who_and_when(proposed, owner):
    decide(proposed, to=Status.ACCEPTED, version=1, by=owner)

    assert proposed.status == Status.ACCEPTED
    assert proposed.decided_by == owner
    assert proposed.decided_at is not None
    assert proposed.versions.first().note == "Accepted"


def test_whoever_accepts_is_the_decision_maker_where_nobody_is_named(workspace, member, owner):
    decision = write(workspace, member)

    decide(decision, to=Status.ACCEPTED, version=1, by=owner)

    assert decision.decision_makers == "Olivia Owner"


def test_an_accepted_decision_cannot_be_edited(proposed, member, owner, text):
    decide(proposed, to=Status.ACCEPTED, version=1, by=owner)

    with pytest.raises(AlreadyDecided):
        edit_draft(proposed, text=Text(title="Other", body="Other."), version=2, by=member)

    proposed.refresh_from_db()
    assert proposed.body == text.body


def test_an_accepted_decision_cannot_be_deleted(proposed, owner):
    decide(proposed, to=Status.ACCEPTED, version=1, by=owner)

    with pytest.raises(AlreadyDecided):
        delete_draft(proposed, version=2)

    assert Decision.objects.filter(pk=proposed.pk).exists()


@pytest.mark.parametrize("field", ["title", "body", "decision_makers", "number", "facts", "confirmation"])
def test_no_form_changes_an_accepted_decision(proposed, owner, field):
    decide(proposed, to=Status.ACCEPTED, version=1, by=owner)
    setattr(proposed, field, 9 if field == "number" else ["x"] if field == "facts" else "Something else")

    with pytest.raises(ValidationError, match="its text cannot change"):
        proposed.full_clean()


STEPS = {
    Status.PROPOSED: {Status.ACCEPTED, Status.REJECTED},
    Status.ACCEPTED: {Status.DEPRECATED, Status.SUPERSEDED},
    Status.REJECTED: set(),
    Status.DEPRECATED: set(),
    Status.SUPERSEDED: set(),
}
WAY_TO = {
    Status.PROPOSED: (),
    Status.ACCEPTED: (Status.ACCEPTED,),
    Status.REJECTED: (Status.REJECTED,),
    Status.DEPRECATED: (Status.ACCEPTED, Status.DEPRECATED),
    Status.SUPERSEDED: (Status.ACCEPTED, Status.SUPERSEDED),
}


@pytest.mark.parametrize("begin", Status)
@pytest.mark.parametrize("to", Status)
def test_only_these_steps_exist(workspace, member, owner, begin, to):
    successor = write(workspace, member)
    decide(successor, to=Status.ACCEPTED, version=1, by=owner)
    decision = write(workspace, member)
    for step in WAY_TO[begin]:
        decide(decision, to=step, version=decision.version, by=owner, successor=successor)

    if to in STEPS[begin]:
        decide(decision, to=to, version=decision.version, by=owner, successor=successor)
        assert decision.status == to
    else:
        with pytest.raises(NoSuchStep):
            decide(decision, to=to, version=decision.version, by=owner, successor=successor)


def test_a_successor_is_an_accepted_decision_of_the_same_workspace(workspace, other_workspace, member, owner, outsider):
    decision, draft = write(workspace, member), write(workspace, member)
    foreign = write(other_workspace, outsider)
    decide(decision, to=Status.ACCEPTED, version=1, by=owner)
    decide(foreign, to=Status.ACCEPTED, version=1, by=outsider)

    for successor in (None, decision, draft, foreign):
        with pytest.raises(NoSuchStep):
            decide(decision, to=Status.SUPERSEDED, version=2, by=owner, successor=successor)


def test_superseding_links_both_ways(workspace, member, owner):
    old, new = write(workspace, member), write(workspace, member)
    decide(old, to=Status.ACCEPTED, version=1, by=owner)
    decide(new, to=Status.ACCEPTED, version=1, by=owner)

    decide(old, to=Status.SUPERSEDED, version=2, by=owner, successor=new)

    assert old.superseded_by == new
    assert list(new.supersedes.all()) == [old]


def test_two_who_decide_at_once_do_not_both_win(proposed, owner):
    stale = Decision.objects.get(pk=proposed.pk)
    decide(proposed, to=Status.REJECTED, version=1, by=owner)

    with pytest.raises(ChangedMeanwhile):
        decide(stale, to=Status.ACCEPTED, version=1, by=owner)

    proposed.refresh_from_db()
    assert proposed.status == Status.REJECTED


def test_a_workspace_goes_with_all_its_decisions(workspace, member, owner):
    old, new = write(workspace, member), write(workspace, member)
    decide(old, to=Status.ACCEPTED, version=1, by=owner)
    decide(new, to=Status.ACCEPTED, version=1, by=owner)
    decide(old, to=Status.SUPERSEDED, version=2, by=owner, successor=new)

    delete_workspace(workspace)

    assert not Decision.objects.exists()
    connection.check_constraints()


def replacing(workspace, member, owner):
    """An accepted decision, and a draft that is to take its place."""
    old, new = write(workspace, member), write(workspace, member)
    decide(old, to=Status.ACCEPTED, version=1, by=owner)
    edit_draft(
        new,
        text=Text(title="Newer", body="Newer."),
        version=1,
        by=member,
        terms=Terms(confirmation={}, will_supersede=old),
    )
    return old, new


def test_superseding_takes_effect_when_the_successor_is_accepted(workspace, member, owner):
    old, new = replacing(workspace, member, owner)
    old.refresh_from_db()
    assert old.status == Status.ACCEPTED

    decide(new, to=Status.ACCEPTED, version=2, by=owner)

    old.refresh_from_db()
    assert (old.status, old.superseded_by) == (Status.SUPERSEDED, new)
    assert list(new.supersedes.all()) == [old]
    assert old.versions.first().note == f"Superseded by {new.label}"
    assert is_intact(old)
    assert is_intact(new)


def test_a_successor_that_is_rejected_supersedes_nothing(workspace, member, owner):
    old, new = replacing(workspace, member, owner)

    decide(new, to=Status.REJECTED, version=2, by=owner)

    old.refresh_from_db()
    assert old.status == Status.ACCEPTED


def test_a_successor_that_comes_too_late_is_not_accepted(workspace, member, owner):
    old, new = replacing(workspace, member, owner)
    decide(old, to=Status.DEPRECATED, version=2, by=owner)

    with pytest.raises(NoSuchStep, match="which is deprecated"):
        decide(new, to=Status.ACCEPTED, version=2, by=owner)

    new.refresh_from_db()
    assert (new.status, new.version, new.content_hash) == (Status.PROPOSED, 2, "")


def test_a_step_is_a_change_that_the_analysis_must_look_at(workspace, member, owner):
    decision = write(workspace, member)
    before = workspace.revision

    decide(decision, to=Status.ACCEPTED, version=1, by=owner)

    workspace.refresh_from_db()
    assert workspace.revision == before + 1


def test_a_draft_that_somebody_has_saved_meanwhile_is_not_deleted(proposed, member):
    edit_draft(proposed, text=Text(title="Theirs", body="Theirs."), version=1, by=member)

    with pytest.raises(ChangedMeanwhile):
        delete_draft(proposed, version=1)

    assert Decision.objects.filter(pk=proposed.pk).exists()


def test_a_picture_that_was_stored_with_one_number_on_an_edge_keeps_it():
    edge = {"id": "a", "source": "cart", "target": "stock", "family": "synchronous", "number": 3, "over": True}

    drawn = map_from_json({"title": "Older", "edges": [edge, {**edge, "id": "b", "number": None, "over": False}]})

    assert [edge.calls for edge in drawn.edges] == [(Call(3, over=True),), ()]
