"""Pages about rules: the catalog for everyone in a workspace, and the desk where administrators write it."""
