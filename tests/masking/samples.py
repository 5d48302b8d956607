"""Sentences of parents with what is personal in them between braces: ``{KIND:words}``. Nobody in them exists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_ITEM = re.compile(r"\{(\w+):([^}]*)\}")


@dataclass(frozen=True)
class Sample:
    """A text, what is personal in it (kind and words), and the text without that."""

    text: str
    items: tuple[tuple[str, str], ...]
    rest: str


def samples(texts: Sequence[str]) -> list[Sample]:
    """The samples of ``TEXTS`` or ``UNSEEN``."""
    return [
        Sample(_ITEM.sub(r"\2", one), tuple((kind, words) for kind, words in _ITEM.findall(one)), _ITEM.sub(" ", one))
        for one in texts
    ]


TEXTS = (
    "Beste juf {NAAM:Marjan},\nkunt u {NAAM:Yusuf} vandaag om 14.00 uur naar de poort sturen?\nGroet, "
    "{NAAM:Aylin Demir}",
    "Goedemorgen, {NAAM:Thijmen} is ziek. Hij heeft koorts en blijft thuis. Mvg {NAAM:Sandra Kloosterman}",
    "Ik ben de moeder van {NAAM:Jayvano} uit groep 6. Mijn nummer is {TELEFOON:06 48 29 13 77}.",
    "{NAAM:Khadija} durft niet meer naast {NAAM:Sem} te zitten. Wat gaat u daaraan doen?",
    "Wij verhuizen naar de {ADRES:Meidoornstraat 14b}, {POSTCODE:3582 KL} Utrecht. Wilt u dat aanpassen?",
    "U kunt het schoolreisje terugstorten op {IBAN:NL91 ABNA 0417 1643 00} ten name van {NAAM:W. Pietersma}.",
    "mijn zoon {NAAM:mohamed} is vandaag bij de tandarts hij komt om 11 uur",
    "Hoi {NAAM:Karlijn}, mag {NAAM:Fenne} morgen met {NAAM:Olivia} mee naar huis? Groetjes {NAAM:Bregje}",
    "Het burgerservicenummer van {NAAM:Noah} is {BSN:111222333}, dat had u nog nodig voor het formulier.",
    "Geachte heer {NAAM:Van den Heuvel}, wij maken bezwaar tegen het advies voor {NAAM:Lotte}.",
    "Dear Ms {NAAM:Okafor}, {NAAM:Chidi} left his jacket in the gym on Thursday. Could you have a look? Kind "
    "regards, {NAAM:Ngozi Eze}",
    "Oma {NAAM:Truus} haalt {NAAM:Bram} vandaag op, haar nummer is {TELEFOON:0348-412233}.",
    "Stuurt u het verslag naar {MAIL:p.j.devries1979@kpnmail.example}? Onze oude mail werkt niet meer.",
    "Merhaba {NAAM:Emine} öğretmen, {NAAM:Berk} bugün okula gelemiyor. Saygılarımla, {NAAM:Hülya Yıldız}",
    "Dzień dobry, {NAAM:Zuzanna} jest chora i zostaje w domu. Pozdrawiam, {NAAM:Agnieszka Wójcik}",
    "Sinds {NAAM:Dani} met {NAAM:Quinty} in een groepje zit, gaat het rekenen achteruit.",
    "De foto's staan op {LINK:https://photos.example.net/album/kamp?key=8s7df} en het wachtwoord weet u.",
    "Haar geboortedatum is {GEBOORTEDATUM:14 maart 2017}, ze wordt dus negen. Mag ze trakteren op cake?",
    "Kan het gesprek op 12 mei 2027 ook om 15.30 uur? {NAAM:Hans} en ik werken allebei tot drie uur.",
    "{NAAM:Fatoumata} zegt dat {NAAM:meester Joris} haar niet geloofde. Daar schrikken wij van.",
    "Mijn ex-man, {NAAM:Ricardo Sewnarain}, mag de kinderen niet ophalen. Bel mij op {TELEFOON:+31 6 12 34 56 78}.",
    "Hallo, {NAAM:Pim} en {NAAM:Saar} zijn morgen vrij voor de bruiloft van hun tante {NAAM:Geertruida}.",
    "juf, {NAAM:amira} heeft haar gymspullen vergeten, mag ze ze ophalen?",
    "Wij willen graag een gesprek over {NAAM:Sven}. Dinsdag of donderdag schikt. Met vriendelijke "
    "groet,\n{NAAM:Ingeborg van Wijngaarden-Postma}",
    "Kunt u {NAAM:Ömer} helpen herinneren aan zijn inhaler? Dank! {NAAM:Gülşen}",
    "Добрий день, {NAAM:Софія} сьогодні захворіла. З повагою, {NAAM:Оксана Коваленко}",
    "Het ongeluk gebeurde voor het huis van de familie {NAAM:Bakker} aan de {ADRES:Lange Nieuwstraat 88}.",
    "{NAAM:Jan-Willem} haalt hem op met de auto, kenteken {KENTEKEN:GT-482-K}.",
    "Ik vind het niet eerlijk dat {NAAM:Roos} wel naar de plusklas mag en {NAAM:Mark} niet.",
    "De logopediste, mevrouw {NAAM:Tjoe-A-Long}, is bereikbaar op {TELEFOON:(030) 271 44 09}.",
    "Beste {NAAM:Wil}, dank voor het fijne gesprek van gisteren. {NAAM:Storm} was er blij mee.",
    "As-salamu alaykum juf {NAAM:Petra}, {NAAM:Abdirahman} komt later door het verkeer. {NAAM:Ifrah}",
    "Wat is het adres van het museum? Wij komen vanuit de {ADRES:Prins Hendriklaan 3} met de fiets.",
    "Mijn dochter {NAAM:Shreya Ramdas} heeft een notenallergie. Staat dat in het systeem?",
    "Zijn vader woont nu op {ADRES:Burgemeester van der Lindenstraat 201}, {POSTCODE:1056AB} Amsterdam.",
    "{NAAM:Lieve} huilt elke avond. De juf zegt dat er niets aan de hand is.",
    "Kunt u mij terugbellen? {TELEFOON:0612345678} of op het werk {TELEFOON:020-5551234}. {NAAM:Bo}",
    "De bijdrage van 35,50 euro is overgemaakt vanaf {IBAN:DE89370400440532013000}, klopt dat?",
    "Hallo {NAAM:Kees}, het formulier voor {NAAM:Jurre} en {NAAM:Fleur} zit in de bijlage. Vr.gr. {NAAM:Anouk}",
    "Ik heb {NAAM:Nguyen Thi Lan} gevraagd om {NAAM:Minh} op te halen want ik sta in de file.",
    "Guten Tag Frau {NAAM:Hoekstra}, mein Sohn {NAAM:Matthias} kommt morgen später zur Schule. Viele Grüße, "
    "{NAAM:Jürgen}",
    "Bonjour {NAAM:Madame Smit}, {NAAM:Aminata} est malade aujourd'hui. Cordialement, {NAAM:Mariama Diallo}",
    "Hola, {NAAM:Santiago} no puede ir al colegio hoy. Saludos, {NAAM:María José Fernández}",
    "Is er vrijdag gym? {NAAM:Djenairo} heeft nieuwe schoenen nodig. gr {NAAM:Shanaya}",
    "Wij hebben gehoord dat {NAAM:Xavi} van school gaat. Klopt dat?",
    "De opa van {NAAM:Elin} is overleden. Zij is woensdag niet op school. Groeten, {NAAM:Froukje Dijkstra}",
    "Mag {NAAM:Levi} zijn spreekbeurt over Ajax een week later houden? Zijn zusje {NAAM:Noa} is jarig.",
    "Onze postcode is veranderd in {POSTCODE:9712 GX}. De rest blijft gelijk.",
    "Ik stuur dit ook naar {MAIL:info@advocatenkantoor-visserenzn.example} en naar de inspectie.",
    "Op {GEBOORTEDATUM:03-11-2015} geboren en nog steeds in groep 4: waarom is dat?",
    "{NAAM:Beppe Sjoukje} bringt {NAAM:Hylke} moarn nei skoalle.",
    "{NAAM:Esmée} en ik wachten om kwart over drie bij het hek. Is dat goed?",
    "Volgens {NAAM:dokter Ramsaran} moet {NAAM:Kiran} twee weken rust houden.",
    "Hi miss {NAAM:Brouwer}, is {NAAM:Oliver} allowed to bring his {REST:Nintendo} on the last day? Thanks, "
    "{NAAM:Heather}",
    "Waarom kreeg {NAAM:Tim} straf terwijl {NAAM:Daan} begon? {NAAM:Tims} vader is boos.",
    "Kan ik {NAAM:Mila} om 12:15 ophalen? We moeten naar het ziekenhuis in {REST:Zwolle}.",
    "{NAAM:Rayan} en {NAAM:Ilyas} hebben ruzie gehad op het plein. {NAAM:Ilyas} heeft een blauw oog.",
    "Beste {NAAM:Els} en {NAAM:Karim}, wij zijn op 3 oktober met vakantie. Met groet, fam. {NAAM:El Khattabi}",
    "Hallo, hier {NAAM:Peter de Groot}, vader van {NAAM:Stijn}. Hoe laat begint de musical in de gymzaal?",
    "U vindt ons op {LINK:www.bakkerij-jansma.example} of belt u {TELEFOON:0513 62 18 40}.",
    "Haar paspoortnummer had u niet nodig toch? Wel haar BSN: {BSN:123456782}.",
    "{NAAM:Yara} is uitgenodigd bij {NAAM:Zoë}, mag dat na schooltijd? Liefs, {NAAM:Manon}",
    "Kunt u {NAAM:Gijs} zijn drinkbeker meegeven? Hij staat nog in de klas.",
    "Zou {NAAM:Selam Tesfay} extra taalles kunnen krijgen? Haar oom {NAAM:Dawit} kan vertalen.",
    "Klopt het dat de toets van groep 7 op dinsdag is en niet op maandag?",
    "Morgen komen wij iets later in verband met de tandarts. Is de gymles om 9 uur of om 10 uur?",
    "Moeten de kinderen regenlaarzen en een lunchpakket meenemen naar het bos?",
    "Wanneer is de rapportavond, en moeten wij ons daarvoor inschrijven via de schoolapp?",
)
"""Those on which masking was made better."""

UNSEEN = (
    "Hoi juf {NAAM:Willeke}, {NAAM:Tjalling} heeft gisteren zijn beugel gekregen dus hij praat wat raar.",
    "{NAAM:Ayşe Nur} is allergisch voor pinda's, dat heb ik vorig jaar ook aan juf {NAAM:Corine} doorgegeven.",
    "ik ben het er niet mee eens dat {NAAM:jordy} is geschorst, bel me op {TELEFOON:0624681357}",
    "Geachte mevrouw {NAAM:Ter Braak}, hierbij meld ik mijn zoon {NAAM:Casper} af voor de schaakclub.",
    "Wilt u het geld overmaken naar {IBAN:NL20INGB0001234567} t.n.v. {NAAM:S. Achterberg}? Dank u.",
    "{NAAM:Kwame} en zijn broer {NAAM:Kofi} komen maandag niet, hun opa uit {REST:Ghana} is over.",
    "Mag mijn nichtje {NAAM:Rosa} een dagje meekijken in de klas van meester {NAAM:Bertus}?",
    "Thuis zegt {NAAM:Wolf} dat hij niet meer mag meedoen van {NAAM:Hasan}. Wat is er gebeurd?",
    "Vriendelijke groeten,\n{NAAM:Ilse Vermeulen-Kaya}\n{TELEFOON:06-55 44 33 22}",
    "Wij wonen sinds kort aan de {ADRES:Zuidersingel 9-II} in {REST:Assen}. Kan {NAAM:Nienke} nog met de schoolbus?",
    "Hello, this is {NAAM:Priyanka}, {NAAM:Aarav's} mum. He lost a tooth today. Best wishes, {NAAM:Priyanka Nair}",
    "Haar BSN ({BSN:231456783}) staat op het aanmeldformulier.",
    "Sorry, ik bedoelde {MAIL:fam.vandermeulen@ziggomail.example} en niet het oude adres.",
    "{NAAM:Sterre} vindt rekenen lastig. Kan ze extra uitleg krijgen van juf {NAAM:Daphne}?",
    "Als {NAAM:Mohammed-Amine} weer wordt geslagen door {NAAM:Thomas J.} doe ik aangifte.",
    "De vader van {NAAM:Puk} zit weer in detentie, dus graag geen vragen aan haar.",
    "Goedenavond {NAAM:Annefleur}, kun jij {NAAM:Boaz} in de gaten houden? {NAAM:Jetske}",
    "Wij zijn uitgenodigd voor een gesprek op 4 februari om 13:45. Is dat bij de ib'er of bij de directie?",
    "{NAAM:Zeynep} hanım bugün {NAAM:Kerem}'i almaya gelecek.",
    "{NAAM:Oleksandr} ma jutro wizytę u lekarza, przyjdzie o 10.",
    "De kinderen van nummer 14 aan het {ADRES:Mauritsplein 14} pesten {NAAM:Joah} op weg naar school.",
    "Wat vindt u van {NAAM:Fay} haar werkhouding? Ze is geboren op {GEBOORTEDATUM:1 juni 2018} en dus jong.",
    "Mijn moeder {NAAM:Riek} (tel. {TELEFOON:0592 31 26 45}) past woensdag op.",
    "Dag {NAAM:Sjaak}, de groep van {NAAM:Lucas}, {NAAM:Benthe} en {NAAM:Vajèn} heeft de presentatie af.",
    "Kan de toets van {NAAM:Grace} worden verplaatst? Zij heeft die dag zwemexamen.",
    "U heeft {NAAM:Ali} weer laten nablijven. {NAAM:Ali} is acht!",
    "Kijk even op {LINK:mijnkindinbeeld.example.nl/groep5} voor de foto's. Groet, {NAAM:Gerard}",
    "{NAAM:Hugo} zijn fiets staat nog bij school, hij is van het merk Gazelle en blauw.",
    "Op {POSTCODE:7411 AB} is geen bus. Daarom komt {NAAM:Ilyana} te laat.",
    "Juf zei dat {NAAM:Bobbie} een plasje in zijn broek had gedaan, is er een schone broek?",
    "Met vriendelijke groet, mede namens {NAAM:Abdelkader Bouzid}, {NAAM:Hafida Bouzid-Amrani}",
    "Is het waar dat groep 8 dit jaar niet op kamp gaat? Dat vinden wij heel jammer voor de kinderen.",
)
"""Those that were written afterwards and never looked at when something was changed."""
