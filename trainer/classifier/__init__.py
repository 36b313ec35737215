"""Train a classifier of one's own characters, and export it as a bundle."""
