"""From tiny pictures to bundles, the whole way: learnt, repeatable, interruptible, and refused where it went wrong."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import keras
import numpy as np
import pytest

from bot.errors import BundleError
from bot.recognition.bundle import InputSpec, read_bundle
from bot.recognition.interpreter import Network
from bot.recognition.naming.classifier import Classifier
from bot.recognition.results import Guess, Image
from tests.trainer.conftest import COLOURS, Transcript, draw_crop, full_disk, save
from trainer.classifier.export import check, export
from trainer.classifier.fit import fit, read_images
from trainer.classifier.keras_scorer import KerasScorer
from trainer.classifier.scoring import BundleScorer, Evaluation, Scored, evaluate
from trainer.classifier.trained import Trained
from trainer.common.base_network_file import read_base
from trainer.common.console import Advance
from trainer.common.dataset import Example, read_picture
from trainer.common.errors import ExportRefused, TrainerError, WeightsError
from trainer.common.metrics import softmax
from trainer.common.network import Predictor
from trainer.common.settings import Export, Fit, Precision, Splitting
from trainer.common.split import Split, split_folder

LITE0 = "efficientnet-lite0"
UNTRAINED = Fit(backbone=LITE0, size=32, penalty=1e9, fine_tune_epochs=0)
RECIPE = Fit(backbone=LITE0, size=32, fine_tune_epochs=3, fine_tune_blocks=2, fine_tune_rate=1e-6)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("training")


@pytest.fixture(scope="module")
def split(folder: Path) -> Split:
    for row, character in enumerate(COLOURS):
        for number in range(1, 11):
            save(folder / "crops" / character / f"{number}.png", draw_crop(COLOURS[character], 100 * row + number))
    return split_folder(folder / "crops", Splitting(test=0.3, validation=0.15))


@pytest.fixture(scope="module")
def trained(folder: Path, split: Split) -> Trained:
    return fit(split, RECIPE, folder / "run", Transcript())


@pytest.fixture(scope="module")
def bundles(folder: Path, split: Split, trained: Trained) -> dict[str, Path]:
    written = export(trained, split, "friends", Export(directory=folder / "models", require=0.9), Transcript()).written
    return {path.stem: path for path, _ in written}


def test_the_characters_are_learnt(trained: Trained) -> None:
    assert trained.report["train_accuracy"] == 1
    assert trained.report["test_accuracy"] == 1
    assert trained.report["test_count"] == 9


def test_results_are_told_as_the_published_tool_told_them(split: Split, trained: Trained, console: Transcript) -> None:
    fit(split, RECIPE, trained.folder, console)
    assert "is trained already" in console.text
    assert "Train accuracy = 100.0% (N=18)\nCross entropy = 0." in console.text
    assert "Validation accuracy = 100.0% (N=3)\nFinal test accuracy = 100.0% (N=9)\n" in console.text


@pytest.mark.parametrize("name", ["friends-float16", "friends-int8"])
def test_bundles_do_in_the_bot_what_they_did_here(
    name: str, bundles: dict[str, Path], split: Split, trained: Trained, console: Transcript
) -> None:
    bundle = read_bundle(bundles[name])
    assert bundle.info.name == name
    assert bundle.labels == tuple(sorted(COLOURS))
    assert bundle.info.temperature == trained.temperature
    assert bundle.info.metrics["top1"] == 1
    assert bundle.info.metrics["count"] == 9
    assert bundle.info.trained["backbone"] == "efficientnet-lite0"
    new = draw_crop(COLOURS["midori_hayashi"], 999, side=70)
    assert Classifier(bundle).classify([new])[0][0].character == "midori_hayashi"
    assert evaluate(BundleScorer(bundle), split.test, console).figures.top1 == 1


@pytest.fixture(scope="module")
def from_base(split: Split, folder: Path, base: Path) -> Trained:
    return fit(split, Fit(weights=base), folder / "from-base", Transcript())


def test_the_base_network_keeps_no_picture_back(split: Split, from_base: Trained) -> None:
    assert from_base.spec == InputSpec(32, 32, 127, 128)
    assert from_base.trained_on["pictures"] == len(split.train) + len(split.validation) == 21
    assert from_base.report["cross_validation_count"] == 21
    assert "validation_accuracy" not in from_base.report
    assert from_base.report["test_accuracy"] > 0.8


def test_a_bundle_from_the_base_network_embeds_as_the_base_network_does(
    split: Split, from_base: Trained, base: Path, tmp_path: Path, console: Transcript
) -> None:
    written = export(
        from_base, split, "friends", Export(directory=tmp_path, precisions=(Precision.FLOAT16,)), console
    ).written
    crop = from_base.spec.prepare([draw_crop(COLOURS["aoi_umino"], 77)])
    expected = read_base(base).build(32).predict_on_batch(crop)["embedding"][0]
    ((path, evaluation),) = written
    bundle = read_bundle(path)
    said = Network(bundle).run(crop[0])
    assert said["logits"].shape == (3,)
    lengths = np.linalg.norm(said["embedding"]) * np.linalg.norm(expected)
    assert float(said["embedding"] @ expected) > 0.9999 * lengths
    assert bundle.info.trained["backbone"] == "base"
    assert evaluation.figures.top1 > 0.8


def test_a_bundle_from_the_base_network_tells_strangers_as_cross_validation_says(
    split: Split, from_base: Trained, tmp_path: Path, console: Transcript, monkeypatch: pytest.MonkeyPatch
) -> None:
    recognition = from_base.load_recognition()
    assert recognition is not None
    assert recognition.prototypes.shape == (3, 16)
    settings = Export(directory=tmp_path, precisions=(Precision.FLOAT16,))
    ((path, _),) = export(from_base, split, "friends", settings, console).written
    bundle = read_bundle(path)
    assert bundle.recognition is not None
    np.testing.assert_array_equal(bundle.recognition.prototypes, recognition.prototypes)
    assert bundle.recognition.weights == recognition.weights
    assert bundle.info.threshold == from_base.threshold
    assert bundle.recognition.reference is not None
    assert np.bincount(bundle.recognition.reference.owners).tolist() == [3, 3, 3], "faces of the test travel along"
    (guesses,) = Classifier(bundle).classify([draw_crop(COLOURS["aoi_umino"], 77)])
    assert sum(guess.probability for guess in guesses) < 1, "a stranger has a share"
    monkeypatch.setattr("trainer.classifier.export.convert", lambda *_: bundle.network)
    ((path, _),) = export(from_base, split, "friends", settings.model_copy(update={"threshold": 0.3}), console).written
    assert read_bundle(path).info.threshold == 0.3


def test_only_a_network_that_stays_as_it_is_tells_strangers(trained: Trained, bundles: dict[str, Path]) -> None:
    assert trained.threshold is None
    assert trained.load_recognition() is None
    bundle = read_bundle(bundles["friends-int8"])
    assert (bundle.recognition, bundle.info.threshold) == (None, 0.5)


def test_weights_that_do_not_fit_are_told_before_pictures_are_read(
    split: Split, tmp_path: Path, console: Transcript
) -> None:
    image = keras.Input((32, 32, 3))
    keras.Model(image, keras.layers.Conv2D(4, 3)(image)).save_weights(tmp_path / "small.weights.h5")
    recipe = Fit(backbone="mobilenet-v2", size=32, weights=tmp_path / "small.weights.h5")
    with pytest.raises(WeightsError, match=r"small\.weights\.h5 does not fit mobilenet"):
        fit(split, recipe, tmp_path / "run", console)
    assert "Reading" not in console.text


def test_only_int8_is_quantised(bundles: dict[str, Path]) -> None:
    sizes = {name: len(read_bundle(path).network) for name, path in bundles.items()}
    assert 6_500_000 < sizes["friends-float16"] < 7_500_000
    assert 3_300_000 < sizes["friends-int8"] < 4_500_000


def test_trainer_and_bot_prepare_pictures_identically(split: Split, trained: Trained, console: Transcript) -> None:
    ours = trained.spec.scale(read_images(split.test, trained.spec, console, "test"))
    theirs = trained.spec.prepare([read_picture(example.path) for example in split.test])
    np.testing.assert_array_equal(ours, theirs)


def test_the_bot_gives_the_networks_own_probabilities(
    bundles: dict[str, Path], split: Split, trained: Trained, console: Transcript
) -> None:
    logits = Predictor(trained.load(), trained.spec)(read_images(split.test, trained.spec, console, "test"))
    given = evaluate(BundleScorer(read_bundle(bundles["friends-float16"])), split.test, console).probabilities
    np.testing.assert_allclose(given, softmax(logits, trained.temperature), atol=0.01)


def test_the_same_command_twice_gives_the_same_bundles_even_when_it_was_interrupted(
    folder: Path, split: Split, bundles: dict[str, Path], monkeypatch: pytest.MonkeyPatch, console: Transcript
) -> None:
    monkeypatch.setattr("trainer.classifier.training.SECONDS_BETWEEN_CHECKPOINTS", 0.0)
    for stop in (10, 37):
        with pytest.raises(KeyboardInterrupt):
            fit(split, RECIPE, folder / "again", _Interrupting(stop))
    again = fit(split, RECIPE, folder / "again", console)
    assert "is trained already" not in console.text
    settings = Export(directory=folder / "again-models", precisions=(Precision.INT8,))
    ((path, _),) = export(again, split, "friends", settings, console).written
    assert path.read_bytes() == bundles["friends-int8"].read_bytes()


class _Interrupting(Transcript):
    """Presses Ctrl-C after so many pictures and epochs, counted over the whole training."""

    def __init__(self, steps: int) -> None:
        super().__init__()
        self._left = steps

    @contextmanager
    def steps(self, what: str, total: int | None) -> Iterator[Advance]:
        def advance(count: int) -> None:
            if what in ("Computing features", "Fine-tuning"):
                self._left -= count
                if self._left < 0:
                    raise KeyboardInterrupt

        yield advance


def test_curves_are_written_where_they_are_asked_for(split: Split, folder: Path, console: Transcript) -> None:
    recipe = RECIPE.model_copy(update={"fine_tune_epochs": 1})
    fit(split, recipe, folder / "curves", console, tensorboard=folder / "logs")
    (log,) = (folder / "logs").iterdir()
    assert b"loss/fine-tuning" in log.read_bytes()


@pytest.fixture(scope="module")
def untrained(split: Split, folder: Path) -> Trained:
    return fit(split, UNTRAINED, folder / "untrained", Transcript())


def test_other_settings_train_anew(split: Split, untrained: Trained, console: Transcript) -> None:
    other = UNTRAINED.model_copy(update={"seed": 3})
    assert fit(split, other, untrained.folder, console).key != untrained.key
    assert "is trained already" not in console.text


def test_a_full_disk_stops_the_training_and_the_next_call_goes_on(
    split: Split, tmp_path: Path, console: Transcript
) -> None:
    with full_disk(100_000), pytest.raises(TrainerError, match="cannot write"):
        fit(split, UNTRAINED, tmp_path / "run", console)
    assert fit(split, UNTRAINED, tmp_path / "run", console).report["test_count"] == 9


def test_a_full_disk_leaves_the_old_bundle(
    split: Split,
    trained: Trained,
    bundles: dict[str, Path],
    tmp_path: Path,
    console: Transcript,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = Export(directory=tmp_path, precisions=(Precision.INT8,))
    with monkeypatch.context() as converted:
        network = read_bundle(bundles["friends-int8"]).network
        converted.setattr("trainer.classifier.export.convert", lambda *_: network)
        (tmp_path / "friends-int8.tflite").write_bytes(b"old")
        with full_disk(1_000_000), pytest.raises(BundleError, match="cannot write the bundle"):
            export(trained, split, "friends", settings, console)
    with full_disk(1_000_000), pytest.raises(TrainerError, match="cannot convert to int8"):
        export(trained, split, "friends", settings, console)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]


def test_too_few_right_answers_are_refused(
    split: Split, untrained: Trained, tmp_path: Path, console: Transcript
) -> None:
    settings = Export(directory=tmp_path / "refused", precisions=(Precision.FLOAT16,), require=0.9)
    with pytest.raises(ExportRefused, match=r"names 33\.3% of the test pictures rightly, 90\.0% are required"):
        export(untrained, split, "friends", settings, console)
    assert not (tmp_path / "refused").exists()


def _evaluation(split: Split, *rows: tuple[float, ...]) -> Evaluation:
    scored = tuple(Scored(example, row) for example, row in zip(split.test, rows, strict=False))
    return Evaluation("friends-int8", split.labels, scored)


def test_a_bundle_that_answers_otherwise_is_refused(split: Split) -> None:
    sure, other, less = (0.9, 0.05, 0.05), (0.05, 0.9, 0.05), (0.7, 0.15, 0.15)
    check(_evaluation(split, sure), _evaluation(split, sure), Precision.FLOAT16, 0)
    with pytest.raises(ExportRefused, match=r"another name to 1 of 2 test pictures \(50\.0%\)"):
        check(_evaluation(split, sure, other), _evaluation(split, sure, sure), Precision.INT8, 0)
    with pytest.raises(ExportRefused, match=r"differ by 0\.200"):
        check(_evaluation(split, less), _evaluation(split, sure), Precision.INT8, 0)
    with pytest.raises(ExportRefused, match="nan"):
        check(_evaluation(split, (float("nan"),) * 3), _evaluation(split, sure), Precision.INT8, 0)
    with pytest.raises(ExportRefused, match="nan"):
        check(_evaluation(split, sure, (float("nan"),) * 3), _evaluation(split, sure, sure), Precision.INT8, 0)


RIGHT, WRONG = (0.52, 0.48, 0.0), (0.48, 0.52, 0.0)


def _many(count: int, *, wrong: int = 0) -> Evaluation:
    """What a network says of `count` pictures of one character, close calls all; it has the first `wrong` wrong."""
    scored = [Scored(Example("a", Path(f"{i}.png")), WRONG if i < wrong else RIGHT) for i in range(count)]
    return Evaluation("friends-int8", ("a", "b", "c"), tuple(scored))


@pytest.mark.parametrize(
    ("count", "other", "precision"),
    [(103, 3, Precision.INT8), (30, 2, Precision.INT8), (100, 1, Precision.FLOAT16)],
)
def test_a_few_other_answers_of_a_small_test_set_are_chance(count: int, other: int, precision: Precision) -> None:
    check(_many(count, wrong=other), _many(count), precision, 0)


def test_the_same_share_of_a_large_test_set_is_none() -> None:
    with pytest.raises(ExportRefused, match=r"30 of 1030 test pictures \(2\.9%\)"):
        check(_many(1030, wrong=30), _many(1030), Precision.INT8, 0)


def test_accuracy_that_fell_is_refused_however_rare_other_answers_are() -> None:
    with pytest.raises(ExportRefused, match="names 9 of 600 test pictures wrongly that were right"):
        check(_many(600, wrong=9), _many(600), Precision.INT8, 0)
    check(_many(600), _many(600, wrong=9), Precision.INT8, 0)


@pytest.mark.parametrize("asked", [(Precision.FLOAT16, Precision.INT8), (Precision.INT8,)])
def test_what_is_not_good_is_left_out_and_float16_is_written(
    asked: tuple[Precision, ...],
    split: Split,
    trained: Trained,
    bundles: dict[str, Path],
    tmp_path: Path,
    console: Transcript,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def convert(_trained: object, _examples: object, precision: Precision, _console: object) -> bytes:
        if precision is Precision.INT8:
            raise ExportRefused("friends-int8 does not answer as the trained network does")
        return read_bundle(bundles["friends-float16"]).network

    monkeypatch.setattr("trainer.classifier.export.convert", convert)
    (tmp_path / "friends-int8.tflite").write_bytes(b"old")
    exported = export(trained, split, "friends", Export(directory=tmp_path, precisions=asked), console)
    assert [path.name for path, _ in exported.written] == ["friends-float16.tflite"]
    assert read_bundle(tmp_path / "friends-float16.tflite").info.metrics["count"] == 9
    sentence = "friends-int8 is left out: friends-int8 does not answer as the trained network does."
    assert [left.sentence for left in exported.left_out] == [sentence]
    assert sentence in console.text
    assert "friends-int8.tflite is of an earlier training" in console.text


def test_a_network_that_has_lost_its_weights_is_refused(
    split: Split, trained: Trained, folder: Path, console: Transcript, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Careless:
        def __init__(self, *_: object) -> None:
            self.target_spec = type("Spec", (), {})()

        def convert(self) -> bytes:
            return b"\x1c\0\0\0TFL3" + bytes(200_000)

    monkeypatch.setattr(
        "trainer.classifier.export.tf.lite.TFLiteConverter.from_saved_model", lambda *_, **__: Careless()
    )
    with pytest.raises(ExportRefused, match=r"has 200,008 bytes, its weights alone take 6,1"):
        export(trained, split, "friends", Export(directory=folder / "careless"), console)
    assert not (folder / "careless").exists()


def test_an_interrupted_evaluation_goes_on_where_it_stopped(
    split: Split, bundles: dict[str, Path], tmp_path: Path, console: Transcript
) -> None:
    scorer = BundleScorer(read_bundle(bundles["friends-int8"]))
    whole = evaluate(scorer, split.test, console)
    evaluate(scorer, split.test[:5], console, tmp_path / "scores.jsonl")
    asked = []

    class Counting(BundleScorer):
        def __init__(self) -> None:
            self.id, self.name, self.labels = scorer.id, scorer.name, scorer.labels
            self.classify = self.count

        def count(self, crops: Sequence[Image]) -> list[tuple[Guess, ...]]:
            asked.append(len(crops))
            return scorer.classify(crops)

    assert evaluate(Counting(), split.test, console, tmp_path / "scores.jsonl") == whole
    assert sum(asked) == 4


def test_the_trained_network_is_evaluated_like_a_bundle(split: Split, trained: Trained, console: Transcript) -> None:
    evaluation = evaluate(KerasScorer(trained), split.test, console)
    assert evaluation.figures.top1 == 1
    np.testing.assert_allclose(evaluation.probabilities.sum(axis=1), 1, rtol=1e-5)


def test_a_folder_without_a_network_says_so(tmp_path: Path) -> None:
    with pytest.raises(TrainerError, match="cannot read trained network"):
        Trained.read(tmp_path)


@pytest.mark.parametrize(
    ("name", "application", "size", "fine_tune_epochs"),
    [
        ("mobilenet-v2", keras.applications.MobileNetV2, 32, 1),
        ("inception-v3", keras.applications.InceptionV3, 75, 0),  # as published: nothing but a new head
    ],
)
def test_other_networks_train_and_export_from_weights_that_were_handed_over(
    name: str,
    application: Callable[..., keras.Model],
    size: int,
    fine_tune_epochs: int,
    split: Split,
    tmp_path: Path,
    console: Transcript,
) -> None:
    keras.utils.set_random_seed(1)
    weights = tmp_path / "handed-over.weights.h5"
    # As keras.applications publishes them: without a top, for another size of picture.
    application(include_top=False, weights=None, input_shape=(size + 21, size + 21, 3)).save_weights(weights)
    recipe = Fit(
        backbone=name,
        weights=weights,
        size=size,
        fine_tune_epochs=fine_tune_epochs,
        fine_tune_blocks=1,
    )
    trained = fit(split, recipe, tmp_path / "run", console)
    assert trained.spec == InputSpec(size, size, 127.5, 127.5)
    settings = Export(directory=tmp_path, precisions=(Precision.FLOAT16,))
    ((path, _),) = export(trained, split, name, settings, console).written
    crop = trained.spec.prepare([draw_crop(COLOURS["aoi_umino"], 5)])[0]
    assert Network(read_bundle(path)).run(crop)["logits"].shape == (3,)
