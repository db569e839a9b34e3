"""Hypothesis as these tests use it: a busy machine is no reason to fail."""

from hypothesis import settings

settings.register_profile("engine", deadline=None)
settings.load_profile("engine")
