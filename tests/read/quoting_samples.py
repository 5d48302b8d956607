"""Replies and forwards as mail clients write them; every name is invented.

A sample is an identifier, the text, what of it is newest, and the subject where it matters.
"""

# ruff: noqa: E501 -- these are lines of mail, as long as clients write them

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sample:
    """One text and the newest words in it."""

    name: str
    text: str
    newest: str
    subject: str = "Re: Sem"


_ASK = "Hoi juf,\n\nKan Sem morgen om 14.00 uur weg?"
_QUOTE = "> Beste ouder,\n>\n> Sem mag zijn gymtas meenemen.\n> Juf Anke\n"
_PLAIN_QUOTE = "Beste ouder,\n\nSem mag zijn gymtas meenemen.\n\nJuf Anke\n"


def _reply(name: str, line: str, *, quote: str = _QUOTE, top: str = _ASK) -> Sample:
    return Sample(name, f"{top}\n\n{line}\n\n{quote}", top)


SAMPLES: tuple[Sample, ...] = (
    # Attribution lines, one for each client and language.
    _reply("gmail nl", "Op ma 3 nov 2025 om 14:02 schreef Anke Bos <anke@obs.example>:"),
    _reply("gmail nl wrapped", "Op ma 3 nov 2025 om 14:02 schreef Anke van den Bosch-Verhoeven\n<anke@obs.example>:"),
    _reply("gmail nl long wrap", "Op ma 3 nov 2025 om 14:02 schreef Anke van den Bosch-Verhoeven via\n"
           "Secretariaat van de school <secretariaat.van.de.school@obs.example>:"),
    _reply("apple nl", "Op 5 nov. 2025 om 20:44 heeft Anke Bos <anke@obs.example> het volgende geschreven:"),
    _reply("apple nl wrapped", "Op 5 nov. 2025 om 20:44 heeft Anke Bos <anke@obs.example> het\nvolgende geschreven:"),
    _reply("apple nl three lines", "Op 5 nov. 2025 om 20:44 heeft Anke Bos-van Dijk van groep vijf\n"
           "<anke.bos-van-dijk.groep5@obs.example> het volgende\ngeschreven:"),
    _reply("apple nl marked", "> Op 5 nov. 2025 om 20:44 heeft Anke Bos <anke@obs.example> het volgende geschreven:\n>"),
    _reply("roundcube", "Anke Bos schreef op 3-11-2025 14:02:"),
    _reply("roundcube full", "Anke Bos schreef op 2025-11-03 14:02:"),
    _reply("open-xchange", "Op 03-11-2025 14:02 CET schreef Anke Bos <anke@obs.example>:"),
    _reply("yahoo unmarked", "Op maandag 3 november 2025 14:02:11 CET schreef Anke Bos <anke@obs.example>:",
           quote=_PLAIN_QUOTE),
    _reply("thunderbird nl", "Op 3-11-2025 om 14:02 schreef Anke Bos:"),
    _reply("gmail en", "On Mon, Nov 3, 2025 at 2:02 PM Anke Bos <anke@obs.example> wrote:"),
    _reply("gmail en wrapped", "On Mon, Nov 3, 2025 at 2:02 PM Anke van den Bosch-Verhoeven <\nanke@obs.example> wrote:"),
    _reply("apple en", "On 3 Nov 2025, at 14:02, Anke Bos <anke@obs.example> wrote:"),
    _reply("thunderbird en", "On 03/11/2025 14:02, Anke Bos wrote:"),
    _reply("gmail de", "Am Mo., 3. Nov. 2025 um 14:02 Uhr schrieb Anke Bos <anke@obs.example>:"),
    _reply("apple de", "Am 03.11.2025 um 14:02 schrieb Anke Bos <anke@obs.example>:"),
    _reply("gmail fr", "Le lun. 3 nov. 2025 à 14:02, Anke Bos <anke@obs.example> a écrit :"),
    _reply("gmail es", "El lun, 3 nov 2025 a las 14:02, Anke Bos (<anke@obs.example>) escribió:"),
    _reply("gmail it", "Il giorno lun 3 nov 2025 alle ore 14:02 Anke Bos <anke@obs.example> ha scritto:"),
    _reply("gmail pt", "Em seg., 3 de nov. de 2025 às 14:02, Anke Bos <anke@obs.example> escreveu:"),
    _reply("gmail ro", "În lun., 3 nov. 2025 la 14:02, Anke Bos <anke@obs.example> a scris:"),
    _reply("gmail tr", "Anke Bos <anke@obs.example>, 3 Kas 2025 Pzt, 14:02 tarihinde şunu yazdı:"),
    _reply("apple tr", "Anke Bos <anke@obs.example> şunları yazdı (3 Kas 2025 14:02):"),
    _reply("gmail pl", "pon., 3 lis 2025 o 14:02 Anke Bos <anke@obs.example> napisał(a):"),
    _reply("thunderbird pl", "W dniu 3.11.2025 o 14:02, Anke Bos pisze:"),
    _reply("gmail uk", "пн, 3 лист. 2025 р. о 14:02 Anke Bos <anke@obs.example> пише:"),
    _reply("gmail ru without verb", "пн, 3 нояб. 2025 г. в 14:02, Anke Bos <anke@obs.example>:"),
    _reply("apple ru", "3 нояб. 2025 г., в 14:02, Anke Bos <anke@obs.example> написал(а):"),
    _reply("gmail bg", "На пн, 3.11.2025 г. в 14:02 Anke Bos <anke@obs.example> написа:"),
    _reply("gmail ar", "في الاثنين، ٣ نوفمبر ٢٠٢٥ في ٢:٠٢ م كتب Anke Bos <anke@obs.example>:"),
    _reply("bold by asterisks", "*Op ma 3 nov 2025 om 14:02 schreef Anke Bos <anke@obs.example>:*"),
    # Header blocks and lines of dashes.
    _reply("outlook nl", "Van: Anke Bos <anke@obs.example>\nVerzonden: maandag 3 november 2025 14:02\n"
           "Aan: Karin de Boer <karin@thuis.example>\nOnderwerp: Sem", quote=_PLAIN_QUOTE),
    _reply("outlook nl bold and rule", "________________________________\n*Van:* Anke Bos <anke@obs.example>\n"
           "*Verzonden:* maandag 3 november 2025 14:02\n*Aan:* Karin <karin@thuis.example>\n*CC:* x@obs.example;\n"
           "y@obs.example\n*Onderwerp:* Sem", quote=_PLAIN_QUOTE),
    _reply("outlook nl date second", "Van: Anke Bos <anke@obs.example>\nDatum: maandag, 3 november 2025 om 14:02\n"
           "Aan: Karin <karin@thuis.example>\nOnderwerp: Sem", quote=_PLAIN_QUOTE),
    _reply("outlook nl paragraphs", "Van: Anke Bos\n\nVerzonden: maandag 3 november 2025 14:02\n\nAan: Karin\n\n"
           "Onderwerp: Sem", quote=_PLAIN_QUOTE),
    _reply("outlook one line", "Van: Anke Bos <anke@obs.example> Verzonden: maandag 3 november 2025 14:02 "
           "Aan: Karin Onderwerp: Sem", quote=_PLAIN_QUOTE),
    _reply("oorspronkelijk bericht", "-----Oorspronkelijk bericht-----\nVan: Anke Bos [mailto:anke@obs.example]\n"
           "Verzonden: maandag 3 november 2025 14:02\nAan: Karin\nOnderwerp: Sem", quote=_PLAIN_QUOTE),
    _reply("samsung", "-------- Oorspronkelijk bericht --------\nVan: Anke Bos <anke@obs.example>\n"
           "Datum: 03-11-2025 14:02 (GMT+01:00)\nAan: karin@thuis.example\nOnderwerp: Sem", quote=_PLAIN_QUOTE),
    _reply("original message", "-----Original Message-----\nFrom: Anke Bos\nSent: Monday, November 3, 2025 2:02 PM\n"
           "To: Karin\nSubject: Sem", quote=_PLAIN_QUOTE),
    _reply("outlook de", "Von: Anke Bos <anke@obs.example>\nGesendet: Montag, 3. November 2025 14:02\nAn: Karin\n"
           "Betreff: Sem", quote=_PLAIN_QUOTE),
    _reply("outlook fr", "De : Anke Bos <anke@obs.example>\nEnvoyé : lundi 3 novembre 2025 14:02\nÀ : Karin\n"
           "Objet : Sem", quote=_PLAIN_QUOTE),
    _reply("outlook es", "De: Anke Bos <anke@obs.example>\nEnviado: lunes, 3 de noviembre de 2025 14:02\nPara: Karin\n"
           "Asunto: Sem", quote=_PLAIN_QUOTE),
    _reply("outlook tr", "Kimden: Anke Bos <anke@obs.example>\nGönderildi: 3 Kasım 2025 Pazartesi 14:02\nKime: Karin\n"
           "Konu: Sem", quote=_PLAIN_QUOTE),
    _reply("outlook pl", "Od: Anke Bos <anke@obs.example>\nWysłano: poniedziałek, 3 listopada 2025 14:02\nDo: Karin\n"
           "Temat: Sem", quote=_PLAIN_QUOTE),
    _reply("outlook uk", "Від: Anke Bos <anke@obs.example>\nНадіслано: 3 листопада 2025 р. 14:02\nКому: Karin\n"
           "Тема: Sem", quote=_PLAIN_QUOTE),
    _reply("outlook ar", "من: Anke Bos <anke@obs.example>\nتاريخ الإرسال: 3 نوفمبر 2025 14:02\nإلى: Karin\n"
           "الموضوع: Sem", quote=_PLAIN_QUOTE),
    _reply("outlook it", "Da: Anke Bos <anke@obs.example>\nInviato: lunedì 3 novembre 2025 14:02\nA: Karin\n"
           "Oggetto: Sem", quote=_PLAIN_QUOTE),
    _reply("outlook ro", "De la: Anke Bos <anke@obs.example>\nTrimis: luni, 3 noiembrie 2025 14:02\nCătre: Karin\n"
           "Subiect: Sem", quote=_PLAIN_QUOTE),
    # Answers that do not stand above.
    Sample("bottom posting", f"Op 3-11-2025 om 14:02 schreef Anke Bos:\n{_QUOTE}\nDat is goed, dank u.\n",
           "Dat is goed, dank u."),
    Sample("answers between", "Op 3-11-2025 om 14:02 schreef Anke Bos:\n> Kan hij maandag?\n\nJa, maandag kan.\n\n"
           "> En dinsdag?\n\nNee, dan niet.\n", "Ja, maandag kan.\n\nNee, dan niet."),
    Sample("top and between", "Zie mijn antwoorden.\n\nOp 3-11-2025 om 14:02 schreef Anke Bos:\n> Kan hij maandag?\nJa.\n"
           "> En dinsdag?\nNee.\n", "Zie mijn antwoorden.\n\nJa.\nNee."),
    Sample("own citation", "Beste juf,\n\n> U schreef dat hij niet luistert.\n\nDat herken ik niet. Kunnen we praten?\n",
           "Beste juf,\n\nDat herken ik niet. Kunnen we praten?"),
    Sample("bottom below original", f"-----Oorspronkelijk bericht-----\n> Van: Anke Bos\n> Aan: Karin\n>\n{_QUOTE}\n"
           "Prima zo.\n", "Prima zo."),
    Sample("answers in colour", "Dag, mijn antwoorden staan hieronder in rood.\n\nVan: Anke Bos <anke@obs.example>\n"
           "Verzonden: maandag 3 november 2025 14:02\nAan: Karin\nOnderwerp: Sem\n\nGaat hij mee op kamp?\n"
           "Nee, hij durft niet.\n",
           "Dag, mijn antwoorden staan hieronder in rood.\n\nGaat hij mee op kamp?\nNee, hij durft niet."),
    Sample("all of it quoted", "> Hij is vandaag ziek.\n> Karin\n", "Hij is vandaag ziek.\nKarin"),
    Sample("answer inside unmarked", "Op 3 nov 2025 om 14:02 schreef Anke Bos <anke@obs.example>:\n\n"
           "Gaat hij mee? Ja hoor!\n", "Gaat hij mee? Ja hoor!"),
    # Forwards.
    Sample("forward with introduction", "Ter info, dit kreeg ik van de overblijf.\n\n---------- Forwarded message ---------\n"
           "Van: Overblijf <overblijf@tso.example>\nDate: ma 3 nov 2025 om 14:02\nSubject: Rekening\nTo: Karin\n\n\n"
           "De rekening volgt.\n", "Ter info, dit kreeg ik van de overblijf.", "Fwd: Rekening"),
    Sample("forward without introduction", "---------- Forwarded message ---------\nVan: Overblijf <overblijf@tso.example>\n"
           "Date: ma 3 nov 2025 om 14:02\nSubject: Rekening\nTo: Karin\n\n\nDe rekening volgt.\n", "De rekening volgt.",
           "Fwd: Rekening"),
    Sample("apple forward", "Verstuurd vanaf mijn iPhone\n\nBegin doorgestuurd bericht:\n\n> Van: Opa <opa@thuis.example>\n"
           "> Datum: 3 november 2025 om 14:02:11 CET\n> Aan: karin@thuis.example\n> Onderwerp: Sem\n>\n"
           "> Ik haal Sem om drie uur op.\n", "Ik haal Sem om drie uur op.", "Fwd: Sem"),
    Sample("outlook forward, footer only", "Outlook voor iOS downloaden<https://aka.ms/o0ukef>\n"
           "________________________________\nVan: Opa <opa@thuis.example>\nVerzonden: maandag 3 november 2025 14:02\n"
           "Aan: Karin\nOnderwerp: Sem\n\nIk haal Sem op.\n", "Ik haal Sem op.", "FW: Sem"),
    # Things that look like quotes and are none.
    Sample("comparison", "Sem heeft koorts:\n>38 graden vanochtend.\nHij blijft thuis.",
           "Sem heeft koorts:\n>38 graden vanochtend.\nHij blijft thuis."),
    Sample("own words about writing", "Op 3 november schreef u dat hij mee mocht:\ndat vind ik fijn.",
           "Op 3 november schreef u dat hij mee mocht:\ndat vind ik fijn."),
    Sample("own words with a year", "Op 3 november 2025 schreef u:\nSem mag niet mee.\nWaarom niet?",
           "Op 3 november 2025 schreef u:\nSem mag niet mee.\nWaarom niet?"),
    Sample("own words with a time", "Op 3 november 2025 om 14:02 schreef u dat Sem niet luistert, en dat is niet zo:\n"
           "hij luistert wel.", "Op 3 november 2025 om 14:02 schreef u dat Sem niet luistert, en dat is niet zo:\n"
           "hij luistert wel."),
    Sample("own words about the school", "Op 7 november om 14:00 uur schreef de school het volgende:\nSem mag niet mee.",
           "Op 7 november om 14:00 uur schreef de school het volgende:\nSem mag niet mee."),
    Sample("list with labels", "Hierbij de gegevens.\n\nVan: 12 november\nTot: 14 november\n\nWe gaan naar oma.",
           "Hierbij de gegevens.\n\nVan: 12 november\nTot: 14 november\n\nWe gaan naar oma."),
    Sample("sentence with colon", "Mijn man schreef me gisteren: hij komt om 14:00. Is dat goed?",
           "Mijn man schreef me gisteren: hij komt om 14:00. Is dat goed?"),
    Sample("letter head", "Van: Karin de Boer\nAan: juf Anke\nBetreft: Sem\n\nSem is ziek.", "Sem is ziek."),
    Sample("dashes in a text", "Twee vragen.\n\n-----\n\nMag hij mee?\n\n-----\n\nEn zijn zusje?",
           "Twee vragen.\n\n-----\n\nMag hij mee?\n\n-----\n\nEn zijn zusje?"),
)  # fmt: skip

