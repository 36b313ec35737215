"""Tokens of the right shape that were never issued; put together here, so that no scanner for secrets mistakes them."""

DISCORD_TOKEN = ".".join(("MTE0NzEyMzQ1Njc4OTAxMjM0NQ", "GaBcDe", "abcdefghijklmnopqrstuvwxyz0123456789AB"))
TELEGRAM_TOKEN = ":".join(("123456789", "AAabcdefghijklmnopqrstuvwxyz0123456"))
