"""The languages that a manuscript can be told to be in, and what is measured in which: one table.

In every language: structure, dialogue, pace, phrases, cast, places, vocabulary, frequent words. Where the table has the
language, words are compared with its ordinary texts. In English alone: readability and style.
"""

from dataclasses import dataclass

from jobs.analysis.words.words import word_set


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A language that is known by its commonest words."""

    code: str
    """As wordfreq names its list."""
    name: str
    common: frozenset[str]
    """Words that hardly any text in it does without, and that tell it from its neighbours together."""


ENGLISH = Language(
    code="en", name="English", common=word_set("the and of to a in was he i it that his had with as for her she not")
)
LANGUAGES = (
    ENGLISH,
    *(
        Language(code=code, name=name, common=word_set(common))
        for code, name, common in (
            ("ar", "Arabic", "في من على أن إلى ما لا هذا كان ثم عن قد لم التي الذي وقد هو"),
            ("cs", "Czech", "a se je v na to že jsem byl si ale jak by ho když už tak jako do"),
            ("da", "Danish", "og at det en er jeg ikke han hun var på til som af med den de ikke havde"),
            ("de", "German", "der die und das nicht ich sie er ist ein war zu den mit sich auf es dem von"),
            ("el", "Greek", "και το να του η της με δεν ο την που στο για τον από τα μου θα"),
            ("es", "Spanish", "de la que el en y los no se un una por las con su del lo le"),
            ("fi", "Finnish", "ja on ei se hän oli että niin kun mutta hänen kuin minä oli ollut sen"),
            ("fr", "French", "de la le et les des un une que il elle ne pas à en qui dans je"),
            ("he", "Hebrew", "של את לא על הוא היא אני זה עם כי כל מה היה אל גם"),
            ("hi", "Hindi", "है में की के से को का और पर ने नहीं यह हैं कि भी था एक"),
            ("hu", "Hungarian", "a az és hogy nem egy is volt de mint csak meg azt már ha"),
            ("it", "Italian", "di che il la non un una per del gli era con della si le più come"),
            ("nl", "Dutch", "de het een en van ik dat niet zij was te hij in op zijn met haar"),
            ("pl", "Polish", "i w nie się na że z jest był do to jak ale za po co tak"),
            ("pt", "Portuguese", "de que não o a os uma com do da para ele se um as no na"),
            ("ro", "Romanian", "și în nu de la cu o să pe că un mai era din se ce"),
            ("ru", "Russian", "и в не на он что я с она как его это но к по было все"),
            ("sv", "Swedish", "och att det som en på är jag inte han hon var av för med sig"),
            ("tr", "Turkish", "ve bir bu da de için o ne gibi çok ama daha ile var ben"),
            ("uk", "Ukrainian", "і в не на що я з він вона як та до це його але й у"),
        )
    ),
)
