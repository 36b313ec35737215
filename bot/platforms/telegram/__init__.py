"""Telegram: Bot API updates in, photos and text out. python-telegram-bot speaks to the servers."""
