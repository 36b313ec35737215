"""From the bytes of a picture or a clip to upright RGB images, within limits."""
