"""The page: it opens without a network or an error, its filters filter, and registry text stays text."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import trialgraph
from tests.ask.browser import Browser, chromium
from tests.ask.golden_graph import SIROLIMUS, T
from trialgraph.ask.landscape import explorer, landscape, layout
from trialgraph.ask.landscape.landscape import Landscape
from trialgraph.errors import UsageError
from trialgraph.stores.store import Store

XSS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    "</script><script>alert(1)</script>",
    "</title></style></textarea><script>alert(1)</script>",
    "<!--<script>alert(1)//",
    "javascript:alert(1)",
    "{{constructor.constructor('alert(1)')()}}",
    "\u2028alert(1)\u2029",
    "<iframe srcdoc='<script>alert(1)</script>'>",
]


@pytest.fixture(scope="module")
def window() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


def _page(store: Store, tmp_path: Path, subject: str) -> Path:
    return landscape.of(store, subject).save(tmp_path / "page.html")


def _poisoned(store: Store) -> Landscape:
    """Return a landscape in which every text of a registry is an attack."""
    land = landscape.of(store, T[1])
    attacks = iter(XSS * 200)

    def poison(value):
        if isinstance(value, str):
            return next(attacks)
        if isinstance(value, list):
            return [poison(one) for one in value]
        if isinstance(value, dict):
            return {k: v if k in {"id", "start", "finish", "source"} else poison(v) for k, v in value.items()}
        return value

    land.trials = [poison(t) for t in land.trials]
    land.pairs = [{k: v if k in {"source", "target"} else poison(v) for k, v in p.items()} for p in land.pairs]
    land.title, land.notes = XSS[3], XSS[:]
    return land


def _many(number: int, alike: list[tuple[int, int]]) -> Landscape:
    """Return a landscape of invented trials, some of them alike."""
    trials = [
        {
            "id": f"NCT8{i:07}",
            "title": f"Trial {i}",
            "acronym": None,
            "study_type": "INTERVENTIONAL",
            "phases": ["PHASE2"],
            "phase_rank": 2.0,
            "status": "COMPLETED",
            "why_stopped": None,
            "start": f"{2000 + i % 20}-01-01",
            "finish": None,
            "enrollment": i,
            "summary": "x" * 300,
            "listed_only": None,
            "has_results": False,
            "drugs": [{"id": f"D{i % 50}", "name": f"drug {i % 50}"}],
            "conditions": [{"id": f"C{i % 40}", "name": f"c {i % 40}"}],
            "sponsors": [{"id": f"S{i % 300}", "name": f"sponsor {i % 300}", "class": "OTHER"}],
            "countries": ["Austria"],
            "records": [],
        }
        for i in range(number)
    ]
    nothing = dict.fromkeys(
        f"shared_{kind}" for kind in ("drugs", "classes", "conditions", "procedures", "settings", "terms")
    )
    pairs = [{"source": trials[i]["id"], "target": trials[j]["id"], "score": 0.3} | nothing for i, j in alike]
    return Landscape("Many", [], trials, pairs)


def test_the_page_holds_no_address_to_fetch(store: Store, tmp_path: Path):
    text = _page(store, tmp_path, T[1]).read_text("utf-8")
    without_scripts = re.sub(r"<script>.*?</script>", "", text, flags=re.DOTALL)
    assert not re.search(r"""(?:src|href|url)\s*[=(]\s*["']?https?:""", without_scripts)
    assert "default-src 'none'" in text
    assert "unsafe" not in re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1]


def test_the_library_is_the_one_that_is_named():
    vendor = Path(explorer.__file__).parent / "vendor"
    digest = hashlib.sha256((vendor / "cytoscape.min.js").read_bytes()).hexdigest()
    table = (vendor / "README.md").read_text("utf-8")
    assert digest in table
    assert explorer.LIBRARY[1] in table


def test_the_page_names_the_library_its_licence_and_its_sum(store: Store, tmp_path: Path):
    text = _page(store, tmp_path, T[1]).read_text("utf-8")
    assert "Cytoscape.js 3.34.4 (MIT licence), sha256 081591ab" in text


def test_the_same_landscape_is_the_same_page(store: Store):
    assert landscape.of(store, T[1]).page() == landscape.of(store, T[1]).page()


