"""Find the faces in a picture."""
