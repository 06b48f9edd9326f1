"""Runs over a home: who may write, and commands that go on where a run stopped."""

from __future__ import annotations

import shlex

import pytest

from trialgraph.config import Settings
from trialgraph.errors import Busy, UsageError
from trialgraph.locks import read_lock, write_lock
from trialgraph.pipeline.build import build
from trialgraph.pipeline.crawl import Request
from trialgraph.pipeline.export import export
from trialgraph.pipeline.repair import repair
from trialgraph.pipeline.selection import resume_command, select
from trialgraph.pipeline.tables import table_facts
from trialgraph.pipeline.watch import Callbacks
from trialgraph.registries.catalogue import named


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(home=tmp_path, sources={"home": "--home"})


def test_a_build_waits_for_nobody_and_names_who_holds_the_home(settings):
    with write_lock(settings.lock, "trialgraph build"), pytest.raises(Busy, match="trialgraph build"):
        build(settings)
    with read_lock(settings.lock), pytest.raises(Busy):
        build(settings)


def test_an_export_keeps_builds_away(settings, tmp_path):
    with write_lock(settings.lock, "trialgraph build"), pytest.raises(Busy):
        export(settings, tmp_path / "graph.graphml")


def test_the_command_that_goes_on_says_all_that_was_selected(settings):
    ctgov = named("ctgov")
    by_id = select(ctgov, {"ids": [" nct00000001", "NCT00000001", "NCT00000002"]})
    command = resume_command(settings, "ctgov", by_id, base_url=None, pace=0.5)
    ids = ["--id", "NCT00000001", "--id", "NCT00000002"]
    assert shlex.split(command) == ["trialgraph", "--home", str(settings.home), "crawl", "ctgov", *ids, "--pace", "0.5"]
    by_words = select(ctgov, {"query": "long covid", "limit": 3})
    command = resume_command(Settings(home=settings.home), "ctgov", by_words, base_url="http://[::1]:1", pace=None)
    assert command == "trialgraph crawl ctgov --query 'long covid' --limit 3 --base-url 'http://[::1]:1'"


def test_a_base_address_for_a_repair_needs_its_registry(settings):
    with pytest.raises(UsageError, match="needs the registry's name"):
        repair(settings, None, Request(base_url="http://localhost:1"))


def test_a_table_that_does_not_exist_is_answered_with_the_nearest():
    with pytest.raises(UsageError, match="there is no Trail; did you mean Trial"):
        table_facts("Trail")
    assert "(Trial)-[:TESTS]->(Drug)" in [row["relationship"] for row in table_facts("Drug").relationships]


def test_callbacks_get_the_stage_and_what_is_said():
    heard: list[object] = []
    watch = Callbacks(lambda *step: heard.append(step), heard.append)
    with watch.progress("Loading") as progress:
        progress(2, 3)
    watch.say("Done.")
    assert heard == [("Loading", 2, 3), "Done."]
