"""
The cast of every test that touches the database.

Olivia leads the workspace, Milo reviews in it, Vera looks on; Otto leads another workspace and must see nothing of this
one. The clients named after them are signed in; `client` is a stranger.
"""

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from hypothesis import settings

from archreview.rendering.markup import to_html
from archreview.reviews.analyses import forget_analyses
from archreview.reviews.polling import forget_polling
from archreview.reviews.shared_items import forget_shared_items
from archreview.rules.health import forget_health
from archreview.workspaces.actions import add_member, create_workspace
from archreview.workspaces.models import Role, Workspace

# How long one example takes says more about what else the machine does than about the code.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

SHARED_DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


DATABASE_FIXTURES = {"db", "transactional_db"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        fixtures: list[str] = getattr(item, "fixturenames", [])
        if item.get_closest_marker("django_db") or not DATABASE_FIXTURES.isdisjoint(fixtures):
            item.add_marker(pytest.mark.database)


@pytest.fixture
def shared_data() -> Path:
    """The folder of real files of public systems; skips where it is not there."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the folder of real files is not there")
    return SHARED_DATA


@pytest.fixture
def owner(db: None) -> User:
    return User.objects.create_user("olivia", first_name="Olivia", last_name="Owner")


@pytest.fixture
def member(db: None) -> User:
    return User.objects.create_user("milo", first_name="Milo", last_name="Member")


@pytest.fixture
def viewer(db: None) -> User:
    return User.objects.create_user("vera", first_name="Vera", last_name="Viewer")


@pytest.fixture
def outsider(db: None) -> User:
    return User.objects.create_user("otto", first_name="Otto", last_name="Outsider")


@pytest.fixture
def workspace(owner: User, member: User, viewer: User) -> Workspace:
    """The workspace `acme` with its lead, its reviewer and its viewer."""
    workspace = create_workspace(name="Acme", slug="acme", lead=owner)
    add_member(workspace, user=member, role=Role.REVIEWER)
    add_member(workspace, user=viewer, role=Role.VIEWER)
    return workspace


@pytest.fixture
def other_workspace(outsider: User) -> Workspace:
    """The workspace `globex`, which the outsider leads."""
    return create_workspace(name="Globex", slug="globex", lead=outsider)


def _signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def owner_client(owner: User, workspace: Workspace) -> Client:
    return _signed_in(owner)


@pytest.fixture
def member_client(member: User, workspace: Workspace) -> Client:
    return _signed_in(member)


@pytest.fixture
def viewer_client(viewer: User, workspace: Workspace) -> Client:
    return _signed_in(viewer)


@pytest.fixture
def outsider_client(outsider: User, workspace: Workspace, other_workspace: Workspace) -> Client:
    return _signed_in(outsider)


@pytest.fixture(autouse=True)
def _lay_out_here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Lay the texts of decisions out in this process, which is quick.

    The child process has tests of its own. Those that ask for `in_a_child` do as the product does, and so does whoever
    has a live server.
    """
    if "database" not in request.keywords or not {"in_a_child", "live_server"}.isdisjoint(request.fixturenames):
        return
    for module in ("actions.records", "forms", "views.editor"):
        monkeypatch.setattr(f"archreview.decisions.{module}.markdown_to_html", to_html)
    monkeypatch.setattr(
        "archreview.decisions.importing.markdowns_to_html", lambda texts, limits: [*map(to_html, texts)]
    )


@pytest.fixture
def in_a_child() -> None:
    """Let the test lay texts out as the product does."""


@pytest.fixture(autouse=True)
def _nothing_kept_of_another_test() -> None:
    """What is kept is known by keys and versions, which come again."""
    forget_analyses()
    forget_polling()
    forget_shared_items()
    forget_health()
