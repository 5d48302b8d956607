"""What mail clients write above a quoted or forwarded text, by language, as tables.

Written from what the clients' own translations say (Gmail, Apple Mail, Outlook desktop, web and mobile, Yahoo, Samsung,
Thunderbird, Roundcube, Open-Xchange). All words are lower-case here; lines are case-folded before they are compared.
A new language is a new row.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """The words of one language.

    Args:
        leads: words with which a line "On <date>, X wrote:" begins.
        wrote: words of which one stands in it; ``…`` stands for anything between two words.
        sender, sent, to, cc, subject: labels of the header block of a quoted mail, without colon.
        original: what stands between dashes above a quoted or forwarded mail.
        begin: what Apple Mail writes above a forwarded mail, without colon.
    """

    code: str
    leads: tuple[str, ...]
    wrote: tuple[str, ...]
    sender: tuple[str, ...]
    sent: tuple[str, ...]
    to: tuple[str, ...]
    cc: tuple[str, ...]
    subject: tuple[str, ...]
    original: tuple[str, ...]
    begin: tuple[str, ...]


LANGUAGES: tuple[Language, ...] = (
    Language(
        "nl",
        ("op",),
        ("schreef", "heeft … geschreven", "geschreven door", "heeft geschreven"),
        ("van",),
        ("verzonden", "datum", "verstuurd", "verzonden op", "verzonden om"),
        ("aan",),
        ("cc", "kopie", "bcc"),
        ("onderwerp", "betreft"),
        ("oorspronkelijk bericht", "origineel bericht", "origineel e-mailbericht", "doorgestuurd bericht",
         "oorspronkelijke bericht", "forwarded bericht", "doorgezonden bericht", "oorspronkelijke afspraak"),
        ("begin doorgestuurd bericht", "begin van doorgestuurd bericht"),
    ),
    Language(
        "en",
        ("on", "at"),
        ("wrote", "writes", "has written"),
        ("from",),
        ("sent", "date"),
        ("to",),
        ("cc", "bcc", "reply-to", "reply to", "importance"),
        ("subject", "re"),
        ("original message", "forwarded message", "original email", "original appointment", "forwarded by",
         "original mail", "forwarded mail", "forwarded email"),
        ("begin forwarded message",),
    ),
    Language(
        "de",
        ("am",),
        ("schrieb", "geschrieben", "hat geschrieben"),
        ("von",),
        ("gesendet", "datum", "gesendet am"),
        ("an",),
        ("cc", "kopie"),
        ("betreff",),
        ("ursprüngliche nachricht", "original-nachricht", "originalnachricht", "weitergeleitete nachricht",
         "weitergeleitet"),
        ("anfang der weitergeleiteten nachricht", "anfang der weitergeleiteten e-mail"),
    ),
    Language(
        "fr",
        ("le",),
        ("a écrit", "écrivait", "a ecrit"),
        ("de", "expéditeur"),
        ("envoyé", "date", "envoyé le"),
        ("à", "a", "destinataire"),
        ("cc", "copie à"),
        ("objet", "sujet"),
        ("message d'origine", "message d’origine", "message original", "message transféré", "message initial",
         "mail original", "e-mail d'origine", "e-mail transféré"),
        ("début du message transféré", "début du message réexpédié"),
    ),
    Language(
        "es",
        ("el",),
        ("escribió", "escribio", "ha escrito"),
        ("de",),
        ("enviado", "fecha", "enviado el"),
        ("para", "a"),
        ("cc", "con copia"),
        ("asunto",),
        ("mensaje original", "mensaje reenviado", "forwarded message", "correo original", "mensaje enviado"),
        ("inicio del mensaje reenviado", "comienzo del mensaje reenviado"),
    ),
    Language(
        "it",
        ("il", "in data"),
        ("ha scritto", "scrive"),
        ("da", "mittente"),
        ("inviato", "data", "inviato il"),
        ("a", "destinatario"),
        ("cc",),
        ("oggetto",),
        ("messaggio originale", "messaggio inoltrato", "messaggio inoltrato da", "e-mail originale"),
        ("inizio messaggio inoltrato", "inizio del messaggio inoltrato"),
    ),
    Language(
        "pt",
        ("em", "no dia", "a"),
        ("escreveu",),
        ("de",),
        ("enviado", "enviada em", "enviada", "data", "enviado em"),
        ("para",),
        ("cc",),
        ("assunto",),
        ("mensagem original", "mensagem encaminhada", "mensagem reencaminhada"),
        ("início da mensagem reencaminhada", "início da mensagem encaminhada"),
    ),
    Language(
        "ro",
        ("în", "in", "pe", "la"),
        ("a scris",),
        ("de la", "de"),
        ("trimis", "data", "dată"),
        ("către", "catre"),
        ("cc",),
        ("subiect", "subiectul"),
        ("mesaj original", "mesajul original", "mesaj redirecționat", "mesaj redirectionat", "forwarded message"),
        ("începutul mesajului redirecționat",),
    ),
    Language(
        "tr",
        (),
        ("yazdı", "şunu yazdı", "şunları yazdı", "yazmış"),
        ("kimden", "gönderen"),
        ("gönderildi", "gönderme tarihi", "tarih", "gönderilme tarihi"),
        ("kime", "alıcı"),
        ("bilgi", "cc", "bcc"),
        ("konu",),
        ("özgün ileti", "orijinal ileti", "orijinal mesaj", "iletilen ileti", "iletilmiş ileti", "yönlendirilmiş ileti",
         "yönlendirilen mesaj", "özgün mesaj"),
        ("iletilen ileti başlangıcı", "başlangıç: iletilen ileti"),
    ),
    Language(
        "pl",
        ("w dniu", "dnia", "dn."),
        ("napisał(a)", "napisał", "napisała", "pisze"),
        ("od", "nadawca"),
        ("wysłano", "data", "wysłane", "data wysłania"),
        ("do", "adresat"),
        ("dw", "cc", "do wiadomości"),
        ("temat",),
        ("oryginalna wiadomość", "wiadomość oryginalna", "wiadomość przekazana", "przekazana wiadomość",
         "wiadomość przekazana dalej", "treść oryginalnej wiadomości", "forwarded message"),
        ("początek przekazywanej wiadomości", "początek przekazanej wiadomości"),
    ),
    Language(
        "uk",
        ("в", "у", "на"),
        ("пише", "написав", "написала", "написав(-ла)", "написав(ла)", "пишет"),
        ("від", "від кого"),
        ("надіслано", "дата", "відправлено"),
        ("кому", "до"),
        ("копія", "копія (cc)"),
        ("тема",),
        ("початкове повідомлення", "оригінальне повідомлення", "переслане повідомлення", "вихідне повідомлення",
         "перенаправлене повідомлення", "пересилається повідомлення"),
        ("початок пересланого повідомлення", "початок листа, що пересилається"),
    ),
    Language(
        "ru",
        ("в",),
        ("написал", "написала", "написал(а)", "пишет"),
        ("от", "от кого"),
        ("отправлено", "дата", "отправлен"),
        ("кому",),
        ("копия", "cc"),
        ("тема",),
        ("исходное сообщение", "пересылаемое сообщение", "пересланное сообщение", "оригинальное сообщение",
         "пересылаемое письмо", "конец пересылаемого сообщения"),
        ("начало переадресованного сообщения", "начало пересылаемого сообщения"),
    ),
    Language(
        "bg",
        ("на",),
        ("написа", "пише"),
        ("от",),
        ("изпратено", "дата"),
        ("до",),
        ("копие", "cc", "як"),
        ("относно", "тема"),
        ("оригинално съобщение", "препратено съобщение", "първоначално съобщение", "forwarded message"),
        ("начало на препратеното съобщение",),
    ),
    Language(
        "ar",
        ("في", "بتاريخ"),
        ("كتب", "كتبت", "كتب/كتبت"),
        ("من",),
        ("تاريخ الإرسال", "التاريخ", "تم الإرسال", "أرسلت", "مُرسل", "تاريخ"),
        ("إلى", "الى"),
        ("نسخة", "نسخة إلى"),
        ("الموضوع", "موضوع"),
        ("الرسالة الأصلية", "رسالة معاد توجيهها", "الرسالة المعاد توجيهها", "رسالة تمت إعادة توجيهها", "رسالة أصلية",
         "forwarded message"),
        ("بداية الرسالة المُعاد توجيهها", "بدء الرسالة المعاد توجيهها"),
    ),
)  # fmt: skip

ANSWERS_INSIDE: tuple[str, ...] = (
    "antwoorden hieronder", "antwoord hieronder", "hieronder mijn antwoord", "hieronder in rood", "hieronder in blauw",
    "hieronder in het rood", "hieronder in het blauw", "in rood", "in het rood", "in het blauw", "in het groen",
    "in blauw",
    "in uw mail hieronder", "in je mail hieronder", "in uw tekst", "in je tekst", "tussen de regels", "tussen uw tekst",
    "tussen je tekst", "in kleur", "in de mail hieronder", "in de tekst hieronder", "in onderstaande mail",
    "door uw mail heen", "door je mail heen", "vetgedrukt hieronder", "in hoofdletters hieronder", "zie hieronder",
    "see below", "answers below", "reply below", "in red", "in blue", "in green", "my comments below", "inline",
    "between the lines", "in your mail below", "in your email below", "see my answers", "siehe unten", "in rot",
    "voir ci-dessous", "en rouge", "ver abajo", "en rojo", "aşağıda", "kırmızı", "na czerwono", "poniżej",
    "нижче", "ниже", "червоним", "красным", "بالأحمر", "أدناه",
)  # fmt: skip
"""Words by which a sender says that the answers stand within the quoted text (in another colour, or without marks)."""
