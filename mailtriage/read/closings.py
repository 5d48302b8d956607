"""What closes a mail and is not part of what it says, as tables: greetings, phone footers, disclaimers.

All phrases are lower-case; lines are case-folded before they are compared.
"""

from __future__ import annotations

import re

FOOTERS: tuple[str, ...] = (
    # "Sent from my phone" and what apps and scanners add, by language. Anchored: the whole line must be one.
    r"(?:verstuurd|verzonden|gestuurd|verstuurt) (?:vanaf|vanuit|van|met|via|door) .{2,60}",
    r"(?:outlook|yahoo mail|gmail|hotmail) (?:voor|op|for|on|für|pour|para)"
    r" (?:ios|android|windows|mac|iphone|ipad).{0,60}",
    r"(?:download|haal|krijg|get|obtenez|télécharger|obtenga|obtén|ottieni|holen sie sich|laden sie) outlook .{2,60}",
    r"outlook (?:voor|for|für|pour|para|per) (?:ios|android|windows|mac)\b.{0,40}(?:downloaden|herunterladen|.{0,20})",
    r"get outlook for (?:ios|android).{0,60}",
    r"sent (?:from|via|with|using|by) (?:my |the |a |yahoo|outlook|mail|gmail|proton|samsung|galaxy|iphone|android|aol)"
    r".{0,80}",
    r"(?:von meinem|von unterwegs|von mein(?:em|er)?) .{2,40} (?:gesendet|geschickt|verschickt)",
    r"(?:gesendet|diese nachricht wurde) (?:von|mit|via|über) .{2,60}",
    r"(?:envoyé|télécharger|envoyée) (?:de|depuis|à partir de|avec|via|du) .{2,60}",
    r"(?:enviado|enviada) (?:desde|de|do|a partir d[eo]|com|con|via|pelo|pela) .{2,60}",
    r"(?:inviato|inviata) (?:da|dal|dallo|con|tramite) .{2,60}",
    r"trimis (?:de pe|de la|din|cu|prin) .{2,60}",
    r".{2,40}(?:'|’)?(?:umdan|ımdan|imden|ümden|den|dan|tan|ten)\s+gönderildi",
    r"(?:wysłan[eoay]|wysłano) (?:z|ze|za pomocą|przy użyciu|za pośrednictwem) .{2,60}",
    r"(?:надіслано|відправлено|надіслане) (?:з|із|зі|за допомогою|через) .{2,60}",
    r"(?:отправлено|отправлен[оа]?) (?:с|из|со|через|от) .{2,60}",
    r"изпратено (?:от|с|чрез) .{2,60}",
    r"أُ?رسلت? (?:من|بواسطة) .{2,60}",
    r"(?:تم الإرسال|أُرسلت|مرسل|مُرسل) من .{2,60}",
    r"أُرسِلت? من .{2,60}",
    r"(?:this e-?mail has been|deze e-?mail is|dit bericht is|virusvrij|virus-free|virenfrei"
    r"|sin virus|libre de virus|garanti sans virus|bez wirusów|priva di virus|livre de vírus).{0,100}",
    r"(?:www\.avast\.com|www\.avg\.com|\[?https?://(?:www\.)?(?:avast|avg|aka\.ms|overview\.mail\.yahoo|go\.onelink)\S{0,300})",
)
"""Lines that are not a person's words wherever they stand; ``is_footer`` asks for a device or program in the first."""

DEVICES = re.compile(
    r"iphone|ipad|ipod|samsung|galaxy|huawei|android|outlook|yahoo|gmail|hotmail|mobie|mobil|telefo|telefon|smartphone"
    r"|tablet|xiaomi|oneplus|nokia|sony|xperia|motorola|pixel|oppo|redmi|blackberry|windows|ios|\bmail\b|proton"
    r"|ziggo|kpn|my phone|handy|портатив|телефон|айфон|הטלפון|هاتف|الـ|آيفون|جهاز|apple|ukr\.net|icloud|thunderbird"
    r"|celular|móvil|bluemail|aol|gmx|web\.de|t-mobile|orange|spark|fairphone|avast|avg|virus"
)

