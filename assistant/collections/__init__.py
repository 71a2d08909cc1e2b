"""Documents that users bring themselves: into a private collection of one conversation, or (an operator) into the corpus.

uploads       an uploaded file, what is taken and what is refused, in words
scratch       the temporary folder of this process, which nothing survives
reading       file → pieces that an index is written from, in the background
private       private collections, from the first file to the last trace
corpus        uploads into a corpus folder, which is then indexed again
"""

from assistant.collections.corpus import CorpusUploads
from assistant.collections.private import Collections
from assistant.collections.uploads import (
    LARGEST_COLLECTION,
    LARGEST_UPLOAD,
    MOST_COLLECTIONS,
    MOST_FILES,
    CollectionFull,
    NoRoom,
    State,
    TooLarge,
    TooManyCollections,
    TooManyFiles,
    UnknownCollection,
    Upload,
    UploadRefused,
    WrongKind,
)

__all__ = [
    "LARGEST_COLLECTION",
    "LARGEST_UPLOAD",
    "MOST_COLLECTIONS",
    "MOST_FILES",
    "CollectionFull",
    "Collections",
    "CorpusUploads",
    "NoRoom",
    "State",
    "TooLarge",
    "TooManyCollections",
    "TooManyFiles",
    "UnknownCollection",
    "Upload",
    "UploadRefused",
    "WrongKind",
]
