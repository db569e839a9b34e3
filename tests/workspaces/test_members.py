import pytest
from django.apps import apps
from django.contrib.auth.models import User

from archreview.workspaces.actions import LastLead, add_member, change_role, create_workspace, remove_member, touch
from archreview.workspaces.models import Membership, Role, Workspace
from archreview.workspaces.queries import listed_workspaces
from tests.web.access_table import all_arguments


def role_of(workspace, user) -> str | None:
    return Membership.objects.filter(workspace=workspace, user=user).values_list("role", flat=True).first()


def test_whoever_begins_a_workspace_leads_it(outsider_client, outsider):
    response = outsider_client.post("/workspaces/new/", {"name": "New shop", "description": ""})
    assert response["Location"] == "/w/new-shop/"
    assert role_of(Workspace.objects.get(slug="new-shop"), outsider) == Role.LEAD


def test_it_finds_a_free_address_for_a_name_that_is_taken(owner):
    names = ["Shop", "Shop", "Shop", "店", "x" * 100]
    slugs = [create_workspace(name=name, lead=owner).slug for name in names]
    assert slugs == ["shop", "shop-2", "shop-3", "workspace", "x" * 45]


def test_a_lead_adds_a_member_by_name(owner_client, workspace, outsider):
    owner_client.post("/w/acme/members/", {"username": "otto", "role": "reviewer"})
    assert role_of(workspace, outsider) == Role.REVIEWER


def test_it_says_when_nobody_has_the_name(owner_client, workspace):
    response = owner_client.post("/w/acme/members/", {"username": "nobody", "role": "viewer"})
    assert response.status_code == 422
    assert "Nobody with this sign-in name has an account." in response.content.decode()


def test_adding_a_member_again_gives_the_new_role(workspace, viewer):
    add_member(workspace, user=viewer, role=Role.REVIEWER)
    assert role_of(workspace, viewer) == Role.REVIEWER
    assert Membership.objects.filter(workspace=workspace, user=viewer).count() == 1


def test_a_workspace_keeps_a_lead(workspace, owner, member):
    lead = Membership.objects.get(workspace=workspace, user=owner)
    for leave in (
        lambda: change_role(lead, role=Role.VIEWER),
        lambda: remove_member(lead),
        lambda: add_member(workspace, user=owner, role=Role.VIEWER),
    ):
        with pytest.raises(LastLead):
            leave()
    assert role_of(workspace, owner) == Role.LEAD
    change_role(Membership.objects.get(workspace=workspace, user=member), role=Role.LEAD)
    remove_member(lead)
    assert role_of(workspace, owner) is None


def test_it_says_that_a_lead_is_needed(owner_client, workspace, owner):
    lead = Membership.objects.get(workspace=workspace, user=owner)
    response = owner_client.post(f"/w/acme/members/{lead.pk}/remove/")
    assert response.status_code == 409
    assert "A workspace needs a lead." in response.content.decode()


def test_a_lead_changes_and_ends_a_membership(owner_client, workspace, viewer):
    membership = Membership.objects.get(workspace=workspace, user=viewer)
    owner_client.post(f"/w/acme/members/{membership.pk}/", {"role": "lead"})
    assert role_of(workspace, viewer) == Role.LEAD
    owner_client.post(f"/w/acme/members/{membership.pk}/remove/")
    assert role_of(workspace, viewer) is None


def test_a_former_member_is_a_stranger(viewer_client, workspace, viewer):
    Membership.objects.filter(workspace=workspace, user=viewer).delete()
    assert viewer_client.get("/w/acme/settings/").status_code == 404


def test_it_deletes_only_when_the_name_is_typed(owner_client, workspace):
    address = "/w/acme/settings/delete/"
    assert "3</strong> memberships" in owner_client.get(address).content.decode()
    assert owner_client.post(address, {"name": "Other"}).status_code == 422
    owner_client.post(address, {"name": "Acme"})
    assert not Workspace.objects.filter(slug="acme").exists()
    assert User.objects.filter(username="milo").exists()


def test_it_escapes_the_name_wherever_it_shows_it(owner_client, workspace):
    Workspace.objects.update(name="<script>alert(1)</script>")
    for address in ("/", "/w/acme/settings/", "/w/acme/settings/delete/", "/w/acme/members/"):
        assert "<script>alert" not in owner_client.get(address).content.decode()


def test_each_change_of_the_model_counts(workspace):
    before = workspace.revision
    touch(workspace)
    touch(Workspace.objects.get(pk=workspace.pk))
    workspace.refresh_from_db()
    assert workspace.revision == before + 2


def test_the_list_of_workspaces_takes_the_same_queries_for_one_and_for_many(
    owner, workspace, django_assert_num_queries
):
    with django_assert_num_queries(2):
        assert len(listed_workspaces(owner)) == 1
    for number in range(5):
        create_workspace(name=f"Shop {number}", lead=owner)
    with django_assert_num_queries(2):
        assert len(listed_workspaces(owner)) == 6


def test_it_logs_who_changed_whose_membership(owner_client, owner, workspace, viewer, caplog):
    caplog.set_level("INFO", logger="archreview.workspaces")
    membership = Membership.objects.get(workspace=workspace, user=viewer)
    owner_client.post(f"/w/acme/members/{membership.pk}/", {"role": "reviewer"})
    owner_client.post(f"/w/acme/members/{membership.pk}/remove/")
    assert [record.getMessage() for record in caplog.records if record.name.startswith("archreview")] == [
        f"user {owner.pk} made user {viewer.pk} reviewer of workspace 'acme'",
        f"user {owner.pk} ended the membership of user {viewer.pk} in 'acme'",
    ]


def test_it_logs_whom_it_turned_away(outsider_client, outsider, viewer_client, viewer, workspace, caplog):
    caplog.set_level("INFO", logger="archreview.workspaces")
    outsider_client.get("/w/acme/settings/")
    viewer_client.get("/w/acme/members/")
    assert [record.getMessage() for record in caplog.records if record.name.startswith("archreview")] == [
        f"user {outsider.pk} asked for workspace 'acme' without being a member",
        f"user {viewer.pk} needed the role lead in workspace 'acme'",
    ]


def test_deleting_a_workspace_takes_all_that_is_in_it_and_nothing_of_another(owner_client, workspace, other_workspace):
    all_arguments(workspace)
    page = owner_client.get("/w/acme/settings/delete/").content.decode()
    assert "services" in page
    owner_client.post("/w/acme/settings/delete/", {"name": "Acme"})
    left = {
        model._meta.label
        for model in apps.get_models()
        for field in model._meta.fields
        if field.related_model is Workspace and model._base_manager.filter(**{field.name: workspace.pk}).exists()
    }
    assert left == set()
    assert not Workspace.objects.filter(slug="acme").exists()
    assert Membership.objects.filter(workspace=other_workspace).count() == 1
