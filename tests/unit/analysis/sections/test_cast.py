"""One row for one person, and places told from people: by titles, names and what stands around them."""

import pytest

from jobs.analysis.report import Finding
from jobs.analysis.sections import characters, places
from jobs.analysis.story.story import read_story
from tests.unit.analysis.files import chaptered, prose, split_markdown, split_text


def people(text: str) -> dict[str, Finding]:
    """The findings of the cast, by label."""
    measured = characters.measure(read_story(split_text(f"{text}\n\n{prose(600)}"), lambda share: None))
    return {finding.label: finding for finding in measured.findings}


def where(text: str) -> list[str]:
    """The labels of the places."""
    measured = places.measure(read_story(split_text(f"{text}\n\n{prose(600)}"), lambda share: None))
    return [finding.label for finding in measured.findings] if measured else []


ALONE = "We saw Mr. Vane, and then Vane saw us. Nobody saw Julian Vane. Who was with Mr. Vane? "


def test_a_surname_a_title_and_a_full_name_are_one_person_where_there_is_no_other() -> None:
    found = people(ALONE * 5)

    assert {label: finding.count for label, finding in found.items()} == {"Mr. Vane": 20}
    assert found["Mr. Vane"].note == "also Julian Vane, Vane"


def test_brother_and_sister_of_one_surname_are_two_people() -> None:
    found = people((ALONE + "There was Miss Vane as well, and she said that she had seen Rose. ") * 5)

    assert {label: finding.count for label, finding in found.items()} == {"Mr. Vane": 20, "Miss Vane": 5, "Rose": 5}


def test_two_titles_are_two_people_and_the_bare_surname_stays_alone_between_them() -> None:
    text = "They met Captain Holt and Doctor Holt. Then they met Holt again, but which Holt? "

    assert set(people(text * 6)) == {"Captain Holt", "Doctor Holt", "Holt"}


def test_a_given_name_is_the_full_names_unless_two_bear_it() -> None:
    one = "It was Anna Lund. They knew Anna. "
    two = "It was Anna Lund. It was Anna Berg. They knew Anna. "

    assert {label: finding.count for label, finding in people(one * 6).items()} == {"Anna Lund": 12}
    assert set(people(two * 6)) == {"Anna Lund", "Anna Berg", "Anna"}


def test_a_name_does_not_run_over_a_full_stop_but_over_that_of_a_title() -> None:
    text = "They had seen Marsh. Pell had not. They asked Mr. Marsh; and Pell. "

    assert set(people(text * 6)) == {"Pell", "Mr. Marsh"}


def test_particles_and_saints_belong_to_the_name_and_half_a_compound_is_none() -> None:
    text = "So Lady Mary de Croy came, and then St. Clair came, by the X-Ray and the Heat-Ray. "

    assert set(people(text * 6)) == {"Lady Mary de Croy", "St. Clair"}


@pytest.mark.parametrize("verb", ["They lived in Tarn", "We came to the house at Tarn", "He walked towards Tarn"])
def test_a_place_is_told_by_the_words_before_it(verb: str) -> None:
    text = f"{verb}. “Yes,” said Edda, for Edda knew it. Then they left Tarn for good. "

    assert where(text * 6) == ["Tarn"]
    assert set(people(text * 6)) == {"Edda"}


def test_a_person_whom_people_go_to_is_no_place() -> None:
    text = "They went to Edda, and Edda told him. He believed in Edda. She was glad: “Come,” said Edda. "

    assert where(text * 6) == []


def test_german_nouns_are_no_people_and_german_names_are() -> None:
    text = (
        "Gregor sah das Fenster, und neben dem Fenster stand Gregors Schwester. Da lachte Gregor über die Schwester. "
        "Der Herr Samsa nahm einen Stuhl, denn Herr Samsa war müde von der Arbeit und wollte die Tür nicht öffnen. "
    )

    measured = characters.measure(read_story(split_text(text * 8), lambda share: None))

    assert {finding.label for finding in measured.findings} == {"Gregor", "Herr Samsa"}


def test_who_is_where_is_told_by_the_names_of_the_chapters() -> None:
    told = "Then Edda saw Edda, and Edda went to see Edda and Edda."
    text = chaptered((f"# Ebb\n\n{told}", "# Flood", f"# Slack\n\n{told}"))
    measured = characters.measure(read_story(split_markdown(text), lambda share: None))

    assert measured.findings[0].note == "in 2 of 3 chapters, from Ebb to Slack"
