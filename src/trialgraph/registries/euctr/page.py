"""A saved page of the EU Clinical Trials Register as values by field code."""

from __future__ import annotations

import re
from typing import Any

from trialgraph.errors import RecordError
from trialgraph.registries.reading.page_text import soup_of

_CODE = re.compile(r"([A-Z])\.((?:\d+\.?)+)(?: and .*| to .*)?")
_SUMMARY = {
    "EudraCT Number": "x1",
    "Clinical Trial Type": "x4",
    "Trial Status": "x5",
    "Date on which this record was first entered in the EudraCT database": "x6",
}
_END = {
    "End of Trial Status": "p_end_of_trial_status",
    "Date of the global end of the trial": "p_date_of_the_global_end_of_the_trial",
}
_BEGINS = {"D.IMP": "dimp", "B.Sponsor": "b1"}  # a heading "D.IMP: 2" begins the second of a list
_PART = re.compile(r"(D\.IMP|B\.Sponsor): \d+")


def fields_of_page(record_id: str, body: bytes) -> dict[str, Any]:
    """Return the page's values by code: {"a3": ..., "dimp": [{"d31": ...}]}.  Raises RecordError for another page."""
    found: dict[str, Any] = {}
    part: dict[str, Any] = found
    for row in soup_of(body).find_all("tr"):
        cells = [" ".join(cell.get_text(" ").split()) for cell in row.find_all(["td", "th"], recursive=False)]
        if len(cells) == 2 and (label := cells[0].rstrip(":")) in _SUMMARY:
            found.setdefault(_SUMMARY[label], cells[1])
        heading = _PART.match(cells[0]) if cells else None
        if heading is not None:
            part = {}
            found.setdefault(_BEGINS[heading[1]], []).append(part)
            continue
        match = _CODE.fullmatch(cells[0]) if len(cells) >= 3 else None
        if match is None:
            if len(cells) >= 3 and cells[1] in _END and cells[2]:
                found[_END[cells[1]]] = cells[2]
            continue
        code = match[1].lower() + match[2].replace(".", "")
        if code[0] not in "bd":
            part = found
        value = cells[2]
        if not value:
            continue
        if code in {"d38", "d391", "d392", "d393"}:
            substances = part.setdefault("d38", [])
            if not substances or code in substances[-1]:
                substances.append({})
            substances[-1][code] = value
        else:
            part.setdefault(code, value)
    if "a2" not in found and "x1" not in found:
        raise RecordError(record_id, "the page is no trial page of the EU register: it has no EudraCT number")
    return found
