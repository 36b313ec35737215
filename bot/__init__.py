"""whobot: tells who is in an anime picture, in chats."""
