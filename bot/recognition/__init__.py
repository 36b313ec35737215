"""What is in a picture: decode, detect, name, draw. Knows of no chat, no platform and no store."""
