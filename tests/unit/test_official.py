"""XML of official publications: every article, paragraph (lid), speaker and consideration keeps its name."""

from __future__ import annotations

import time

import pytest

from assistant.errors import UnreadableDocument
from assistant.ingest import metadata, official
from assistant.model import BlockKind, Document


def read(xml: str) -> Document:
    document = official.parse(xml, metadata.unknown_info("xml/bestand.xml"))
    return metadata.complete(document, given=metadata.NOTHING_GIVEN)


def shown(document: Document) -> list[tuple[str | None, str]]:
    """The blocks of a document as (article, text)."""
    return [(block.anchor.article, document.text[block.start : block.end]) for block in document.blocks]


LAW = """<?xml version="1.0" encoding="UTF-8"?>
<toestand bwb-id="BWBR0099999" inwerkingtreding="2024-01-01"><bwb-inputbestand/>
<wetgeving soort="wet" xml:lang="nl">
  <intitule>Wet van 3 mei 2023, houdende regels over fietspaden<meta-data><jcis><jci/></jcis></meta-data></intitule>
  <citeertitel>Fietspadenwet<meta-data><brondata><publicatiejaar>2023</publicatiejaar></brondata></meta-data></citeertitel>
  <wet-besluit><wettekst>
    <hoofdstuk><kop><label>Hoofdstuk</label><nr>1</nr><titel>Algemeen</titel></kop>
      <artikel label="Artikel 4"><kop><label>Artikel</label><nr status="officieel">4</nr><titel>Breedte</titel></kop>
        <lid><lidnr>1</lidnr><al>Een fietspad is <nadruk type="cur">ten minste</nadruk> twee meter breed.</al></lid>
        <lid><lidnr>2</lidnr><al>Smaller mag bij:</al>
          <lijst type="expliciet"><li><li.nr>a.</li.nr><al>bruggen;</al></li><li><li.nr>b.</li.nr><al>tunnels<noot>
            <noot.nr>1</noot.nr><noot.al>Zie de bijlage.</noot.al></noot>.</al></li></lijst>
        <meta-data><brondata><publicatiejaar>2023</publicatiejaar></brondata></meta-data></lid>
        <al>Dit artikel geldt overal.</al>
      </artikel>
      <artikel><kop><label>Artikel</label><nr>4a</nr></kop><al>Vervallen</al></artikel>
    </hoofdstuk>
    <hoofdstuk><kop><label>Hoofdstuk</label><nr>2</nr></kop>
      <artikel><kop><label>Artikel</label><nr>II</nr></kop>
        <al>De Wegenwet wordt gewijzigd:</al>
        <artikel><kop><label>Artikel</label><nr>9</nr></kop><lid><lidnr>1</lidnr><al>Een weg is openbaar.</al></lid></artikel>
      </artikel>
    </hoofdstuk>
  </wettekst>
  <wetsluiting><dagtekening><plaats>'s-Gravenhage</plaats>, <datum isodatum="2023-05-03">3 mei 2023</datum></dagtekening>
    <ondertekening>De <functie>Minister</functie> van <organisatie>Infrastructuur</organisatie>,<naam><voornaam>A.</voornaam>
    <achternaam>Bakker</achternaam></naam></ondertekening></wetsluiting></wet-besluit>
</wetgeving></toestand>"""