def test_a_picture_is_the_same_bytes_each_time(store: Store, tmp_path: Path):
    for name in ("a.svg", "b.svg", "a.png", "b.png"):
        landscape.of(store, SIROLIMUS).save(tmp_path / name)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert (tmp_path / "a.png").read_bytes()[:4] == b"\x89PNG"


def test_another_ending_is_refused(store: Store, tmp_path: Path):
    with pytest.raises(UsageError, match=r"end the name in \.html"):
        landscape.of(store, SIROLIMUS).save(tmp_path / "x.docx")


def test_the_frames_hold_what_the_pictures_show(store: Store, tmp_path: Path):
    frames = landscape.of(store, SIROLIMUS).frames
    assert frames["trials"]["trial_id"].to_list() == [T[1], T[2], T[4]]
    assert dict(frames["drugs"].iter_rows()) == {"sirolimus": 3, "prednisone": 1, "tretinoin": 1}
    assert dict(frames["starts"].iter_rows()) == {"2015": 1, "2016": 0, "2017": 0, "2018": 1, "2019": 0, "2020": 1}
    folder = landscape.of(store, SIROLIMUS).save(tmp_path / "frames")
    assert {path.stem for path in folder.iterdir()} == set(frames)


def test_a_condition_brings_those_below_it_and_a_class_its_drugs(store: Store):
    assert [t["id"] for t in landscape.of(store, "Anemia").trials] == [T[1], T[3], T[6]]
    assert [t["id"] for t in landscape.of(store, "MTOR Inhibitors").trials] == [T[1], T[2], T[3], T[4]]
    assert [t["id"] for t in landscape.of(store, "Big Pharma").trials] == [T[1], T[3], T[4]]


def test_the_data_cannot_leave_their_script_element(store: Store):
    text = _poisoned(store).page()
    held = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)[1]
    assert "<" not in held
    assert json.loads(held)["trials"]


@pytest.mark.browser
def test_the_page_opens_without_an_error_or_a_request(window: Browser, store: Store, tmp_path: Path):
    window.said("performance")
    page = _page(store, tmp_path, T[1])
    window.open(page)
    assert window.run("return trialgraph.cy.nodes('.trial').length") == 4
    assert window.said() == []
    asked = [json.loads(entry)["message"] for entry in window.said("performance")]
    urls = {e["params"]["request"]["url"] for e in asked if e["method"] == "Network.requestWillBeSent"}
    assert {url for url in urls if not url.startswith(("data:", "blob:"))} == {page.as_uri()}
    assert window.run("return document.getElementById('panel').textContent").startswith("Sirolimus and ATRA")


@pytest.mark.browser
def test_the_filter_filters_and_the_click_opens_the_right_trial(window: Browser, store: Store, tmp_path: Path):
    window.open(_page(store, tmp_path, SIROLIMUS))
    shown = "return [...document.querySelectorAll('#rows tr')].map((r) => r.cells[0].textContent)"
    assert window.run(shown) == [T[1], T[2], T[4]]
    pick = (
        "const e = document.getElementById(arguments[0]); e.value = arguments[1]; e.dispatchEvent(new Event('change'))"
    )
    window.run(pick, "status", "RECRUITING")
    window.until(shown, [T[1]])
    window.until("return document.getElementById('count').textContent", "1 of 3 trials")
    window.until("return trialgraph.cy.nodes('.trial:visible').map((n) => n.id())", [T[1]])
    window.run(pick, "status", "")
    window.run("const e = document.getElementById('text'); e.value = 'itp'; e.dispatchEvent(new Event('input'))")
    window.until(shown, [T[2]])
    window.run(f"trialgraph.cy.getElementById('{T[2]}').emit('tap')")
    panel = window.run("return document.getElementById('panel').innerText")
    assert "Rapamycin for ITP" in panel
    assert "drugs: sirolimus" in panel
    window.run(
        "const all = document.querySelectorAll('#panel li button');"
        "for (const b of all) if (b.textContent.startsWith('NCT90000001')) b.click()"
    )
    assert window.run("return document.getElementById('panel').dataset.chosen") == T[1]
    window.run("trialgraph.cy.edges('.alike')[0].emit('tap')")
    assert "Why these two are linked" in window.run("return document.getElementById('panel').innerText")


