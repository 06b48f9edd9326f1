"""The ClinicalTrials.gov API v2 record as it is sent: what we read of it, every field optional but the trial's id.

A missing field is None, a field of the wrong type is an error that names its path; fields not listed here are skipped.
Contacts (telephone, e-mail) are left out on purpose: no question needs them.
"""

from __future__ import annotations

import msgspec


class _Shape(msgspec.Struct, rename="camel", gc=False):
    """A JSON object whose unknown keys are skipped."""


class DateStruct(_Shape):
    """A date and whether it has come true."""

    date: str | None = None
    type: str | None = None


class Named(_Shape):
    """An organisation by name."""

    name: str | None = None
    agency_class: str | None = msgspec.field(default=None, name="class")


class Organization(_Shape):
    """The body that registered the study."""

    full_name: str | None = None
    agency_class: str | None = msgspec.field(default=None, name="class")


class OtherId(_Shape):
    """Another number of the study."""

    id: str | None = None
    type: str | None = None
    domain: str | None = None


class Identification(_Shape):
    """Numbers and titles."""

    nct_id: str
    nct_id_aliases: list[str | None] | None = None
    org_study_id_info: OtherId | None = None
    secondary_id_infos: list[OtherId | None] | None = None
    brief_title: str | None = None
    official_title: str | None = None
    acronym: str | None = None
    organization: Organization | None = None


class ExpandedAccess(_Shape):
    """Whether patients get the treatment outside the study."""

    has_expanded_access: bool | None = None
    nct_id: str | None = None


class Status(_Shape):
    """Status and dates."""

    status_verified_date: str | None = None
    overall_status: str | None = None
    last_known_status: str | None = None
    why_stopped: str | None = None
    expanded_access_info: ExpandedAccess | None = None
    start_date_struct: DateStruct | None = None
    primary_completion_date_struct: DateStruct | None = None
    completion_date_struct: DateStruct | None = None
    study_first_submit_date: str | None = None
    study_first_post_date_struct: DateStruct | None = None
    results_first_post_date_struct: DateStruct | None = None
    last_update_submit_date: str | None = None
    last_update_post_date_struct: DateStruct | None = None


class ResponsibleParty(_Shape):
    """Who answers for the study; old records have a name and title in one."""

    type: str | None = None
    investigator_full_name: str | None = None
    investigator_title: str | None = None
    investigator_affiliation: str | None = None
    old_name_title: str | None = None
    old_organization: str | None = None


class Sponsors(_Shape):
    """Who pays and who takes part."""

    responsible_party: ResponsibleParty | None = None
    lead_sponsor: Named | None = None
    collaborators: list[Named | None] | None = None


class Oversight(_Shape):
    """Who watches over the study."""

    oversight_has_dmc: bool | None = None
    is_fda_regulated_drug: bool | None = None
    is_fda_regulated_device: bool | None = None
    is_unapproved_device: bool | None = None
    is_us_export: bool | None = None


class Description(_Shape):
    """Summary and description."""

    brief_summary: str | None = None
    detailed_description: str | None = None


class Conditions(_Shape):
    """What is studied."""

    conditions: list[str | None] | None = None
    keywords: list[str | None] | None = None


class Masking(_Shape):
    """Who does not know which arm a participant is in."""

    masking: str | None = None
    masking_description: str | None = None
    who_masked: list[str | None] | None = None


class DesignInfo(_Shape):
    """How the study is built."""

    allocation: str | None = None
    intervention_model: str | None = None
    intervention_model_description: str | None = None
    primary_purpose: str | None = None
    observational_model: str | None = None
    time_perspective: str | None = None
    masking_info: Masking | None = None


class BioSpec(_Shape):
    """What is kept of samples."""

    retention: str | None = None
    description: str | None = None


class Enrollment(_Shape):
    """How many take part."""

    count: int | None = None
    type: str | None = None


class ExpandedAccessTypes(_Shape):
    """Kinds of expanded access."""

    individual: bool | None = None
    intermediate: bool | None = None
    treatment: bool | None = None


class Design(_Shape):
    """Kind, phases, size."""

    study_type: str | None = None
    expanded_access_types: ExpandedAccessTypes | None = None
    patient_registry: bool | None = None
    target_duration: str | None = None
    phases: list[str | None] | None = None
    design_info: DesignInfo | None = None
    bio_spec: BioSpec | None = None
    enrollment_info: Enrollment | None = None


