from archreview.workspaces import frame
from archreview.workspaces.actions import create_workspace
from archreview.workspaces.frame import count_in_navigation, navigation
from archreview.workspaces.models import Role


def current(workspace, path: str) -> list[str]:
    return [place.label for place in navigation(workspace, path) if place.current]


def test_it_marks_the_place_that_the_page_lies_in(workspace):
    assert current(workspace, "/w/acme/") == ["Home"]
    assert current(workspace, "/w/acme/services/cart/edit/") == ["Services"]
    assert current(workspace, "/w/acme/channels/") == ["Services"]
    assert current(workspace, "/w/acme/members/") == ["Settings"]
    assert current(workspace, "/w/acme/export/architecture.yaml") == ["Import"]


def test_a_viewer_is_led_nowhere_that_a_viewer_may_not_be(viewer_client, workspace):
    page = viewer_client.get("/w/acme/settings/")
    places = page.context["places"]
    assert "Import" not in [place.label for place in places]
    assert {viewer_client.get(place.url).status_code for place in places} == {200}
    assert "Import" in [place.label for place in navigation(workspace, "/w/acme/", role=Role.REVIEWER)]


def test_it_shows_how_much_calls_for_action_and_no_nought(workspace, monkeypatch):
    monkeypatch.setattr(frame, "_count_functions", [])
    count_in_navigation(lambda workspace: {"Findings": 3, "Questions": 0})
    counts = {place.label: place.count for place in navigation(workspace, "/w/acme/")}
    assert counts["Findings"] == 3
    assert counts["Questions"] is None
    assert counts["Home"] is None


def test_a_number_in_the_navigation_says_what_it_counts(viewer_client, workspace, monkeypatch):
    monkeypatch.setattr(frame, "_count_functions", [])
    count_in_navigation(lambda workspace: {"Findings": 3})

    page = viewer_client.get("/w/acme/settings/").content.decode()

    assert 'title="3 critical and high">3<span class="visually-hidden"> critical and high</span>' in page


def test_the_frame_tells_the_role_and_what_it_may_do(viewer_client, member_client, owner_client):
    rights = []
    for client in (viewer_client, member_client, owner_client):
        context = client.get("/w/acme/settings/").context
        rights.append((context["role"].value, context["may_review"], context["may_lead"]))
    assert rights == [("viewer", False, False), ("reviewer", True, False), ("lead", True, True)]


def test_the_frame_takes_the_same_queries_however_many_workspaces(
    owner, owner_client, django_assert_num_queries, django_assert_max_num_queries
):
    # The session, the person, the membership with its workspace, the workspaces to switch to, and what the counts ask.
    with django_assert_max_num_queries(6) as few:
        owner_client.get("/w/acme/settings/")
    for number in range(5):
        create_workspace(name=f"Shop {number}", lead=owner)
    with django_assert_num_queries(len(few.captured_queries)):
        owner_client.get("/w/acme/settings/")
