"""A novel that is not in English gets what can be counted in any language, and no verdict against English."""

import json
import unicodedata
from pathlib import Path

import pytest

from jobs.analysis.analyse import analyse
from jobs.analysis.report import ReportBody
from jobs.analysis.sections.all import SECTIONS
from jobs.analysis.words.sentences import sentence_spans
from jobs.analysis.words.words import count_words
from jobs.errors import Unreadable
from tests.unit.analysis.files import paragraphs

LANGUAGES = {
    "French": "— Je ne sais pas où il est allé, dit la vieille femme. Elle regarda la mer : rien n'avait bougé.",
    "Spanish": "—¿Dónde está el barco? —preguntó la niña—. No lo veo. Nadie respondió, y el viento siguió soplando.",
    "German": "„Wo ist das Boot?“, fragte das Kind. Die Frau sah auf das Wasser und sagte kein Wort zu dem Kind.",
    "Russian": "— Где лодка? — спросила девочка. Никто не ответил, и ветер всё дул над тёмной водой до утра.",
    "Polish": "— Gdzie jest łódź? — zapytała dziewczynka. Nikt nie odpowiedział, a wiatr wiał nad wodą do rana.",
    "Greek": "«Πού είναι η βάρκα;» ρώτησε το κορίτσι. Κανείς δεν απάντησε και ο άνεμος φυσούσε ως το πρωί.",
    "Arabic": "سألت البنت: أين القارب؟ لم يجب أحد، وظلت الريح تهب فوق الماء المظلم حتى الصباح.",
    "Hindi": "लड़की ने पूछा, नाव कहाँ है? किसी ने उत्तर नहीं दिया। हवा सुबह तक अँधेरे पानी पर बहती रही।",
    "Swedish": "”Var är båten?” frågade flickan. Ingen svarade, och vinden blåste över vattnet till gryningen.",
}
OF_ENGLISH = {section.KEY for section in SECTIONS if section.NEEDS_ENGLISH} - {"arc", "dialogue_tags"}
"""Those that say something of any text, however short and silent it is."""


def report(directory: Path, text: str) -> ReportBody:
    """The report on a plain text."""
    path = directory / "novel.txt"
    path.write_text(text, encoding="utf-8")
    return analyse(path, path.name, lambda stage, progress: None).report


@pytest.mark.parametrize("text", LANGUAGES.values(), ids=LANGUAGES.keys())
def test_nothing_is_measured_against_english(tmp_path: Path, text: str) -> None:
    found = report(tmp_path, "\n\n".join([text] * 40))

    assert OF_ENGLISH.isdisjoint(section.key for section in found.sections)
    assert {section.key for section in found.sections} >= {"structure", "frequent_words", "repeated_phrases"}
    assert "Dialogue tags, Sentences that hold a reader up" in found.summary.notes[0]
    assert "are made for English and are left out" in found.summary.notes[0]
    assert {(chapter.reading_ease, chapter.grade) for chapter in found.chapters} == {(0.0, 0.0)}
    assert (found.summary.reading_ease, found.summary.grade) == (0.0, 0.0)
    assert found.summary.words == 40 * count_words(text)
    assert "NaN" not in json.dumps(found.to_json(), allow_nan=False)


@pytest.mark.parametrize("language", sorted(LANGUAGES.keys() - {"Arabic"}))  # whose page has none of the commonest
def test_a_report_says_which_language_it_reads(tmp_path: Path, language: str) -> None:
    assert f"reads as {language}." in report(tmp_path, "\n\n".join([LANGUAGES[language]] * 40)).summary.notes[0]


def test_a_language_that_nobody_knows_is_not_compared(tmp_path: Path) -> None:
    found = report(tmp_path, "Lorem ipsum dolor sit amet consectetur adipiscing elit sed eiusmod tempor. " * 30)

    assert "a language that we do not know" in found.summary.notes[0]
    assert "echoes" not in {section.key for section in found.sections}
    assert {f.ratio for s in found.sections if s.key == "frequent_words" for f in s.findings} == {None}


def test_words_are_compared_with_the_ordinary_texts_of_their_language(tmp_path: Path) -> None:
    found = report(tmp_path, "\n\n".join([LANGUAGES["German"]] * 40))
    words = {f.label: f.ratio for s in found.sections if s.key == "frequent_words" for f in s.findings}

    assert "das" not in words
    assert (words["boot"] or 0) > 100


