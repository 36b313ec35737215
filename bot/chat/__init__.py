"""What people ask for and are answered, the same on every platform."""
