"""Words that mean the same to a school: what training has seen of one helps with the others.

Each class is a list of words in the form that ``words.tokens`` gives them (lower case, no diacritics); a star stands
for any ending. The classes are features like any other: training decides what they are worth.
"""

from __future__ import annotations

from functools import lru_cache

from mailtriage.judge.words import plain

_CLASSES: dict[str, str] = {
    "today": (
        "vandaag vanmiddag vanochtend vanmorgen vanavond straks nu meteen zometeen direct onmiddellijk "
        "terstond hedenmiddag spoed* dringend* asap today tonight now immediately urgent* straight bugun "
        "hemen simdi dzis dzisiaj teraz natychmiast сьогодні зараз негайно терміново اليوم الان الآن هلا دابا "
        "فورا heute sofort jetzt gleich aujourd'hui maintenant urgence hoy ahora urgente"
    ),
    "later": (
        "morgen overmorgen maandag dinsdag woensdag donderdag vrijdag week volgende voortaan vanaf ingang "
        "tomorrow monday tuesday wednesday thursday friday next"
    ),
    "past": ("gister* vorige afgelopen laatst sinds vorig yesterday last ago since"),
    "collect": (
        "haal* haalt halen ophal* opgehaald opha* afhal* afgehaald opvang* meegev* meenem* meega* meegegeven "
        "meefiets* meerijd* taxi* bso collect* pick* fetch* alacak almaya odbier* odbior* забере забрати "
        "забирає abhol* holt cherche* recuper* recog*"
    ),
    "relative": (
        "oma opa omi tante oom nicht neef buurvrouw buurman buren oppas broer zus zusje schoonmoeder "
        "schoonzus schoonvader vriendin stiefvader stiefmoeder beppe pake bomma bompa moeke grandma grandpa "
        "granny aunt uncle neighbour neighbor nanny babysitter babcia dziadek ciocia babaanne anneanne dede "
        "teyze hala amca бабуся дідусь тітка дядько جدته جدتها خاله عمه خالته عمته mamie papi grandmere "
        "abuela abuelo tia"
    ),
    "ex": (
        "ex vader moeder papa mama rechter rechtbank voogd* gezag omgang* court custody judge solicitor father mother"
    ),
    "missing": (
        "kwijt vermist weggelopen verdwenen weg nergens aangekomen zoek spoorloos missing vanished arrived "
        "kayip zaginal* зник"
    ),
    "medical": (
        "insuline insulin* hypo hyper suiker* sensor spuit prik* epipen epi-pen puffer pufje pompje inhaler* "
        "ventolin salbutamol astma* benauwd* asthma epilep* aanval* insult toeval seizure* allerg* "
        "notenallergie pinda* anafyla* bewusteloos flauwgevallen ambulance 000 huisartsenpost ehbo "
        "spoedeisend* hersenschudding concussion koorts* fever gif vergif* ingeslikt doorgeslikt batterij* "
        "bloed* bleeding dextro* glucose glucagon stesolid koortsstuip* glykemie"
    ),
    "medicine": (
        "medicijn* medicatie tablet* pil pillen drankje antibiotic* paracetamol zetpil zalf druppels ritalin "
        "methylfenidaat concerta medicine medication pill* dose* ilac* lek leki ліки دواء medikament* "
        "medicament* jarabe"
    ),
    "threat": (
        "doodmaak* doodmak* vermoord* afmaak* kapotmaak* kapotmak* verrot* aftuig* slaan sla klappen klap "
        "schop* steken steek mes messen wapen* pistool vuurwapen hamer honkbalknuppel pakken opwacht* wacht "
        "bedreig* dreig* berouwen spijt gevolgen uitkijk* oppassen knife gun weapon kill* beat* threat* hurt* "
        "weiß finde messer kaputt"
    ),
    "stalk": (
        "kenteken auto parkeer* woont straat adres raam gordijn* hond weet fiets avonds huis licht address "
        "park* window car house"
    ),
    "insult": (
        "trut* kut* kutwijf wijf teef hoer* slet lul* klootzak* eikel* zak zakkenwasser* kankerlijer* kanker* "
        "tering* tyfus* mongool* debiel* imbeciel* idioot* idiote achterlijk* dom domme domkop* sukkel* "
        "kneus* prutser* mislukkeling waardeloos waardeloze incapabel* incompetent* leugenaar* leugenaarster "
        "liegbeest heks* kreng* serpent* bitch* doos muts trien geit koe kip zeug varken* zwijn* rat slang "
        "aap ezel oen mafkees malloot halvegare hufter* schoft* tuig tokkie* uitschot ploert* lafaard* "
        "labbekak* slappeling slapjanus nietsnut* parasiet* aso* aanstelster gek gestoord* getikt* randdebiel "
        "mietje flikker* nazi* fascist* racist* pedo* zeikwijf zeikerd viezerik smeerlap* engerd griezel stuk "
        "schooljuffie juffie juffertje mokkel mens idiot* stupid moron* useless liar cow bastard* cunt "
        "asshole arsehole twat witch pathetic clown* fool* disgrace aptal* salak* gerizekali serefsiz* glupi* "
        "kretyn* debil* дурн* ідіот* тупа тупий غبي* حمار* كلب* كذاب* blod* dumm* kuh schlampe* conne* con "
        "imbecile* salope* tonta* idiota* puta* mentiros*"
    ),
    "contempt": (
        "zogenaamd* zelfbenoemd* dat soort types lui volk bijstand* uitkering* niveau schande schaam* "
        "walgelijk* smerig* ziek verziekt vuil* minderwaardig*"
    ),
    "publish": (
        "facebook instagram tiktok krant* telegraaf google review* app* iedereen verspreid* naam zwart online "
        "newspaper* everyone media advocaat* lawyer* inspectie"
    ),
    "worry": (
        "zorgen zorg bezorgd ongerust huil* huilt verdriet* bang angst* buikpijn hoofdpijn nachtmerrie* "
        "slaapt slecht piekert verdrietig ongelukkig eenzaam alleen teruggetrokken stil somber depress* worr* "
        "cries crying cried anxious afraid scared upset nightmare* sad lonely endise* uzgun korku* martwi* "
        "placze boi хвилю* плаче боїться قلق* يبكي تبكي خايف sorge* weint angst inquiet* pleure* preocup* "
        "llora*"
    ),
    "bully": (
        "pest* gepest pestkop* getreiter* treiter* uitgesloten buitengesloten buitensluit* gescholden "
        "uitgescholden scheld* duwt geduwd geslagen slaat schopt geschopt getrapt bijt gebeten knijpt "
        "uitgelachen lachen ruzie* bull* teas* hit hits kicked pushed excluded punched zorba* dokucz* bije "
        "булінг б'ють يضرب* ضرب* gemobbt mobbing schlagt harcel* frappe* acos* pegan pega"
    ),
    "learning": (
        "rekenen lezen spelling taal toets* cito niveau rapport* advies vwo havo vmbo mavo gymnasium dyslexie "
        "dyscalculie achterstand voorsprong plusklas hoogbegaafd* doubl* zitten kleuterverleng* avi tafels "
        "onvoldoende begeleiding remedial rt ib logoped* onderzoek getest test* reading maths report advice "
        "level score*"
    ),
    "decision": (
        "besluit* beslissing besloten indeling groepsindeling ingedeeld combinatie* geschorst schors* straf "
        "gestraft nablijven strafwerk beleid regel* protocol klacht* bezwaar oneens eerlijk oneerlijk "
        "onbegrijpelijk decision decided unfair punish* policy complain* disagree"
    ),
    "why": (
        "waarom vanwaar hoezo waartoe weshalve why warum pourquoi neden niye dlaczego czemu чому لماذا ليش علاش porque"
    ),
    "action": (
        "aanpak* doen gedaan gaan voorkomen ingrijp* oplos* plan maatregel* optreden verwacht* action address "
        "solve prevent expect"
    ),
    "opinion": (
        "vindt vinden denkt merkt ziet ervar* indruk kijk* oordeel mening think opinion notice seeing view views"
    ),
    "meeting": (
        "afspraak afspreken gesprek* gesprekje onderhoud praten praat spreken langskom* langskomen langs "
        "bellen bel belafspraak belletje telefoon* overleg* koffie bakkie gaatje schikt uitkomt uitkomen "
        "kennismak* rondleiding teams zoom meet* appointment call chat talk* visit slot available gorusme* "
        "randevu konus* spotkan* rozmow* зустріч* поговорити موعد لقاء نلتقي gesprach* termin* treffen "
        "rendez* rencontr* entretien cita reunion hablar"
    ),
    "move": (
        "verzet* verplaats* afzeg* afmeld* later eerder ander andere omruil* ruilen verschuif* reschedul* "
        "move postpone cancel* postpon*"
    ),
    "confirm": ("akkoord prima goed genoteerd bevestig* staat dan tot fine great confirmed works agreed"),
    "permission": ("mag mogen kan kunnen toegestaan vrij verlof may can allowed could leave"),
    "fact": ("hoelaat laat tijd waar welke dag datum hoeveel kost euro nummer when where which much time date"),
    "absent": (
        "ziek thuis afwezig absent tandarts orthodontist dokter ziekenhuis huisarts beugel* griep waterpokken "
        "koorts buikgriep overgegeven spugen sick ill dentist doctor hospital hasta dis chor* dentyst* хвор* "
        "مريض* krank zahnarzt malade dentiste enferm*"
    ),
    "thanks": ("dank dankjewel bedankt dankuwel fijn super geweldig leuk mooi thanks thank lovely great wonderful"),
    "private": (
        "oppassen verjaardag* borrel* feestje bbq etentje hardlop* koor club training wandel* vakantiehuis* "
        "puppy* hondje poes verhuis* boormachine aanhanger kaartje* concert film wijn buur* drinken dinner "
        "drinks birthday run choir"
    ),
    "item": (
        "jas tas gymtas gymschoen* beker dopper broodtrommel* bril sleutel* knuffel* muts want handschoen* "
        "trui sok* boek* etui fiets helm zwemtas zwemspullen trommel hat coat bag bottle lunchbox shoes "
        "jumper key"
    ),
}

_WORDS: dict[str, list[str]] = {}
_STEMS: dict[str, list[str]] = {}
for _name, _list in _CLASSES.items():
    for _word in plain(_list).split():
        (_STEMS if _word.endswith("*") else _WORDS).setdefault(_word.rstrip("*"), []).append(_name)
_LENGTHS = sorted({len(stem) for stem in _STEMS})


@lru_cache(maxsize=200_000)
def classes_of(token: str) -> tuple[str, ...]:
    """The classes of a word as ``words.tokens`` gives it; most words have none."""
    found = list(_WORDS.get(token, ()))
    for length in _LENGTHS:
        if length > len(token):
            break
        found += _STEMS.get(token[:length], ())
    return tuple(dict.fromkeys(found))
