"""Which column of a subject says how its others are known."""

from __future__ import annotations

from cellwarden.checks import compiled_catalogue
from cellwarden.checks.standing import grade_column
from cellwarden.checks.subject import subjects


def test_every_grade_of_a_subject_says_what_it_is_the_grade_of() -> None:
    for subject in subjects().values():
        named = {name for name in subject.types if name.endswith("grade")}
        assert named == subject.graded_by.keys(), subject.name
        for column, graded in subject.graded_by.items():
            assert set(graded) <= subject.types.keys(), column
            assert graded, column


def test_a_check_about_a_protection_is_graded_and_one_about_a_serial_is_not() -> None:
    compiled = compiled_catalogue()
    columns = {str(check.id): grade_column(check, compiled) for check in compiled.checks}

    assert columns["updates-unsigned"] == "grade"
    assert columns["protection-only-claimed"] == "grade"
    assert columns["serial-missing"] is None
