from django.apps import AppConfig


class WorkspacesConfig(AppConfig):
    name = "archreview.workspaces"
    verbose_name = "Workspaces"
