"""What people fill in. Forms check and translate; actions store."""

from archreview.registry.forms.answers import AnswerForm
from archreview.registry.forms.entries import EntryForm, Group
from archreview.registry.forms.files import ExampleForm, ImportForm

__all__ = ["AnswerForm", "EntryForm", "ExampleForm", "Group", "ImportForm"]