class ArmGroup(_Shape):
    """An arm; its interventions are named as "Drug: Sirolimus"."""

    label: str | None = None
    type: str | None = None
    description: str | None = None
    intervention_names: list[str | None] | None = None


class Intervention(_Shape):
    """What is given or done; its arms are named by label."""

    type: str | None = None
    name: str | None = None
    description: str | None = None
    arm_group_labels: list[str | None] | None = None
    other_names: list[str | None] | None = None


class ArmsInterventions(_Shape):
    """Arms and interventions."""

    arm_groups: list[ArmGroup | None] | None = None
    interventions: list[Intervention | None] | None = None


class Outcome(_Shape):
    """What is measured."""

    measure: str | None = None
    description: str | None = None
    time_frame: str | None = None


class Outcomes(_Shape):
    """Outcomes by kind."""

    primary_outcomes: list[Outcome | None] | None = None
    secondary_outcomes: list[Outcome | None] | None = None
    other_outcomes: list[Outcome | None] | None = None


class Eligibility(_Shape):
    """Who may take part."""

    eligibility_criteria: str | None = None
    healthy_volunteers: bool | None = None
    sex: str | None = None
    gender_based: bool | None = None
    gender_description: str | None = None
    minimum_age: str | None = None
    maximum_age: str | None = None
    std_ages: list[str | None] | None = None
    study_population: str | None = None
    sampling_method: str | None = None


class Official(_Shape):
    """A person who answers for the study."""

    name: str | None = None
    affiliation: str | None = None
    role: str | None = None


class GeoPoint(_Shape):
    """A city's coordinates."""

    lat: float | None = None
    lon: float | None = None


class Location(_Shape):
    """A place."""

    facility: str | None = None
    status: str | None = None
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    country: str | None = None
    geo_point: GeoPoint | None = None


class ContactsLocations(_Shape):
    """People and places."""

    overall_officials: list[Official | None] | None = None
    locations: list[Location | None] | None = None


class Retraction(_Shape):
    """A notice that a publication is withdrawn."""

    pmid: str | None = None


class Reference(_Shape):
    """A publication."""

    pmid: str | None = None
    type: str | None = None
    citation: str | None = None
    retractions: list[Retraction | None] | None = None


class Link(_Shape):
    """A "see also" link (label) or a data set on offer (type, comment)."""

    label: str | None = None
    url: str | None = None
    type: str | None = None
    comment: str | None = None


class References(_Shape):
    """Publications, links, data sets."""

    references: list[Reference | None] | None = None
    see_also_links: list[Link | None] | None = None
    avail_ipds: list[Link | None] | None = None


class IpdSharing(_Shape):
    """What is said of sharing data."""

    ipd_sharing: str | None = None
    description: str | None = None
    info_types: list[str | None] | None = None
    time_frame: str | None = None
    access_criteria: str | None = None
    url: str | None = None


class Protocol(_Shape):
    """What the sponsor said."""

    identification_module: Identification
    status_module: Status | None = None
    sponsor_collaborators_module: Sponsors | None = None
    oversight_module: Oversight | None = None
    description_module: Description | None = None
    conditions_module: Conditions | None = None
    design_module: Design | None = None
    arms_interventions_module: ArmsInterventions | None = None
    outcomes_module: Outcomes | None = None
    eligibility_module: Eligibility | None = None
    contacts_locations_module: ContactsLocations | None = None
    references_module: References | None = None
    ipd_sharing_statement_module: IpdSharing | None = None


class Mesh(_Shape):
    """A heading."""

    id: str | None = None
    term: str | None = None


class Browse(_Shape):
    """Headings the registry derived."""

    meshes: list[Mesh | None] | None = None
    ancestors: list[Mesh | None] | None = None


class Misc(_Shape):
    """What else the registry derived."""

    removed_countries: list[str | None] | None = None


class Derived(_Shape):
    """What the registry derived."""

    condition_browse_module: Browse | None = None
    intervention_browse_module: Browse | None = None
    misc_info_module: Misc | None = None


class Study(_Shape):
    """A whole record."""

    protocol_section: Protocol
    derived_section: Derived | None = None
    has_results: bool | None = None
