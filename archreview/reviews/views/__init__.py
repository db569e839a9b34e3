"""The pages that show an analysis."""
