"""Checks that need more than a Python: each is a command of its own, not part of the test suite."""
