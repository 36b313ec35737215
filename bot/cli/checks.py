"""What `whobot check` checks: settings, runtime, models, fonts, platforms, database."""

import os
import platform as machine
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import aiohttp
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot import sentry
from bot.cli.engines import load_models
from bot.config import Answers, Configuration, Settings
from bot.errors import ConfigError, OperatorError, StoreError
from bot.finding import Finding, Status
from bot.platforms.registry import PLATFORMS
from bot.recognition.decoding.frames import open_frames
from bot.recognition.drawing.fonts import FontBook
from bot.storage import migrations
from bot.storage.engine import advise, make_engine, parse_url, show

RUNTIMES = ("ai-edge-litert", "tflite-runtime")
SCRIPTS = {"Japanese": "西木野真姫", "Chinese": "张楚岚", "Korean": "성진우", "Cyrillic": "Алиса"}
"""A character's name in each script: a font that has it has the rest."""
ONLINE_SECONDS = 15.0
"""For one answer of a platform."""


def check_settings(configuration: Configuration) -> list[Finding]:
    """Say where the settings come from, and what is unwise about them."""
    source = f"read from {configuration.path}" if configuration.path else "no file, defaults and environment only"
    advice = "" if configuration.path else "whobot settings --example > config.toml makes one"
    return [
        Finding("settings", Status.OK, source, advice),
        *(Finding("settings", Status.WARN, *warning.split("; ", 1)) for warning in configuration.warnings),
    ]


def check_runtime() -> Finding:
    """Say what runs the networks."""
    for name in RUNTIMES:
        try:
            found = f"{name} {version(name)}, Python {machine.python_version()} on {machine.machine()}"
        except PackageNotFoundError:
            continue
        slow = name != RUNTIMES[0]
        advice = f"{RUNTIMES[0]} is much faster: pip install {RUNTIMES[0]}" if slow else ""
        return Finding("runtime", Status.WARN if slow else Status.OK, found, advice)
    return Finding("runtime", Status.FAIL, "no TFLite runtime is installed", f"pip install {RUNTIMES[0]}")


def check_models(settings: Settings) -> Finding:
    """Load the networks and run them once."""
    try:
        # The fonts have a line of their own.
        models, make_engine = load_models(settings.model_copy(update={"answers": Answers()}), open_frames)
        make_engine()
    except OperatorError as error:
        return Finding("models", Status.FAIL, str(error), "see directory, classifier and detector in [models]")
    bundle = models.classifier
    detector = models.detector.name if isinstance(models.detector, Path) else models.detector.info.name
    known = f"{len(bundle.labels)} characters ({', '.join(bundle.labels[:3])}{', …' if len(bundle.labels) > 3 else ''})"
    return Finding("models", Status.OK, f"{bundle.info.name} [{bundle.id}] knows {known}; detector {detector}")


def check_fonts(settings: Settings) -> Finding:
    """Say which scripts names can be drawn in."""
    try:
        fonts = FontBook(settings.answers.fonts)
    except OperatorError as error:
        return Finding("fonts", Status.FAIL, str(error), "see fonts in [answers]")
    missing = [script for script, name in SCRIPTS.items() if fonts.find(name) is None]
    if not missing:
        return Finding("fonts", Status.OK, f"names can be drawn in {', '.join(SCRIPTS)}")
    return Finding(
        "fonts",
        Status.WARN,
        f"no font for {', '.join(missing)}: in pictures such names are replaced by the face's number",
        "install Noto fonts (Debian: apt install fonts-noto-cjk), or name font files in [answers]",
    )


def check_platforms(settings: Settings) -> list[Finding]:
    """Check each platform's settings."""
    return [platform.checked(settings) for platform in PLATFORMS]


async def check_online(settings: Settings) -> list[Finding]:
    """Ask each platform that is on whose its token is, and whether the bot may do there what it needs to."""
    asked = [platform for platform in PLATFORMS if platform.check_online and platform.runs_with(settings)]
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ONLINE_SECONDS), trust_env=True) as session:
        return [
            await platform.check_online(platform.settings_in(settings), session)
            for platform in asked
            if platform.check_online
        ]


def check_sentry(settings: Settings) -> list[Finding]:
    """Look whether errors can be reported, where that is wanted."""
    if settings.sentry.dsn is None:
        return []
    try:
        sentry.check(settings.sentry)
    except ConfigError as error:
        return [Finding("sentry", Status.FAIL, str(error), "or unset the DSN")]
    return [Finding("sentry", Status.OK, "errors are reported")]


async def check_store(settings: Settings) -> Finding:
    """Look into the database, without making or changing one."""
    try:
        url = parse_url(settings.store.url)
        shown = show(url)
        file = Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None
        if file is not None and not file.exists():
            return _new_file(file)
        engine = make_engine(url)
        try:
            async with engine.connect() as connection:
                present, newest, known = await connection.run_sync(_schemas)
        finally:
            await engine.dispose()
    except (StoreError, SQLAlchemyError, OSError) as error:
        reason = str(getattr(error, "orig", None) or error)
        return Finding("store", Status.FAIL, reason, advise(reason) or "see url in [store]")
    if present == newest:
        return Finding("store", Status.OK, f"{shown}, schema {', '.join(sorted(present))}")
    other = f"{shown} has schema {', '.join(sorted(present)) or 'none'}, this whobot's is {', '.join(sorted(newest))}"
    if present <= known:
        return Finding("store", Status.WARN, other, "whobot run upgrades it: back it up before")
    advice = "a newer whobot wrote it: upgrade this one, or restore the backup made before upgrading"
    return Finding("store", Status.FAIL, other, advice)


def _schemas(connection: Connection) -> tuple[set[str], set[str], set[str]]:
    """Return the database's schema, the newest one, and all that this whobot knows."""
    present = set(MigrationContext.configure(connection).get_current_heads())
    scripts = ScriptDirectory.from_config(migrations.configure(connection))
    return present, set(scripts.get_heads()), {script.revision for script in scripts.walk_revisions()}


def _new_file(file: Path) -> Finding:
    folder = next(parent for parent in file.absolute().parents if parent.exists())
    if folder.is_dir() and os.access(folder, os.W_OK):
        return Finding("store", Status.OK, f"{file.absolute()} will be made at the first start")
    return Finding("store", Status.FAIL, f"{file.absolute()} cannot be made", f"let this user write to {folder}")
