"""Lists of English phrases: clichés, and pairs of words of which one would do."""

Pattern = tuple[frozenset[str], ...]
"""The forms that may stand at each place."""

_HIS = "his|her|my|their|our|your|its|the"
_HIM = "him|her|me|them|us|you"
_FORMS = {"HIS": _HIS, "HIM": _HIM, "HIMSELF": "himself|herself|myself|themselves|itself|yourself"}


def _patterns(text: str) -> tuple[Pattern, ...]:
    """One for each line; a bar stands between words of which any may stand there."""
    lines = (line.split() for line in text.strip().splitlines())
    return tuple(tuple(frozenset(_FORMS.get(word, word).split("|")) for word in line) for line in lines)


CLICHES = _patterns(
    """
    heart skipped a beat
    heart missed a beat
    heart in HIS mouth
    heart stood still
    heart sank
    heart leaped|leapt|leaped
    heart pounded|pounding|hammered|hammering in HIS chest
    heart of gold
    heart of stone
    blood ran cold
    blood run|runs cold
    blood boiled|boiling
    blood curdled|curdling
    made HIS blood boil|run
    white as a sheet
    pale as death
    white as death
    pale as a ghost
    white as a ghost
    white as snow
    black as night|pitch|coal
    cold as ice
    hard as nails
    light as a feather
    sharp as a razor
    quick as lightning|thought
    quick as a flash
    dead as a doornail
    good as gold
    old as the hills
    quiet as a mouse
    still as a statue
    fresh as a daisy
    brave as a lion
    strong as an ox
    red as a beet
    clear as day|crystal|mud
    plain as day
    right as rain
    thick as thieves
    like a ton of bricks
    like a house on fire
    like a bolt from the blue
    like a drowned rat
    like a thief in the night
    like a flash of lightning
    like lightning
    like a flash
    like a leaf
    like the plague
    like a log
    like a lamb
    bolt from the blue
    out of the blue
    at the end of the day
    in the nick of time
    in the blink of an eye
    in the twinkling of an eye
    in the wink of an eye
    time stood still
    only time will|would tell
    since time immemorial
    from time immemorial
    the dead of night
    the dead of the night
    the crack of dawn
    calm before the storm
    the tip of the iceberg
    last but not least
    easier said than done
    better late than never
    few and far between
    first and foremost
    part and parcel
    flesh and blood
    tooth and nail
    far and wide
    by leaps and bounds
    over and done with
    at sixes and sevens
    with bated breath
    took HIS breath away
    take|takes|took|taken HIS breath away
    breath caught in HIS throat
    lump in HIS throat
    butterflies in HIS stomach
    knot in HIS stomach
    pit of HIS stomach
    chill|shiver ran|went down HIS spine
    shivers down HIS spine
    sent shivers down
    hair stood on end
    hairs on the back of HIS neck
    every fibre|fiber of HIS being
    rooted to the spot
    glued to the spot
    frozen in HIS tracks
    stopped in HIS tracks
    at HIS wits end
    wit's|wits'|wits end
    beside HIMSELF with
    over the moon
    on cloud nine
    on the edge of HIS seat
    on the tip of HIS tongue
    tears streamed|streaming|rolled|rolling|ran|running down HIS cheeks|cheek|face
    burst into tears
    bursting into tears
    burst into laughter
    roared|roaring with laughter
    cried HIS eyes out
    let out a breath
    breathed a sigh of relief
    heaved a sigh
    sigh of relief
    met HIS fate
    bite|bit the dust
    bite|bit the bullet
    bite|bit HIS tongue
    bit|biting HIS lip|lips
    bided HIS time
    crystal clear
    deafening silence
    silence was deafening
    pin drop
    by the skin of HIS teeth
    a stone's throw
    within a stone's throw
    as far as the eye could|can see
    as the crow flies
    off the beaten track|path
    in the middle of nowhere
    needle in a haystack
    at death's door
    matter of life and death
    a fate worse than death
    dropped like flies
    like flies
    in the same boat
    in hot water
    in the heat of the moment
    in no uncertain terms
    in all honesty
    in a nutshell
    in the long run
    when all was|is said and done
    all's well that ends well
    needless to say
    to say the least
    for all intents and purposes
    to all intents and purposes
    the whole nine yards
    the lion's share
    the bottom line
    the straw that broke
    the last straw
    the long arm of the law
    the powers that be
    the salt of the earth
    the apple of HIS eye
    the black sheep
    the bosom of HIS family
    the spitting image
    the picture of health
    a sight for sore eyes
    a blessing in disguise
    a breath of fresh air
    a dime a dozen
    a drop in the ocean|bucket
    a far cry from
    a force to be reckoned with
    a grain of salt
    a new lease of|on life
    a shadow of HIS former self
    a sea of faces
    a slap in the face
    a wild goose chase
    a wolf in sheep's clothing
    add insult to injury
    all walks of life
    avoid like the plague
    beat|beating about|around the bush
    beck and call
    beyond a shadow of a doubt
    without a shadow of a doubt
    beyond the pale
    bull in a china shop
    burn|burned|burnt the midnight oil
    call|called a spade a spade
    caught red handed
    chomping at the bit
    cut to the chase
    dead to the world
    face the music
    fall|fell head over heels
    head over heels
    fit as a fiddle
    follow|followed in HIS footsteps
    food for thought
    get|got to the bottom of
    give|gave up the ghost
    gave HIM the creeps
    go|went with the flow
    hook line and sinker
    hit|hits the nail on the head
    know|knew HIM like the back of HIS hand
    like the back of HIS hand
    leave|left no stone unturned
    let|lets the cat out of the bag
    made|make a mountain out of a molehill
    mind over matter
    none the wiser
    once in a blue moon
    out of harm's way
    play|played with fire
    pride and joy
    put two and two together
    putting two and two together
    rose to the occasion
    rise to the occasion
    sick and tired
    stick|stuck out like a sore thumb
    thick and thin
    through thick and thin
    threw|throw caution to the wind|winds
    turned|turn a blind eye
    turned over in HIS grave
    under the weather
    up in arms
    vanished|disappeared into thin air
    into thin air
    waited|waiting with bated breath
    weak at|in the knees
    wee hours
    world of difference
    writing on the wall
    piercing blue eyes
    steely gaze
    chiselled|chiseled features|jaw
    raven hair
    pearly whites|teeth
    ruby lips
    rosy cheeks
    eyes like saucers
    eyes as big as saucers
    devilishly handsome
    tall dark and handsome
    stark naked
    bone dry
    pitch black
    pitch dark
    dead tired
    stone cold
    cool as a cucumber
    smooth as silk
    happy as a lark
    gentle as a lamb
    proud as a peacock
    poor as church mice
    drunk as a lord
    deaf as a post
    blind as a bat
    to make matters worse
    little did HIM know
    little did he|she|i|they|we know
    """
)
REDUNDANCIES = _patterns(
    """
    nodded|nodding|nod|nods HIS head
    nodded|nodding HIS heads
    shrugged|shrugging|shrug|shrugs HIS shoulders
    blinked|blinking|blink|blinks HIS eyes
    clapped|clapping|clap|claps HIS hands
    rose|rise|rises|rising up
    kneeled|knelt|kneel|kneeling down
    crouched|crouching|crouch down
    lifted|lifting|lift|lifts up
    climbed|climb|climbs|climbing up
    raised|raising|raise|raises up
    ascended|ascending|ascend up
    descended|descending|descend down
    sank|sink|sinks|sinking down
    dropped|drop|drops|dropping down
    returned|returning|return|returns back
    reversed|reversing back
    retreated|retreating|retreat back
    recoiled|recoiling|recoil back
    reverted|reverting|revert back
    repeated|repeating|repeat again
    returned|returning|return again
    joined|joining|join|joins together
    gathered|gathering|gather|gathers together
    mixed|mixing|mix together
    collected|collecting|collect together
    assembled|assembling together
    united|uniting together
    connected|connecting together
    linked|linking together
    merged|merging together
    huddled|huddling together
    followed|following|follow|follows after
    thought|think|thinking to HIMSELF
    thought|think|thinking to himself|herself|myself|themselves|itself
    wondered|wondering to himself|herself|myself|themselves
    smiled|smiling|smile with HIS lips
    saw|see|seen|seeing with HIS own eyes
    heard|hear with HIS own ears
    whispered|whispering softly|quietly
    murmured|murmuring softly|quietly
    shouted|shouting loudly
    yelled|yelling loudly
    screamed|screaming loudly
    crept|creeping slowly|stealthily
    hurried|hurrying quickly
    rushed|rushing quickly|hastily
    sprinted|sprinting quickly
    glanced|glancing quickly|briefly
    completely|totally|utterly|entirely|absolutely empty|destroyed|full|silent|surrounded|unique|finished
    very|quite|rather|more|most unique
    absolutely essential|necessary|certain|sure
    added bonus
    advance warning|notice|planning
    armed gunman
    basic essentials|fundamentals
    brief moment|instant|second
    close proximity
    end result
    exact same
    final conclusion|outcome|end
    first began|begun|started
    foreign imports
    former glory
    free gift
    future plans|prospects
    general consensus
    joint collaboration
    long ago past
    mutual agreement
    natural instinct
    null and void
    over exaggerate|exaggerated
    past experience|history|memories
    past history
    personal opinion
    positive proof
    safe haven
    small speck
    still remained|remains|remain
    still persisted|persists
    sum total
    tiny little
    little tiny
    small little
    true fact|facts
    unexpected surprise
    unintended mistake
    usual custom|habit
    two twins
    down below
    off of
    but nevertheless
    but however
    and also
    and moreover
    because of the fact that
    due to the fact that
    in spite of the fact that
    despite the fact that
    owing to the fact that
    the reason why
    the reason is because
    at this point in time
    at that point in time
    at this moment in time
    during the course of
    for the purpose of
    in order to
    in the event that
    period of time
    space of time
    round in shape
    large in size
    small in size
    few in number
    many in number
    red in colour|color
    blue in colour|color
    green in colour|color
    the month of january|february|march|april|may|june|july|august|september|october|november|december
    all of a sudden
    over and over again
    """
)
