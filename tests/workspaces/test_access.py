from archreview.workspaces.models import Role


def test_it_knows_the_order_of_the_roles():
    assert Role.LEAD.includes(Role.VIEWER)
    assert Role.REVIEWER.includes(Role.REVIEWER)
    assert not Role.VIEWER.includes(Role.REVIEWER)


def test_it_hides_the_workspace_from_strangers(outsider_client):
    assert outsider_client.get("/w/acme/settings/").status_code == 404


def test_it_shows_the_settings_to_a_viewer_and_keeps_the_members_for_leads(viewer_client, owner_client):
    assert viewer_client.get("/w/acme/settings/").status_code == 200
    assert viewer_client.get("/w/acme/members/").status_code == 403
    assert owner_client.get("/w/acme/members/").status_code == 200
