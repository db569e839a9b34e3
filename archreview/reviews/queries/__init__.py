"""What the pages of the reviews read, with a constant number of queries each."""
