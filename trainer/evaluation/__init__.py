"""Judge bundles by what they answer for folders of pictures."""
