"""Open a posted file: a still picture is one frame; of a clip the clearest frames are taken."""

from typing import Protocol

from bot.errors import PictureError
from bot.recognition import formats
from bot.recognition.decoding.clip import read_clip
from bot.recognition.decoding.decode import Decoded, count_frames, decode
from bot.recognition.decoding.frame_choice import clearest


class FrameOpener(Protocol):
    """Whatever opens files as `open_frames` does, here or in another process."""

    def __call__(
        self, data: bytes, *, most: int, max_pixels: int, max_frames: int, max_seconds: float
    ) -> tuple[Decoded, ...]:
        """Do what `open_frames` does."""
        ...


def open_frames(data: bytes, *, most: int, max_pixels: int, max_frames: int, max_seconds: float) -> tuple[Decoded, ...]:
    """Decode a still picture, or the clearest frames of a video, an animated picture or an animated sticker.

    What a file is, its first bytes say.

    Args:
        data: The file.
        most: How many frames of a clip to choose at most; they are in the order of time and of one size.
        max_pixels: Largest width x height, checked before anything is decoded.
        max_frames: Most frames of an animated picture, counted without decoding them.
        max_seconds: The longest that a video or a Lottie animation may last.

    Raises:
        UnsupportedFormat: the bytes are nothing that is read here.
        BrokenPicture: the file is empty, truncated or damaged, or its header lies.
        TooManyPixels, TooManyFrames, TooLong: it is beyond a limit.
        DecodingFailed: it takes more memory than this process may have.
    """
    found = formats.sniff(data)
    if found is not None and found.clip:
        images = read_clip(data, found.clip, max_pixels=max_pixels, max_seconds=max_seconds)
    elif count_frames(data, max_pixels=max_pixels, max_frames=max_frames) == 1:
        return (decode(data, max_pixels=max_pixels, max_frames=max_frames),)
    else:
        try:
            images = read_clip(data, "pictures", max_pixels=max_pixels, max_seconds=max_seconds)
        except PictureError:
            # Only the animation may be damaged, or too large: people still see the first frame.
            return (decode(data, max_pixels=max_pixels, max_frames=max_frames),)
    return tuple(Decoded(image, image.shape[1], image.shape[0]) for image in clearest(images, most))
