"""What whobot does for people: one use case a module, and `Service` that leads each request to its own."""

from bot.service.service import Service

__all__ = ["Service"]