def test_a_law_keeps_articles_and_leden() -> None:
    document = read(LAW)
    assert shown(document) == [
        (None, "Fietspadenwet"),
        (None, "Wet van 3 mei 2023, houdende regels over fietspaden"),
        (None, "Hoofdstuk 1 Algemeen"),
        ("4", "Artikel 4 Breedte"),
        ("4, lid 1", "1 Een fietspad is ten minste twee meter breed."),
        ("4, lid 2", "2 Smaller mag bij:"),
        ("4, lid 2", "a. bruggen;"),
        ("4, lid 2", "b. tunnels."),
        ("4, lid 2", "1 Zie de bijlage."),
        ("4", "Dit artikel geldt overal."),
        ("4a", "Artikel 4a"),
        ("4a", "Vervallen"),
        (None, "Hoofdstuk 2"),
        ("II", "Artikel II"),
        ("II", "De Wegenwet wordt gewijzigd:"),
        # an article of another law that this one changes belongs to the article that changes it
        ("II", "Artikel 9"),
        ("II, lid 1", "1 Een weg is openbaar."),
        # what follows the last article belongs to none
        (None, "'s-Gravenhage, 3 mei 2023"),
        (None, "De Minister van Infrastructuur, A. Bakker"),
    ]
    last = document.blocks[-1]
    assert last.anchor.section == ("Fietspadenwet",)
    assert document.blocks[8].kind is BlockKind.FOOTNOTE
    info = document.info
    assert (info.id, info.title, info.type, info.date) == ("BWBR0099999", "Fietspadenwet", "wet", "2024-01-01")
    assert info.url == "https://wetten.overheid.nl/BWBR0099999/2024-01-01"


PAPER = """<officiele-publicatie><metadata>
  <meta name="OVERHEIDop.externMetadataRecord" scheme="" content="https://zoek.officielebekendmakingen.nl/kst-36200-XV-7/metadata.xml"/>
 </metadata><kamerstuk>
 <kamerstukkop><tekstregel inhoud="kameraanduiding">Tweede Kamer der Staten-Generaal</tekstregel></kamerstukkop>
 <dossier><dossiernummer><dossiernr>36 200</dossiernr><begrotingshoofdstuk>XV</begrotingshoofdstuk></dossiernummer>
  <titel>Begroting 2023</titel></dossier>
 <stuk><stuknr>Nr. <ondernummer kamer="2">7</ondernummer></stuknr><titel>BRIEF VAN DE MINISTER VAN VERKEER</titel>
  <datumtekst>Den Haag, <datum isodatum="2023-02-01">1 februari 2023</datum></datumtekst>
  <algemeen><vrije-tekst><tekst>
   <al>De Kamer vroeg naar fietspaden.</al><tussenkop>Planning</tussenkop><al>• In 2024 begint het werk.</al>
   <al>• In 2025 eindigt het.</al>
   <table><title>Kosten</title><tgroup cols="3"><colspec colname="c1"/><colspec colname="c2"/><colspec colname="c3"/>
    <thead><row><entry>Jaar</entry><entry namest="c2" nameend="c3">Bedrag &amp; deel</entry></row></thead>
    <tbody><row><entry morerows="1"><al>2024</al></entry><entry>10</entry><entry>1%</entry></row>
    <row><entry>20</entry><entry>2%</entry></row></tbody></tgroup></table>
  </tekst></vrije-tekst></algemeen></stuk></kamerstuk></officiele-publicatie>"""


def test_a_parliamentary_paper_knows_its_dossier_and_keeps_lists_and_tables() -> None:
    document = read(PAPER)
    assert [text for _, text in shown(document)] == [
        "36 200 XV Begroting 2023",
        "Nr. 7 BRIEF VAN DE MINISTER VAN VERKEER",
        "Den Haag, 1 februari 2023",
        "De Kamer vroeg naar fietspaden.",
        "Planning",
        "• In 2024 begint het werk.",
        "• In 2025 eindigt het.",
        "Kosten",
        "Jaar | Bedrag & deel",
        "2024 | 10 | 1%",
        "| 20 | 2%",
    ]
    assert document.blocks[5].anchor.section[-1] == "Planning"
    assert document.blocks[5].group == document.blocks[6].group != 0
    info = document.info
    assert (info.identifier, info.dossier, info.type) == ("kst-36200-XV-7", "36200-XV", "Kamerbrief")
    assert (info.publisher, info.date) == ("Tweede Kamer der Staten-Generaal", "2023-02-01")
    assert info.url == "https://zoek.officielebekendmakingen.nl/kst-36200-XV-7.html"