SIGNED: tuple[tuple[str, str, str], ...] = (
    # text, newest, signature
    ("Sem is ziek.\n\n-- \nKarin de Boer\n06-12345678\n", "Sem is ziek.", "--\nKarin de Boer\n06-12345678"),
    ("Sem is ziek.\n\nMet vriendelijke groet,\n\nKarin de Boer\n06 - 1234 5678\nkarin@thuis.example\n", "Sem is ziek.",
     "Met vriendelijke groet,\n\nKarin de Boer\n06 - 1234 5678\nkarin@thuis.example"),
    ("Sem is ziek.\n\nGroetjes Karin (moeder van Sem)", "Sem is ziek.", "Groetjes Karin (moeder van Sem)"),
    ("Sem is ziek.\ngroetjes\nkarin", "Sem is ziek.", "groetjes\nkarin"),
    ("Sem is ziek.\n\nVerstuurd vanaf mijn iPhone", "Sem is ziek.", "Verstuurd vanaf mijn iPhone"),
    ("Sem is ziek.\n\nVerzonden vanuit Outlook voor iOS<https://aka.ms/o0ukef>", "Sem is ziek.",
     "Verzonden vanuit Outlook voor iOS<https://aka.ms/o0ukef>"),
    ("Sem is ziek.\n\nOutlook voor Android<https://aka.ms/AAb9ysg> downloaden", "Sem is ziek.",
     "Outlook voor Android<https://aka.ms/AAb9ysg> downloaden"),
    ("Sem is ziek.\n\nGet Outlook for iOS", "Sem is ziek.", "Get Outlook for iOS"),
    ("Sem is ziek.\n\nSent from my Galaxy", "Sem is ziek.", "Sent from my Galaxy"),
    ("Sem is ziek.\n\nVerzonden vanaf mijn Samsung Galaxy-smartphone.", "Sem is ziek.",
     "Verzonden vanaf mijn Samsung Galaxy-smartphone."),
    ("Sem is ziek.\n\nVon meinem iPhone gesendet", "Sem is ziek.", "Von meinem iPhone gesendet"),
    ("Sem is ziek.\n\nEnviado desde mi iPhone", "Sem is ziek.", "Enviado desde mi iPhone"),
    ("Sem is ziek.\n\nEnvoyé de mon iPhone", "Sem is ziek.", "Envoyé de mon iPhone"),
    ("Sem is ziek.\n\niPhone'umdan gönderildi", "Sem is ziek.", "iPhone'umdan gönderildi"),
    ("Sem is ziek.\n\nWysłane z iPhone'a", "Sem is ziek.", "Wysłane z iPhone'a"),
    ("Sem is ziek.\n\nНадіслано з iPhone", "Sem is ziek.", "Надіслано з iPhone"),
    ("Sem is ziek.\n\nОтправлено с iPhone", "Sem is ziek.", "Отправлено с iPhone"),
    ("Sem is ziek.\n\nأُرسلت من الـ iPhone", "Sem is ziek.", "أُرسلت من الـ iPhone"),
    ("Sem is ziek.\n\nVerzonden via Yahoo Mail op Android", "Sem is ziek.", "Verzonden via Yahoo Mail op Android"),
    ("Sem is ziek.\n\nVirusvrij.www.avast.com", "Sem is ziek.", "Virusvrij.www.avast.com"),
    ("Sem is ziek.\n\nAan dit bericht kunnen geen rechten worden ontleend.\nOok niet door anderen.", "Sem is ziek.",
     "Aan dit bericht kunnen geen rechten worden ontleend.\nOok niet door anderen."),
    ("Sem is ziek.\n\nBedankt,\nKarin de Boer", "Sem is ziek.\n\nBedankt,", "Karin de Boer"),
    ("Sem is ziek.\n\nGroetjes,\nKarin\n\nP.S. Mag zijn broertje dan ook mee?",
     "Sem is ziek.\n\nP.S. Mag zijn broertje dan ook mee?", "Groetjes,\nKarin"),
    ("Ja.\n\n-- \nKarin\n\nPS: hoe gaat het met lezen?", "Ja.\n\nPS: hoe gaat het met lezen?", "--\nKarin"),
    # What must stay.
    ("Bedankt,\nmaar dat kan niet op maandag.", "Bedankt,\nmaar dat kan niet op maandag.", ""),
    ("Bedankt!", "Bedankt!", ""),
    ("Groetjes aan de klas en tot morgen.", "Groetjes aan de klas en tot morgen.", ""),
    ("Groetjes, ik bel u morgen.", "Groetjes, ik bel u morgen.", ""),
    ("Groeten,\nKarin", "Groeten,\nKarin", ""),
    ("Ja graag.\n\nGroet,\nkunt u mij nog bellen over Sem", "Ja graag.\n\nGroet,\nkunt u mij nog bellen over Sem", ""),
    ("Zie de bijlage.\n[bijlage: verslag.pdf]", "Zie de bijlage.\n[bijlage: verslag.pdf]", ""),
    ("Hij heeft iets verstuurd met zijn telefoon aan een ander kind en dat zit me dwars.",
     "Hij heeft iets verstuurd met zijn telefoon aan een ander kind en dat zit me dwars.", ""),
    ("Dit was het.\n\n--\n\nO nee, wil u mij nog even bellen over het gesprek van gisteren?",
     "Dit was het.\n\n--\n\nO nee, wil u mij nog even bellen over het gesprek van gisteren?", ""),
    ("Sent from my heart: dank u voor alles wat u voor Sem doet.",
     "Sent from my heart: dank u voor alles wat u voor Sem doet.", ""),
)  # fmt: skip
