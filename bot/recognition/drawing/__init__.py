"""Draw the answer."""
