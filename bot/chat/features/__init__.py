"""What people can ask for, one module each."""
