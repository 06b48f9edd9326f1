"""The named questions as functions over a snapshot's frames: the rows of the Cypher, without a store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import polars as pl

from trialgraph.stores.columns import (
    changes,
    condition,
    development,
    drug,
    links,
    organization,
    overview,
    regimen,
    trial,
)
from trialgraph.stores.columns.joins import Frames, Values

# A question's name is its function's, with hyphens.
ANSWERS: Final[Mapping[str, Callable[[Frames, Values], pl.DataFrame]]] = {
    function.__name__.replace("_", "-"): function
    for function in (
        organization.brokers,
        organization.collaboration_network,
        drug.comparators_of_drug,
        trial.competing_recruiting,
        condition.competitive_landscape,
        drug.developers_of_drug,
        drug.doses_of_drug,
        condition.dropped_drugs,
        drug.drug_partners,
        condition.drugs_in_both,
        trial.eligibility_differences,
        changes.enrolment_planned_and_actual,
        trial.experienced_investigators,
        trial.experienced_sites,
        links.isolated_trials,
        condition.landscape_of_condition,
        links.link_quality,
        trial.listed_as_related,
        development.phase_progress,
        changes.primary_outcome_switched,
        development.publications_of_drug,
        overview.results_overdue,
        trial.same_study,
        trial.similar_trials,
        overview.single_and_multinational,
        development.sites_of_drug,
        organization.sponsor_portfolio,
        trial.status_timeline,
        overview.trials_by_country,
        drug.trials_of_drug,
        regimen.trials_of_regimen,
        links.unlinked_interventions,
        condition.usual_endpoints,
        changes.what_changed,
        development.who_tests_drug_in_condition,
        overview.why_trials_stop,
    )
}
