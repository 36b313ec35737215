"""What a bundle says of the held-back faces: the way that answers in a chat, through all that the bundle holds."""

from dataclasses import dataclass
from pathlib import Path

from bot.recognition.bundle import Bundle, read_bundle
from bot.recognition.naming.classifier import Classifier
from bot.recognition.naming.recogniser import Recogniser
from trainer.base_network.data import Faces
from trainer.base_network.outputs import Outputs, ask_classifier
from trainer.common.console import Console
from trainer.common.measure import Values


@dataclass(frozen=True)
class Judged:
    """Probabilities ``(count, characters)`` for the held-back faces, as their sets have them and as the bot crops them.

    `median` and `mean` are the times for one face in milliseconds: most get one pass, doubtful ones several. `size`
    is the file's, in bytes.
    """

    name: str
    own: Values
    framed: Values
    median: float
    mean: float
    size: int


def judge(path: Path, faces: Faces, console: Console) -> Judged:
    """Show the held-back faces to a bundle.

    Raises:
        BundleError: it is damaged, does not load, or gives no embeddings.
    """
    bundle, held = read_bundle(path), faces.of("test")
    classifier = Classifier(bundle)
    own = ask_classifier(classifier, faces.images[held], console, f"Testing {path.stem}")
    framed = ask_classifier(classifier, faces.framed[held], console, f"Testing {path.stem} on the bot's crops")
    name, size = bundle.info.name, path.stat().st_size
    return Judged(name, _ranked(bundle, own), _ranked(bundle, framed), own.median, own.mean, size)


def _ranked(bundle: Bundle, outputs: Outputs) -> Values:
    return Recogniser(bundle).rank(outputs.logits, outputs.embeddings).probabilities
