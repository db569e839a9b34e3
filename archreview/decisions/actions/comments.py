"""Comments on a decision: anybody who may review writes, and changes or deletes what is theirs."""

from django.contrib.auth.models import User
from django.utils import timezone

from archreview.decisions.models import Comment, Decision
from archreview.web.versions import ChangedMeanwhile


def write_comment(decision: Decision, *, text: str, by: User) -> Comment:
    """Say something about a decision, wherever it stands."""
    return Comment.objects.create(decision=decision, author=by, text=text)


def change_comment(comment: Comment, *, text: str, version: int) -> Comment:
    """Give a comment another text. Raises ChangedMeanwhile when it was saved, or deleted, since `version` was read."""
    changed = Comment.objects.filter(pk=comment.pk, version=version).update(
        text=text, edited_at=timezone.now(), version=version + 1
    )
    if not changed:
        raise ChangedMeanwhile
    comment.refresh_from_db()
    return comment


def delete_comment(comment: Comment) -> None:
    """Delete a comment; one that is gone already is no error."""
    Comment.objects.filter(pk=comment.pk).delete()
