"""What is true about an architecture: plain Python, no I/O, no clock."""
