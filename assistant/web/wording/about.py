"""The page about the assistant, in Dutch and in English: headings with paragraphs under them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AboutWords:
    """Sections of a heading and its paragraphs, and the keys of the keyboard with what they do."""

    sections: tuple[tuple[str, tuple[str, ...]], ...]
    keys_title: str
    keys: tuple[tuple[str, str], ...]


DUTCH = AboutWords(
    sections=(
        (
            "Hoe komt een antwoord tot stand?",
            (
                "De assistent zoekt in de documenten van deze verzameling naar de zinnen die uw vraag beantwoorden. Hij toont die "
                "zinnen letterlijk. Achter elke zin staat een nummer: kies het, en u ziet de zin in het document.",
                "Is de assistent niet zeker genoeg, dan geeft hij geen antwoord. U ziet dan wel de passages die het dichtst bij komen.",
                "Heeft de beheerder een taalmodel ingesteld? Dan kunt u kiezen voor een antwoord in gewone zinnen. Elke zin van het "
                "taalmodel wordt eerst nagekeken. Een zin die niet met een citaat te bewijzen is, ziet u niet.",
            ),
        ),
        (
            "Waar moet u op letten?",
            (
                "Staat er ‘onze samenvatting’ bij een bron, dan leest u onze woorden en niet die van het document zelf. Gebruik voor "
                "een besluit of een debat altijd het origineel. De link staat erbij.",
                "Regels en bedragen veranderen. Staat er ‘inmiddels (deels) vervangen’ of ‘sindsdien op onderdelen gewijzigd’ bij, "
                "kijk dan ook naar het nieuwere document.",
                "Dit is geen website van de overheid en geen juridisch advies.",
            ),
        ),
        (
            "Wat gebeurt er met uw gegevens?",
            (
                "Uw gesprekken staan alleen in deze browser. Verwijdert u een gesprek, dan is het weg. De pagina haalt niets van "
                "andere websites en stuurt er niets naartoe.",
                "Eigen documenten die u toevoegt, staan op de computer waar het programma draait. Alleen uw gesprek kan ze gebruiken. "
                "Ze gaan weg als u het gesprek verwijdert, en anders na zes uur zonder gebruik.",
                "Uw oordeel over een antwoord wordt alleen bewaard als de beheerder dat heeft aangezet. Dan ziet u duimpjes onder het "
                "antwoord. Uw naam wordt nooit bewaard.",
                "Bij een antwoord van een taalmodel gaan uw vraag en de gevonden passages naar dat taalmodel, ook passages uit uw "
                "eigen documenten.",
            ),
        ),
        (
            "Toegankelijkheid",
            (
                "De pagina is gemaakt volgens WCAG 2.2, niveau AA. Alles werkt met het toetsenbord, met een schermlezer, met 400% "
                "vergroting en in een donker scherm. Wat getest is en wat nog niet goed genoeg is, staat in README.md.",
            ),
        ),
    ),
    keys_title="Toetsen",
    keys=(
        ("Enter", "stelt de vraag"),
        ("Shift + Enter", "begint een nieuwe regel in de vraag"),
        ("Tab", "gaat naar de volgende knop of link"),
        ("Enter op een nummer", "toont de zin in het document"),
        ("← en →", "gaan naar het vorige en volgende citaat als de bron open is"),
        ("Esc", "sluit de bron en gaat terug naar het nummer"),
    ),
)

ENGLISH = AboutWords(
    sections=(
        (
            "How does an answer come about?",
            (
                "The assistant searches the documents of this collection for the sentences that answer your question, and shows "
                "them literally. Every sentence has a number behind it: choose it to see the sentence in its document.",
                "When the assistant is not sure enough, it gives no answer. You then see the nearest passages.",
                "Has the operator set up a language model? Then you can choose an answer in plain sentences. Every sentence of the "
                "model is checked first. You never see one that no quote proves.",
            ),
        ),
        (
            "What should you mind?",
            (
                "Where a source says ‘our summary’ you read our words, not those of the document. For a decision or a debate, "
                "always use the original; the link is there.",
                "Rules and amounts change. Where a source says that it has been replaced in part, look at the newer document too.",
                "This is not a government website and not legal advice.",
            ),
        ),
        (
            "What happens to your data?",
            (
                "Your conversations are in this browser only. Delete one and it is gone. The page fetches nothing from other "
                "websites and sends nothing there.",
                "Documents that you add are on the computer where the program runs. Only your conversation can use them. They go "
                "when you delete the conversation, or after six hours without use.",
                "Your judgement of an answer is kept only when the operator has switched that on. You then see thumbs below the "
                "answer. Your name is never kept.",
                "For an answer by a language model, your question and the passages found go to that model, passages of your own "
                "documents among them.",
            ),
        ),
        (
            "Accessibility",
            (
                "The page is made to WCAG 2.2, level AA. Everything works with the keyboard, with a screen reader, at 400% zoom "
                "and on a dark screen. What was tested and what falls short is in README.md.",
            ),
        ),
    ),
    keys_title="Keys",
    keys=(
        ("Enter", "asks the question"),
        ("Shift + Enter", "starts a new line in the question"),
        ("Tab", "goes to the next button or link"),
        ("Enter on a number", "shows the sentence in its document"),
        ("← and →", "go to the previous and next citation while the source is open"),
        ("Esc", "closes the source and goes back to the number"),
    ),
)
