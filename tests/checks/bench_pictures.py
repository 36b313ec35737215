"""Measure what one picture costs, beside the published pipeline: ``make bench``.

    python -m tests.checks.bench_pictures [FOLDER] [--weights FILE] [--repeats 3] [--most 107] [--plot FILE]

Every picture goes through every contender in turn, on one thread, so that a busy machine slows all of them alike; the
fastest of the repeats counts. Beside them stands what this machine's memory and its float32 arithmetic would take for
the same pixels and multiply-adds, measured in the same run. Needs the `trainer` extra. Inception v3 has random weights
unless a file is named: its time does not depend on them.
"""

import argparse
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import cv2
import matplotlib as mpl
import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from rich.console import Console
from rich.table import Table

from bot.recognition.bundle import InputSpec, read_bundle
from bot.recognition.crop import crop_face
from bot.recognition.decoding.decode import decode
from bot.recognition.decoding.frames import open_frames
from bot.recognition.detection.detector import CascadeDetector
from bot.recognition.drawing.fonts import FontBook
from bot.recognition.engine import Engine, Models
from bot.recognition.options import AnalysisOptions
from bot.recognition.results import Timings

REPOSITORY = Path(__file__).resolve().parents[2]
MODELS = REPOSITORY / "models"
SEED = REPOSITORY.parent / "shared" / "data" / "seed" / "raw"
PIXELS = 100_000_000
STAGES = ("decode", "detect", "classify", "annotate")
SIDE = 299
"""Pixels of Inception v3's input."""
PORTRAIT = (384, 288)
"""Height and width of the detector's input for the most frequent shape of picture."""
BYTES_A_PIXEL = {"decode": 3, "detect": 6, "classify": 0, "annotate": 6}
"""Bytes of RGB that a stage cannot but move for each pixel of the picture: written once, or read and written once."""
Stages = Mapping[str, float]
"""Milliseconds of each stage."""


@dataclass(frozen=True, slots=True)
class Contender:
    """One way from the bytes of a picture to its answer."""

    name: str
    run: Callable[[bytes], Stages]


@dataclass(frozen=True, slots=True)
class References:
    """What this machine does on one thread: bytes copied and multiply-adds of float32 in a second.

    `operations` are the multiply-adds of the networks for a picture with one face that nobody doubts.
    """

    bandwidth: float
    arithmetic: float
    operations: Mapping[str, int]

    def of(self, stage: str, pixels: float) -> float:
        """Return the milliseconds that copies and float32 would take in a stage, for a picture of so many pixels."""
        return 1000 * (BYTES_A_PIXEL[stage] * pixels / self.bandwidth + self.operations.get(stage, 0) / self.arithmetic)


