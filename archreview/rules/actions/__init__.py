"""
What changes the catalog. Nothing else writes to it.

What is published makes the next version of the catalog in the transaction of the change, and is kept with what the
thing said before and after, with who changed it and why. What cannot be kept is refused with InvalidEntry, which tells
all that is wrong by entry and field; what somebody else changed meanwhile, with `web.versions.ChangedMeanwhile`.
"""

from archreview.rules.actions.drafting import (
    discard_draft,
    put_draft_on_what_is_in_force,
    save_draft,
)
from archreview.rules.actions.loading import Loaded, draft_of_both, keep_ours, load_catalog, take_theirs
from archreview.rules.actions.overriding import override_rule, take_back_override
from archreview.rules.actions.packs import load_pack
from archreview.rules.actions.publishing import (
    go_back_to,
    publish_draft,
    retire,
    take_back,
)
from archreview.rules.actions.record import InvalidEntry, lay_out_texts

__all__ = [
    "InvalidEntry",
    "Loaded",
    "discard_draft",
    "draft_of_both",
    "go_back_to",
    "keep_ours",
    "lay_out_texts",
    "load_catalog",
    "load_pack",
    "override_rule",
    "publish_draft",
    "put_draft_on_what_is_in_force",
    "retire",
    "save_draft",
    "take_back",
    "take_back_override",
    "take_theirs",
]
