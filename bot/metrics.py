"""Figures for Prometheus, in a registry of their own."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

from bot.recognition.results import Analysis

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""A classifier needs milliseconds, a slow download half a minute."""


class Metrics:
    """Counts what whobot does. Nothing in it tells a chat, a user or a character from another.

    Of a picture's stages, "analysis" is all that comes after "download": waiting for a worker, then "decode", "detect",
    "classify" and "annotate".
    """

    def __init__(self) -> None:
        self._registry = own = CollectorRegistry()
        ProcessCollector(registry=own)
        self._pictures = Counter("whobot_pictures", "Pictures looked at.", ["platform"], registry=own)
        self._faces = Counter(
            "whobot_faces", "Faces found, by whether they got a name.", ["platform", "named"], registry=own
        )
        self._requests = Counter(
            "whobot_requests", "Requests, by what was asked for.", ["platform", "request"], registry=own
        )
        self._answers = Counter("whobot_answers", "Replies that were not silent.", ["platform"], registry=own)
        self._errors = Counter("whobot_errors", "What failed, and why.", ["platform", "kind"], registry=own)
        self._stages = Histogram(
            "whobot_stage_seconds",
            "Time a picture spent in each stage.",
            ["platform", "stage"],
            buckets=SECONDS,
            registry=own,
        )
        self._queue = Gauge("whobot_queue_depth", "Pictures that wait for a worker.", registry=own)
        self._store = Gauge(
            "whobot_store_works", "Whether the store could be read and written when it was last tried.", registry=own
        )
        self._replaced = Gauge(
            "whobot_decoders_replaced", "Decoders that came to an end over a picture, since the start.", registry=own
        )
        self._connected = Gauge(
            "whobot_adapter_connected", "Whether whobot is connected to a platform.", ["platform"], registry=own
        )

    def analysed(self, platform: str, analysis: Analysis) -> None:
        """Count a picture, its faces, and the time that each stage of its analysis took."""
        self._pictures.labels(platform).inc()
        unknown = sum(sighting.unknown for sighting in analysis.sightings)
        self._faces.labels(platform, "no").inc(unknown)
        self._faces.labels(platform, "yes").inc(len(analysis.sightings) - unknown)
        timings = analysis.timings
        for stage, milliseconds in (
            ("decode", timings.decode),
            ("detect", timings.detect),
            ("classify", timings.classify),
            ("annotate", timings.annotate),
        ):
            self._stages.labels(platform, stage).observe(milliseconds / 1000)

    def asked(self, platform: str, request: str) -> None:
        """Count a request by its kind, for example ``ask``."""
        self._requests.labels(platform, request).inc()

    def answered(self, platform: str) -> None:
        """Count a reply that was not silent."""
        self._answers.labels(platform).inc()

    def failed(self, platform: str, kind: str) -> None:
        """Count a failure by the kind of its error."""
        self._errors.labels(platform, kind).inc()

    @contextmanager
    def timed(self, platform: str, stage: str) -> Iterator[None]:
        """Measure how long a stage takes, whatever comes of it."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self._stages.labels(platform, stage).observe(time.perf_counter() - started)

    def watch_store(self, works: Callable[[], bool]) -> None:
        """Have `works` tell whether the store works."""
        self._store.set_function(lambda: float(works()))

    def watch_queue(self, depth: Callable[[], float]) -> None:
        """Have the depth of the queue read from `depth` whenever the figures are rendered."""
        self._queue.set_function(depth)

    def watch_decoders(self, replaced: Callable[[], float]) -> None:
        """Have the number of decoders that were replaced read from `replaced` whenever the figures are rendered."""
        self._replaced.set_function(replaced)

    def watch_adapter(self, platform: str, connected: Callable[[], bool]) -> None:
        """Have the state of an adapter read from `connected` whenever the figures are rendered."""
        self._connected.labels(platform).set_function(connected)

    def render(self) -> bytes:
        """Return all figures in Prometheus' text format, version 0.0.4."""
        return generate_latest(self._registry)
