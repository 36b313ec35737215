"""The words of the people page: what was done on it."""

from gettext import NullTranslations


class PeopleWords:
    """The words of what is done to those who are known, in one language."""

    def __init__(self, catalogue: NullTranslations) -> None:
        self._catalogue = catalogue

    def renamed(self, name: str, other: str) -> str:
        """Confirm another name."""
        return self._catalogue.gettext("{name} is called {other} now.").format(name=name, other=other)

    def merged(self, name: str, other: str) -> str:
        """Confirm that two characters are one."""
        return self._catalogue.gettext("{name} and {other} are one now: {other}.").format(name=name, other=other)

    def described(self, name: str) -> str:
        """Confirm what else a character is called, and where they are from."""
        return self._catalogue.gettext("I have noted that about {name}.").format(name=name)

    def moved(self, name: str, n: int) -> str:
        """Confirm that pictures show somebody else."""
        return self._catalogue.ngettext("{n} picture shows {name} now.", "{n} pictures show {name} now.", n).format(
            n=n, name=name
        )

    def removed(self, name: str, n: int) -> str:
        """Confirm that pictures are gone."""
        return self._catalogue.ngettext(
            "I have removed {n} picture of {name}.", "I have removed {n} pictures of {name}.", n
        ).format(n=n, name=name)

    def taken(self, name: str) -> str:
        """Say that the face of a picture is learnt."""
        return self._catalogue.gettext("Taken for {name}.").format(name=name)

    def taken_waiting(self, name: str) -> str:
        """Say that the face of a picture is learnt, and counts once somebody has confirmed it."""
        return self._catalogue.gettext("Taken for {name}; somebody has to confirm it.").format(name=name)

    def known_before(self) -> str:
        """Say that a picture was taught before."""
        return self._catalogue.gettext("Known already.")

    def several_faces(self, n: int) -> str:
        """Say that a picture shows several faces, of which none is by far the largest."""
        return self._catalogue.ngettext(
            "There is {n} face in it; draw a box round the one that is meant.",
            "There are {n} faces in it; draw a box round the one that is meant.",
            n,
        ).format(n=n)

    def strange(self, name: str) -> str:
        """Say that a picture was taken although it looks little like the others."""
        return self._catalogue.gettext("Taken for {name}, but it looks little like them.").format(name=name)
