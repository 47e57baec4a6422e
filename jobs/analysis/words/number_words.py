"""Numbers in words as headings write them, in the languages whose dialogue is known: cardinals and ordinals to twenty.

A row of headings in any other language, or beyond twenty, is known by the word that repeats: `structure/rows.py`.
"""

_LANGUAGES = {
    "French cardinal": """
        un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit
        dix-neuf vingt
    """,
    "French ordinal": """
        premier deuxième troisième quatrième cinquième sixième septième huitième neuvième dixième onzième douzième
        treizième quatorzième quinzième seizième dix-septième dix-huitième dix-neuvième vingtième
    """,
    "French feminine": "première seconde",
    "Spanish cardinal": """
        uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete
        dieciocho diecinueve veinte
    """,
    "Spanish ordinal": """
        primero segundo tercero cuarto quinto sexto séptimo octavo noveno décimo undécimo duodécimo decimotercero
        decimocuarto decimoquinto decimosexto decimoséptimo decimoctavo decimonoveno vigésimo
    """,
    "Spanish feminine": "primera segunda tercera cuarta quinta sexta séptima octava novena décima undécima duodécima",
    "Spanish before a noun": "primer - tercer",
    "Portuguese cardinal": """
        um dois três quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezasseis dezassete dezoito
        dezanove vinte
    """,
    "Portuguese ordinal": "primeiro segundo terceiro quarto quinto sexto sétimo oitavo nono décimo",
    "Portuguese feminine": "primeira segunda terceira quarta quinta sexta sétima oitava nona décima",
    "Brazilian cardinal": "- - - - - - - - - - - - - quatorze - dezesseis dezessete - dezenove",
    "Italian cardinal": """
        uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici
        diciassette diciotto diciannove venti
    """,
    "Italian ordinal": """
        primo secondo terzo quarto quinto sesto settimo ottavo nono decimo undicesimo dodicesimo tredicesimo
        quattordicesimo quindicesimo sedicesimo diciassettesimo diciottesimo diciannovesimo ventesimo
    """,
    "Italian feminine": "prima seconda terza quarta quinta sesta settima ottava nona decima",
    "German cardinal": """
        eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn
        achtzehn neunzehn zwanzig
    """,
    "German ordinal": """
        erstes zweites drittes viertes fünftes sechstes siebentes achtes neuntes zehntes elftes zwölftes dreizehntes
        vierzehntes fünfzehntes sechzehntes siebzehntes achtzehntes neunzehntes zwanzigstes
    """,
    "German with the article": """
        erste zweite dritte vierte fünfte sechste siebente achte neunte zehnte elfte zwölfte dreizehnte vierzehnte
        fünfzehnte sechzehnte siebzehnte achtzehnte neunzehnte zwanzigste
    """,
    "German masculine": "erster zweiter dritter vierter fünfter sechster siebter achter neunter zehnter",
    "German seventh": "- - - - - - siebtes",
    "Dutch cardinal": """
        een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien
        achttien negentien twintig
    """,
    "Dutch ordinal": "eerste tweede derde vierde vijfde zesde zevende achtste negende tiende elfde twaalfde",
    "Swedish cardinal": """
        ett två tre fyra fem sex sju åtta nio tio elva tolv tretton fjorton femton sexton sjutton arton nitton tjugo
    """,
    "Swedish ordinal": "första andra tredje fjärde femte sjätte sjunde åttonde nionde tionde elfte tolfte",
    "Danish cardinal": "en to tre fire fem seks syv otte ni ti elleve tolv tretten fjorten femten seksten sytten",
    "Danish ordinal": "første anden tredje fjerde femte sjette syvende ottende niende tiende ellevte tolvte",
    "Polish cardinal": """
        jeden dwa trzy cztery pięć sześć siedem osiem dziewięć dziesięć jedenaście dwanaście trzynaście czternaście
        piętnaście szesnaście siedemnaście osiemnaście dziewiętnaście dwadzieścia
    """,
    "Polish ordinal": """
        pierwszy drugi trzeci czwarty piąty szósty siódmy ósmy dziewiąty dziesiąty jedenasty dwunasty trzynasty
        czternasty piętnasty szesnasty siedemnasty osiemnasty dziewiętnasty dwudziesty
    """,
    "Polish feminine": "pierwsza druga trzecia czwarta piąta szósta siódma ósma dziewiąta dziesiąta",
    "Czech ordinal": """
        první druhá třetí čtvrtá pátá šestá sedmá osmá devátá desátá jedenáctá dvanáctá třináctá čtrnáctá patnáctá
        šestnáctá sedmnáctá osmnáctá devatenáctá dvacátá
    """,
    "Czech masculine": "- druhý - čtvrtý pátý šestý sedmý osmý devátý desátý",
    "Russian cardinal": """
        один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать четырнадцать
        пятнадцать шестнадцать семнадцать восемнадцать девятнадцать двадцать
    """,
    "Russian ordinal": """
        первая вторая третья четвёртая пятая шестая седьмая восьмая девятая десятая одиннадцатая двенадцатая
        тринадцатая четырнадцатая пятнадцатая шестнадцатая семнадцатая восемнадцатая девятнадцатая двадцатая
    """,
    "Russian masculine": "первый второй третий четвёртый пятый шестой седьмой восьмой девятый десятый",
    "Russian without dots": "- - - четвертая",
    "Ukrainian ordinal": "перша друга третя четверта п'ята шоста сьома восьма дев'ята десята",
    "Greek ordinal": """
        πρώτο δεύτερο τρίτο τέταρτο πέμπτο έκτο έβδομο όγδοο ένατο δέκατο ενδέκατο δωδέκατο
    """,
    "Greek cardinal": "ένα δύο τρία τέσσερα πέντε έξι επτά οκτώ εννέα δέκα έντεκα δώδεκα",
    "Turkish ordinal": "birinci ikinci üçüncü dördüncü beşinci altıncı yedinci sekizinci dokuzuncu onuncu",
    "Turkish cardinal": "bir iki üç dört beş altı yedi sekiz dokuz on",
    "Finnish ordinal": """
        ensimmäinen toinen kolmas neljäs viides kuudes seitsemäs kahdeksas yhdeksäs kymmenes yhdestoista kahdestoista
    """,
    "Finnish cardinal": "yksi kaksi kolme neljä viisi kuusi seitsemän kahdeksan yhdeksän kymmenen",
    "Hungarian ordinal": "első második harmadik negyedik ötödik hatodik hetedik nyolcadik kilencedik tizedik",
    "Romanian ordinal": "întâi - - - - - - - - -",
}

_SHORTEST = 3
"""Letters; shorter ones are other words elsewhere: Turkish "on" is ten."""

NUMBER_WORDS = {
    form.replace("-", " "): value
    for forms in _LANGUAGES.values()
    for value, form in enumerate(forms.split(), start=1)
    if len(form) >= _SHORTEST
}
"""Each form, in small letters and with spaces for hyphens, with its value."""
