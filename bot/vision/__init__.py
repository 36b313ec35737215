"""See: decode, detect, classify, annotate. Synchronous; knows neither asyncio nor chats."""
