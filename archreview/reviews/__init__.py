"""Analyses of a workspace and the pages that show them."""
