"""What goes out: one module per form."""
