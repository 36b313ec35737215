"""The trainer: from a folder of pictures per character to a bundle that the bot picks up."""
