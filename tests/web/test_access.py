"""Every URL, asked as everybody, by the table in access_table.py."""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from archreview.workspaces.models import Workspace
from tests.web.access_table import Row, Who, all_arguments, all_rows

# Django's own pages, and the files of a debug run.
NOT_OURS = {"admin"}
SIGN_IN = "/accounts/sign-in/"

ROWS = all_rows()


def urls(
    patterns: list[Any], namespace: str = "", names: tuple[str, ...] = ()
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The name of each URL with the names of its arguments."""
    for pattern in patterns:
        arguments = (*names, *pattern.pattern.converters)
        if isinstance(pattern, URLResolver):
            if pattern.namespace in NOT_OURS:
                continue
            inner = f"{pattern.namespace}:" if pattern.namespace else namespace
            yield from urls(pattern.url_patterns, inner, arguments)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}", arguments


URLS = dict(urls(get_resolver().url_patterns))
WRITES = sorted(name for name, row in ROWS.items() if row.post is not None and name in URLS)
READS = sorted(name for name, row in ROWS.items() if row.get is not None and name in URLS)
IN_A_WORKSPACE = sorted(name for name in ROWS if "workspace" in URLS.get(name, ()))
ROOMS = sorted({name.rpartition(":")[0] for name in ROWS})
OF_A_THING = [name for name in IN_A_WORKSPACE if len(URLS[name]) > 1 and not ROWS[name].everywhere]


def of_room(room: str, names: list[str]) -> list[str]:
    """Those of the names that are in the room's namespace; "" is that of the pages of no room."""
    return [name for name in names if name.rpartition(":")[0] == room]


def is_denied(response) -> bool:
    """Whether the answer is a refusal, of whatever kind, or no answer."""
    to_sign_in = response.status_code == 302 and response["Location"].startswith(f"{SIGN_IN}?next=")
    return to_sign_in or response.status_code in {403, 404, 405} or response.status_code >= 500


def expected(who: Who | None, actor: str) -> int | str:
    """What the actor gets: "answer", "sign in", or the status of the refusal."""
    if who is None:
        return 405
    if who == Who.ANYONE:
        return "answer"
    if actor == "anonymous":
        return "sign in"
    if who == Who.SIGNED_IN:
        return "answer"
    if actor == "outsider" or who == Who.STAFF:
        return 404
    rank = {"viewer": Who.VIEWER, "member": Who.REVIEWER, "owner": Who.LEAD}[actor]
    return "answer" if rank >= who else 403


def check(response, wanted: int | str, asked: str) -> None:
    got: int | str = response.status_code
    if not is_denied(response):
        got = "answer"
    elif response.status_code == 302:
        got = "sign in"
    assert got == wanted, f"{asked}: {response.status_code}, not {wanted}"


@pytest.fixture(autouse=True)
def _no_pdf_is_laid_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who may have a document does not depend on what is in it, and it takes a second each time."""
    for module in ("decisions.export", "decisions.log_document", "reviews.minutes"):
        monkeypatch.setattr(f"archreview.{module}.html_to_pdf", lambda **texts: b"%PDF-")


@pytest.fixture
def arguments(workspace: Workspace) -> dict[str, Any]:
    return all_arguments(workspace)


@pytest.fixture
def address(arguments):
    def build(name: str, **changes: str) -> str:
        return reverse(name, kwargs={argument: {**arguments, **changes}[argument] for argument in URLS[name]})

    return build


@pytest.fixture
def actors(client, outsider_client, viewer_client, member_client, owner_client) -> dict[str, Client]:
    return {
        "anonymous": client,
        "outsider": outsider_client,
        "viewer": viewer_client,
        "member": member_client,
        "owner": owner_client,
    }


def test_every_url_has_a_row_and_every_row_a_url():
    assert sorted(set(URLS) - set(ROWS)) == []
    assert sorted(set(ROWS) - set(URLS)) == []


@pytest.mark.parametrize("name", sorted(set(URLS) & set(ROWS)))
def test_it_answers_whom_the_table_names(name, actors, address):
    row: Row = ROWS[name]
    url = address(name)
    # From the least to the most powerful, so that what a lead deletes is there until then.
    for actor, client in actors.items():
        for who, response in ((row.get, client.get(url)), (row.post, client.post(url, data=dict(row.data)))):
            if who is not None:
                check(response, expected(who, actor), f"{response.request['REQUEST_METHOD']} {url} as {actor}")
            else:
                assert is_denied(response)
                assert actor != "owner" or response.status_code == 405


# These laws leave the world as it is, so one world serves all URLs of a room.


@pytest.mark.parametrize("room", ROOMS)
def test_it_tells_strangers_nothing_of_the_workspace(room, outsider_client, client, address):
    told = []
    for name in of_room(room, IN_A_WORKSPACE):
        for stranger in (outsider_client, client):
            answers = (stranger.get(address(name)), stranger.post(address(name)))
            told += [name for response in answers if b"Acme" in response.content]
    assert told == []


@pytest.mark.parametrize("room", ROOMS)
def test_it_does_not_reach_into_another_workspace_from_ones_own(room, outsider_client, address):
    reached = []
    for name in of_room(room, OF_A_THING):
        url, row = address(name, workspace="globex"), ROWS[name]
        if row.get is not None and outsider_client.get(url).status_code != 404:
            reached.append(f"GET {name}")
        if row.post is not None and outsider_client.post(url, data=dict(row.data)).status_code != 404:
            reached.append(f"POST {name}")
    assert reached == []


@pytest.mark.parametrize("room", ROOMS)
def test_it_refuses_a_post_without_a_token(room, owner, workspace, address):
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
    answers = {
        name: client.post(address(name), data=dict(ROWS[name].data)).status_code for name in of_room(room, WRITES)
    }
    assert {name: status for name, status in answers.items() if status != 403} == {}


def everything_stored() -> dict[str, str]:
    """The rows of each table, without the sessions, which keep when they were last used."""
    return {
        model._meta.label: repr(sorted(map(repr, model._base_manager.values_list())))
        for model in apps.get_models()
        if model._meta.app_label not in {"sessions", "axes"}
    }


@pytest.mark.parametrize("room", ROOMS)
def test_a_get_changes_nothing(room, owner_client, address):
    addresses = {name: address(name) for name in of_room(room, READS)}
    before = everything_stored()
    changed = []
    for name, url in addresses.items():
        owner_client.get(url)
        if everything_stored() != before:
            changed.append(name)
            before = everything_stored()
    assert changed == []


class Loads(HTMLParser):
    """Collects what a page loads, and what the content security policy would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.refused: list[str] = []
        self.headings = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.headings += tag == "h1"
        self.loaded += [
            given[name] for name in ("src", "action", "formaction", "poster", "data", "srcset") if name in given
        ]
        if tag in {"link", "use", "image"}:
            self.loaded += [given[name] for name in ("href", "xlink:href") if name in given]
        self.refused += [f"{tag} {name}" for name in given if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in given):
            self.refused.append(tag)


@pytest.mark.parametrize("room", ROOMS)
def test_a_page_loads_nothing_from_elsewhere_and_nothing_inline(room, owner, owner_client, address):
    User.objects.filter(pk=owner.pk).update(is_staff=True)
    for name in of_room(room, READS):
        response = owner_client.get(address(name), follow=True)
        policy = response["Content-Security-Policy"]
        assert "default-src 'self'" in policy, name
        assert "script-src 'self'" in policy, name
        assert "unsafe" not in policy, name
        if response["Content-Type"].startswith("text/html"):
            page = Loads()
            page.feed(response.content.decode())
            assert [address for address in page.loaded if "//" in address] == [], name
            assert page.refused == [], name
            # The style guide shows a page that asks, heading and all, as a sample.
            assert page.headings == (2 if name == "styleguide" else 1), name
