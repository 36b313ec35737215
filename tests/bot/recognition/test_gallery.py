"""A gallery keeps who owns which example."""

import numpy as np

from bot.recognition.gallery import EMPTY, Gallery

X, Y = np.array([1, 0], np.float32), np.array([0, 1], np.float32)


def test_each_example_knows_its_character() -> None:
    gallery = Gallery.of([("rin", X), ("len", Y), ("rin", Y)], denied=[("miku", X)])
    assert gallery.characters == ("rin", "len", "miku")
    assert gallery.owners.tolist() == [0, 1, 0]
    assert gallery.embeddings.tolist() == [[1, 0], [0, 1], [0, 1]]
    assert gallery.embeddings.dtype == np.float32
    assert (gallery.denied_owners.tolist(), gallery.denied.tolist()) == ([2], [[1, 0]])


def test_an_empty_gallery_has_no_characters() -> None:
    for gallery in (EMPTY, Gallery.of([])):
        assert gallery.characters == ()
        assert len(gallery.embeddings) == len(gallery.owners) == len(gallery.denied) == 0


def test_characters_that_get_one_name_become_one() -> None:
    gallery = Gallery.of([("Umi", X), ("Eli", Y), ("sonoda_umi", Y)], denied=[("Eli", X)])
    renamed = gallery.renamed(lambda id_: "sonoda_umi" if id_ == "Umi" else id_)
    assert renamed.characters == ("sonoda_umi", "Eli")
    assert renamed.owners.tolist() == [0, 1, 0]
    assert renamed.denied_owners.tolist() == [1]
    assert EMPTY.renamed(str.upper).characters == ()


def test_two_galleries_become_one_and_a_character_of_both_has_the_examples_of_both() -> None:
    one, other, third = (np.eye(3, dtype=np.float32)[i] for i in range(3))
    joined = Gallery.of([("a", one)], [("a", third)]).joined(Gallery.of([("b", other), ("a", third)], [("b", one)]))
    assert joined.characters == ("a", "b")
    assert joined.embeddings.tolist() == [one.tolist(), other.tolist(), third.tolist()]
    assert joined.owners.tolist() == [0, 1, 0]
    assert joined.denied_owners.tolist() == [0, 1]
    assert EMPTY.joined(EMPTY).characters == ()
