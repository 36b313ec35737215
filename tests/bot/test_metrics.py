"""Figures are read back through Prometheus' own parser."""

import pytest
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from bot.metrics import Metrics
from bot.recognition.results import Analysis, Box, Face, Guess, Sighting, Timings


def read(metrics: Metrics) -> dict[str, float]:
    """Return samples as ``name{label=value,...}``."""
    samples: dict[str, float] = {}
    for family in text_string_to_metric_families(metrics.render().decode()):
        for sample in family.samples:
            labels = ",".join(f"{key}={value}" for key, value in sorted(sample.labels.items()))
            samples[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return samples


def sighting(*, unknown: bool) -> Sighting:
    return Sighting(Face(Box(0, 0, 10, 10), 1.0), (Guess("maki", 0.9),), unknown)


def test_a_picture_counts_with_its_faces_and_its_stages() -> None:
    metrics = Metrics()
    sightings = (sighting(unknown=False), sighting(unknown=False), sighting(unknown=True))
    metrics.analysed("web", Analysis(10, 10, sightings, Timings(1.0, 20.0, 3.0, 4000.0)))
    metrics.analysed("web", Analysis(10, 10, (), Timings(1.0, 30.0, 0.0, 0.0)))
    samples = read(metrics)
    assert samples["whobot_pictures_total{platform=web}"] == 2
    assert samples["whobot_faces_total{named=yes,platform=web}"] == 2
    assert samples["whobot_faces_total{named=no,platform=web}"] == 1
    assert samples["whobot_stage_seconds_count{platform=web,stage=detect}"] == 2
    assert samples["whobot_stage_seconds_sum{platform=web,stage=detect}"] == pytest.approx(0.05)
    assert samples["whobot_stage_seconds_sum{platform=web,stage=decode}"] == pytest.approx(0.002)
    assert samples["whobot_stage_seconds_sum{platform=web,stage=classify}"] == pytest.approx(0.003)
    assert samples["whobot_stage_seconds_sum{platform=web,stage=annotate}"] == pytest.approx(4.0)
    assert samples["whobot_stage_seconds_bucket{le=0.025,platform=web,stage=detect}"] == 1


def test_answers_and_errors_are_counted_by_platform() -> None:
    metrics = Metrics()
    metrics.asked("web", "ask")
    metrics.answered("web")
    metrics.failed("web", "busy")
    metrics.failed("telegram", "busy")
    metrics.failed("telegram", "busy")
    samples = read(metrics)
    assert samples["whobot_requests_total{platform=web,request=ask}"] == 1
    assert samples["whobot_answers_total{platform=web}"] == 1
    assert samples["whobot_errors_total{kind=busy,platform=web}"] == 1
    assert samples["whobot_errors_total{kind=busy,platform=telegram}"] == 2


def test_a_block_is_timed_even_if_it_fails() -> None:
    metrics = Metrics()
    with pytest.raises(ZeroDivisionError), metrics.timed("web", "download"):
        _ = 1 / 0
    assert read(metrics)["whobot_stage_seconds_count{platform=web,stage=download}"] == 1


def test_slow_and_quick_platforms_are_measured_apart() -> None:
    metrics = Metrics()
    for platform, seconds in (("discord", 2.0), ("telegram", 0.004)):
        metrics.analysed(platform, Analysis(10, 10, (), Timings(1000 * seconds, 0.0, 0.0, 0.0)))
        with metrics.timed(platform, "download"):
            pass
    samples = read(metrics)
    assert samples["whobot_stage_seconds_bucket{le=0.005,platform=telegram,stage=decode}"] == 1
    assert samples["whobot_stage_seconds_bucket{le=0.005,platform=discord,stage=decode}"] == 0
    assert samples["whobot_stage_seconds_count{platform=discord,stage=download}"] == 1


def test_gauges_are_read_when_they_are_rendered() -> None:
    metrics = Metrics()
    waiting: list[int] = []
    state = {"connected": False}
    metrics.watch_queue(lambda: len(waiting))
    metrics.watch_adapter("discord", lambda: state["connected"])
    metrics.watch_adapter("web", lambda: True)
    assert read(metrics)["whobot_queue_depth"] == 0
    assert read(metrics)["whobot_adapter_connected{platform=discord}"] == 0
    waiting.append(1)
    state["connected"] = True
    assert read(metrics)["whobot_queue_depth"] == 1
    assert read(metrics)["whobot_adapter_connected{platform=discord}"] == 1
    assert read(metrics)["whobot_adapter_connected{platform=web}"] == 1


def test_each_has_a_registry_of_its_own_and_the_global_one_stays_empty_of_ours() -> None:
    one, other = Metrics(), Metrics()
    one.answered("web")
    assert "whobot_answers_total{platform=web}" not in read(other)
    assert not [family for family in REGISTRY.collect() if family.name.startswith("whobot")]