def test_in_a_debate_every_sentence_knows_its_speaker() -> None:
    def turn(prefix: str, name: str, text: str, party: str = "") -> str:
        party = f"(<politiek> {party} </politiek>)" if party else ""
        return (
            f"<spreekbeurt><spreker><voorvoegsels>{prefix}</voorvoegsels><naam><achternaam>{name}</achternaam></naam>"
            f"{party} :</spreker><tekst><al-groep><al>{text}</al></al-groep></tekst></spreekbeurt>"
        )

    document = read(
        "<officiele-publicatie><metadata><meta name='OVERHEIDop.externMetadataRecord' scheme='' "
        "content='https://zoek.officielebekendmakingen.nl/h-tk-20222023-5-3/metadata.xml'/></metadata><handelingen>"
        "<agendapunt><nr>3</nr><item-titel>Fietspaden</item-titel><onderwerp><al/></onderwerp>"
        + turn("De", "voorzitter", "Het woord is aan mevrouw Smit.")
        + turn("Mevrouw", "Smit", "Dank u wel.", "ABC")
        + turn("De", "voorzitter", "Dan sluiten wij.")
        + "</agendapunt></handelingen></officiele-publicatie>"
    )
    spoken = {document.text[b.start : b.end]: b.anchor.section for b in document.blocks if b.kind.value == "paragraph"}
    assert spoken == {
        "Het woord is aan mevrouw Smit.": ("3 Fietspaden", "De voorzitter"),
        "Dank u wel.": ("3 Fietspaden", "Mevrouw Smit (ABC)"),
        "Dan sluiten wij.": ("3 Fietspaden", "De voorzitter"),
    }
    assert (document.info.type, document.info.publisher) == ("Handelingen", "Tweede Kamer der Staten-Generaal")


def regulation(body: str) -> Document:
    return read(
        '<cvdr xmlns="http://standaarden.overheid.nl/cvdr/terms/" xmlns:dcterms="http://purl.org/dc/terms/"><meta><owmskern>'
        "<dcterms:identifier>CVDR12345_2</dcterms:identifier><dcterms:title>Fietsverordening</dcterms:title>"
        "<dcterms:type>regeling</dcterms:type><dcterms:creator>Voorstad</dcterms:creator></owmskern><cvdripm>"
        "<inwerkingtredingDatum>2021-02-03</inwerkingtredingDatum></cvdripm></meta><body><intitule>Fietsverordening</intitule>"
        f"<regeling><regeling-tekst>{body}</regeling-tekst></regeling></body></cvdr>"
    )


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        # without `lid`, a list that opens an article is its leden
        (
            "<artikel><kop><label>Artikel</label><nr>2.</nr></kop><lijst><li nr='1.'><al>Een.</al>"
            "<lijst><li nr='a.'><al>deel</al></li></lijst></li><li nr='2.'><al>Twee.</al></li></lijst></artikel>",
            [("2", "Artikel 2."), ("2, lid 1", "1. Een."), ("2, lid 1", "a. deel"), ("2, lid 2", "2. Twee.")],
        ),
        # a list after an opening sentence holds parts of it, not leden
        (
            "<artikel><kop><label>Artikel</label><nr>1</nr></kop><al>Wij verstaan onder:</al>"
            "<lijst><li nr='1.'><al>fiets: rijwiel;</al></li></lijst></artikel>",
            [("1", "Artikel 1"), ("1", "Wij verstaan onder:"), ("1", "1. fiets: rijwiel;")],
        ),
        # a whole heading in its label, and a dot in the number
        (
            "<artikel><kop><label>Artikel 3:7 Slot</label></kop><al>Dit was het.</al></artikel>",
            [("3:7", "Artikel 3:7 Slot"), ("3:7", "Dit was het.")],
        ),
        # an empty heading is no article and no heading
        ("<artikel><kop><label/><nr/></kop><al/><al>Tekst.</al></artikel>", [(None, "Tekst.")]),
        # articles that are only typed: bold paragraphs
        (
            "<tekst><al><vet>Artikel 5</vet></al><al>1. De eerste.</al><al>2. De tweede.</al></tekst>",
            [("5", "Artikel 5"), ("5, lid 1", "1. De eerste."), ("5, lid 2", "2. De tweede.")],
        ),
    ],
)
def test_local_regulations_number_their_articles_in_many_ways(
    body: str, expected: list[tuple[str | None, str]]
) -> None:
    document = regulation(body)
    assert shown(document)[1:] == expected
    info = document.info
    assert (info.id, info.publisher, info.date) == ("CVDR12345_2", "Voorstad", "2021-02-03")


