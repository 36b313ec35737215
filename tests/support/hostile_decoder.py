"""A decoder process that does what a file tells it, for tests of what then becomes of it."""

import bot.recognition.decoding.decoders as real

PROGRAM = real.PROGRAM.replace(
    "decoder.main(",
    """
import ctypes, os, signal, socket, subprocess, time
from bot.errors import TooManyPixels

def told(code):
    '''Run the code; what it sets as `answer` goes back as a number of pixels.'''
    found = {}
    exec(code, globals(), found)
    raise TooManyPixels(found["answer"], 0)

def open_frames(data, honest=decoder.open_frames, **limits):
    return told(data[1:]) if data.startswith(b"!") else honest(data, **limits)

decoder.open_frames = open_frames
decoder.main(""",
)


def does(code: str) -> bytes:
    """A file over which such a decoder runs some code."""
    return b"!" + code.encode()


CRASHES = does("ctypes.string_at(0)")
HANGS = does("time.sleep(3600)")
TURNS = does("while True: pass")
EATS = does("answer = len(bytearray(10**9))")
EATS_BELOW_PYTHON = does("answer = len(ctypes.create_string_buffer(10**9))")
