"""The rule catalog and its administration."""