def test_an_old_local_regulation_gets_the_letters_of_its_number() -> None:
    document = read(
        "<cvdr><meta><owmskern><identifier>12345_1</identifier></owmskern></meta><body><al>Tekst.</al></body></cvdr>"
    )
    assert document.info.id == "CVDR12345_1"
    assert document.info.url == "https://lokaleregelgeving.overheid.nl/CVDR12345/1"


def test_a_decision_of_a_court_keeps_its_numbered_considerations() -> None:
    document = read(
        "<open-rechtspraak><rdf:RDF xmlns:rdf='r' xmlns:dcterms='d'><rdf:Description>"
        "<dcterms:identifier>ECLI:NL:RBXXX:2020:12</dcterms:identifier><dcterms:creator>Rechtbank Voorstad</dcterms:creator>"
        "<dcterms:date>2020-03-04</dcterms:date><dcterms:type>Uitspraak</dcterms:type><dcterms:title>Over een fietspad"
        "</dcterms:title></rdf:Description></rdf:RDF><inhoudsindicatie><para>Een pad.</para></inhoudsindicatie><uitspraak>"
        "<section><title><nr>2</nr>De feiten</title><paragroup><nr>2.1.</nr><parablock><para>Eiser fietst.</para>"
        "<para>Verweerder loopt.</para></parablock></paragroup></section></uitspraak></open-rechtspraak>"
    )
    assert [text for _, text in shown(document)] == [
        "Inhoudsindicatie", "Een pad.", "2 De feiten", "2.1. Eiser fietst.", "Verweerder loopt.",
    ]  # fmt: skip
    assert document.blocks[3].anchor.section == ("2 De feiten",)
    info = document.info
    assert (info.id, info.type, info.publisher, info.date) == (
        "ECLI:NL:RBXXX:2020:12", "Uitspraak", "Rechtbank Voorstad", "2020-03-04",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        (
            "<metadata_gegevens><metadata name='DC.identifier' scheme='' content='gmb-2024-1'/></metadata_gegevens>",
            "alleen metagegevens over gmb-2024-1, geen tekst van het document zelf",
        ),
        ("<work label='BWBR0000001'/>", "alleen metagegevens over BWBR0000001, geen tekst van het document zelf"),
        ("<wetstechnische-informatie/>", "alleen metagegevens, geen tekst van het document zelf"),
        ("<rss><channel><title>Nieuws</title></channel></rss>", "XML van een onbekende soort (rss)"),
        ("<kamerstuk><al>Tekst</kamerstuk>", "geen geldige XML (regel 1)"),
        ("<a>" * 300 + "</a>" * 300, "de XML is te diep genest"),
        (
            "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><x><al>&a;</al></x>",
            "de XML definieert eigen entiteiten (een XML-bom?); niet gelezen",
        ),
    ],
)
def test_what_is_no_publication_is_refused_by_name(xml: str, reason: str) -> None:
    with pytest.raises(UnreadableDocument) as refused:
        read(xml)
    assert refused.value.reason == reason


def test_an_entity_bomb_costs_no_time() -> None:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<?xml version="1.0"?><!-- x --><!DOCTYPE b [<!ENTITY l0 "ha">{levels}]><b><al>&l11;</al></b>'
    began = time.perf_counter()
    with pytest.raises(UnreadableDocument, match="XML-bom"):
        read(bomb)
    assert time.perf_counter() - began < 1


def test_a_document_type_without_entities_and_names_known_from_html_are_no_trouble() -> None:
    document = read(
        '<?xml version="1.0" encoding="ISO-8859-1"?><!DOCTYPE kamerstuk SYSTEM "kamerstuk.dtd">'
        "<kamerstuk><al>Caf&eacute;&nbsp;open &amp; dicht</al></kamerstuk>"
    )
    assert document.text == "Café open & dicht"
