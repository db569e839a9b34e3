"""What changes decisions, their comments, and what people have typed and not saved."""

from archreview.decisions.actions.comments import change_comment, delete_comment, write_comment
from archreview.decisions.actions.records import (
    GENERATED,
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
from archreview.decisions.actions.working_copies import discard_working_copy, keep_working_copy

__all__ = [
    "GENERATED",
    "AlreadyDecided",
    "NoSuchStep",
    "Terms",
    "Text",
    "change_comment",
    "create_draft",
    "decide",
    "delete_comment",
    "delete_draft",
    "discard_working_copy",
    "edit_draft",
    "keep_working_copy",
    "slug_of",
    "write_comment",
    "write_decision",
]
