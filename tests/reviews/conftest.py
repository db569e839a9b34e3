"""The pages that show an analysis are tested on the shop of the registry's tests."""

from tests.registry.conftest import shop

__all__ = ["shop"]
