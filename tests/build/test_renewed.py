"""An update makes anew what changed, and its snapshot is that of a build that makes everything anew."""

from __future__ import annotations

import copy
import hashlib
import json
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from trialgraph.archive.crawl import keep_files
from trialgraph.build import cache, model_file, stages
from trialgraph.build.report import BuildPlan, Built
from trialgraph.build.stages import make
from trialgraph.registries.imports.files import read
from trialgraph.snapshot.snapshot import Snapshot

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "sample"
MODULES = (
    "conditionsModule", "armsInterventionsModule", "sponsorCollaboratorsModule", "contactsLocationsModule",
    "referencesModule", "descriptionModule", "outcomesModule", "designModule", "eligibilityModule",
)  # fmt: skip


def studies() -> list[dict]:
    with (SAMPLE / "studies.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def keep(home: Path, some: list[dict]) -> None:
    """Put studies into a home's archive, as an import of a file does."""
    home.mkdir(exist_ok=True)
    file = home / "import.jsonl"
    file.write_text("".join(json.dumps(study) + "\n" for study in some), "utf-8")
    keep_files(home / "archive.sqlite", read([file]), command="test")


def built(home: Path, **options) -> Built:
    return make(BuildPlan(home / "archive.sqlite", home / "snapshot", home / "model", **options))


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def anew(home: Path, other: Path) -> Snapshot:
    """Return the snapshot of a home that has the same archive and the same model and nothing else."""
    shutil.rmtree(other, ignore_errors=True)
    other.mkdir()
    shutil.copy(home / "archive.sqlite", other)
    shutil.copytree(home / "model", other / "model")
    return built(other, refit=False).snapshot


def mixed(study: dict, other: dict, dice: random.Random, day: str) -> dict:
    """Return a study on a later day, with some of its modules as another study has them."""
    new = copy.deepcopy(study)
    protocol = new["protocolSection"]
    for name in dice.sample(MODULES, dice.randint(0, 4)):
        protocol.pop(name, None)
        if name in other["protocolSection"] and dice.random() < 0.8:
            protocol[name] = copy.deepcopy(other["protocolSection"][name])
    if dice.random() < 0.3:
        protocol["identificationModule"]["briefTitle"] += " in facial angiofibroma"
    protocol["statusModule"]["lastUpdatePostDateStruct"] = {"date": day, "type": "ACTUAL"}
    return new


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with most of the sample, built."""
    home = tmp_path_factory.mktemp("renewed") / "home"
    keep(home, studies()[:70])
    keep_files(home / "archive.sqlite", read([SAMPLE / "pages"] if (SAMPLE / "pages").exists() else []), command="t")
    built(home)
    return home


@pytest.fixture
def home(first: Path, tmp_path: Path) -> Path:
    return shutil.copytree(first, tmp_path / "home")


@pytest.mark.parametrize("seed", range(2))
def test_day_after_day_an_update_gives_the_bytes_of_a_whole_build(home, tmp_path, seed):
    dice = random.Random(seed)
    all_studies = studies()
    held, fresh = all_studies[:70], all_studies[70:]
    for day in range(1, 5):
        some = dice.sample(range(len(held)), dice.randint(0, 9))
        for at in some:
            held[at] = mixed(held[at], dice.choice(all_studies), dice, f"2026-04-0{day}")
        new = [fresh.pop() for _ in range(dice.randint(0, 2)) if fresh]
        keep(home, [held[at] for at in some] + new)
        held += new
        told = built(home, refit=False)
        assert told.rebuilt.reason is None
        assert told.rebuilt.trials == len(some) + len(new)
        expected = anew(home, tmp_path / "other")
        assert content(home / "snapshot") == content(expected.path)


def test_an_update_of_nothing_touches_nothing(home):
    before = {path: path.stat().st_mtime_ns for path in home.rglob("*") if "archive" not in path.name}
    told = built(home, refit=False)
    assert told.rebuilt.trials == told.rebuilt.vectors == told.rebuilt.pairs == 0
    after = {path: path.stat().st_mtime_ns for path in home.rglob("*") if "archive" not in path.name}
    assert after == before


def test_a_record_that_cannot_be_read_takes_its_rows_along_and_is_told_each_time(home, tmp_path, monkeypatch):
    all_studies = studies()
    monkeypatch.setattr(stages, "MOST_SET_ASIDE", 0.5)
    broken = copy.deepcopy(all_studies[5])
    name = broken["protocolSection"]["identificationModule"]["nctId"]
    broken["protocolSection"]["conditionsModule"] = "no module"
    for turn in range(3):
        if turn == 0:
            keep(home, [broken])
        if turn == 1:
            keep(home, [mixed(all_studies[9], all_studies[30], random.Random(1), "2026-04-01")])
        told = built(home, refit=False)
        assert told.rebuilt.reason is None
        assert [odd.record_id for odd in told.set_aside] == [name]
        assert name not in told.snapshot.nodes("Trial").column("trial_id").to_pylist()
        assert content(home / "snapshot") == content(anew(home, tmp_path / "other").path)
    keep(home, [mixed(all_studies[5], all_studies[5], random.Random(2), "2026-05-01")])
    told = built(home, refit=False)
    assert told.set_aside == ()
    assert content(home / "snapshot") == content(anew(home, tmp_path / "other").path)


def spoilt(name: str) -> Callable[[Path], None]:
    def spoil(home: Path) -> None:
        path = home / name
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.unlink()
        path.write_bytes(data)

    return spoil


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (spoilt("kept/data.npy"), "damaged"),
        (spoilt("kept/mentions-of-Site.parquet"), "damaged"),
        (spoilt("snapshot/nodes/Site.parquet"), "not as it was written"),
        (lambda home: shutil.rmtree(home / "kept"), "left no cache"),
        (lambda home: (home / "kept" / "about.json").write_bytes(b"{"), "damaged"),
        (lambda home: (home / "kept" / "scores.npy").unlink(), "damaged"),
        (lambda home: (home / "corrections.txt").write_text("drug: aspirin = Sirolimus\n"), "corrections"),
    ],
)  # fmt: skip
def test_where_what_was_kept_is_no_longer_true_everything_is_made_anew(home, tmp_path, spoil, why):
    keep(home, [mixed(studies()[3], studies()[40], random.Random(3), "2026-04-01")])
    spoil(home)
    corrections = home / "corrections.txt"
    told = built(home, refit=False, corrections=corrections if corrections.is_file() else None)
    assert told.rebuilt.reason is not None
    assert why in told.rebuilt.reason
    if not corrections.is_file():
        assert content(home / "snapshot") == content(anew(home, tmp_path / "other").path)
    told = built(home, refit=False, corrections=corrections if corrections.is_file() else None)
    assert told.rebuilt.reason is None, "and kept again"


KILLED = """
import os, signal, sys
from pathlib import Path
from trialgraph.build.report import BuildPlan
from trialgraph.build.stages import make
home, event, name = Path(sys.argv[1]), *sys.argv[2:]

def look(step, told):
    if step == event and str(told[0] if told else "").endswith(name):
        os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(look)
make(BuildPlan(home / "archive.sqlite", home / "snapshot", home / "model"))
"""


def killed(home: Path, event: str, name: str) -> bool:
    """Build a home in a process that is killed before a step with a file; returns whether it came to that."""
    done = subprocess.run([sys.executable, "-c", KILLED, str(home), event, name], check=False)
    return done.returncode == -signal.SIGKILL


@pytest.mark.parametrize(
    ("event", "name", "new_snapshot", "model_waits"),
    [
        ("os.mkdir", "snapshot.part", False, True),
        ("os.rename", "snapshot.part", True, True),
        ("os.rename", "model.msgpack.next", True, True),
        ("os.rename", "kept.part", True, False),
    ],
)
def test_killed_on_the_way_snapshot_and_model_belong_together(home, tmp_path, event, name, new_snapshot, model_waits):
    before = model_file.named_by(home / "snapshot")
    keep(home, [mixed(studies()[3], studies()[40], random.Random(3), "2026-04-01"), *studies()[70:]])
    assert killed(home, event, name)
    model, snapshot = home / "model", home / "snapshot"
    assert (model_file.named_by(snapshot) != before) == new_snapshot
    assert (model / model_file.NEXT).is_file() == model_waits
    assert model_file.fits(model, snapshot)
    loaded = msgspec.msgpack.encode(model_file.load(model, snapshot), order="sorted")
    assert hashlib.sha256(loaded).hexdigest() == model_file.named_by(snapshot)
    told = built(home, refit=False)
    assert sorted(path.name for path in model.iterdir()) == ["model.msgpack"]
    assert content(snapshot) == content(anew(home, tmp_path / "other").path)
    assert (told.snapshot.manifest["similarity"]["model"] == before) != new_snapshot


def test_another_code_makes_everything_anew(home, monkeypatch):
    keep(home, [mixed(studies()[3], studies()[40], random.Random(3), "2026-04-01")])
    code = cache.code_of(None)
    monkeypatch.setattr(cache, "_code", lambda: "a later version")
    assert cache.code_of(None) != code
    assert "another version" in str(built(home, refit=False).rebuilt.reason)