def main() -> None:
    """Measure, print the table, write the plot."""
    parser = argparse.ArgumentParser(prog="python -m tests.checks.bench_pictures", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=SEED, help="pictures, folders in it included")
    parser.add_argument("--weights", type=Path, help="weights of Inception v3 without its top, as Keras saves them")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--most", type=int, default=1000, help="most pictures that are taken, evenly spread")
    parser.add_argument("--plot", type=Path, default=Path("bench-pictures.png"))
    given = parser.parse_args()
    files = [path for path in sorted(given.folder.rglob("*")) if path.suffix.lower() in {".jpg", ".jpeg", ".png"}]
    if not files:
        parser.error(f"there is no picture in {given.folder}")
    pictures = [path.read_bytes() for path in files[:: -(-len(files) // given.most)]]
    with one_thread():
        contenders = [*ours(), published(given.weights)]
        pixels, references = mean_pixels(pictures), measure_references()
        means = compete(contenders, pictures, given.repeats)
    report(means, references, pixels, len(pictures))
    plot(means, given.plot)


@contextmanager
def one_thread() -> Iterator[None]:
    """Let OpenCV use one thread; our networks and Inception do so anyway."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(threads)


def ours() -> list[Contender]:
    """Whobot as it ships, with and without the drawn answer."""
    models = Models(read_bundle(MODELS / "characters-int8.tflite"), read_bundle(MODELS / "face-detector.tflite"))
    engine = Engine(models, open_frames, max_pixels=PIXELS, max_frames=100, max_faces=20, fonts=FontBook())

    def run(data: bytes, *, annotate: bool) -> Stages:
        timings: Timings = engine.analyse(data, AnalysisOptions(annotate=annotate)).timings
        return {stage: getattr(timings, stage) for stage in STAGES}

    return [
        Contender("whobot", lambda data: run(data, annotate=True)),
        Contender("whobot, not drawn", lambda data: run(data, annotate=False)),
    ]


def published(weights: Path | None) -> Contender:
    """The published pipeline: the LBP cascade at full size, then Inception v3 in float32 on each face.

    It draws nothing. Its network runs under the same runtime as ours, on one thread.
    """
    network = Interpreter(model_content=inception(weights), num_threads=1)
    network.allocate_tensors()
    entry, leave = network.get_input_details()[0]["index"], network.get_output_details()[0]["index"]
    spec = InputSpec(SIDE, SIDE, 127.5, 127.5)
    cascade = CascadeDetector(MODELS / "lbpcascade_animeface.xml")

    def run(data: bytes) -> Stages:
        marks = [time.perf_counter()]
        image = decode(data, max_pixels=PIXELS, max_frames=1).image
        marks.append(time.perf_counter())
        faces = cascade.detect(image)
        marks.append(time.perf_counter())
        for face in faces:
            network.set_tensor(entry, spec.prepare([crop_face(image, face.box, 0)]))
            network.invoke()
            network.get_tensor(leave)
        marks.append(time.perf_counter())
        return dict(zip(STAGES, [*(np.diff(marks) * 1000).tolist(), 0.0], strict=True))

    return Contender(f"published ({'given' if weights else 'random'} weights)", run)


def inception(weights: Path | None) -> bytes:
    """Inception v3 with a head for three characters, as a float32 flatbuffer."""
    import tempfile  # noqa: PLC0415 - TensorFlow takes seconds to load

    import keras  # noqa: PLC0415
    import tensorflow as tf  # noqa: PLC0415

    body = keras.applications.InceptionV3(include_top=False, weights=None, input_shape=(SIDE, SIDE, 3), pooling="avg")
    if weights:
        body.load_weights(weights)
    model = keras.Sequential([body, keras.layers.Dense(3)])
    with tempfile.TemporaryDirectory() as folder:
        # A model that is handed over itself loses its weights without a word.
        archive = keras.export.ExportArchive()
        archive.track(model)
        image = tf.TensorSpec((1, SIDE, SIDE, 3), tf.float32)
        archive.add_endpoint("serve", lambda image: model(image, training=False), input_signature=[image])
        archive.write_out(folder, verbose=False)
        network = bytes(tf.lite.TFLiteConverter.from_saved_model(folder).convert())
    assert len(network) > 80e6, "the weights are missing"
    return network


def compete(contenders: Sequence[Contender], pictures: Sequence[bytes], repeats: int) -> dict[str, Stages]:
    """Mean milliseconds of each stage over the pictures; of the repeats of a picture the fastest counts."""
    best: list[list[Stages]] = [[] for _ in contenders]
    for contender in contenders:
        contender.run(pictures[0])
    for data in pictures:
        for runs, contender in zip(best, contenders, strict=True):
            runs.append(min((contender.run(data) for _ in range(repeats)), key=lambda stages: sum(stages.values())))
    return {
        contender.name: {stage: float(np.mean([run[stage] for run in runs])) for stage in STAGES}
        for contender, runs in zip(contenders, best, strict=True)
    }


def mean_pixels(pictures: Sequence[bytes]) -> float:
    """Pixels of a picture as it is decoded."""
    sizes = [decode(data, max_pixels=PIXELS, max_frames=1).image.shape for data in pictures]
    return float(np.mean([height * width for height, width, _ in sizes]))


def measure_references() -> References:
    """Copy 64 MB and multiply matrices: the best of several times."""
    source = np.ones(64_000_000, np.uint8)
    target = np.empty_like(source)
    one = np.ones((768, 768), np.float32)

    def fastest(work: Callable[[], object]) -> float:
        times = []
        for _ in range(8):
            begin = time.perf_counter()
            work()
            times.append(time.perf_counter() - begin)
        return min(times)

    copying = fastest(lambda: np.copyto(target, source))
    multiplying = fastest(lambda: cv2.gemm(one, one, 1, one, 0))
    detector, classifier = (read_bundle(MODELS / name) for name in ("face-detector.tflite", "characters-int8.tflite"))
    operations = {
        "detect": multiply_adds(detector.network, *PORTRAIT),
        "classify": multiply_adds(classifier.network, classifier.info.input.height, classifier.info.input.width),
    }
    return References(source.size / copying, len(one) ** 3 / multiplying, operations)


def multiply_adds(network: bytes, height: int, width: int) -> int:
    """Count the multiply-adds of a network's convolutions and dense layers for one input."""
    plain = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    interpreter = Interpreter(model_content=network, experimental_op_resolver_type=plain)
    interpreter.resize_tensor_input(interpreter.get_input_details()[0]["index"], (1, height, width, 3))
    interpreter.allocate_tensors()
    shapes = {tensor["index"]: tensor["shape"] for tensor in interpreter.get_tensor_details()}
    total = 0
    for layer in interpreter._get_ops_details():
        if layer["op_name"] in {"CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"}:
            places = shapes[layer["outputs"][0]][1:3] if "CONV" in layer["op_name"] else ()
            total += int(np.prod(places, dtype=np.int64) * np.prod(shapes[layer["inputs"][1]], dtype=np.int64))
    return total


def report(means: Mapping[str, Stages], references: References, pixels: float, count: int) -> None:
    """Print the table."""
    table = Table(title=f"{count} pictures of {pixels / 1e6:.2f} megapixels, one thread, milliseconds a picture")
    for title in ("", *STAGES, "all", "times the published"):
        table.add_column(title, justify="right" if title else "left")
    slowest = sum(list(means.values())[-1].values())
    for name, stages in means.items():
        total = sum(stages.values())
        table.add_row(name, *(f"{stages[s]:.1f}" for s in STAGES), f"{total:.1f}", f"{slowest / total:.1f}")
    times = [references.of(stage, pixels) for stage in STAGES]
    table.add_row("copies and float32", *(f"{value:.1f}" for value in times), "", "")
    console = Console()
    console.print(table)
    console.print(
        f"Networks: {references.operations['detect'] / 1e6:.0f} M multiply-adds a look for faces, "
        f"{references.operations['classify'] / 1e6:.0f} M a face.\n"
        f"Copies and float32: memory copies {references.bandwidth / 1e9:.1f} GB/s, "
        f"float32 {references.arithmetic / 1e9:.1f} G "
        "multiply-adds/s (OpenCV). They hold the pixels' traffic and the networks' arithmetic only, and not the "
        "entropy coding of a JPEG, second analyses, text and Python. They are no floor: our networks run in 8 bits, "
        "which is faster than float32."
    )


def plot(means: Mapping[str, Stages], path: Path) -> None:
    """Write stacked bars, a contender each."""
    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415 - after its backend

    figure, axes = plt.subplots(figsize=(9, 3), layout="constrained")
    left = np.zeros(len(means))
    for stage in STAGES:
        widths = np.array([stages[stage] for stages in means.values()])
        axes.barh(list(means), widths, left=left, label=stage)
        left += widths
    axes.set_xlabel("milliseconds a picture, one thread")
    axes.invert_yaxis()
    axes.legend()
    figure.savefig(path, dpi=120)
    plt.close(figure)
    print(f"Wrote {path}")


if __name__ == "__main__":
    main()
