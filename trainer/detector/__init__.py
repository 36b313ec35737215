"""The project's own face detector: its data, its network, its training and its measurements."""
