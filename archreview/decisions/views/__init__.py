"""The pages of decisions: the log, one record, its editor, its templates, its comments."""
