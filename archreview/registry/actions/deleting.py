"""Deleting what is registered, with what cannot stand without it."""
