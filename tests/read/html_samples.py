"""HTML as mail clients write it, cut to what matters; every name is invented."""

# ruff: noqa: E501 -- these are lines of mail, as long as clients write them

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class HtmlSample:
    """One HTML text, what of it is newest, and a word that must be quoted (or signed)."""

    name: str
    html: str
    newest: str
    quoted: str = ""
    signature: str = ""


_ASK = "Hoi juf,\n\nKan Sem morgen weg?"

HTML_SAMPLES: tuple[HtmlSample, ...] = (
    HtmlSample(
        "gmail",
        '<div dir="ltr">Hoi juf,<div><br></div><div>Kan Sem morgen weg?</div></div><br>'
        '<div class="gmail_quote"><div dir="ltr" class="gmail_attr">Op ma 3 nov 2025 om 14:02 schreef Anke '
        '&lt;<a href="mailto:a@obs.example">a@obs.example</a>&gt;:<br></div><blockquote class="gmail_quote" '
        'style="margin:0 0 0 .8ex"><div>Beste ouder</div></blockquote></div>',
        _ASK,
        "Beste ouder",
    ),
    HtmlSample(
        "gmail, answers inside",
        '<div class="gmail_quote"><div class="gmail_attr">Anke:</div><blockquote class="gmail_quote">Maandag?'
        '</blockquote></div><div>Ja.</div><div class="gmail_quote"><blockquote class="gmail_quote">Dinsdag?'
        "</blockquote></div><div>Nee.</div>",
        "Ja.\nNee.",
        "Dinsdag?",
    ),
    HtmlSample(
        "outlook web",
        '<div class="elementToProof">Hoi juf,<br><br>Kan Sem morgen weg?</div><div id="appendonsend"></div>'
        '<hr style="width:98%"><div id="divRplyFwdMsg" dir="ltr"><font><b>Van:</b> Anke &lt;a@obs.example&gt;<br>'
        "<b>Verzonden:</b> maandag 3 november 2025 14:02<br><b>Aan:</b> Karin<br><b>Onderwerp:</b> Sem</font>"
        "<div>&nbsp;</div></div><div>Beste ouder</div>",
        _ASK,
        "Beste ouder",
    ),
    HtmlSample(
        "outlook desktop",
        "<html xmlns:o='urn:schemas-microsoft-com:office:office'><head><style>p.MsoNormal{margin:0}</style>"
        "<!--[if gte mso 9]><xml>geheim</xml><![endif]--></head><body><div class=WordSection1><p class=MsoNormal>Hoi juf,"
        "<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoNormal>Kan Sem<br>morgen weg?<o:p></o:p></p>"
        "<div style='border:none;border-top:solid #E1E1E1 1.0pt'><p class=MsoNormal><b>Van:</b> Anke "
        "&lt;a@obs.example&gt; <br><b>Verzonden:</b> maandag 3 november 2025 14:02<br><b>Aan:</b> Karin<br>"
        "<b>Onderwerp:</b> Sem<o:p></o:p></p></div><p class=MsoNormal>Beste ouder<o:p></o:p></p></div></body></html>",
        "Hoi juf,\n\nKan Sem\nmorgen weg?",
        "Beste ouder",
    ),
    HtmlSample(
        "outlook mobile",
        '<div>Hoi juf,</div><div><br></div><div>Kan Sem morgen weg?</div><div id="ms-outlook-mobile-signature"><div>'
        'Verzonden vanuit <a href="https://aka.ms/o0ukef">Outlook voor iOS</a></div></div>'
        '<div id="mail-editor-reference-message-container"><hr><b>Van:</b> Anke<br><b>Datum:</b> 3 november 2025 14:02<br>'
        "<b>Aan:</b> Karin<br><b>Onderwerp:</b> Sem<br><br>Beste ouder</div>",
        _ASK,
        "Beste ouder",
        "Verzonden vanuit Outlook voor iOS",
    ),
    HtmlSample(
        "apple",
        '<div>Hoi juf,<div><br></div><div>Kan Sem morgen weg?</div><div><br><div dir="ltr">Verstuurd vanaf mijn iPhone</div>'
        '<div dir="ltr"><br><blockquote type="cite">Op 3 nov 2025 om 14:02 heeft Anke &lt;a@obs.example&gt; het volgende '
        'geschreven:<br><br></blockquote></div><blockquote type="cite"><div>Beste ouder</div></blockquote></div></div>',
        _ASK,
        "Beste ouder",
        "Verstuurd vanaf mijn iPhone",
    ),
    HtmlSample(
        "thunderbird, below",
        '<div class="moz-cite-prefix">Op 3-11-2025 om 14:02 schreef Anke:<br></div><blockquote type="cite" '
        'cite="mid:1@obs.example"><p>Beste ouder</p></blockquote><p>Hoi juf,</p><p>Kan Sem morgen weg?</p>',
        _ASK,
        "Beste ouder",
    ),
    HtmlSample(
        "yahoo",
        '<div><div>Hoi juf,</div><div><br></div><div>Kan Sem morgen weg?</div></div><div id="yahoo_quoted_1" '
        'class="yahoo_quoted"><div>Op maandag 3 november 2025 14:02:11 CET schreef Anke:</div><div>Beste ouder</div></div>',
        _ASK,
        "Beste ouder",
    ),
    HtmlSample(
        "hidden, script, head and entities",
        "<html><head><title>weg</title><style>p{color:red}</style></head><body><div style='display: none; max-height:0'>"
        "voorvertoning</div><script>alert('weg')</script><p>Hoi juf,</p><p>Kan S&eacute;m &amp; Noor &#128512; weg?&#11;</p>"
        "<span style='font-size:0px'>weg</span></body></html>",
        "Hoi juf,\n\nKan Sém & Noor 😀 weg?",
    ),
    HtmlSample(
        "lists and a table",
        "<p>Sem kan:</p><ul><li>maandag</li><li>dinsdag</li></ul><table><tr><td>ma</td><td>15.00</td></tr>"
        "<tr><td>di</td><td>16.00</td></tr></table>",
        "Sem kan:\n\n* maandag\n* dinsdag\nma 15.00\ndi 16.00",
    ),
    HtmlSample(
        "layout table",
        "<table width=100%><tr><td><table><tr><td><p>Hoi juf,</p><p>Kan Sem morgen weg?</p></td></tr></table></td></tr>"
        "</table>",
        _ASK,
    ),
    HtmlSample(
        "indented paragraph of one's own",
        '<div>Ik citeer:</div><blockquote style="margin:0 0 0 40px;border:none;padding:0px"><div>drie keer te laat</div>'
        "</blockquote><div>Klopt dat?</div>",
        "Ik citeer:\ndrie keer te laat\nKlopt dat?",
    ),
    HtmlSample("links by their text", '<p>Zie <a href="https://x.example/a?b=c">deze pagina</a>.</p>', "Zie deze pagina."),
    HtmlSample("all of it quoted", "<blockquote><p>Sem is ziek.</p></blockquote>", "Sem is ziek."),
    HtmlSample(
        "signature by markup",
        '<p>Sem is ziek.</p><div class="gmail_signature"><div>Karin</div><div>bakkerij aan het plein</div></div>',
        "Sem is ziek.",
        "",
        "Karin\nbakkerij aan het plein",
    ),
    HtmlSample(
        "question written into the signature",
        '<p>Sem is ziek.</p><div id="Signature"><div>Karin</div><div>Wilt u mij bellen?</div></div>',
        "Sem is ziek.\n\nKarin\nWilt u mij bellen?",
    ),
    HtmlSample("line breaks kept", '<div style="white-space: pre-wrap">Hoi juf,\n\nKan Sem morgen weg?</div>', _ASK),
    HtmlSample("emoji as a picture", '<p>Goed zo <img alt="👍" src="cid:1"><img alt="logo van de zaak" src="x"></p>', "Goed zo 👍"),
)  # fmt: skip
