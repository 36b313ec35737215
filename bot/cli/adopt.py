"""``whobot adopt``: have a new bundle take over, if it is not worse."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import FAILED, ConfigOption, endings, read_configuration
from bot.cli.options import StoreOption
from bot.config import Settings

if TYPE_CHECKING:
    from bot.cli.comparing import Answering, Balance, Community, Compared
    from bot.recognition.bundle import Bundle

SHOWN = 20
"""Faces and names that are listed before the rest is only counted."""


def adopt(
    bundle: Annotated[Path, typer.Argument(metavar="BUNDLE", help="A classifier bundle, as whobot-train writes it.")],
    config: ConfigOption = None,
    store: StoreOption = None,
    replace: Annotated[
        bool, typer.Option("--replace", "--force", help="Let it take over even if it is worse.")
    ] = False,
) -> None:
    """Compare a new bundle with the running one, and let it take over if it is not worse.

    Both are shown every face that people have taught, confirmed or corrected, and kept, and answer as they do in that
    chat: all counts that was taught there, but not the face itself. Faces that were added to the new one are among
    them: that it does well on those says little, that it does badly says much. Where both have the same network, they
    are shown the faces of the roster, too, that travel in the running bundle.

    The new one is worse if somebody is no longer known, if it names fewer faces rightly or more strangers than chance
    explains, or if nothing could be taught beside it any more.

    It takes the place of the classifier's file; a running bot notices that by itself. The old bundle stays beside it
    as NAME.previous.tflite, and whobot rollback brings it back.

    Exit codes:

    - 0: it has taken over
    - 1: it has not: it is worse, or there is nothing to compare on
    - 2: wrong arguments or settings, or a bundle or database that cannot be used
    """
    with endings():
        settings = read_configuration(config).settings
        if not _adopt(settings, bundle, store, replace=replace):
            raise typer.Exit(FAILED)


def _adopt(settings: Settings, path: Path, store: str | None, *, replace: bool) -> bool:
    # Only now: the networks' runtime and the database's library take their time to import.
    from bot.cli.comparing import Answering, compare, compare_roster  # noqa: PLC0415
    from bot.cli.progress import progress  # noqa: PLC0415
    from bot.cli.takeover import previous_of, settle, take_over  # noqa: PLC0415
    from bot.errors import BundleError  # noqa: PLC0415
    from bot.recognition.bundle import read_bundle  # noqa: PLC0415
    from bot.recognition.characters import TABLE, Characters  # noqa: PLC0415
    from bot.recognition.model_files import available  # noqa: PLC0415
    from bot.storage.values import EVERYWHERE  # noqa: PLC0415

    path, running_path = available(path), available(settings.models.directory / settings.models.classifier)
    settle(running_path)
    running, new = read_bundle(running_path), read_bundle(path)
    if new.info.kind != "classifier":
        raise BundleError(f"{path} is a {new.info.kind}; name a classifier bundle")
    if new.id == running.id:
        typer.echo("this bundle is running already")
        return True
    characters = Characters.read(running_path.with_name(TABLE))
    before, after = Answering(running, characters), Answering(new, characters)
    community = asyncio.run(_community(settings, store))
    with progress("comparing", len(community.faces)) as advance:
        compared = []
        for face in community.faces:
            compared.append(compare(before, after, face, community.examples[face.scope]))
            advance()
    balances = compare_roster(before, after, community.examples.get(EVERYWHERE, ()))
    costs = [*_tell_rosters(before, after), *_tell_faces(compared, running, new), *_tell_roster(balances)]
    if not compared and not balances:
        costs.append("no face is kept that people have judged, so there is nothing to compare on")
    if before.embeds and not after.embeds:
        costs.append("it gives no embeddings: what chats have taught is not known any more, and nothing can be taught")
    if costs and not replace:
        typer.echo(f"it does not take over: {'; '.join(costs)}. --replace has it do so at that cost", err=True)
        return False
    for cost in costs:
        typer.echo(f"at this cost: {cost}")
    take_over(path, running_path)
    typer.echo(f"{new.info.name} has taken over as {running_path}; the old bundle is {previous_of(running_path).name}")
    return True


async def _community(settings: Settings, store: str | None) -> "Community":
    from bot.cli.comparing import Community, read_community  # noqa: PLC0415
    from bot.cli.taught import address_of, is_there  # noqa: PLC0415
    from bot.storage.store import Store  # noqa: PLC0415

    address = address_of(settings, store)
    if not is_there(address):
        return Community()
    async with Store(address) as opened:
        return await read_community(opened)


def _tell_rosters(running: "Answering", new: "Answering") -> Iterator[str]:
    """Say who comes and who goes; yield what that costs."""
    old_labels, new_labels = running.bundle.labels, new.bundle.labels
    added = sorted(label for label in new_labels if not running.knows(label))
    lost = sorted(label for label in old_labels if not new.knows(label))
    typer.echo(f"knows {len(new_labels)} characters, instead of {len(old_labels)}")
    for words, names in (("knows also", added), ("no longer knows", lost)):
        if names:
            typer.echo(f"{words}: {_listed(names)}")
    if lost:
        yield f"it no longer knows {len(lost)} of {len(old_labels)} characters"


def _tell_faces(compared: "Sequence[Compared]", running: "Bundle", new: "Bundle") -> Iterator[str]:
    """Say which bundle names more faces as people do, and which faces changed; yield what falls."""
    from bot.cli.comparing import UNKNOWN, Balance  # noqa: PLC0415
    from bot.cli.dataset import slug  # noqa: PLC0415

    if not compared:
        return
    whole = Balance.of("", ((face.running_right, face.new_right) for face in compared))
    for bundle, right in ((running, whole.before), (new, whole.after)):
        share = f"{right} of {whole.count} faces as people name them, {right / whole.count:.1%}"
        typer.echo(f"{bundle.info.name} ({bundle.id}): {share}")
    changed = [face for face in compared if face.changed]
    for face in changed[:SHOWN]:
        how = "better" if face.new_right else "worse" if face.running_right else "no better"
        said = f"{face.running or UNKNOWN} -> {face.new or UNKNOWN}"
        truth = UNKNOWN if face.face.truth is None else slug(face.face.truth)
        typer.echo(f"  {face.face.where}, {truth}: {said} ({how})")
    if len(changed) > SHOWN:
        typer.echo(f"  and {len(changed) - SHOWN} more faces changed")
    for what, known in (("faces that people have named", True), ("faces that people say are nobody's", False)):
        of_kind = [face for face in compared if (face.face.truth is not None) is known]
        yield from _falls(Balance.of(what, ((face.running_right, face.new_right) for face in of_kind)))


def _tell_roster(balances: "Sequence[Balance]") -> Iterator[str]:
    """Say how the faces that travel in the running bundle are named; yield what falls."""
    for balance in balances:
        typer.echo(f"{balance.what}: {balance.after} of {balance.count} right, instead of {balance.before}")
        yield from _falls(balance)


def _falls(balance: "Balance") -> Iterator[str]:
    if balance.falls:
        yield (
            f"of {balance.count} {balance.what}, {balance.lost} that were right are wrong, and {balance.won} the other "
            "way round"
        )


def _listed(names: Sequence[str]) -> str:
    rest = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {rest} more" if rest > 0 else "")
