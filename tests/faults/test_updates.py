"""A second day: only what changed is fetched, and the graph is that of a full rebuild."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.faults.small_home import changed, content, dump, expected, id_of, sample_studies
from trialgraph.archive.store import Archive
from trialgraph.snapshot.snapshot import Snapshot
from trialgraph.stores.open import open_store

NEXT_DAY = ["2026-03-06T09:00:00"]


def second_day() -> tuple[list[dict], list[str]]:
    """Return the studies of the next day and the ids of those that differ: three changed, one new."""
    studies = sample_studies(25)
    new = studies.pop()
    studies[3] = changed(
        studies[3], "2026-03-06", statusModule={"overallStatus": "WITHDRAWN", "whyStopped": "No money"}
    )
    studies[9] = changed(studies[9], "2026-03-06", designModule={"enrollmentInfo": {"count": 4711, "type": "ACTUAL"}})
    studies[17] = changed(
        studies[17], "2026-03-06", identificationModule={"briefTitle": "Sirolimus ointment in facial angiofibroma"}
    )
    studies.append(changed(new, "2026-03-06"))
    return studies, [id_of(studies[at]) for at in (3, 9, 17)]


def test_an_update_fetches_what_changed_and_gives_the_graph_of_a_full_rebuild(home, run, registry_of, tmp_path):
    studies, altered = second_day()
    server = registry_of(studies, page=10, stamps=NEXT_DAY)
    model = (home / "model" / "model.msgpack").read_bytes()
    said = run(home, "update", "--json")
    assert said.code == 0, said.err
    told = said.report
    assert told["crawl"] == {"announced": 4, "kept": 4, "new": 1, "changed": 3, "unchanged": 0, "set_aside": 0}
    asked = [one.params for one in server.asked if one.path.endswith("/studies")]
    assert all("2026-03-04" in one["filter.advanced"] for one in asked), "the day before the last crawl, and no earlier"
    assert told["build"]["trials"] == 25
    assert told["load"]["nodes"]["added"] > 0
    assert told["load"]["reconciled"]
    assert told["build"]["rebuilt"] | {"pairs": 0} == {
        "trials": 4,
        "vectors": 2,
        "pairs": 0,
        "trials_total": 25,
        "reason": None,
    }
    assert told["cost"]["whole_build_seconds"] > 0
    assert told["cost"]["share"] > 0
    assert (home / "model" / "model.msgpack").read_bytes() == model, "the fitted model is used as it is"

    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(home / "archive.sqlite", other)
    shutil.copytree(home / "model", other / "model")
    again = run(other, "update", "--no-crawl", "--json")
    assert again.code == 0, again.err
    assert content(other / "snapshot") == content(home / "snapshot"), "byte for byte"
    store = open_store(home / "graph")
    assert dump(store) == expected(Snapshot.open(other / "snapshot"))
    store.close()

    listed = run(home, "changes", "--json")
    assert sorted({row["trial_id"] for row in json.loads(listed.out)}) == sorted(altered)
    fields = {(row["trial_id"], row["field"]) for row in json.loads(listed.out)}
    assert {(altered[0], "overall_status"), (altered[1], "enrollment")} <= fields


def test_a_text_is_compared_with_every_trial_that_the_last_build_kept(home, run, tmp_path):
    text = tmp_path / "synopsis.txt"
    text.write_text("Topical sirolimus for facial angiofibroma in tuberous sclerosis\nA randomised trial in children.")
    said = run(home, "related", "--text", str(text), "--json")
    assert said.code == 0, said.err
    assert "compared with 24 trials" in said.err
    shutil.rmtree(home / "kept")
    again = run(home, "related", "--text", str(text), "--json")
    assert again.code == 0, again.err
    scores = [{row["trial_id"]: row["score"] for row in json.loads(one.out)} for one in (said, again)]
    assert scores[0].items() >= scores[1].items() or len(scores[0]) == 10
    assert max(scores[0].values()) == max(scores[1].values())


def test_a_snapshot_made_with_another_model_is_noticed_and_mended(home, run):
    other = json.loads(run(home, "doctor", "--json").out)
    assert {"check": "model", "state": "ok"}.items() <= next(row for row in other if row["check"] == "model").items()
    manifest = home / "snapshot" / "manifest.json"
    told = json.loads(manifest.read_text())
    told["similarity"]["model"] = "0" * 64
    manifest.unlink()
    manifest.write_text(json.dumps(told))
    found = next(row for row in json.loads(run(home, "doctor", "--json").out) if row["check"] == "model")
    assert found["state"] == "failed"
    assert "trialgraph update --no-crawl" in found["found"]
    said = run(home, "update", "--no-crawl", "--json")
    assert said.code == 0, said.err
    found = next(row for row in json.loads(run(home, "doctor", "--json").out) if row["check"] == "model")
    assert found["state"] == "ok"


def test_an_update_after_which_nothing_changed_writes_nothing(home, run, registry_of):
    registry_of(sample_studies(), stamps=NEXT_DAY)
    before = content(home / "snapshot"), content(home / "graph")
    said = run(home, "update", "--json")
    assert said.code == 0, said.err
    assert said.report["crawl"]["kept"] == 0
    nothing = {"added": 0, "changed": 0, "removed": 0}
    assert said.report["load"] == {"nodes": nothing, "relationships": nothing, "reconciled": True}
    assert (content(home / "snapshot"), content(home / "graph")) == before


def test_a_study_that_the_registry_no_longer_lists_is_kept_and_marked(home, run, registry_of):
    studies = sample_studies()
    gone = id_of(studies.pop(5))
    registry_of(studies, page=10, stamps=NEXT_DAY)
    assert run(home, "crawl", "ctgov", "--all").code == 0
    assert run(home, "update", "--no-crawl").code == 0
    row = next(
        r for r in Snapshot.open(home / "snapshot").nodes("RegistryRecord").to_pylist() if r["record_id"].endswith(gone)
    )
    assert row["not_seen_since"] is not None
    shown = run(home, "trial", gone)
    assert shown.code == 0, shown.err
    assert "not seen since" in (shown.out + shown.err).lower().replace("_", " ")
    with Archive.open(home / "archive.sqlite") as archive:
        assert gone in {record.id for record, _, _ in archive.newest()}


def test_an_update_cut_short_is_finished_by_the_same_command(home, run, registry_of, tmp_path):
    studies, _ = second_day()
    untouched = shutil.copytree(home, tmp_path / "untouched")

    def dies(asked, before, reply):
        if before == 3:
            reply.status, reply.body = 404, b"gone"
        return reply

    before = content(home / "snapshot")
    registry_of(studies, page=2, stamps=NEXT_DAY, fault=dies)
    said = run(home, "update")
    assert said.code == 3, said.err
    assert said.err.strip().splitlines()[-1].startswith("trialgraph: ")
    assert content(home / "snapshot") == before, "what was built before stays"
    registry_of(studies, page=2, stamps=NEXT_DAY)
    assert run(home, "update").code == 0
    assert run(untouched, "update").code == 0
    with Archive.open(home / "archive.sqlite") as one, Archive.open(untouched / "archive.sqlite") as other:
        bodies = [[(record.id, record.body) for record in archive.versions()] for archive in (one, other)]
    assert bodies[0] == bodies[1]


def test_many_new_words_are_told_and_status_advises_to_fit_anew(home, run, registry_of):
    studies = sample_studies()
    for at in range(12):
        words = " ".join(f"unheardof{at}x{n} " * 2 for n in range(200))
        studies[at] = changed(studies[at], "2026-03-06", descriptionModule={"briefSummary": words})
    before = run(home, "status")
    assert "anew" not in before.err
    registry_of(studies, stamps=NEXT_DAY)
    said = run(home, "update")
    assert said.code == 0, said.err
    assert "new to the similarity's model" in said.err
    assert "trialgraph build" in run(home, "status").err.split("new to the similarity's model")[1]
    assert run(home, "build").code == 0
    assert "new to the similarity's model" not in run(home, "status").err


def test_an_update_before_anything_was_crawled_says_so(tmp_path, run):
    said = run(Path(tmp_path / "none"), "update")
    assert said.code in (1, 2)
    assert "trialgraph crawl" in said.err
    assert "Traceback" not in said.err
