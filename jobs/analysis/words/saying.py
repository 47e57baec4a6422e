"""English verbs that say who speaks."""

from jobs.analysis.words.words import word_set

PLAIN = frozenset({"said", "says", "say", "asked", "asks", "ask"})
VERBS = PLAIN | word_set(
    """
    replied answered cried exclaimed whispered murmured muttered shouted called added continued repeated remarked
    observed returned rejoined demanded inquired enquired begged pleaded protested insisted declared announced
    explained suggested admitted agreed objected interrupted interposed yelled screamed shrieked roared bellowed
    growled snarled hissed barked snapped groaned moaned sighed sobbed gasped panted breathed drawled stammered
    stuttered faltered mumbled grumbled croaked wailed urged warned promised assured vowed swore lied joked teased
    mocked jeered sneered scoffed retorted echoed ventured mused wondered thought reflected commented stated
    ejaculated pursued resumed proceeded persisted concluded responded acknowledged confessed conceded told chimed
    piped quavered rasped purred cooed blurted boasted bragged prompted queried questioned repeats replies answers
    cries whispers thinks
    """
)
