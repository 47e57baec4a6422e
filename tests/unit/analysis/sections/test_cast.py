"""One row for one person, and places told from people: by titles, names and what stands around them."""

import os
import subprocess
import sys

import pytest

from jobs.analysis.reading.fountain import read_fountain
from jobs.analysis.report import Finding
from jobs.analysis.sections import characters, places
from jobs.analysis.story.story import read_story
from jobs.analysis.structure.chapters import split
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


LIZZY = "It was Elizabeth Lund. They knew Elizabeth well. Then Lizzy came, and Miss Lizzy laughed. "


def counts(text: str) -> dict[str, int]:
    """How often each person is named."""
    return {label: finding.count for label, finding in people(text).items()}


def test_a_nickname_is_the_only_persons_whose_name_it_is_short_for() -> None:
    assert counts(LIZZY * 6) == {"Elizabeth Lund": 24}
    assert people(LIZZY * 6)["Elizabeth Lund"].note == "also Miss Lizzy, Elizabeth, Lizzy"


@pytest.mark.parametrize(
    "contradiction",
    [
        "It was Elizabeth Berg. They met Elizabeth Berg. ",  # two of that name
        "Then Lizzy and Elizabeth Lund came. ",  # named beside each other
        "He saw Lizzy Berg. They met Lizzy Berg. ",  # of another family
    ],
)
def test_a_nickname_that_may_be_another_persons_keeps_its_row(contradiction: str) -> None:
    assert any("Lizzy" in label for label in counts((LIZZY + contradiction) * 6))


def test_a_nickname_is_nobodys_who_is_known_by_a_title() -> None:
    text = "They bowed to Lady Catherine. So did Kitty, for Lady Catherine saw Kitty. "

    assert counts(text * 6) == {"Lady Catherine": 12, "Kitty": 12}


def test_who_speaks_in_a_screenplay_is_in_its_cast() -> None:
    lines = "EDDA\nI will not go there.\n\nPELL (CONT'D)\n(quietly)\nThen stay.\n\nThen Edda sits down.\n\n"
    script = read_fountain("INT. KITCHEN - DAY\n\n" + lines * 8)

    measured = characters.measure(read_story(split(script), lambda share: None))

    assert {finding.label: finding.count for finding in measured.findings} == {"Edda": 16, "Pell": 8}


def test_the_names_of_a_person_stand_in_one_order_whatever_the_order_of_a_set() -> None:
    told = "It was Anna Lund. They met Mr. Vane, Dr. Vane and Miss Vane; Ines Vane, Rose Vane and Ivar Vane. "
    program = (
        "import sys; from jobs.analysis.sections import characters; from tests.unit.analysis.files import split_text; "
        "from jobs.analysis.story.story import read_story; story = read_story(split_text(sys.argv[1]), lambda _: 0); "
        "print([(each.label, each.note) for each in characters.measure(story).findings])"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", program, f"{told * 6}\n\n{prose(600)}"],
            env=os.environ | {"PYTHONHASHSEED": each},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for each in ("0", "1", "2")
    ]

    assert runs[0] == runs[1] == runs[2]
    assert "Vane" in runs[0]
