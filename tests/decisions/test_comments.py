"""Comments: by whom, when, changed and deleted by whoever wrote them, open whatever becomes of the record."""

import pytest

from archreview.decisions.actions import decide, write_comment, write_decision
from archreview.decisions.models import Comment, Status
from archreview.decisions.sealing import is_intact

ONE = "/w/acme/decisions/1/"
COMMENTS = f"{ONE}comments/"


@pytest.fixture
def comment(proposed, member):
    return write_comment(proposed, text="Why not a queue?", by=member)


def own(comment):
    return f"{COMMENTS}{comment.pk}/"


def test_a_comment_stands_on_the_page_with_its_author(proposed, member_client, viewer_client):
    answer = member_client.post(COMMENTS, {"text": "Why <b>not</b> a queue?"})

    assert answer["Location"].endswith(f"#comment-{Comment.objects.get().pk}")
    page = viewer_client.get(ONE).content.decode()
    assert "Why &lt;b&gt;not&lt;/b&gt; a queue?" in page
    assert "Milo Member" in page


def test_an_empty_comment_is_refused_on_the_page(proposed, member_client):
    answer = member_client.post(COMMENTS, {"text": "  "})

    assert answer.status_code == 422
    assert "This field is required." in answer.content.decode()
    assert not Comment.objects.exists()


def test_whoever_wrote_it_changes_and_deletes_it(comment, member_client):
    member_client.post(f"{own(comment)}edit/", {"text": "Why not a log?", "version": "1"})
    comment.refresh_from_db()
    assert comment.text == "Why not a log?"
    assert "edited" in member_client.get(ONE).content.decode()

    assert "Delete your comment?" in member_client.get(f"{own(comment)}delete/").content.decode()
    assert Comment.objects.exists()
    member_client.post(f"{own(comment)}delete/")
    assert not Comment.objects.exists()


def test_nobody_else_changes_or_deletes_it(comment, owner_client, viewer_client):
    for client in (owner_client, viewer_client):
        for page in ("edit/", "delete/"):
            assert client.get(f"{own(comment)}{page}").status_code == 403
            assert client.post(f"{own(comment)}{page}", {"text": "x", "version": "1"}).status_code == 403
    comment.refresh_from_db()
    assert comment.text == "Why not a queue?"


def test_of_two_changes_the_second_sees_both_texts(comment, member_client):
    member_client.post(f"{own(comment)}edit/", {"text": "First", "version": "1"})
    answer = member_client.post(f"{own(comment)}edit/", {"text": "Second", "version": "1"})

    assert answer.status_code == 409
    assert "First" in answer.content.decode()
    assert "Second" in answer.content.decode()
    comment.refresh_from_db()
    assert comment.text == "First"


def test_comments_stay_open_when_the_decision_is_decided_and_are_no_part_of_it(comment, proposed, owner, member_client):
    decide(proposed, to=Status.ACCEPTED, version=1, by=owner)
    member_client.post(COMMENTS, {"text": "It works."})

    proposed.refresh_from_db()
    assert Comment.objects.count() == 2
    assert is_intact(proposed)
    assert "It works." not in member_client.get(f"{ONE}markdown/").content.decode()


def test_a_comment_of_another_decision_is_not_found_here(comment, workspace, member, member_client, text):
    write_decision(workspace=workspace, text=text, by=member)

    assert member_client.get(f"/w/acme/decisions/2/comments/{comment.pk}/edit/").status_code == 404


def test_the_comment_of_whoever_has_left_stays(comment, member, viewer_client):
    member.delete()

    page = viewer_client.get(ONE).content.decode()
    assert "Why not a queue?" in page
    assert "somebody who has left" in page


def test_an_administrator_reads_and_deletes_comments_and_changes_none(comment, admin_client):
    one = f"/admin/decisions/comment/{comment.pk}"

    assert "Why not a queue?" in admin_client.get(f"{one}/change/").content.decode()
    assert admin_client.post(f"{one}/change/", {"text": "Mine."}).status_code == 403
    admin_client.post(f"{one}/delete/", {"post": "yes"})
    assert not Comment.objects.exists()


def test_any_number_of_comments_takes_the_same_queries(
    comment, proposed, member, viewer_client, django_assert_num_queries, django_assert_max_num_queries
):
    viewer_client.get(ONE)
    with django_assert_max_num_queries(20) as few:
        viewer_client.get(ONE)
    for _ in range(20):
        write_comment(proposed, text="Again.", by=member)
    with django_assert_num_queries(len(few.captured_queries)):
        viewer_client.get(ONE)
