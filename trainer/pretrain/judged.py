"""What a bundle says of the held-back faces: the way that answers in a chat, through all that the bundle holds."""

from dataclasses import dataclass
from pathlib import Path

from bot.bundle import Bundle, read_bundle
from bot.vision.recognise import Recogniser
from trainer.console import Console
from trainer.measure import Values
from trainer.pretrain.data import Faces
from trainer.pretrain.outputs import Outputs, ask_bundle


@dataclass(frozen=True)
class Judged:
    """Probabilities ``(count, characters)`` for the held-back faces, as their sets have them and as the bot crops them.

    `milliseconds` is the median time of the network for one face, `size` the file's, in bytes.
    """

    name: str
    own: Values
    framed: Values
    milliseconds: float
    size: int


def judge(path: Path, faces: Faces, console: Console) -> Judged:
    """Show the held-back faces to a bundle.

    Raises:
        BundleError: it is damaged or does not load.
    """
    bundle, held = read_bundle(path), faces.of("test")
    own = ask_bundle(bundle, faces.images[held], console, f"Testing {path.stem}")
    framed = ask_bundle(bundle, faces.framed[held], console, f"Testing {path.stem} on the bot's crops")
    name = bundle.info.name
    return Judged(name, _ranked(bundle, own), _ranked(bundle, framed), own.milliseconds, path.stat().st_size)


def _ranked(bundle: Bundle, outputs: Outputs) -> Values:
    return Recogniser(bundle).rank(outputs.logits, outputs.embeddings).probabilities
