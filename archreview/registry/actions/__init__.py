"""
The only writers of the registry. Each does its whole change in one transaction, or nothing of it.

Values are those of the engine under the engine's names (registry/fields.py). What cannot be stored is refused with a
ValidationError by field; what somebody else changed meanwhile, with `web.versions.ChangedMeanwhile`.
"""

from archreview.registry.actions.deleting import (
    delete_channel,
    delete_edge,
    delete_flow,
    delete_service,
    delete_system,
    delete_team,
)
from archreview.registry.actions.editing import (
    confirm_edge,
    create_channel,
    create_edge,
    create_flow,
    create_service,
    create_system,
    create_team,
    edit_channel,
    edit_edge,
    edit_flow,
    edit_service,
    edit_system,
    edit_team,
)
from archreview.registry.actions.importing import PreparedImport, import_architecture, prepare_import, preview_import
from archreview.registry.actions.stating import answer_question, state_facts

__all__ = [
    "PreparedImport",
    "answer_question",
    "confirm_edge",
    "create_channel",
    "create_edge",
    "create_flow",
    "create_service",
    "create_system",
    "create_team",
    "delete_channel",
    "delete_edge",
    "delete_flow",
    "delete_service",
    "delete_system",
    "delete_team",
    "edit_channel",
    "edit_edge",
    "edit_flow",
    "edit_service",
    "edit_system",
    "edit_team",
    "import_architecture",
    "prepare_import",
    "preview_import",
    "state_facts",
]
