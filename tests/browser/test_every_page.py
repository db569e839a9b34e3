"""Every page of the table of access, looked at by axe and by its width: a page cannot be added without."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from tests.browser.conftest import NARROW, WIDE
from tests.web.access_table import all_arguments
from tests.web.test_access import READS, ROOMS, URLS, of_room


@pytest.fixture(scope="module")
def is_page() -> dict[str, bool]:
    """Of the names that were asked already: whether what they answer with is a page, and no file."""
    return {}


@pytest.fixture
def pages(owner, workspace, transactional_db, is_page):
    """The addresses of a room's pages, each with something in it, as a lead sees them who is an administrator too."""
    User.objects.filter(pk=owner.pk).update(is_staff=True, is_superuser=True)
    arguments = all_arguments(workspace)
    client = Client()
    client.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")

    def of(room: str) -> list[str]:
        addresses = {
            name: reverse(name, kwargs={argument: arguments[argument] for argument in URLS[name]})
            for name in of_room(room, READS)
        }
        for name, url in addresses.items():
            if name not in is_page:
                is_page[name] = client.get(url)["Content-Type"].startswith("text/html")
        return [url for name, url in addresses.items() if is_page[name]]

    return of


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("room", ROOMS)
def test_it_is_accessible_in_both_schemes_and_fits(
    open_page, sign_in, owner, pages, assert_accessible, assert_no_sideways_scroll, room, size
):
    page = open_page(size=size)
    sign_in(page, owner)
    for url in pages(room):
        page.goto(url)
        assert_no_sideways_scroll(page)
        assert_accessible(page)
