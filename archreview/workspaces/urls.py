"""Signing in, the list of workspaces, and the settings of each."""

from django.contrib.auth import views as auth_views
from django.urls import include, path, reverse_lazy

from archreview.workspaces import views

app_name = "workspaces"

# /accounts/
account_urls = [
    path(
        "sign-in/",
        auth_views.LoginView.as_view(template_name="registration/sign_in.html", redirect_authenticated_user=True),
        name="sign_in",
    ),
    path("sign-out/", auth_views.LogoutView.as_view(), name="sign_out"),
    path(
        "password/",
        auth_views.PasswordChangeView.as_view(
            template_name="registration/password_change.html", success_url=reverse_lazy("workspaces:password_changed")
        ),
        name="password_change",
    ),
    path(
        "password/changed/",
        auth_views.PasswordChangeDoneView.as_view(template_name="registration/password_changed.html"),
        name="password_changed",
    ),
]

# /w/<workspace>/
workspace_urls = [
    path("settings/", views.settings, name="settings"),
    path("settings/delete/", views.workspace_delete, name="workspace_delete"),
    path("members/", views.members, name="members"),
    path("members/<int:member>/", views.member_change, name="member_change"),
    path("members/<int:member>/remove/", views.member_remove, name="member_remove"),
]

urlpatterns = [
    path("", views.workspace_list, name="workspace_list"),
    path("workspaces/new/", views.workspace_new, name="workspace_new"),
    path("accounts/", include(account_urls)),
    path("w/<slug:workspace>/", include(workspace_urls)),
]
