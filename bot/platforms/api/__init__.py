"""The API: whobot for programs, over HTTP."""
