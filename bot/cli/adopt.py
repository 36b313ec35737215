"""``whobot adopt``: have a new bundle take over, if it is not worse."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import FAILED, ConfigOption, endings, read_configuration
from bot.cli.options import StoreOption
from bot.config import Settings

if TYPE_CHECKING:
    from bot.cli.comparing import Compared, Judged
    from bot.recognition.bundle import Bundle

SHOWN = 20
"""Faces and names that are listed before the rest is only counted."""


def adopt(
    bundle: Annotated[Path, typer.Argument(metavar="BUNDLE", help="A classifier bundle, as whobot-train writes it.")],
    config: ConfigOption = None,
    store: StoreOption = None,
    force: Annotated[bool, typer.Option("--force", help="Let it take over even if it is worse.")] = False,
) -> None:
    """Compare a new bundle with the running one, and let it take over if it is not worse.

    Both name every face that people have taught, confirmed or corrected, and that was kept. The new one is worse if it
    names fewer of them as people do, or if it could not be taught any more. It may have been trained on some of these
    faces: doing well on those says little, doing badly says much.

    It takes the place of the classifier's file; a running bot notices that by itself. The old bundle stays beside it
    as NAME.previous.tflite, and whobot rollback brings it back.

    Exit codes:

    - 0: it has taken over
    - 1: it has not: it is worse, or there is nothing to compare on
    - 2: wrong arguments or settings, or a bundle or database that cannot be used
    """
    with endings():
        settings = read_configuration(config).settings
        if not _adopt(settings, bundle, store, force=force):
            raise typer.Exit(FAILED)


def _adopt(settings: Settings, path: Path, store: str | None, *, force: bool) -> bool:
    # Only now: the networks' runtime and the database's library take their time to import.
    from bot.cli.comparing import Comparison  # noqa: PLC0415
    from bot.cli.progress import progress  # noqa: PLC0415
    from bot.cli.takeover import previous_of, settle, take_over  # noqa: PLC0415
    from bot.errors import BundleError  # noqa: PLC0415
    from bot.recognition.bundle import read_bundle  # noqa: PLC0415
    from bot.recognition.model_files import available  # noqa: PLC0415

    path, running_path = available(path), available(settings.models.directory / settings.models.classifier)
    settle(running_path)
    running, new = read_bundle(running_path), read_bundle(path)
    if new.info.kind != "classifier":
        raise BundleError(f"{path} is a {new.info.kind}; name a classifier bundle")
    if new.id == running.id:
        typer.echo("this bundle is running already")
        return True
    comparison = Comparison(running, new)
    faces = asyncio.run(_faces(settings, store))
    with progress("comparing", len(faces)) as advance:
        compared = []
        for face in faces:
            compared.append(comparison.compare(face))
            advance()
    _tell_rosters(running, new)
    worse = _tell_faces(compared, running, new)
    if comparison.unteaches:
        typer.echo("it gives no embeddings: what chats have taught would not be known, and nothing could be taught")
    if (worse or comparison.unteaches) and not force:
        typer.echo("it does not take over; --force has it do so all the same", err=True)
        return False
    take_over(path, running_path)
    typer.echo(f"{new.info.name} has taken over as {running_path}; the old bundle is {previous_of(running_path).name}")
    return True


async def _faces(settings: Settings, store: str | None) -> "list[Judged]":
    from bot.cli.comparing import judged_faces  # noqa: PLC0415
    from bot.cli.taught import address_of, is_there  # noqa: PLC0415
    from bot.storage.store import Store  # noqa: PLC0415

    address = address_of(settings, store)
    if not is_there(address):
        return []
    async with Store(address) as opened:
        return await judged_faces(opened)


def _tell_rosters(running: "Bundle", new: "Bundle") -> None:
    """Say who comes and who goes."""
    added, lost = sorted({*new.labels} - {*running.labels}), sorted({*running.labels} - {*new.labels})
    typer.echo(f"knows {len(new.labels)} characters, instead of {len(running.labels)}")
    for words, names in (("knows also", added), ("no longer knows", lost)):
        if names:
            typer.echo(f"{words}: {_listed(names)}")


def _tell_faces(compared: "Sequence[Compared]", running: "Bundle", new: "Bundle") -> bool:
    """Say which bundle names more faces as people do, and which faces changed; return whether the new one is worse."""
    from bot.cli.comparing import UNKNOWN  # noqa: PLC0415

    count = len(compared)
    if not count:
        typer.echo("no face is kept that people have judged, so there is nothing to compare on")
        return True
    before = sum(face.running_right for face in compared)
    after = sum(face.new_right for face in compared)
    for bundle, right in ((running, before), (new, after)):
        typer.echo(
            f"{bundle.info.name} ({bundle.id}): {right} of {count} faces as people name them, {right / count:.1%}"
        )
    changed = [face for face in compared if face.changed]
    for face in changed[:SHOWN]:
        how = "better" if face.new_right else "worse" if face.running_right else "no better"
        said = f"{face.running or UNKNOWN} -> {face.new or UNKNOWN}"
        typer.echo(f"  {face.face.where}, {face.face.truth or UNKNOWN}: {said} ({how})")
    if len(changed) > SHOWN:
        typer.echo(f"  and {len(changed) - SHOWN} more faces changed")
    return after < before


def _listed(names: Sequence[str]) -> str:
    rest = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {rest} more" if rest > 0 else "")
