"""The formats of pictures and clips that whobot reads: one row each, read by whoever has to know one.

A new format is a row here, and where no decoder of the table reads it, a decoder.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final, Literal

StillDecoder = Literal["pillow", "heif"]
"""What `bot.recognition.decoding.decode` opens a picture with."""
ClipDecoder = Literal["mp4", "webm", "lottie"]
"""What `bot.recognition.decoding.clip` reads a clip with."""

_HEAD = 64
"""Bytes at the start of a file that tell its format."""
_PICTURE_BRANDS = frozenset({b"avif", b"avis", b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
"""Still and animated pictures share their container, the ISO base media file format, with MP4."""
_MP4_BRANDS = frozenset({b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"dash"})


@dataclass(frozen=True, slots=True)
class Format:
    """One format.

    Attributes:
        name: What people call it; in capitals it is the name by which Pillow knows a picture.
        matches: Tells from the first bytes of a file, or from all of it, whether it is one.
        decoder: What reads it.
        media_types: Its names in MIME, the usual one first. A format without any is read when it arrives, but is
            neither asked for nor shown in a browser.
        suffixes: How the names of such files end, in small letters and with the dot, the usual ending first.
        frames: Whether a picture may hold several frames.
    """

    name: str
    matches: Callable[[bytes], bool]
    decoder: StillDecoder | ClipDecoder
    media_types: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    frames: bool = False

    @property
    def clip(self) -> ClipDecoder | None:
        """What reads a clip, None for a picture."""
        match self.decoder:
            case "pillow" | "heif":
                return None
            case clip:
                return clip

    @property
    def group(self) -> str:
        """``image`` or ``video``, empty for a format without media types."""
        return self.media_types[0].partition("/")[0] if self.media_types else ""


def _begins(*signatures: bytes) -> Callable[[bytes], bool]:
    return lambda data: data.startswith(signatures)


def _brand(data: bytes) -> bytes:
    """Return the main brand of a file in the ISO base media file format, empty for all others."""
    return data[8:12] if data[4:8] == b"ftyp" else b""


def _is_avif(data: bytes) -> bool:
    # A file may name the general brand first, and AVIF among those that it is compatible with.
    brand = _brand(data)
    return brand in (b"avif", b"avis") or (brand in (b"mif1", b"msf1") and b"avi" in data[12:_HEAD])


def _is_bitmap(data: bytes) -> bool:
    # Two letters alone begin many a text.
    return data.startswith(b"BM") and data[6:10] == b"\0\0\0\0"


def _is_lottie(data: bytes) -> bool:
    return data.startswith(b"\x1f\x8b") or data[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


_MATROSKA = b"\x1a\x45\xdf\xa3"

FORMATS: Final = (
    Format("JPEG", _begins(b"\xff\xd8\xff"), "pillow", ("image/jpeg",), (".jpg", ".jpeg", ".jfif")),
    Format("PNG", _begins(b"\x89PNG\r\n\x1a\n"), "pillow", ("image/png",), (".png",), frames=True),
    Format(
        "WebP",
        lambda data: data.startswith(b"RIFF") and data[8:12] == b"WEBP",
        "pillow",
        ("image/webp",),
        (".webp",),
        frames=True,
    ),
    Format("GIF", _begins(b"GIF87a", b"GIF89a"), "pillow", ("image/gif",), (".gif",), frames=True),
    Format("BMP", _is_bitmap, "pillow", ("image/bmp",), (".bmp",)),
    Format("AVIF", _is_avif, "pillow", ("image/avif",), (".avif",), frames=True),
    # Photos of iPhones; of a burst or a live photo the main picture is what counts.
    Format(
        "HEIC", lambda data: _brand(data) in _PICTURE_BRANDS, "heif", ("image/heic", "image/heif"), (".heic", ".heif")
    ),
    Format("MP4", lambda data: _brand(data) in _MP4_BRANDS, "mp4", ("video/mp4",), (".mp4",)),
    Format(
        "WebM",
        lambda data: data.startswith(_MATROSKA) and b"webm" in data[:_HEAD],
        "webm",
        ("video/webm",),
        (".webm",),
    ),
    # Relatives of the two, which their decoders read as well: browsers play only some of them.
    Format("QuickTime", lambda data: _brand(data) not in {b"", *_PICTURE_BRANDS}, "mp4"),
    Format("Matroska", _begins(_MATROSKA), "webm"),
    # Animated stickers, packed as Telegram does or plain.
    Format("Lottie", _is_lottie, "lottie"),
)
"""In the order in which they are tried: the first that matches is what a file is."""

MEDIA_TYPES: Final = tuple(media_type for one in FORMATS for media_type in one.media_types)
SUFFIXES: Final = tuple(suffix for one in FORMATS for suffix in one.suffixes)
PILLOW: Final = tuple(one.name.upper() for one in FORMATS if one.decoder == "pillow")
"""The pictures that Pillow opens, by its names."""
ANIMATED: Final = tuple(one.name.upper() for one in FORMATS if one.frames)
"""The pictures that may hold several frames, by Pillow's names."""


def sniff(data: bytes) -> Format | None:
    """Tell what a file is from its first bytes, whatever its name says."""
    return next((one for one in FORMATS if one.matches(data)), None)


def is_offered(media_type: str | None, name: str = "") -> bool:
    """Whether a file that a platform describes counts as a picture or a clip.

    Pictures of any kind do: whoever posts one that whobot cannot read is told so.

    Args:
        media_type: As the platform tells it, perhaps with parameters; None where it does not tell.
        name: The file's name, which decides then.
    """
    if media_type is None:
        return PurePath(name).suffix.lower() in SUFFIXES
    plain = media_type.partition(";")[0].strip()
    return plain.startswith("image/") or plain in MEDIA_TYPES


def suffix_of(media_type: str) -> str:
    """Return the usual ending of files of a media type, with its dot; empty for types that are not in the table."""
    return next((one.suffixes[0] for one in FORMATS if media_type in one.media_types), "")


def names(group: Literal["image", "video"]) -> list[str]:
    """Return what people call the formats of a group, in the order of the table."""
    return [one.name for one in FORMATS if one.group == group]
