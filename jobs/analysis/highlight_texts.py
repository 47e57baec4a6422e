"""What an author is told of each finding that may be among the five: what it is, why it matters, when to leave it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The texts of one kind of highlight."""

    sentence: str
    why: str
    leave: str
    kind: str = ""
    """The kind of finding whose first place shows it."""
    of_chapter: str = ""
    """The figure of a chapter by which the place is chosen, where no kind shows it."""


CHAPTER_LENGTH = Told(
    sentence="“{title}” has {words:,} words, {times:.1f} times as many as the chapter in the middle.",
    why="A chapter far longer than its neighbours slows a reader down.",
    leave="Leave it where the story stops to breathe, or where everything comes together.",
)
CHAPTER_DIALOGUE = Told(
    sentence="In “{title}” {share:.0%} of the words are spoken; in the chapter in the middle it is {middle:.0%}.",
    why="Where the share of dialogue changes, the pace changes with it.",
    leave="Leave it where somebody is alone, or where two people have it out.",
)
KINDS = {
    "echo": "{count:,} words come back before a reader has forgotten them, “{label}” most often.",
    "cliché": "{count:,} phrases are ones that readers have met a thousand times, “{label}” among them.",
    "redundancy": "{count:,} times one of two words says what the other has said: “{label}”.",
    "run": "{count:,} times three or more sentences in a row begin with the same word.",
    "even": "{count:,} times five or more sentences in a row are nearly of one length.",
    "repeated_phrases": "“{label}” comes {times:,} times.",
    "spelling": "Most of your spelling is of one country, and {count:,} words are of the other: “{label}”.",
    "hyphen": "{count:,} times a word stands with a hyphen here and without it there: “{label}”.",
    "tense": "{count:,} paragraphs of narration leave the tense of the book.",
    "view": "{count:,} scenes are told from another point of view than the rest.",
    "gap": "{label} is out of sight for {times:,} chapters in a row.",
    "similar_names": "Names look alike: {label}.",
}
"""By kind; why and when to leave it are the kind's own."""
_PUBLISHED = "published novels of two centuries mostly lie between"
FIGURES = {
    "structure.dialogue": Told(
        sentence="{value:.0%} of your words are spoken; " + _PUBLISHED + " {low:.0%} and {high:.0%}.",
        why="Dialogue is quick and shows people; narration is where they think and time passes.",
        leave="Leave it where the story is told so on purpose: a diary speaks little, a comedy much.",
        of_chapter="dialogue_share",
    ),
    "structure.sentence_length": Told(
        sentence="Your sentences have {value:.0f} words on average; " + _PUBLISHED + " {low:.0f} and {high:.0f}.",
        why="Length is pace: short sentences run, long ones look around.",
        leave="Leave it if it is the voice that you hear when you read the book aloud.",
        of_chapter="mean_sentence_words",
    ),
    "style.adverbs_in_ly": Told(
        sentence="{value:.0f} of 1,000 words of narration are adverbs in -ly; "
        + _PUBLISHED
        + " {low:.0f} and {high:.0f}.",
        why="An adverb often stands where a stronger verb could.",
        leave="Leave those that turn the meaning of the verb.",
        kind="adverb",
    ),
    "style.filter_words": Told(
        sentence="{value:.1f} of 1,000 words of narration are saw, felt, noticed and their like; "
        + _PUBLISHED
        + " {low:.1f} and {high:.1f}.",
        why="They put the character between the reader and the scene.",
        leave="Leave those where perceiving is what happens.",
        kind="filter_word",
    ),
    "style.passive_voice": Told(
        sentence="{value:.1f} times in 1,000 words of narration a verb stands in the passive; "
        + _PUBLISHED
        + " {low:.1f} and {high:.1f}.",
        why="The passive hides who acts.",
        leave="Leave it where nobody knows who acted, or where it does not matter.",
        kind="passive",
    ),
    "dialogue_tags.said_or_asked": Told(
        sentence="{value:.0%} of your tags are said or asked; " + _PUBLISHED + " {low:.0%} and {high:.0%}.",
        why="Readers hardly see said and asked; every other verb is seen.",
        leave="Leave the others where the words alone cannot say how they were spoken.",
        kind="tag",
    ),
    "dialogue_tags.tags_with_an_adverb": Told(
        sentence="{value:.0%} of your tags have an adverb beside them; " + _PUBLISHED + " {low:.0%} and {high:.0%}.",
        why="The adverb tells what the words, or a gesture, could show.",
        leave="Leave it where it goes against the words.",
        kind="tag_adverb",
    ),
    "openers.variety_of_length": Told(
        sentence="Your sentences lie {value:.0%} from their mean length; " + _PUBLISHED + " {low:.0%} and {high:.0%}.",
        why="Varied lengths make a rhythm; even ones lull.",
        leave="Leave it where calm is what you tell, or where the voice is plain on purpose.",
        of_chapter="sentence_spread",
    ),
    "sentences.small_words": Told(
        sentence="{value:.0%} of a sentence in the middle are small words (the, of, had been); "
        + _PUBLISHED
        + " {low:.0%} and {high:.0%}.",
        why="Small words carry no picture; where they are few, every word has to be looked at.",
        leave="Leave it if it reads well aloud.",
        kind="sticky",
    ),
    "readability.flesch_reading_ease": Told(
        sentence="The reading ease is {value:.0f}; " + _PUBLISHED + " {low:.0f} and {high:.0f}, higher is easier.",
        why="It says how much a reader has to hold in mind at once.",
        leave="Leave it for the readers whom you write for: neither end is better.",
        of_chapter="reading_ease",
    ),
    "vocabulary.words_until_it_repeats_itself": Told(
        sentence="{value:.0f} words pass before the text begins to repeat itself; "
        + _PUBLISHED
        + " {low:.0f} and {high:.0f}.",
        why="A narrow vocabulary is a voice; a wide one asks more of the reader.",
        leave="A plain vocabulary is a choice: a child, a diary, a fairy tale have one.",
    ),
}
