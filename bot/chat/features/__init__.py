"""All features, one module each, in the order in which commands and help are shown."""

from typing import Any

from bot.chat.features import (
    about,
    adding,
    answer_buttons,
    asking,
    character,
    corrections,
    departures,
    forgetting,
    helping,
    history,
    mending,
    missing,
    my_data,
    people,
    privacy,
    review,
    roster,
    settings,
    stats,
    strangers,
    teaching,
)
from bot.chat.registry import Feature

FEATURES: tuple[Feature[Any], ...] = (
    asking.FEATURE,
    answer_buttons.FEATURE,
    corrections.FEATURE,
    teaching.FEATURE,
    forgetting.FEATURE,
    roster.FEATURE,
    character.FEATURE,
    settings.FEATURE,
    my_data.FEATURE,
    privacy.FEATURE,
    stats.FEATURE,
    history.FEATURE,
    review.FEATURE,
    people.FEATURE,
    mending.FEATURE,
    adding.FEATURE,
    strangers.FEATURE,
    departures.FEATURE,
    missing.FEATURE,
    about.FEATURE,
    helping.FEATURE,
)
