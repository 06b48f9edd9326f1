"""The named questions as functions over a snapshot's frames: the rows of the Cypher, without a store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import polars as pl

from trialgraph.stores.columns import about as frames_about
from trialgraph.stores.columns import changes as frames_changes
from trialgraph.stores.columns import condition as frames_condition
from trialgraph.stores.columns import drug as frames_drug
from trialgraph.stores.columns import drug_more as frames_drug_more
from trialgraph.stores.columns import links as frames_links
from trialgraph.stores.columns import organization as frames_organization
from trialgraph.stores.columns import trial as frames_trial
from trialgraph.stores.columns.parts import Frames, Values

# A question's name is its function's, with hyphens.
ANSWERS: Final[Mapping[str, Callable[[Frames, Values], pl.DataFrame]]] = {
    function.__name__.replace("_", "-"): function
    for function in (
        frames_organization.brokers,
        frames_organization.collaboration_network,
        frames_drug.comparators_of_drug,
        frames_trial.competing_recruiting,
        frames_condition.competitive_landscape,
        frames_drug.developers_of_drug,
        frames_drug.doses_of_drug,
        frames_condition.dropped_drugs,
        frames_drug.drug_partners,
        frames_condition.drugs_in_both,
        frames_trial.eligibility_differences,
        frames_changes.enrolment_planned_and_actual,
        frames_trial.experienced_investigators,
        frames_trial.experienced_sites,
        frames_links.isolated_trials,
        frames_condition.landscape_of_condition,
        frames_links.link_quality,
        frames_trial.listed_as_related,
        frames_drug_more.phase_progress,
        frames_changes.primary_outcome_switched,
        frames_drug_more.publications_of_drug,
        frames_about.results_overdue,
        frames_trial.same_study,
        frames_trial.similar_trials,
        frames_about.single_and_multinational,
        frames_drug_more.sites_of_drug,
        frames_organization.sponsor_portfolio,
        frames_trial.status_timeline,
        frames_about.trials_by_country,
        frames_drug.trials_of_drug,
        frames_links.unlinked_interventions,
        frames_condition.usual_endpoints,
        frames_changes.what_changed,
        frames_drug_more.who_tests_drug_in_condition,
        frames_about.why_trials_stop,
    )
}
