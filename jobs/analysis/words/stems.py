"""Words brought to their stems, so that "gaze", "gazed" and "gazing" are one: Snowball's rules."""

from collections.abc import Callable
from functools import cache

from jobs.analysis.words.languages import Language

_NAMES = {
    "ar": "arabic",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hi": "hindi",
    "hu": "hungarian",
    "it": "italian",
    "nl": "dutch",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "tr": "turkish",
}


def stemmer(language: Language | None) -> Callable[[str], str]:
    """The stem of a form, lower case; the form itself in a language whose rules we do not have."""
    name = _NAMES.get(language.code, "") if language else ""
    return _snowball(name) if name else lambda form: form


@cache
def _snowball(name: str) -> Callable[[str], str]:
    from Stemmer import Stemmer, algorithms  # only where it is needed

    stem: Callable[[str], str] = Stemmer(name).stemWord if name in algorithms() else lambda form: form
    return stem
