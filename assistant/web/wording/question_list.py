"""The texts of the tab for a list of questions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QuestionListWords:
    """What the tab says; `{count}`, `{number}`, `{done}` and `{total}` are numbers. `file` begins the name of a file."""

    heading: str
    about: str
    all_documents: str
    enter: str
    paste: str
    example: str
    read: str
    reading: str
    or_file: str
    choose_file: str
    kinds: str
    too_large: str
    not_read: str
    found_one: str
    found: str
    none: str
    too_many: str
    too_long: str
    check: str
    answer_one: str
    answer_all: str
    back: str
    progress: str
    started: str
    stop: str
    stopped: str
    rest_one: str
    rest: str
    retry_one: str
    retry: str
    tally_one: str
    tally: str
    count_answered: str
    count_partly: str
    count_abstained: str
    count_failed: str
    ready: str
    take_word: str
    take_csv: str
    change: str
    clear: str
    clear_confirm: str
    cleared: str
    not_kept: str
    number: str
    question: str
    outcome: str
    answer: str
    answered: str
    partly: str
    abstained: str
    failed: str
    waiting: str
    again: str
    not_asked: str
    title: str
    file: str


DUTCH = QuestionListWords(
    heading="Veel vragen in één keer",
    about="Plak een lijst met vragen of kies een bestand, hoogstens 100 vragen. U krijgt op elke vraag een antwoord met "
    "citaten, en kunt de lijst meenemen als Word- of CSV-bestand.",
    all_documents="De assistent zoekt in alle documenten. Filters en eigen documenten van een gesprek tellen hier niet mee. "
    "De lijst blijft in deze browser staan, niet op de server.",
    enter="Vragen invoeren",
    paste="Plak uw vragen",
    example="Zet elke vraag op een eigen regel.",
    read="Lees de vragen",
    reading="De vragen worden gelezen …",
    or_file="of",
    choose_file="Kies een bestand",
    kinds="TXT, MD, CSV, Word (DOCX), ODT of Excel (XLSX), hoogstens 5 MB.",
    too_large="Dit bestand is groter dan 5 MB. Bewaar alleen de vragen in een nieuw bestand.",
    not_read="De browser kan dit bestand niet lezen. Kijk of het er nog staat en kies het opnieuw.",
    found_one="1 vraag gevonden",
    found="{count} vragen gevonden",
    none="Er staan nog geen vragen. Zet elke vraag op een eigen regel.",
    too_many="Dit zijn {count} vragen. Haal er {over} weg: een lijst heeft er hoogstens 100.",
    too_long="Vraag {number} is te lang. Maak die vraag korter dan {most} tekens.",
    check="Kijk of de vragen kloppen. Elke regel is één vraag. Tekst die geen vraag lijkt, is weggelaten. "
    "U kunt vragen hier verbeteren, weghalen of toevoegen.",
    answer_one="Beantwoord 1 vraag",
    answer_all="Beantwoord {count} vragen",
    back="Begin met andere vragen",
    progress="{done} van {total}",
    started="De vragen worden beantwoord.",
    stop="Stop",
    stopped="Gestopt. {done} van {total} vragen zijn beantwoord en blijven staan.",
    rest_one="Ga verder met 1 vraag",
    rest="Ga verder met {count} vragen",
    retry_one="Stel 1 mislukte vraag opnieuw",
    retry="Stel {count} mislukte vragen opnieuw",
    tally_one="1 vraag",
    tally="{count} vragen",
    count_answered="{count} beantwoord",
    count_partly="{count} gedeeltelijk",
    count_abstained="{count} geen antwoord",
    count_failed="{count} mislukt",
    ready="Klaar.",
    take_word="Download als Word",
    take_csv="Download als CSV",
    change="Wijzig vragen",
    clear="Wis lijst",
    clear_confirm="De hele lijst wissen? De vragen en antwoorden zijn dan weg.",
    cleared="De lijst is gewist.",
    not_kept="Deze browser kan de lijst niet bewaren. Download hem voordat u de pagina sluit.",
    number="Nr.",
    question="Vraag",
    outcome="Uitkomst",
    answer="Antwoord",
    answered="beantwoord",
    partly="gedeeltelijk",
    abstained="geen antwoord",
    failed="mislukt",
    waiting="zoeken …",
    again="Opnieuw",
    not_asked="Niet gesteld: het beantwoorden is gestopt.",
    title="Vragenlijst",
    file="vragenlijst",
)

ENGLISH = QuestionListWords(
    heading="Many questions at once",
    about="Paste a list of questions or choose a file, at most 100 questions. Every question gets an answer with quotes, and "
    "you can take the list along as a Word or CSV file.",
    all_documents="The assistant searches all documents. Filters and your own documents of a conversation do not count here. "
    "The list stays in this browser, not on the server.",
    enter="Enter questions",
    paste="Paste your questions",
    example="Put every question on a line of its own.",
    read="Read the questions",
    reading="Reading the questions …",
    or_file="or",
    choose_file="Choose a file",
    kinds="TXT, MD, CSV, Word (DOCX), ODT or Excel (XLSX), at most 5 MB.",
    too_large="This file is larger than 5 MB. Save just the questions in a new file.",
    not_read="The browser cannot read this file. See whether it is still there and choose it again.",
    found_one="1 question found",
    found="{count} questions found",
    none="There are no questions yet. Put every question on a line of its own.",
    too_many="These are {count} questions. Remove {over} of them: a list has at most 100.",
    too_long="Question {number} is too long. Make it shorter than {most} characters.",
    check="See whether the questions are right. Every line is one question. Text that does not look like a question is left "
    "out. You can change, remove or add questions here.",
    answer_one="Answer 1 question",
    answer_all="Answer {count} questions",
    back="Start with other questions",
    progress="{done} of {total}",
    started="The questions are being answered.",
    stop="Stop",
    stopped="Stopped. {done} of {total} questions have been answered and are kept.",
    rest_one="Go on with 1 question",
    rest="Go on with {count} questions",
    retry_one="Ask 1 failed question again",
    retry="Ask {count} failed questions again",
    tally_one="1 question",
    tally="{count} questions",
    count_answered="{count} answered",
    count_partly="{count} partly",
    count_abstained="{count} no answer",
    count_failed="{count} failed",
    ready="Ready.",
    take_word="Download as Word",
    take_csv="Download as CSV",
    change="Change questions",
    clear="Clear list",
    clear_confirm="Clear the whole list? Its questions and answers will be gone.",
    cleared="The list has been cleared.",
    not_kept="This browser cannot keep the list. Download it before you close the page.",
    number="No.",
    question="Question",
    outcome="Outcome",
    answer="Answer",
    answered="answered",
    partly="partly",
    abstained="no answer",
    failed="failed",
    waiting="searching …",
    again="Again",
    not_asked="Not asked: answering was stopped.",
    title="Question list",
    file="questions",
)
