"""The texts of taking an answer or a conversation along."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TakingWords:
    """What the `Neem mee` buttons say; `{name}` is that of a file. Names of files begin with `..._file`."""

    take: str
    take_answer: str
    take_conversation: str
    word: str
    markdown: str
    print: str
    making: str
    made: str
    print_waiting: str
    printing: str
    blocked: str
    answer_title: str
    conversation_title: str
    answer_file: str
    conversation_file: str


DUTCH = TakingWords(
    take="Neem mee",
    take_answer="Neem dit antwoord mee als",
    take_conversation="Neem dit gesprek mee",
    word="Word",
    markdown="Markdown",
    print="Afdrukken",
    making="Het bestand wordt gemaakt …",
    made="Gemaakt: {name}. Het staat bij uw downloads.",
    print_waiting="De afdrukversie wordt gemaakt …",
    printing="De afdrukversie staat in een nieuw venster.",
    blocked="De browser hield het nieuwe venster tegen. Sta vensters van deze pagina toe en kies opnieuw ‘Afdrukken’.",
    answer_title="Antwoord",
    conversation_title="Gesprek",
    answer_file="antwoord",
    conversation_file="gesprek",
)

ENGLISH = TakingWords(
    take="Take along",
    take_answer="Take this answer along as",
    take_conversation="Take this conversation along",
    word="Word",
    markdown="Markdown",
    print="Print",
    making="Making the file …",
    made="Made: {name}. It is with your downloads.",
    print_waiting="Making the version to print …",
    printing="The version to print is in a new window.",
    blocked="The browser held back the new window. Allow windows of this page and choose ‘Print’ again.",
    answer_title="Answer",
    conversation_title="Conversation",
    answer_file="answer",
    conversation_file="conversation",
)
