"""Decision records: drafts, versions, exports."""