@pytest.mark.browser
def test_attacks_in_every_text_field_open_no_dialog(window: Browser, store: Store, tmp_path: Path):
    page = tmp_path / "poisoned.html"
    page.write_text(_poisoned(store).page(), "utf-8")
    window.open(page)
    window.run("for (const t of trialgraph.data.trials) trialgraph.choose(t.id, false)")
    window.run("for (const t of trialgraph.data.things) trialgraph.choose(t.id, false)")
    window.run("trialgraph.cy.edges().forEach((e) => { e.emit('tap') })")
    window.run(
        "for (const by of ['status', 'phase', 'cluster']) { const e = document.getElementById('colour'); "
        "e.value = by; e.dispatchEvent(new Event('change')) }"
    )
    assert not window.has_dialog()
    assert window.said() == []
    assert window.run("return document.querySelectorAll('script').length") == 3
    assert window.run("return document.querySelectorAll('img, iframe, svg[onload]').length") == 0


@pytest.mark.browser
@pytest.mark.slow
def test_two_thousand_trials_stay_fluid(window: Browser, tmp_path: Path):
    page = _many(2000, [(i, j) for i in range(2000) for j in range(i + 1, min(i + 6, 2000))]).save(
        tmp_path / "many.html"
    )
    window.open(page)
    frame = window.run(
        "const cy = trialgraph.cy; const began = performance.now();"
        "for (let i = 0; i < 20; i++) { cy.panBy({ x: 5, y: 5 }); cy.forceRender(); }"
        "return (performance.now() - began) / 20"
    )
    assert frame < 200  # milliseconds on a machine without a graphics card
    assert window.said() == []


def test_the_trials_of_an_answer_have_a_landscape(store: Store):
    land = landscape.of(store, "trials-of-drug", drug="sirolimus", status="RECRUITING")
    assert [t["id"] for t in land.trials] == [T[1]]
    assert land.title.endswith("drug=sirolimus status=RECRUITING")
    with pytest.raises(UsageError, match=r"brokers names no trials.*trials-of-drug"):
        landscape.of(store, "brokers", about="sirolimus")
    with pytest.raises(UsageError, match="this graph does not hold NCT00000000"):
        landscape.of(store, "similar-trials", trial="NCT00000000")


def test_no_two_places_are_too_near_for_the_eye():
    crowd = {f"t{i}": (i * 0.1, (i % 3) * 0.1) for i in range(30)} | {"same": (0.0, 0.0), "far": (500.0, 500.0)}
    moved = layout.apart(crowd, 20.0)
    assert moved["far"] == (500.0, 500.0)
    assert min(math.dist(moved[a], moved[b]) for a in moved for b in moved if a < b) > 15
    assert layout.apart(crowd, 20.0) == moved


@pytest.mark.browser
def test_clusters_are_named_in_a_large_map_and_leave_it_with_their_trials(window: Browser, tmp_path: Path):
    page = _many(40, [(i, j) for start in (0, 20) for i in range(start, start + 20) for j in range(i + 1, start + 20)])
    window.open(page.save(tmp_path / "page.html"))
    marks = "return trialgraph.cy.nodes('.mark').filter((n) => n.style('display') !== 'none').map((n) => n.id())"
    assert window.run(marks) == ["mark|0", "mark|1"]
    assert window.run("return trialgraph.data.marks[0].name").endswith("(20)")
    window.run(
        "const e = document.getElementById('text'); e.value = 'nct80000001'; e.dispatchEvent(new Event('input'))"
    )
    assert window.run(marks) == ["mark|0"]


@pytest.mark.browser
def test_names_that_are_written_do_not_lie_over_each_other(window: Browser, sample_home: Path, tmp_path: Path):
    with trialgraph.open(sample_home) as graph:
        window.open(graph.landscape("NCT04324411").save(tmp_path / "page.html"))
    boxes = window.run(
        "const z = trialgraph.cy.zoom(); return trialgraph.cy.nodes(':visible').filter((n) => !n.hasClass('mute'))"
        ".map((n) => { const b = n.boundingBox({ includeNodes: false, includeEdges: false, includeLabels: true });"
        "return [b.x1 + 2, b.y1 + 2, b.x2 - 2, b.y2 - 2]; })"
    )
    assert len(boxes) > 10
    over = [
        (a, b) for a in boxes for b in boxes if a < b and a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
    ]
    assert over == []