CLOSINGS: tuple[str, ...] = (
    "met vriendelijke groet", "met vriendelijke groeten", "vriendelijke groet", "vriendelijke groeten", "mvg",
    "m.v.g.", "m.vr.gr.", "met vr. gr.", "mvrgr", "hartelijke groet", "hartelijke groeten", "met hartelijke groet",
    "met hartelijke groeten", "groet", "groeten", "groetjes", "gr", "gr.", "grtjs", "grt", "groetje", "lieve groet",
    "lieve groeten", "liefs", "hoogachtend", "met groet", "met groeten", "warme groet", "warme groeten",
    "vriendelijk groetend", "met vriendelijke groetjes", "beste groeten", "fijne groet", "fijne groeten",
    "vr. groet", "vr.groet", "vr gr", "vrgr", "vriendelijke gr", "vr. gr.", "hartelijks", "hgr", "h.gr.",
    "kind regards", "best regards", "regards", "warm regards", "sincerely", "yours sincerely", "yours faithfully",
    "best", "best wishes", "kindest regards", "all the best", "with kind regards", "many regards",
    "sincerely yours", "greetings", "mit freundlichen grüßen", "mit freundlichen grüssen", "mit freundlichem gruß",
    "freundliche grüße", "viele grüße", "liebe grüße", "beste grüße", "lg", "vg", "mfg", "herzliche grüße",
    "schöne grüße", "cordialement", "bien cordialement", "salutations", "bien à vous", "sincères salutations",
    "amicalement", "saludos", "un saludo", "saludos cordiales", "atentamente", "cordialmente", "un cordial saludo",
    "cordiali saluti", "distinti saluti", "saluti", "un saluto", "com os melhores cumprimentos", "cumprimentos",
    "atenciosamente", "melhores cumprimentos", "abraço", "cu stimă", "cu respect", "toate cele bune", "cu drag",
    "saygılarımla", "saygılar", "selamlar", "sevgiler", "iyi günler", "iyi çalışmalar", "sevgilerimle",
    "pozdrawiam", "z poważaniem", "serdecznie pozdrawiam", "pozdrowienia", "z wyrazami szacunku", "з повагою",
    "с уважением", "с уважение", "поздрави", "з найкращими побажаннями", "всього найкращого", "مع التحية",
    "مع أطيب التحيات", "مع تحياتي", "تحياتي", "وشكرا", "مع خالص التحية", "مع الاحترام",
)  # fmt: skip
"""Greetings that begin a signature when nothing but names, numbers and addresses follows."""

THANKS: tuple[str, ...] = (
    "bedankt", "alvast bedankt", "dank u", "dank u wel", "dank je wel", "dankjewel", "dankuwel", "thanks",
    "thank you", "many thanks", "dank alvast", "bij voorbaat dank", "alvast dank", "met dank", "danke",
    "vielen dank", "merci", "gracias", "grazie", "obrigado", "obrigada", "mulțumesc", "teşekkürler",
    "teşekkür ederim", "dziękuję", "дякую", "спасибо", "благодаря", "شكرا", "شكراً", "thx", "bvd", "tot ziens",
    "tot morgen", "tot dan", "fijne dag", "fijne avond", "fijn weekend", "fijne dag nog", "prettig weekend",
)  # fmt: skip
"""Words that stand where a greeting may; a reader needs them too, so they stay and only names behind them go."""

DISCLAIMERS: tuple[str, ...] = (
    "aan dit bericht kunnen geen rechten", "aan deze e-mail kunnen geen rechten",
    "aan deze mail kunnen geen rechten", "aan de inhoud van dit bericht", "aan de inhoud van deze e-mail",
    "dit bericht is uitsluitend bestemd", "dit bericht is alleen bestemd", "deze e-mail is uitsluitend",
    "deze e-mail en eventuele bijlagen", "disclaimer", "dit e-mailbericht is uitsluitend",
    "dit bericht kan vertrouwelijke", "de informatie in dit bericht", "de informatie verzonden",
    "de inhoud van dit bericht is vertrouwelijk", "de inhoud van deze e-mail is vertrouwelijk",
    "denk aan het milieu", "p denk aan het milieu", "bespaar papier", "dit bericht en eventuele bijlagen",
    "dit e-mailbericht en", "this e-mail and any", "this email and any", "this message is intended",
    "this message and any", "this e-mail is confidential", "this email is confidential",
    "the information contained in this", "the information in this", "confidentiality notice",
    "please consider the environment", "consider the environment", "the contents of this e-mail",
    "diese e-mail enthält vertrauliche", "ce message et ses pièces", "ce message est confidentiel",
    "este mensaje y sus", "bu e-posta ve", "ta wiadomość", "is dit bericht niet voor u bestemd",
    "indien u niet de geadresseerde bent", "als u dit bericht per abuis",
    "mocht dit bericht niet voor u bestemd zijn",
)  # fmt: skip
"""How paragraphs begin that a company's server puts below every mail."""

PARTICLES = frozenset((
    "van", "de", "der", "den", "het", "ten", "ter", "te", "op", "'t", "in", "en", "and", "und", "et", "y", "e", "i",
    "mama", "mamma", "papa", "moeder", "vader", "ouder", "ouders", "oma", "opa", "mum", "mom", "dad", "mother",
    "father", "verzorger", "verzorgers", "familie", "fam.", "fam", "groep", "group", "klas", "el", "al", "bin",
    "ben", "von", "zu", "da", "dos", "do", "di", "du", "la", "le", "tel", "tel.", "mob", "mob.", "of", "from",
    "parent", "parents", "namens", "mede", "annesi", "babası", "mamusia", "tata", "mutter", "vater", "mère", "père",
    "maman", "madre", "padre", "ook", "x", "xx", "xxx",
))  # fmt: skip
"""Words without capital that stand in names and in "moeder van Sem (groep 5)"."""
