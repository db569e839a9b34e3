from typing import Any

from django import forms
from django.contrib.auth.models import User

from archreview.workspaces.models import Role, Workspace


class WorkspaceForm(forms.ModelForm[Workspace]):
    class Meta:
        model = Workspace
        fields = ["name", "description"]
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"name": "For example the product, the programme or the department."}


class DeleteWorkspaceForm(forms.Form):
    """Asks for the name, so that nobody deletes the wrong workspace in passing."""

    name = forms.CharField(label="Name of the workspace", widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.workspace = workspace
        self.fields["name"].help_text = f"Type “{workspace.name}” to confirm."

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if name != self.workspace.name:
            raise forms.ValidationError("This is not the name of the workspace.")
        return name


class MemberForm(forms.Form):
    """Makes somebody with an account a member."""

    username = forms.CharField(
        label="Sign-in name",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
        help_text="The person needs an account; an administrator makes one.",
    )
    role = forms.ChoiceField(choices=Role.choices, initial=Role.REVIEWER)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        username = self.cleaned_data.get("username")
        if username is not None:
            self.user = User.objects.filter(username=username, is_active=True).first()
            if self.user is None:
                self.add_error("username", "Nobody with this sign-in name has an account.")
        return cleaned


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=Role.choices)
