"""``whobot rollback``: back to the bundle that ran before."""

import typer

from bot.cli.common import FAILED, ConfigOption, endings, read_configuration


def rollback(config: ConfigOption = None) -> None:
    """Run the bundle again that whobot adopt has replaced.

    The two change places, so a second rollback undoes the first. A running bot notices by itself.

    Exit codes:

    - 0: done
    - 1: there is no earlier bundle
    - 2: wrong arguments or settings, or a bundle that cannot be used
    """
    with endings():
        # Only now: reading bundles takes OpenCV.
        from bot.cli.takeover import previous_of, settle, swap_back  # noqa: PLC0415
        from bot.recognition.bundle import read_bundle  # noqa: PLC0415

        chosen = read_configuration(config).settings.models
        running = chosen.directory / chosen.classifier
        settle(running)
        previous = previous_of(running)
        if not previous.exists():
            typer.echo(f"there is no {previous}: no bundle has taken the place of another one yet", err=True)
            raise typer.Exit(FAILED)
        earlier = read_bundle(previous)
        swap_back(running)
        typer.echo(f"{earlier.info.name} ({earlier.id}) runs again as {running}")
