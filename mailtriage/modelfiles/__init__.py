"""Models on disk: a folder each, with the arrays, and a manifest that says what they are.

Nothing in a model file can run: arrays are read without pickle, numbers from JSON, and each is checked for its type
and shape. The manifest holds the digest of the arrays, so that a damaged or altered file is refused. ``save`` and
``load`` write and read one model; ``catalogue`` knows which there are and which one is in use.
"""

from mailtriage.modelfiles.catalogue import (
    Choice,
    Entry,
    Mark,
    current,
    find,
    listed,
    mark,
    own_folder,
    rollback,
    shipped_folder,
    use,
)
from mailtriage.modelfiles.load import load
from mailtriage.modelfiles.manifest import (
    ARRAYS,
    CURRENT,
    FORMAT,
    MANIFEST,
    SHIPPED,
    Manifest,
    checked_name,
    read_manifest,
)
from mailtriage.modelfiles.save import save, write_aside

__all__ = [
    "ARRAYS",
    "CURRENT",
    "FORMAT",
    "MANIFEST",
    "SHIPPED",
    "Choice",
    "Entry",
    "Manifest",
    "Mark",
    "checked_name",
    "current",
    "find",
    "listed",
    "load",
    "mark",
    "own_folder",
    "read_manifest",
    "rollback",
    "save",
    "shipped_folder",
    "use",
    "write_aside",
]
