"""Figures of bundles that know colours: what is right is known beforehand."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from bot.recognition.bundle import read_bundle
from bot.recognition.results import Box, Face, Image
from tests.support import tiny
from tests.trainer.conftest import Transcript, save
from trainer.__main__ import app
from trainer.common.errors import DatasetError, TrainerError
from trainer.evaluation.bundle_runner import BundleRunner
from trainer.evaluation.findings import Findings
from trainer.evaluation.protocols import Protocol, judge

RUNNER = CliRunner()
KNOWN = {"Akane Hoshino": tiny.RED, "midori-hayashi": tiny.GREEN, "aoi_umino": tiny.BLUE}
STRANGERS = {"murasaki": (180, 40, 190), "kiiro": (220, 210, 40), "mizuiro": (60, 210, 220)}


def crops(folder: Path, colours: dict[str, tuple[int, int, int]], count: int = 4) -> Path:
    """Write so many crops of each character, all a little different."""
    random = np.random.default_rng(0)
    for character, colour in colours.items():
        for number in range(count):
            near = np.clip(np.array(colour) + random.integers(-12, 13, 3), 0, 255)
            save(folder / character / f"{number}.png", np.full((40, 40, 3), near, np.uint8))
    return folder


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    path = tmp_path / "base.tflite"
    tiny.tiny_base(path, recognition=tiny.tiny_recognition())
    return path


def figures(findings: Findings) -> dict[str, tuple[float, int]]:
    return {figure.name: (figure.measured.value, figure.measured.count) for figure in findings.figures}


def run(protocol: Protocol, bundle: Path, folder: Path, *unknown: Path) -> Findings:
    return judge(protocol, BundleRunner(read_bundle(bundle), None), [folder], unknown, Transcript())


def test_seed_counts_the_right_and_the_sure(bundle: Path, tmp_path: Path) -> None:
    folder = crops(tmp_path / "crops", KNOWN)
    save(folder / "aoi_umino" / "wrong.png", np.full((40, 40, 3), tiny.RED, np.uint8))
    found = figures(run(Protocol.SEED, bundle, folder))
    assert found["named rightly"] == pytest.approx((12 / 13, 13))
    lowest, count = found["lowest score of a right answer"]
    assert (0.6 < lowest <= 1, count) == (True, 13)
    assert found["named rightly with more than 0.95"][0] <= 12 / 13
    assert 0 < found["calibration error"][0] < 0.3


def test_closed_has_the_recall_of_each_character(bundle: Path, tmp_path: Path) -> None:
    folder = crops(tmp_path / "crops", KNOWN)
    save(folder / "aoi_umino" / "wrong.png", np.full((40, 40, 3), tiny.RED, np.uint8))
    findings = run(Protocol.CLOSED, bundle, folder)
    found = figures(findings)
    assert found["top-1"] == pytest.approx((12 / 13, 13))
    assert found["top-5"] == (1, 13)
    assert found["mean recall of a character"][0] == pytest.approx((1 + 1 + 0.8) / 3)
    assert [(one.character, one.right, one.count) for one in findings.recalls] == [
        ("aoi_umino", 4, 5),
        ("akane_hoshino", 4, 4),
        ("midori_hayashi", 4, 4),
    ]
    top1 = findings.figures[0].measured
    assert top1.low < top1.value < top1.high


def test_open_tells_strangers_from_the_known(bundle: Path, tmp_path: Path) -> None:
    known, unknown = crops(tmp_path / "known", KNOWN), crops(tmp_path / "unknown", STRANGERS)
    # Strangers need no folders of their own.
    save(unknown / "somebody.png", np.full((40, 40, 3), 250, np.uint8))
    found = figures(run(Protocol.OPEN, bundle, known, unknown))
    assert found["AUROC of known against unknown"] == (1, 13)
    assert found["unknown named where 95 % of the known are"] == (0, 13)
    assert found["unknown named at the bundle's threshold 0.6"] == (0, 13)
    assert found["known named at the bundle's threshold 0.6"] == (1, 12)


def test_folders_of_the_open_protocol_that_the_bundle_does_not_know_are_strangers(bundle: Path, tmp_path: Path) -> None:
    folder = crops(tmp_path / "crops", {"Hoshino Akane": tiny.RED, **STRANGERS})
    arguments = ["evaluate", str(bundle), str(folder), "--protocol", "open"]
    table = RUNNER.invoke(app, arguments)
    assert table.exit_code == 0, table.output
    assert "asked for as strangers: kiiro, mizuiro, murasaki" in table.stdout
    told = json.loads(RUNNER.invoke(app, [*arguments, "--json"]).stdout)
    assert told["strangers"] == ["kiiro", "mizuiro", "murasaki"]
    assert [one["count"] for one in told["figures"]] == [12, 12, 12, 4]


def test_other_protocols_refuse_folders_of_strangers_and_name_them(bundle: Path, tmp_path: Path) -> None:
    folder = crops(tmp_path / "crops", {"akane_hoshino": tiny.RED, **STRANGERS})
    for protocol in (Protocol.SEED, Protocol.CLOSED):
        with pytest.raises(DatasetError, match="does not know kiiro, mizuiro, murasaki"):
            run(protocol, bundle, folder)


def test_the_table_beside_the_bundle_says_what_else_folders_may_be_called(bundle: Path, tmp_path: Path) -> None:
    entry = '[aoi_umino]\nname = "Aoi Umino"\naliases = ["Blue"]\n'
    bundle.with_name("characters.toml").write_text(entry)
    folder = crops(tmp_path / "crops", {"Blue": tiny.BLUE, "akane_hoshino": tiny.RED})
    told = RUNNER.invoke(app, ["evaluate", str(bundle), str(folder), "--protocol", "closed", "--json"])
    assert {one["character"] for one in json.loads(told.stdout)["characters"]} == {"aoi_umino", "akane_hoshino"}
    report = RUNNER.invoke(app, ["evaluate", str(bundle), str(folder), "--report", str(tmp_path / "report")])
    assert report.exit_code == 0, report.output
    assert "Top-1                 100.0%" in report.stdout


def test_strangers_that_resemble_known_characters_are_named(bundle: Path, tmp_path: Path) -> None:
    known = crops(tmp_path / "known", KNOWN)
    found = figures(run(Protocol.OPEN, bundle, known, known))
    assert found["AUROC of known against unknown"][0] == pytest.approx(0.5)
    assert found["unknown named at the bundle's threshold 0.6"] == (1, 12)


def test_characters_are_taught_from_few_pictures(bundle: Path, tmp_path: Path) -> None:
    found = figures(run(Protocol.FEWSHOT, bundle, crops(tmp_path / "crops", STRANGERS)))
    # Twenty there are not: all but one teach.
    assert found == {f"3-way top-1, taught from {shots} each, 50 draws": (1, 12) for shots in (1, 5, 20)}


def test_indistinguishable_characters_are_named_by_chance(bundle: Path, tmp_path: Path) -> None:
    alike = dict.fromkeys(("one", "two"), tiny.GREY)
    found = figures(run(Protocol.FEWSHOT, bundle, crops(tmp_path / "crops", alike, 10)))
    assert all(0.2 < value < 0.8 for value, _ in found.values())


def test_a_bundle_without_embeddings_cannot_be_taught(tmp_path: Path) -> None:
    tiny.tiny_bundle(tmp_path / "tiny.tflite")
    with pytest.raises(TrainerError, match="cannot be taught"):
        run(Protocol.FEWSHOT, tmp_path / "tiny.tflite", crops(tmp_path / "crops", STRANGERS))


def test_teaching_takes_two_pictures_each(bundle: Path, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="at least two"):
        run(Protocol.FEWSHOT, bundle, crops(tmp_path / "crops", STRANGERS, 1))


def drawings(folder: Path, colours: dict[str, tuple[int, int, int]], count: int = 4) -> Path:
    """Write so many drawings of each character: the colour is theirs, and no two look alike."""
    random = np.random.default_rng(0)
    for character, colour in colours.items():
        for number in range(count):
            shading = np.kron(random.permutation(np.resize([-15, 15], 64)).reshape(8, 8), np.ones((5, 5)))
            image = np.clip(np.array(colour) + shading[..., np.newaxis], 0, 255).astype(np.uint8)
            save(folder / character / f"{number}.png", image)
    return folder


CAST = {**STRANGERS, "orange": (240, 140, 20), "olive": (110, 120, 20), "pink": (250, 170, 200), "navy": (10, 10, 90)}


def test_a_chat_teaches_newcomers_beside_the_roster(bundle: Path, tmp_path: Path) -> None:
    known, newcomers = drawings(tmp_path / "known", KNOWN), drawings(tmp_path / "newcomers", CAST)
    strangers = drawings(tmp_path / "strangers", {"somebody": (250, 250, 250)}, 3)
    arguments = ["evaluate", str(bundle), str(known), str(newcomers), "--protocol", "chat", "--unknown", str(strangers)]
    table = RUNNER.invoke(app, arguments)
    assert table.exit_code == 0, table.output
    told = json.loads(RUNNER.invoke(app, [*arguments, "--json"]).stdout)
    found = {one["figure"]: (one["value"], one["count"]) for one in told["figures"]}
    draws = 5
    assert found["known, named rightly, before anybody is taught"] == (1, 12)
    for lesson, characters in (("5 taught from 1 each", 5), ("7 taught from 1 each", 7)):
        assert found[f"{lesson}: first guess right"][1] == characters * 3 * draws
        assert found[f"{lesson}: first guess right"][0] > 0.9
        assert found[f"{lesson}: strangers named"][1] == ((7 - characters) * 4 + 3) * draws
        assert found[f"{lesson}: known, named rightly"][1] == 12 * draws
        assert f"{lesson}: the same faces, taught from 0 each" not in found
    assert found["7 taught from 3 each: named rightly"][1] == 7 * 1 * draws
    assert found["7 taught from 3 each: the same faces, taught from 1 each"][1] == 7 * 1 * draws
    assert not any("from 5 each" in name for name in found), "four drawings are too few for that"


def test_a_chat_needs_a_character_with_two_drawings(bundle: Path, tmp_path: Path) -> None:
    known, newcomers = crops(tmp_path / "known", KNOWN), tmp_path / "newcomers"
    for number, colour in enumerate([(180, 40, 190), (20, 200, 190)]):
        save(newcomers / "murasaki" / f"card.{number}.png", np.full((40, 40, 3), colour, np.uint8))
    runner = BundleRunner(read_bundle(bundle), None)
    with pytest.raises(DatasetError, match="two drawings at least"):
        judge(Protocol.CHAT, runner, [known, newcomers], (), Transcript())


def test_strangers_belong_to_the_open_protocol_and_the_chat_alone(bundle: Path, tmp_path: Path) -> None:
    known = crops(tmp_path / "known", KNOWN)
    for protocol, unknown in ((Protocol.OPEN, ()), (Protocol.CLOSED, (known,))):
        with pytest.raises(DatasetError, match="--unknown"):
            run(protocol, bundle, known, *unknown)
    with pytest.raises(DatasetError, match="pictures of characters that the bundle knows"):
        run(Protocol.OPEN, bundle, crops(tmp_path / "unknown", STRANGERS))


class Bright:
    """Finds what is no white: one box, and within it a smaller one."""

    def detect(self, image: Image) -> tuple[Face, ...]:
        rows, columns = np.nonzero(image.min(axis=2) < 250)
        if not rows.size:
            return ()
        box = Box(int(columns.min()), int(rows.min()), int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1)
        return Face(Box(0, 0, 4, 4), 0.9), Face(box, 0.5)


def test_faces_are_found_in_whole_pictures_and_one_without_counts_as_missed(bundle: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    for number in range(3):
        save(folder / "aoi_umino" / f"{number}.png", tiny.picture(tiny.BLUE))
    save(folder / "akane_hoshino" / "empty.png", tiny.picture())
    runner = BundleRunner(read_bundle(bundle), Bright())
    findings = judge(Protocol.CLOSED, runner, [folder], (), Transcript())
    assert figures(findings)["top-1"] == (0.75, 4)
    assert figures(findings)["top-5"] == (0.75, 4)
    assert [(one.character, one.right) for one in findings.recalls] == [("akane_hoshino", 0), ("aoi_umino", 3)]


def test_the_command_prints_a_table_or_json(bundle: Path, tmp_path: Path) -> None:
    folder = crops(tmp_path / "crops", KNOWN)
    arguments = ["evaluate", str(bundle), str(folder), "--protocol", "closed"]
    table = RUNNER.invoke(app, arguments)
    assert table.exit_code == 0, table.output
    assert "100.0% to 100.0%      12" in table.stdout
    assert "Aoi Umino: 4 of 4" in table.stdout
    told = json.loads(RUNNER.invoke(app, [*arguments, "--json"]).stdout)
    assert (told["protocol"], told["bundle"], told["id"]) == ("closed", "base", read_bundle(bundle).id)
    assert told["figures"][0] == {"figure": "top-1", "value": 1.0, "low": 1.0, "high": 1.0, "count": 12}
    assert {one["character"] for one in told["characters"]} == {"akane_hoshino", "midori_hayashi", "aoi_umino"}


def test_a_figure_of_nothing_is_null_in_json(bundle: Path, tmp_path: Path) -> None:
    folder = crops(tmp_path / "crops", {"aoi_umino": tiny.RED}, 2)
    arguments = ["evaluate", str(bundle), str(folder), "--protocol", "seed", "--json"]
    told = {one["figure"]: one["value"] for one in json.loads(RUNNER.invoke(app, arguments).stdout)["figures"]}
    assert told["named rightly"] == 0
    assert told["lowest score of a right answer"] is None


def test_options_of_protocols_want_one(bundle: Path, tmp_path: Path) -> None:
    result = RUNNER.invoke(app, ["evaluate", str(bundle), str(tmp_path), "--json"])
    assert result.exit_code == 1
    assert "go with --protocol" in result.stderr


def test_only_classifiers_are_judged(tmp_path: Path) -> None:
    result = RUNNER.invoke(
        app, ["evaluate", str(Path("models/face-detector.tflite").resolve()), str(tmp_path), "--protocol", "seed"]
    )
    assert result.exit_code == 1
    assert "is a detector: name a classifier" in result.stderr
