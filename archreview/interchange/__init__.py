"""Files in and files out. Plain Python: no Django, no database, no network."""
