"""The nouns: what a registry sent, a trial in our words, and the links from its words to concepts."""

from __future__ import annotations

import datetime as dt

import msgspec


class _Noun(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A frozen value.  A thing the registry left out is None or (), never ''."""


# --- what a registry sent ---------------------------------------------------------------------------------------------


class RawRecord(_Noun, frozen=True, kw_only=True):
    """What a registry sent about one trial, byte for byte, and when."""

    registry: str  # the source's name in our list: "ctgov", "meddatax", "isrctn", ...
    id: str  # the registry's own id of the trial
    url: str
    fetched_at: dt.datetime  # aware, UTC
    body: bytes
    dated: str | None = None  # the record's own date (last update posted), ISO; orders versions


class RecordRef(_Noun, frozen=True, kw_only=True):
    """Where a trial's facts came from: a RegistryRecord node."""

    record_id: str  # source:id, such as "ctgov:NCT04324411"
    source: str
    url: str
    fetched_at: str  # ISO 8601, UTC
    sha256: str  # of the bytes as received (unpacked)
    parser_version: str
    not_seen_since: str | None = None  # ISO date: a complete crawl since then no longer listed it


class SetAside(_Noun, frozen=True, kw_only=True):
    """A record that could not be read, and why; it stays in the archive."""

    record_id: str
    source: str
    why: str
    path: str | None = None
    body: bytes | None = None  # as received, where the id by which it could be found again is what is missing


# --- a trial ----------------------------------------------------------------------------------------------------------


class PartialDate(_Noun, frozen=True, kw_only=True):
    """A date as precise as the source gave it."""

    text: str  # "2020", "2020-03" or "2020-03-09"
    kind: str | None = None  # ACTUAL or ESTIMATED

    @property
    def precision(self) -> str:
        """Return YEAR, MONTH or DAY."""
        return {4: "YEAR", 7: "MONTH"}.get(len(self.text), "DAY")

    @property
    def day(self) -> str:
        """Return a whole ISO date, the first of the month or year where the source named no day."""
        return (self.text + "-01-01")[:10]


class Identifier(_Noun, frozen=True, kw_only=True):
    """Another number of the same trial."""

    scheme: str  # NCT, NCT_ALIAS, ORG_STUDY_ID, EUDRACT_NUMBER, NIH, ISRCTN, ...
    value: str
    domain: str | None = None


class Party(_Noun, frozen=True, kw_only=True):
    """An organisation as a record names it, in one role."""

    name: str
    role: str  # LEAD_SPONSOR, COLLABORATOR, RESPONSIBLE_PARTY, OFFICIAL, ORGANIZATION
    agency_class: str | None = None  # INDUSTRY, NIH, OTHER, ...


class Official(_Noun, frozen=True, kw_only=True):
    """A person who answers for the trial."""

    name: str
    role: str | None = None  # PRINCIPAL_INVESTIGATOR, STUDY_CHAIR, STUDY_DIRECTOR, ...
    affiliation: str | None = None
    title: str | None = None


class Arm(_Noun, frozen=True, kw_only=True):
    """An arm group.  `interventions` are places in the trial's list of interventions."""

    label: str
    type: str | None = None  # EXPERIMENTAL, ACTIVE_COMPARATOR, PLACEBO_COMPARATOR, ...
    description: str | None = None
    interventions: tuple[int, ...] = ()


class Intervention(_Noun, frozen=True, kw_only=True):
    """One entry of the record's list of interventions, as written."""

    name: str
    type: str | None = None  # DRUG, BIOLOGICAL, DEVICE, PROCEDURE, BEHAVIORAL, ...
    description: str | None = None
    other_names: tuple[str, ...] = ()
    arms: tuple[int, ...] = ()  # places in the trial's list of arms


class Outcome(_Noun, frozen=True, kw_only=True):
    """What is measured."""

    type: str  # PRIMARY, SECONDARY, OTHER
    measure: str
    description: str | None = None
    time_frame: str | None = None


class Location(_Noun, frozen=True, kw_only=True):
    """A place where the trial is run.  Coordinates are the city's, not the facility's."""

    facility: str | None = None
    status: str | None = None
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    country: str | None = None
    lat: float | None = None
    lon: float | None = None


class Reference(_Noun, frozen=True, kw_only=True):
    """A publication that the record names."""

    citation: str | None = None
    pmid: str | None = None
    type: str | None = None  # BACKGROUND, RESULT, DERIVED
    retractions: tuple[str, ...] = ()  # PubMed ids of the notices that retract it


class WebLink(_Noun, frozen=True, kw_only=True):
    """An address that the record names, with what it is said to be."""

    url: str
    label: str | None = None


class MeshTerm(_Noun, frozen=True, kw_only=True):
    """A heading that the registry itself derived for the study."""

    id: str | None  # "D009543"; some records hold only the term
    term: str


class Trial(_Noun, frozen=True, kw_only=True):
    """One study, in our words.  A field the registry left out is None or ()."""

    id: str  # canonical trial id: NCT04324411, ISRCTN12345678, EUCT2023-508143-51-01, ...
    registry: str  # the registry that this id belongs to: "ctgov" (also for a mirror's page of an NCT number)
    records: tuple[RecordRef, ...] = ()
    aliases: tuple[str, ...] = ()  # former ids of the same record in the same registry
    identifiers: tuple[Identifier, ...] = ()
    brief_title: str | None = None
    official_title: str | None = None
    acronym: str | None = None
    brief_summary: str | None = None
    detailed_description: str | None = None
    keywords: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    # design
    study_type: str | None = None
    phases: tuple[str, ...] = ()
    allocation: str | None = None
    intervention_model: str | None = None
    primary_purpose: str | None = None
    masking: str | None = None
    who_masked: tuple[str, ...] = ()
    masking_description: str | None = None
    intervention_model_description: str | None = None
    observational_model: str | None = None
    time_perspective: str | None = None
    patient_registry: bool | None = None
    target_duration: str | None = None  # of following one participant in a patient registry: "5 Years"
    biospec_retention: str | None = None
    biospec_description: str | None = None
    enrollment: int | None = None  # 99999999 in the registry means unknown and is None here
    enrollment_type: str | None = None
    arms: tuple[Arm, ...] = ()
    interventions: tuple[Intervention, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    # status
    overall_status: str | None = None
    last_known_status: str | None = None
    why_stopped: str | None = None
    status_verified: PartialDate | None = None
    start_date: PartialDate | None = None
    primary_completion_date: PartialDate | None = None
    completion_date: PartialDate | None = None
    first_submit_date: PartialDate | None = None
    first_post_date: PartialDate | None = None
    last_update_submit_date: PartialDate | None = None
    last_update_post_date: PartialDate | None = None
    results_first_post_date: PartialDate | None = None
    has_results: bool | None = None
    has_expanded_access: bool | None = None
    expanded_access_id: str | None = None  # the trial id of the expanded access record
    expanded_access_types: tuple[str, ...] = ()  # INDIVIDUAL, INTERMEDIATE, TREATMENT
    # in whom
    eligibility: str | None = None
    sex: str | None = None
    minimum_age: str | None = None  # as written: "18 Years"
    maximum_age: str | None = None
    std_ages: tuple[str, ...] = ()
    healthy_volunteers: bool | None = None
    study_population: str | None = None
    sampling_method: str | None = None
    gender_based: bool | None = None
    gender_description: str | None = None
    # by whom, where
    organization: Party | None = None  # the body that registered the study
    lead_sponsor: Party | None = None
    collaborators: tuple[Party, ...] = ()
    responsible_party_type: str | None = None
    responsible_party: Official | None = None
    officials: tuple[Official, ...] = ()
    locations: tuple[Location, ...] = ()
    countries: tuple[str, ...] = ()  # where a source names countries but no sites
    # oversight and sharing
    oversight_has_dmc: bool | None = None
    is_fda_regulated_drug: bool | None = None
    is_fda_regulated_device: bool | None = None
    is_unapproved_device: bool | None = None
    is_us_export: bool | None = None
    ipd_sharing: str | None = None
    ipd_description: str | None = None
    ipd_info_types: tuple[str, ...] = ()  # STUDY_PROTOCOL, SAP, ICF, CSR, ANALYTIC_CODE
    ipd_time_frame: str | None = None
    ipd_access_criteria: str | None = None
    ipd_url: str | None = None
    references: tuple[Reference, ...] = ()
    links: tuple[WebLink, ...] = ()  # "see also"
    available_ipd: tuple[WebLink, ...] = ()
    # what the registry derived: terms for linking, ancestors only for hierarchy
    condition_meshes: tuple[MeshTerm, ...] = ()
    condition_ancestors: tuple[MeshTerm, ...] = ()
    intervention_meshes: tuple[MeshTerm, ...] = ()
    intervention_ancestors: tuple[MeshTerm, ...] = ()
    removed_countries: tuple[str, ...] = ()
    # what a mirror lists as related, in its order; kept apart from our own similarity
    listed_related: tuple[ListedTrial, ...] = ()
    unknown_values: tuple[str, ...] = ()  # "overallStatus=PAUSED": kept as they are, and reported


class ListedTrial(_Noun, frozen=True, kw_only=True):
    """A trial that a mirror's page lists as related, with what that list says of it."""

    id: str
    title: str | None = None
    overall_status: str | None = None
    phases: tuple[str, ...] = ()


class ChangeEvent(_Noun, frozen=True, kw_only=True):
    """One thing that differs between two consecutive versions of a trial's record."""

    event_id: str  # the same for the same two versions, field and values
    trial_id: str
    field: str  # overall_status, enrollment, primary_outcome, site, eligibility, ...
    old: str | None  # None: added
    new: str | None  # None: removed
    seen_at: str  # the newer version's own date, ISO; the day it was fetched where it has none
    from_sha256: str
    to_sha256: str
    detail: str | None = None  # ADDED, REMOVED, REWORDED, or a summary for long texts


# --- links from words to concepts -------------------------------------------------------------------------------------


class Link(_Noun, frozen=True, kw_only=True):
    """What one stretch of a record's words was understood as, by which rule and how surely.

    `confidence` is in (0, 1]: 1.0 only for an exact, unambiguous name or a user's own correction.
    """

    concept_id: str  # MESH:D020123, UNII:W36ZG6FT64, TXT:slug, ...
    name: str  # preferred name of the concept
    raw: str  # the whole string it was found in (label, condition string), as written
    span: str  # the words in `raw` (or in the field named by span_in) that name it
    span_in: str  # label, other_name, description, abbreviation, keyword, title, summary
    matched_alias: str  # the vocabulary's alias that matched
    vocabulary: str  # mesh, mesh-supplementary, unii, hand, record (the trial's own codes or text), user, none
    method: str  # exact, span, abbreviation, record-code, edit-distance, combination, broader, text, user, ...
    confidence: float
    source_field: str  # where it stands in the record: armsInterventionsModule.interventions[0].name
    component: int = 1  # part i ...
    components: int = 1  # ... of n


class DrugLink(Link, frozen=True, kw_only=True):
    """An intervention names a drug."""

    intervention: int  # place in the trial's list of interventions
    mesh_id: str | None = None
    unii: str | None = None
    salt_id: str | None = None  # of the salt or ester that the words name; the link itself ends at its base
    salt_name: str | None = None
    dose_value: float | None = None
    dose_unit: str | None = None
    dose_per: str | None = None
    dose_text: str | None = None
    dose_normal_value: float | None = None
    dose_normal_unit: str | None = None
    strength_value: float | None = None
    strength_unit: str | None = None
    form: str | None = None
    route: str | None = None
    frequency: str | None = None


class DeviceOrProcedureLink(Link, frozen=True, kw_only=True):
    """An intervention names a device or a procedure."""

    intervention: int
    label: str  # Device or Procedure
    kind: str | None = None  # of a procedure: THERAPY, SURGERY, DIAGNOSTIC, BEHAVIOR, PROGRAMME


class ConditionLink(Link, frozen=True, kw_only=True):
    """A condition string (or another field) names a condition."""

    condition: int | None = None  # place in the trial's list of conditions; None when found elsewhere
    broader: bool = False  # the concept is more general than the words


class TrialDrug(_Noun, frozen=True, kw_only=True):
    """A trial tests a drug, in one role."""

    drug_id: str
    role: str  # EXPERIMENTAL, ACTIVE_COMPARATOR, PLACEBO_COMPARATOR, BACKGROUND, UNKNOWN
    method: str
    confidence: float


class ArmRegimen(_Noun, frozen=True, kw_only=True):
    """An arm gives two or more drugs: exactly these."""

    arm: int  # place in the trial's list of arms
    regimen_id: str
    drug_ids: tuple[str, ...]  # sorted
    names: tuple[str, ...]  # what the field calls this set of drugs; empty for most
    method: str  # name, parts
    confidence: float


class OrganizationLink(_Noun, frozen=True, kw_only=True):
    """A name of an organisation, resolved."""

    organization_id: str
    name: str  # the organisation's preferred name
    raw_name: str
    method: str  # exact, legal-form, alias-table, reordered, user, ...
    confidence: float
    parent_id: str | None = None
    ror_id: str | None = None
    country: str | None = None  # ISO 3166 alpha-2
