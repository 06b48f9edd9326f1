"""XML that a stranger wrote: entities neither swell in memory nor fetch a file."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

from trialgraph.registries import ictrp

ROW = b"<Trial><TrialID>NCT00000001</TrialID><Public_title>before &last; after</Public_title></Trial>"


def title(document_type: bytes) -> str:
    """Return the title of a row whose document type declares the entity that the title holds."""
    return ictrp._row("NCT00000001", b"<!DOCTYPE Trial [" + document_type + b"]>" + ROW)["Public_title"]


def test_an_entity_that_names_a_file_fetches_nothing(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("kept to oneself")
    read = title(f'<!ENTITY last SYSTEM "{secret.as_uri()}">'.encode())
    assert "before" in read
    assert "kept to oneself" not in read


def test_entities_of_entities_do_not_swell() -> None:
    tenfold = b"".join(b'<!ENTITY e%d "%s">' % (level, b"&e%d;" % (level - 1) * 10) for level in range(1, 9))
    tracemalloc.start()
    read = title(b'<!ENTITY e0 "swollen">' + tenfold + b'<!ENTITY last "&e8;">')
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "before" in read
    assert len(read) < 100
    assert peak < 20 << 20
