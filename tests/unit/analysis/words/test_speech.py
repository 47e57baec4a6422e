"""What is spoken and what is told, in the marks of every tradition."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.analysis.words.speech import SpeechMarks, find_marks, speech_spans, told_at_length


def speech(text: str, marks: SpeechMarks = SpeechMarks.DOUBLE) -> list[str]:
    """The spoken pieces of a paragraph."""
    return [text[start:end] for start, end in speech_spans(text, marks)]


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("“Yes,” she said, “it is.”", ["“Yes,”", "“it is.”"]),
        ('"Yes," she said.', ['"Yes,"']),
        ('“Yes," she said. "No.”', ['“Yes,"', '"No.”']),
        ("“It goes on to the next paragraph.", ["“It goes on to the next paragraph."]),
        ("«Oui», dit-il.", ["«Oui»"]),
        ("„Ja“, sagte er.", ["„Ja“"]),
        ("« Oui », dit-il, « non ! »", ["« Oui »", "« non ! »"]),
        ("»Ja«, sagte er, »nein.«", ["»Ja«", "»nein.«"]),
        ("”Ja”, sade han, ”nej.”", ["”Ja”", "”nej.”"]),
        ("»Kyllä», sanoi hän.", ["»Kyllä»"]),
        ("„Tak”, powiedział.", ["„Tak”"]),
        ("«¿Cómo?», dijo.", ["«¿Cómo?»"]),
        ('The 12" record, 6\'2" long, was hers.', []),
        ("And so it ended.” He bowed. “Well.”", ["“Well.”"]),
        ("Und so endete es.« Er ging. »Gut.«", ["»Gut.«"]),
        ('And so it ended." He bowed.', []),
        ("Nothing spoken here.", []),
    ],
)
def test_double_marks_of_every_kind_open_and_close_speech(text: str, spoken: list[str]) -> None:
    assert speech(text) == spoken


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("‘Yes,’ she said, ‘it’s the dogs’ home.’", ["‘Yes,’", "‘it’s the dogs’ home.’"]),
        ("'Don't,' she said.", ["'Don't,'"]),
        ("‘He told me “no” twice.’", ["‘He told me “no” twice.’"]),
        ("The dogs’ home and rock ’n’ roll.", []),
        ("‘He told me “no.”’ He left. ‘Yes.’", ["‘He told me “no.”’", "‘Yes.’"]),
        ("'Twas late,' he said. 'I saw 'em.'", ["'Twas late,'", "'I saw 'em.'"]),
        ("‚Ja‘, sagte er, ‚nein.‘", ["‚Ja‘", "‚nein.‘"]),
        ("‘It goes on to the next paragraph.", ["‘It goes on to the next paragraph."]),
        ("‘Tis the dog, he thought.", []),
        ("He had ‘a plan. Nobody knew it.", []),
    ],
)
def test_single_marks_are_told_from_apostrophes(text: str, spoken: list[str]) -> None:
    assert speech(text, SpeechMarks.SINGLE) == spoken


def test_the_marks_that_an_author_uses_are_found() -> None:
    assert find_marks(["‘Yes,’ she said.", "‘No,’ he said. It wasn’t."]) is SpeechMarks.SINGLE
    assert find_marks(["« Oui », dit-il à l'aube.", "C'est l'heure."]) is SpeechMarks.DOUBLE
    assert find_marks(["”Ja”, sade han.", "”Nej.”"]) is SpeechMarks.DOUBLE
    assert find_marks(["“He called it ‘home’,” she said.", "“No.”"]) is SpeechMarks.DOUBLE


@given(st.text(alphabet="“”\"‘’'«»„‚a ,.—-\n", max_size=80), st.sampled_from(SpeechMarks))
def test_spoken_pieces_never_overlap(text: str, marks: SpeechMarks) -> None:
    spans = speech_spans(text, marks)

    assert all(start < end <= len(text) for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


NARRATION = ["The tide had gone out in the night.", "She walked down to the water.", "It rained a little."]


@pytest.mark.parametrize(
    "dash", ["—", "— ", "–", "– ", "―", "--", "-- ", "- ", "—\u00a0", "-"], ids=lambda dash: ascii(dash)
)
def test_a_book_that_opens_speech_with_dashes_is_known(dash: str) -> None:
    assert find_marks([*NARRATION, f"{dash}No, said he.", f"{dash}Yes.", f"{dash}¿Cómo?"]) is SpeechMarks.DASH


@pytest.mark.parametrize(
    "texts",
    [
        ["“Yes,” she said.", "“No.”", "— and then nothing.", "“Well?”", "— or so he thought.", "— or not."],
        ["‘Yes,’ she said.", "‘No.’", "— and then nothing.", "‘Well?’", "— or so he thought.", "— or not."],
        [*NARRATION, "— A lone dash.", "— And another."],
        [*NARRATION * 70, "— One.", "— Two.", "— Three."],
        [*NARRATION, "— — —", "—", "-5 degrees-"],
    ],
    ids=["double", "single", "two", "rare", "no words"],
)
def test_a_few_paragraphs_with_a_dash_change_nothing(texts: list[str]) -> None:
    assert find_marks(texts) in (SpeechMarks.DOUBLE, SpeechMarks.SINGLE)


def test_french_conversations_open_with_a_guillemet_and_go_on_with_dashes() -> None:
    texts = ["« Oui, dit-il.", "— Non, dit-elle.", "— Si.", "« Viens.", "— Non. »"]

    assert find_marks(texts) is SpeechMarks.DASH
    assert speech(texts[0], SpeechMarks.DASH) == [texts[0]]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("—No, said he, no.", ""),
        ("—No —dijo él—, no.", "—dijo él"),
        ("—¡No! —dijo él—. Vete.", "—dijo él"),
        ("—No. —Se levantó y salió—. Vete.", "—Se levantó y salió"),
        ("— Nie — powiedział Jan. — Idź.", "— powiedział Jan. "),
        ("– Não – disse ele.", "– disse ele."),
        ("— Oui, dit-il. — Non. — Si.", ""),
        ("—He is well—known—", ""),
        ("-No -dijo él-, es un bien-estar.", "-dijo él"),
        ("-- No -- said he -- no.", "-- said he "),
        ("—What the—", ""),
        ("Nobody — not he — spoke.", "Nobody — not he — spoke."),
    ],
)
def test_what_dashes_set_off_in_a_spoken_paragraph_is_the_narrators(text: str, told: str) -> None:
    spoken = speech(text, SpeechMarks.DASH)

    assert "".join(spoken) == text.replace(told, "", 1)


def test_a_dash_without_a_stop_before_it_is_the_speakers_where_insertions_follow_stops() -> None:
    said = ["— Нет, — сказал он. — Это — дом.", "— Да! — сказала она.", "— Кто? — спросил он.", "— Нет, — сказал он."]

    assert find_marks(said) is SpeechMarks.DASH_AND_STOP
    assert speech(said[0], SpeechMarks.DASH_AND_STOP) == ["— Нет, ", "— Это — дом."]


def test_quotation_marks_still_count_in_narration_between_dashes() -> None:
    assert speech("He thought «no» again.", SpeechMarks.DASH) == ["«no»"]


def test_a_paragraph_of_ten_thousand_dashes_is_done_in_time() -> None:
    assert speech("—a " * 10_000, SpeechMarks.DASH)


LINE = "the boats were late, and I sat by the window and wrote to you until the candle was gone and the light came up"


def told(texts: list[str]) -> set[int]:
    """Which of the paragraphs are a letter or a tale."""
    return told_at_length(texts, [speech_spans(text, SpeechMarks.DOUBLE) for text in texts])


@pytest.mark.parametrize(("opening", "closing"), [("“", "”"), ('"', '"'), ("„", "“"), ("«", "»")])
def test_a_letter_in_quotation_marks_is_no_speech(opening: str, closing: str) -> None:
    letter = [f"{opening}Dear Anna, {LINE}; {LINE}; {LINE}; {LINE}." for _ in range(4)]
    letter[-1] += closing

    assert told(["She read it aloud.", *letter, f"{opening}So he is gone,{closing} she said."]) == {1, 2, 3, 4}


def test_a_speech_of_several_paragraphs_is_speech() -> None:
    assert told([f"“Look, {LINE}.", f"“And {LINE}.", f"“So {LINE}.”"]) == set()


def test_a_tale_that_the_narrator_interrupts_is_speech() -> None:
    assert told([f"“Look,” he said, “{LINE}; {LINE}; {LINE}; {LINE}.”"] * 6) == set()


@pytest.mark.parametrize(
    "text",
    [
        "The “expert” went home.",
        "Sie nannte das die „gute“ Stube und lachte.",
        "A “very good friend” of the house came.",
    ],
)
def test_a_word_that_is_only_named_is_no_speech(text: str) -> None:
    assert speech(text, SpeechMarks.DOUBLE) == []


@pytest.mark.parametrize("text", ["He said “yes” and left.", "“Yes” was all.", "She asked, “why” and wept."])
def test_a_word_that_is_said_is_speech(text: str) -> None:
    assert len(speech(text, SpeechMarks.DOUBLE)) == 1