PLAY = {
    "names above": "INT. KITCHEN - DAY\n\nEDDA\nI will not.\n\nPELL\n(quietly)\nThen stay.\n\nShe sits.\n\n",
    "names before": "EDDA. I will not go there again.\n\nPELL. Then stay where you are.\n\nShe sits down.\n\n",
    "small names": "Edda: I will not go there again.\n\nPell: Then stay where you are.\n\nShe sits down.\n\n",
}


@pytest.mark.parametrize("text", PLAY.values(), ids=PLAY.keys())
def test_a_play_is_recognised_and_not_measured_as_prose(tmp_path: Path, text: str) -> None:
    found = report(tmp_path, text * 20)

    assert any("reads as a play or a screenplay" in note for note in found.summary.notes)
    assert {"readability", "style"}.isdisjoint(section.key for section in found.sections)
    assert found.summary.dialogue_share == found.summary.reading_ease == 0.0


def test_a_novel_with_letters_and_capitals_is_no_play(tmp_path: Path) -> None:
    shout = "STOP! Edda: I will not.\n\n"

    assert report(tmp_path, (shout + "\n\n".join(paragraphs(300)) + "\n\n") * 4).summary.notes == ()


@pytest.mark.parametrize("language", ["French", "Spanish", "German", "Russian", "Polish", "Greek", "Swedish"])
def test_dialogue_is_counted_in_every_languages_marks(tmp_path: Path, language: str) -> None:
    assert 0.1 < report(tmp_path, "\n\n".join([LANGUAGES[language]] * 9)).summary.dialogue_share <= 1


def test_an_english_novel_keeps_its_comparisons(tmp_path: Path) -> None:
    found = report(tmp_path, "\n\n".join([*paragraphs(400), *list(LANGUAGES.values())[:3]]))

    assert {section.key for section in found.sections} >= OF_ENGLISH
    assert found.summary.notes == ()


def test_nouns_in_german_and_words_in_capitals_are_no_characters(tmp_path: Path) -> None:
    for text in (LANGUAGES["German"], "THE BOAT LAY ON THE SAND AND NOBODY ASKED WHY IT HAD COME TO HER."):
        characters = next(s for s in report(tmp_path, "\n\n".join([text] * 9)).sections if s.key == "characters")

        assert characters.findings == ()


@pytest.mark.parametrize(
    "text",
    [
        "女孩问船在哪里。没有人回答,风一直吹到天亮。",
        "女の子は船はどこかと尋ねた。誰も答えなかった。",
        "เด็กหญิงถามว่าเรืออยู่ที่ไหน ไม่มีใครตอบ",
    ],
    ids=ascii,
)
def test_a_language_without_spaces_between_words_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(Unreadable, match="without spaces between its words"):
        report(tmp_path, f"{text}\n\n" * 40)


def test_a_few_words_in_such_a_language_are_no_reason_to_refuse(tmp_path: Path) -> None:
    assert report(tmp_path, "\n\n".join([*paragraphs(200), "“女孩问船在哪里。”"])).summary.words > 200


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("बच्चे नाव में हैं", 4),
        ("مُحَمَّدٌ كَتَبَ", 2),
        ("می‌خواهم بروم", 2),
        ("שָׁלוֹם לָךְ", 2),
        (unicodedata.normalize("NFD", "naïve Zoë’s café"), 3),
    ],
    ids=["Hindi", "Arabic", "Persian", "Hebrew", "decomposed"],
)
def test_accents_and_vowel_signs_do_not_cut_words(text: str, count: int) -> None:
    assert count_words(text) == count


def test_letters_and_their_accents_are_one_form_however_they_are_written(tmp_path: Path) -> None:
    text = "\n\n".join([*paragraphs(60), "The café was a café. " * 5])

    assert report(tmp_path, unicodedata.normalize("NFD", text)) == report(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("« Non ! » Il partit. « Où ? » dit-il.", 3),
        ("Dijo que no. ¿Por qué? ¡Nadie lo sabe!", 3),
        ("Er kam. „Ja.“ Sie ging. »Nein.« Er blieb.", 5),
        ("— Нет… не надо, — сказал он. — Иди. Он ушёл.", 3),
        ("Πού είναι; Κανείς δεν ξέρει; όχι.", 2),
        ("أين القارب؟ لم يجب أحد.", 2),
        ("नाव कहाँ है। कोई नहीं जानता।", 2),
        ("Il s’arrêta… écouta. Élan !", 2),
    ],
)
def test_sentences_end_where_readers_of_other_languages_end_them(text: str, count: int) -> None:
    assert len(sentence_spans(text)) == count
