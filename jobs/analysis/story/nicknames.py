"""Short forms of given names, and whose they are in a story: Lizzy is Elizabeth where there is only one."""

from collections.abc import Iterable, Sequence

from jobs.analysis.story.person import Figure, given_name, title_of
from jobs.analysis.words.words import word_set

_PAIRS = word_set(
    """
    lizzy=elizabeth lizzie=elizabeth eliza=elizabeth liza=elizabeth beth=elizabeth betsy=elizabeth bess=elizabeth
    bessie=elizabeth betty=elizabeth libby=elizabeth kitty=catherine|katherine|kathleen kate=catherine|katherine
    katie=catherine|katherine|kathleen kathy=catherine|katherine|kathleen cathy=catherine|katherine meg=margaret
    maggie=margaret peggy=margaret madge=margaret daisy=margaret molly=mary polly=mary fanny=frances sally=sarah
    sadie=sarah nelly=ellen|eleanor|helen nell=ellen|eleanor|helen ellie=ellen|eleanor nora=eleanor|honora
    annie=anne|anna|ann nancy=anne|ann hetty=henrietta|hester harriet=henrietta lottie=charlotte dolly=dorothy
    dora=dorothea|theodora tess=theresa|teresa tessa=theresa|teresa becky=rebecca jenny=jane|jennifer
    jessie=jessica|jane winnie=winifred millie=millicent|mildred mina=wilhelmina minnie=wilhelmina sue=susan
    susie=susan debbie=deborah abby=abigail gwen=gwendolen|gwendolyn vicky=victoria lou=louisa|louis
    connie=constance tom=thomas tommy=thomas dick=richard rick=richard ricky=richard richie=richard bill=william
    billy=william will=william willy=william liam=william bob=robert bobby=robert rob=robert robbie=robert
    bert=albert|herbert jack=john johnny=john jim=james jimmy=james jamie=james joe=joseph joey=joseph
    harry=henry|harold hal=henry hank=henry ned=edward|edmund ted=edward|theodore teddy=edward|theodore
    eddie=edward|edmund charlie=charles charley=charles chuck=charles sam=samuel sammy=samuel ben=benjamin
    benny=benjamin dan=daniel danny=daniel dave=david davy=david mike=michael mick=michael mickey=michael
    nick=nicholas pete=peter steve=stephen|steven tony=anthony|antony andy=andrew drew=andrew matt=matthew
    greg=gregory jeff=jeffrey|geoffrey geoff=geoffrey larry=laurence|lawrence fred=frederick|alfred
    freddy=frederick|alfred frank=francis|franklin phil=philip alec=alexander alex=alexander|alexandra
    sandy=alexander|alexandra art=arthur gus=augustus walt=walter jerry=jeremy|gerald|jerome ron=ronald ken=kenneth
    don=donald ray=raymond vic=victor max=maximilian archie=archibald
    """
)
"""English ones, as they are used in novels."""
_SHORT = {short: frozenset(full.split("|")) for short, full in (pair.split("=") for pair in _PAIRS)}
_FEWEST = 3
"""Mentions: a Betty who is named once may be anybody. A guess."""


def join_nicknames(figures: Sequence[Figure]) -> list[Figure]:
    """Each short form joins the only person whose given name it is short for, if nothing speaks against it."""
    for figure in figures:
        full = _full(figure)
        bearers = [other for other in figures if other is not figure and other.mentions and _bears(other, full)]
        if len(figure.mentions) >= _FEWEST and len(bearers) == 1 and _may_be_one(figure, bearers[0]):
            bearers[0].add(figure)
    return [figure for figure in figures if figure.mentions]


def _full(figure: Figure) -> frozenset[str]:
    """What all its names may be short for: Nelly and Nelly Dean, but not Tom and Mr. Sawyer."""
    given = {_given(name) for name in figure.names}
    return frozenset[str].intersection(*(_SHORT.get(name, frozenset()) | {name} for name in given)) - given


def _given(name: str) -> str:
    """Nelly of Nelly, of Miss Nelly and of Nelly Dean."""
    words = name.lower().split()
    return (given_name(name) or words[-1]).lower().partition(" ")[0]


def _surnames(figure: Figure) -> set[str]:
    return {name.split()[-1] for name in figure.names if given_name(name)}


def _bears(figure: Figure, full: Iterable[str]) -> bool:
    """Whether it is the given name; Lady Catherine, who is known by her title, is no Kitty."""
    if figure.is_place or title_of(figure.label):
        return False
    return any(_given(name) in full for name in figure.names)


def _may_be_one(short: Figure, other: Figure) -> bool:
    """Whether the pronouns fit and nobody is named beside himself: "Kate and Catherine"."""
    if {short.gender, other.gender} == {"m", "f"} or short.is_place or not _surnames(short) <= _surnames(other):
        return False
    for paragraph, start, end in short.mentions:
        around = f"{paragraph.text[max(0, start - 30) : start]}|{paragraph.text[end : end + 30]}"
        if any(f"{name} and |" in around or f"| and {name}" in around for name in other.names):
            return False
    return True
