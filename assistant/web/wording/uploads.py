"""The texts of adding documents of one's own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UploadsWords:
    """What the page says of uploads; `{name}` is that of a file, `{done}`, `{total}` and `{count}` are numbers."""

    add: str
    add_to_corpus: str
    one: str
    many: str
    busy: str
    title: str
    choose: str
    or_drop: str
    drop_here: str
    kinds: str
    where: str
    where_corpus: str
    own_only: str
    close: str
    list: str
    sending: str
    queued: str
    reading: str
    embedding: str
    indexing: str
    ready: str
    unreadable: str
    failed: str
    scan: str
    open: str
    remove: str
    removed: str
    refused: str
    wrong_kind: str
    too_large: str
    is_empty: str
    too_many: str
    no_connection: str
    not_taken: str
    interrupted: str
    gone: str
    none_ready: str
    dismiss: str


DUTCH = UploadsWords(
    add="Eigen documenten toevoegen",
    add_to_corpus="Documenten toevoegen",
    one="1 eigen document",
    many="{count} eigen documenten",
    busy="{count} nog niet klaar",
    title="Eigen documenten",
    choose="Kies bestanden",
    or_drop="of sleep ze op deze pagina",
    drop_here="Laat los om toe te voegen",
    kinds="PDF, DOCX, ODT, HTML, XML, TXT of MD, hoogstens {size} MB per bestand.",
    where="Alleen voor dit gesprek, op de computer waar het programma draait. "
    "Weg als u het gesprek verwijdert, of na 6 uur zonder gebruik.",
    where_corpus="Deze documenten komen in de verzameling. Iedereen kan deze documenten daarna vinden.",
    own_only="Alleen in mijn documenten zoeken",
    close="Klaar",
    list="Toegevoegde documenten",
    sending="wordt verstuurd, {percent}%",
    queued="wacht",
    reading="wordt gelezen",
    embedding="wordt doorzoekbaar gemaakt, {done} van {total}",
    indexing="wordt gelezen en doorzoekbaar gemaakt",
    ready="klaar",
    unreadable="onleesbaar: {reason}",
    failed="niet gelukt: {reason}",
    scan="niet gelezen (scan): bladzijde {pages}",
    open="Toon {name}",
    remove="Verwijder",
    removed="{name} is verwijderd.",
    refused="niet toegevoegd: {reason}",
    wrong_kind="dit soort bestand kan niet; kies PDF, DOCX, ODT, HTML, XML, TXT of MD",
    too_large="het is groter dan {size} MB; splits het bestand of voeg een deel toe",
    is_empty="het bestand is leeg",
    too_many="een gesprek kan {count} eigen documenten hebben; verwijder er eerst een",
    no_connection="er is geen verbinding met het programma; kijk of het nog draait en voeg het bestand opnieuw toe",
    not_taken="er ging aan onze kant iets mis; voeg het bestand opnieuw toe",
    interrupted="Het toevoegen is gestopt, omdat u een ander gesprek opende.",
    gone="Uw eigen documenten bij dit gesprek zijn er niet meer. Het programma is opnieuw gestart, of ze zijn 6 uur niet "
    "gebruikt. Het gesprek gaat gewoon verder. Voeg de documenten opnieuw toe als u ze nodig hebt.",
    none_ready="U zoekt alleen in uw eigen documenten, maar daarvan is er nog geen klaar. Wacht even, of zet ‘Alleen in mijn "
    "documenten zoeken’ uit.",
    dismiss="Sluit deze melding",
)

ENGLISH = UploadsWords(
    add="Add documents of your own",
    add_to_corpus="Add documents",
    one="1 document of your own",
    many="{count} documents of your own",
    busy="{count} not ready yet",
    title="Documents of your own",
    choose="Choose files",
    or_drop="or drag them onto this page",
    drop_here="Let go to add",
    kinds="PDF, DOCX, ODT, HTML, XML, TXT or MD, at most {size} MB each.",
    where="For this conversation only, on the computer that runs the program. "
    "Gone when you delete the conversation, or after 6 hours without use.",
    where_corpus="These documents go into the collection. Everyone can find these documents afterwards.",
    own_only="Search my documents only",
    close="Done",
    list="Documents added",
    sending="being sent, {percent}%",
    queued="waiting",
    reading="being read",
    embedding="being made searchable, {done} of {total}",
    indexing="being read and made searchable",
    ready="ready",
    unreadable="unreadable: {reason}",
    failed="failed: {reason}",
    scan="not read (scan): page {pages}",
    open="Show {name}",
    remove="Remove",
    removed="{name} was removed.",
    refused="not added: {reason}",
    wrong_kind="this kind of file cannot be added; choose PDF, DOCX, ODT, HTML, XML, TXT or MD",
    too_large="it is larger than {size} MB; split the file or add a part of it",
    is_empty="the file is empty",
    too_many="a conversation can have {count} documents of your own; remove one first",
    no_connection="there is no connection with the program; see whether it is still running and add the file again",
    not_taken="something went wrong on our side; add the file again",
    interrupted="Adding was stopped, because you opened another conversation.",
    gone="Your own documents of this conversation are gone. The program was restarted, or they were not used for 6 hours. "
    "The conversation simply goes on. Add the documents again if you need them.",
    none_ready="You search your own documents only, but none of them is ready yet. Wait a moment, or switch ‘Search my "
    "documents only’ off.",
    dismiss="Close this message",
)
