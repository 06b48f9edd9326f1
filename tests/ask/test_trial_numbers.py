"""Every command takes a trial by any of its numbers, says which trial was meant, and refuses what it does not know."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from trialgraph.cli.main import cli

RECORD: dict[str, Any] = {
    "protocolSection": {
        "identificationModule": {
            "nctId": "NCT09100021",
            "nctIdAliases": ["NCT09100099"],
            "orgStudyIdInfo": {"id": "X-0021"},
            "secondaryIdInfos": [
                {"id": "2013-003828-36", "type": "EUDRACT_NUMBER"},
                {"id": "Not applicable", "type": "OTHER"},
            ],
            "acronym": "HERON-2",
            "briefTitle": "Sirolimus in invented disease (HERON-2)",
        },
        "statusModule": {"overallStatus": "RECRUITING", "lastUpdatePostDateStruct": {"date": "2026-01-01"}},
        "conditionsModule": {"conditions": ["Anemia, Hemolytic, Autoimmune"]},
        "designModule": {"studyType": "INTERVENTIONAL", "phases": ["PHASE2"]},
        "armsInterventionsModule": {"interventions": [{"type": "DRUG", "name": "Sirolimus"}]},
    }
}


def study(number: str, org: str, acronym: str) -> dict[str, Any]:
    other: dict[str, Any] = json.loads(json.dumps(RECORD))
    other["protocolSection"]["identificationModule"] |= {
        "nctId": number,
        "nctIdAliases": [],
        "orgStudyIdInfo": {"id": org},
        "secondaryIdInfos": [{"id": "Not applicable", "type": "OTHER"}],
        "acronym": acronym,
        "briefTitle": "Another study of sirolimus",
    }
    return other


def run(home: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["--home", str(home), *words], catch_exceptions=False)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("numbers")
    studies = [RECORD, study("NCT09100022", "SHARED-77", "EGRET"), study("NCT09100023", "SHARED-77", "HERON-3")]
    file = folder / "studies.jsonl"
    file.write_text("".join(json.dumps(record) + "\n" for record in studies), "utf-8")
    assert run(folder, "import", str(file)).exit_code == 0
    assert run(folder, "build", "--workers", "1").exit_code == 0
    return folder


NUMBERS = ["NCT09100021", "nct09100021", "NCT 0910 0021", "NCT09100099", "2013-003828-36", "EUCTR2013-003828-36-GB",
           "EudraCT: 2013-003828-36", "X-0021", "x0021", "HERON-2", "heron 2"]  # fmt: skip


@pytest.mark.parametrize("number", NUMBERS)
def test_every_number_of_a_trial_opens_it(home: Path, number: str) -> None:
    done = run(home, "ask", "similar-trials", f"trial={number}", "--json")
    assert done.exit_code == 0
    assert {row["trial_id"] for row in json.loads(done.stdout)} <= {"NCT09100022", "NCT09100023"}
    assert number == "NCT09100021" or f"{number} -> NCT09100021" in done.stderr
    assert json.loads(run(home, "trial", number, "--json").stdout)["trial_id"] == "NCT09100021"
    assert run(home, "why", number, "sirolimus").exit_code == 0
    assert run(home, "related", number).exit_code == 0


def test_a_former_number_is_called_one(home: Path) -> None:
    assert (
        "NCT09100099 -> NCT09100021, a former number" in run(home, "ask", "similar-trials", "trial=NCT09100099").stderr
    )


@pytest.mark.parametrize(
    "command", [["trial", "X"], ["related", "X"], ["ask", "similar-trials", "trial=X"], ["why", "X", "sirolimus"]]
)
@pytest.mark.parametrize("number", ["NCT09999990", "ISRCTN12345679"])
def test_an_unknown_number_is_refused_alike_everywhere(home: Path, command: list[str], number: str) -> None:
    from trialgraph.errors import UsageError

    with pytest.raises(UsageError, match=f"does not hold {number}"):
        run(home, *[word.replace("X", number) for word in command])


def test_a_number_of_several_trials_names_them(home: Path) -> None:
    from trialgraph.errors import UsageError

    with pytest.raises(UsageError, match=r"stands for 2 trials: NCT09100022 .*NCT09100023"):
        run(home, "trial", "SHARED-77")


def test_not_applicable_is_nobodys_number(home: Path) -> None:
    query = "MATCH (i:Identifier {value: 'Not applicable'}) RETURN count(i) AS nodes, count(i.value_key) AS keys"
    assert json.loads(run(home, "cypher", query, "--json").stdout) == [{"nodes": 3, "keys": 0}]
