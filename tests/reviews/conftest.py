"""The pages that show an analysis are tested on the shop of the registry's tests, and so are its review sessions."""

import pytest

from tests.registry.conftest import shop
from tests.reviews.meetings import opened_session

__all__ = ["item", "session", "shop"]


@pytest.fixture
def session(shop, owner, member, viewer):
    """Open, with the owner and the member voting and the viewer looking on."""
    return opened_session(shop, owner, voting=[member], looking_on=[viewer])


@pytest.fixture
def item(session):
    """The edge of the session's agenda on which tests vote."""
    return session.items.get(edge="cart-inventory")
