import pytest

from tests.rendering.canary import Canary


@pytest.fixture
def canary():
    canary = Canary()
    yield canary
    canary.close()
