"""A crawl killed at random moments, over and over, ends with the archive of an undisturbed one."""

from __future__ import annotations

import random

import pytest

from tests.kill_crawl import compare, interrupt_over_and_over, kill_over_and_over


@pytest.mark.slow
def test_a_crawl_killed_twenty_times_loses_nothing_and_fetches_one_page_twice_at_most(tmp_path):
    told = kill_over_and_over(tmp_path, rounds=20, rng=random.Random(3))
    assert told.kills == 20
    assert told.lost == 0
    assert told.pages_fetched <= told.pages + told.kills
    assert told.most_for_one_page <= 1 + told.kills
    assert compare(tmp_path / "killed", tmp_path / "whole") == []


def test_ctrl_c_at_any_moment_ends_with_the_command_that_goes_on(tmp_path):
    interrupt_over_and_over(tmp_path, rounds=8, rng=random.Random(4))
