"""Count the frames of a GIF without decoding any."""

_EXTENSION, _IMAGE = 0x21, 0x2C
_HEADER, _DESCRIPTOR = 13, 10


def count_frames(data: bytes, most: int) -> int:
    """Count the frames in a GIF file, giving up at `most`; a damaged file counts as far as it goes.

    Source: https://www.w3.org/Graphics/GIF/spec-gif89a.txt
    """
    frames = 0
    try:
        position = _HEADER + _table_size(data[10])
        while frames < most:
            block = data[position]
            if block == _EXTENSION:
                position = _skip_sub_blocks(data, position + 2)
            elif block == _IMAGE:
                frames += 1
                table = _table_size(data[position + _DESCRIPTOR - 1])
                position = _skip_sub_blocks(data, position + _DESCRIPTOR + table + 1)
            else:
                break
    except IndexError:
        pass
    return frames


def _table_size(flags: int) -> int:
    """Return the bytes of the colour table that a descriptor's flags announce."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _skip_sub_blocks(data: bytes, position: int) -> int:
    while size := data[position]:
        position += size + 1
    return position + 1
