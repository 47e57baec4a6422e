"""English spellings that differ between Britain and America."""

from collections.abc import Iterator, Mapping
from functools import cache

_OUR = """
    arbour ardour armour behaviour candour clamour colour discolour demeanour dishonour endeavour favour favourite
    favourable fervour flavour harbour honour honourable humour labour misdemeanour neighbour neighbourhood neighbouring
    odour parlour rancour rigour rumour saviour savour savoury splendour succour tumour valour vapour vigour
"""
_RE = "centre theatre metre litre fibre calibre lustre meagre sabre sceptre sombre spectre sepulchre lustre manoeuvre"
_DOUBLED = """
    travel cancel counsel equal fuel jewel label level libel marvel model pedal quarrel rival shovel signal snivel
    total trammel tunnel unravel worship kidnap duel dial initial channel revel grovel gravel carol drivel
"""
_PAIRS = """
    grey/gray greys/grays greyish/grayish greying/graying plough/plow ploughs/plows ploughed/plowed ploughing/plowing
    cheque/check defence/defense offence/offense pretence/pretense licence/license storey/story
    moustache/mustache moustaches/mustaches pyjamas/pajamas jewellery/jewelry kerb/curb tyre/tire tyres/tires
    woollen/woolen mould/mold mouldy/moldy moulded/molded smoulder/smolder smouldering/smoldering
    smouldered/smoldered sceptic/skeptic sceptical/skeptical sceptics/skeptics scepticism/skepticism
    catalogue/catalog dialogue/dialog manoeuvre/maneuver manoeuvres/maneuvers manoeuvred/maneuvered
    aluminium/aluminum axe/ax programme/program programmes/programs draught/draft draughts/drafts
    skilful/skillful wilful/willful fulfil/fulfill fulfils/fulfills instalment/installment enrol/enroll
    enthral/enthrall distil/distill appal/appall cosy/cozy ageing/aging acknowledgement/acknowledgment
    judgement/judgment judgements/judgments whisky/whiskey marvellous/marvelous marvellously/marvelously
    chilli/chili doughnut/donut gaol/jail gaoler/jailer kerbs/curbs mummy/mommy tonne/ton
    analyse/analyze analysed/analyzed paralyse/paralyze paralysed/paralyzed
    centred/centered theatres/theaters traveller/traveler travellers/travelers councillor/councilor
    counsellor/counselor jeweller/jeweler anaesthetic/anesthetic encyclopaedia/encyclopedia foetus/fetus
    haemorrhage/hemorrhage diarrhoea/diarrhea oesophagus/esophagus paediatric/pediatric leukaemia/leukemia
    mediaeval/medieval practise/practice
"""
_EITHER = frozenset(
    {"judgement", "judgment", "story", "check", "tire", "curb", "license", "practice", "practise", "licence", "ton"}
    | {"mummy", "draft", "drafts", "program", "programs", "axe", "ax", "whisky", "whiskey", "mould", "dialogue", "jail"}
    | {"catalogue", "worshiped", "worshiping", "acknowledgement", "acknowledgment", "tires", "curbs", "gaol", "gaoler"}
    | {"jailer", "cheque", "storey", "tyre", "mommy", "kerb", "kerbs", "tyres", "programme", "programmes", "draught"}
    | {"draughts", "tonne", "dialog", "catalog", "aging", "ageing", "doughnut", "donut", "mediaeval", "medieval"}
    | {"glamor", "saviour", "savior", "cosy", "cozy", "moustache", "mustache", "moustaches", "mustaches"}
)
"""Words that both countries use, in one sense or another, or once did: they tell nothing."""


@cache
def spellings() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """British forms with their American ones, and the other way round."""
    british = {one: other for one, other in _pairs() if one not in _EITHER and other not in _EITHER and one != other}
    return british, {other: one for one, other in british.items()}


def _pairs() -> Iterator[tuple[str, str]]:
    for word in _OUR.split():
        for ending in ("", "s", "ed", "ing", "er", "ers", "less"):
            yield word + ending, word.replace("our", "or") + ending
    for word in _RE.split():
        yield from ((word, word[:-2] + "er"), (word + "s", word[:-2] + "ers"))
    for word in _DOUBLED.split():
        last = word[-1]
        yield from ((word + last + ending, word + ending) for ending in ("ed", "ing"))
    for pair in _PAIRS.split():
        one, _, other = pair.partition("/")
        yield one, other
