"""Loopback fakes of the platforms, spoken to by the real client libraries over real sockets."""
