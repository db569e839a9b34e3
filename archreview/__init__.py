"""Architecture reviews: which calls between services should be synchronous, and why."""
