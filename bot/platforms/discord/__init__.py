"""Discord: gateway events and interactions in, messages out. discord.py speaks to the servers."""
