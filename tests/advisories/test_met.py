"""What a run met comes back line by line, whatever a firmware text or an id looks like."""

from __future__ import annotations

from pathlib import Path

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cellwarden.advisories.answered import Answered, Seen
from cellwarden.advisories.books import bound, open_book, plain, reading
from cellwarden.advisories.met import Met
from cellwarden.model.matching import Component

TEXTS = st.text(max_size=12) | st.sampled_from(
    ("", "1", '"', "\\", "component_id", "\0", "\1\2", "AOS 6.4.0 / APP 6.4.0", "version", "é")
)


def component(component_id: str, firmware: str, model: str = "CBC-100") -> Component:
    return Component(
        component_id=component_id, manufacturer="Corvane", model=model, firmware=firmware
    )


def lines(one: Component, words: list[str]) -> bytes:
    rows = [
        {"component_id": one.component_id, "version": one.firmware, "why": f"{word} {one.firmware}"}
        for word in words
    ]
    return b"".join(msgspec.json.encode(row) + b"\n" for row in rows)


def kept(met: Met, file: Path) -> Answered:
    file.write_bytes(
        bound(((name, plain(page)) for name, page in met.pages.items()), texts=met.texts)
    )
    return Answered(None, open_book(file, reading(Seen)))


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=8), st.lists(TEXTS, max_size=4), TEXTS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_lines_come_back_as_they_were_for_any_id(
    tmp_path: Path, seen: list[tuple[str, str]], words: list[str], other_id: str
) -> None:
    met = Met()
    components = [component(name, firmware) for name, firmware in seen]
    for one in components:
        met.add(one, lines(one, words))

    known = kept(met, tmp_path / "book")

    for one in components:
        other = msgspec.structs.replace(one, component_id=other_id)
        assert known.lines(one) == lines(one, words)
        assert known.lines(other) == lines(other, words)


def test_line_that_differs_in_id_and_firmware_alone_is_kept_once() -> None:
    met = Met()
    for at in range(5):
        one = component(f"C{at}", f"UPS 0{at}.8 (ID18)", model=f"CBC-{at}")
        met.add(one, lines(one, ["cannot be read:", "lies within"]))

    assert len(met) == 5
    assert len(met.texts) == 2


def test_what_another_process_met_is_taken_over_and_what_is_here_stays(tmp_path: Path) -> None:
    ours, theirs = Met(), Met()
    first, second = component("C1", "1.0"), component("C2", "2.0")
    ours.add(first, lines(first, ["ours"]))
    theirs.add(second, lines(second, ["only theirs", "and more"]))
    theirs.add(first, lines(first, ["theirs"]))

    ours.learn(theirs.pages, theirs.texts)

    known = kept(ours, tmp_path / "book")
    assert len(ours) == 2
    assert known.lines(first) == lines(first, ["ours"])
    assert known.lines(second) == lines(second, ["only theirs", "and more"])


def test_damaged_text_makes_everything_kept_count_as_lost(tmp_path: Path) -> None:
    met, one = Met(), component("C1", "1.0")
    met.add(one, lines(one, ["a word that is damaged"]))
    file = tmp_path / "book"
    kept(met, file)
    file.write_bytes(file.read_bytes().replace(b"damaged", b"dAmaged"))

    known = Answered(None, open_book(file, reading(Seen)))

    assert known.lines(one) is None
    assert known.met() == ({}, [])
