"""What several platforms need."""
