"""ClinicalTrials.gov: one API v2 record turned into a Trial."""

from __future__ import annotations

import functools
import re
from typing import Any

import msgspec

from trialgraph.errors import RecordError
from trialgraph.model import RawRecord, Trial
from trialgraph.registries.ctgov import parts, shape
from trialgraph.registries.ctgov.arms import arms_of
from trialgraph.registries.reading import terms
from trialgraph.registries.reading.values import all_of, date_of, one_of, participants, texts
from trialgraph.text import plain, prose

PARSER_VERSION = "ctgov-1"

_NCT = re.compile(r"NCT[0-9]{8}")


@functools.cache
def _decoder() -> msgspec.json.Decoder[shape.Study]:
    return msgspec.json.Decoder(shape.Study)


def decode(record_id: str, body: bytes) -> shape.Study:
    """Return a record's body as it is sent, typed.  Raises RecordError that names the path of what is wrong."""
    try:
        return _decoder().decode(body)
    except msgspec.ValidationError as problem:
        if "got `float`" in str(problem) and (study := _with_whole_numbers(body)) is not None:
            return study
        why, _, path = str(problem).partition(" - at ")
        raise RecordError(record_id, why, path.strip("`").removeprefix("$.")) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise RecordError(record_id, f"the record is no whole JSON text: {problem}") from None


def _with_whole_numbers(body: bytes) -> shape.Study | None:
    """Return a record whose counts are written as 12.0, read as 12; None where something else is wrong."""
    try:
        return msgspec.convert(_whole(msgspec.json.decode(body)), shape.Study)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):  # a ValidationError is a DecodeError
        return None


def _whole(value: Any) -> Any:
    match value:
        case dict():
            return {name: _whole(part) for name, part in value.items()}
        case list():
            return [_whole(part) for part in value]
        case float() if value.is_integer() and abs(value) < 2**53:  # beyond, a float is no exact count
            return int(value)
    return value


def dated(body: bytes) -> str | None:
    """Return the day of a record's own that orders its versions: updated, else sent in, else verified."""
    s = decode("", body).protocol_section.status_module or shape.Status()
    posted = s.last_update_post_date_struct
    return (posted.date if posted else None) or s.last_update_submit_date or s.status_verified_date or None


def parse(raw: RawRecord) -> Trial:
    """Return the trial a record tells of.

    A missing field stays empty, a value outside the registry's own lists is kept and named in `unknown_values`.
    Raises RecordError, with the path, for a field of the wrong type or a record without its number.
    """
    return trial_of(decode(raw.id, raw.body), raw.id)


def trial_of(study: shape.Study, record_id: str) -> Trial:
    """Return the trial of a decoded record."""
    unknown: list[str] = []
    p = study.protocol_section
    i = p.identification_module
    nct = i.nct_id.strip().upper()
    if not _NCT.fullmatch(nct):
        raise RecordError(
            record_id, f"{i.nct_id[:40]!r} is no NCT number", "protocolSection.identificationModule.nctId"
        )
    s = p.status_module or shape.Status()
    g = p.design_module or shape.Design()
    info = g.design_info or shape.DesignInfo()
    masking = info.masking_info or shape.Masking()
    biospec = g.bio_spec or shape.BioSpec()
    e = p.eligibility_module or shape.Eligibility()
    o = p.oversight_module or shape.Oversight()
    sponsors = p.sponsor_collaborators_module or shape.Sponsors()
    ipd = p.ipd_sharing_statement_module or shape.IpdSharing()
    refs = p.references_module or shape.References()
    contacts = p.contacts_locations_module or shape.ContactsLocations()
    words = p.conditions_module or shape.Conditions()
    about = p.description_module or shape.Description()
    derived = study.derived_section or shape.Derived()
    condition_browse = derived.condition_browse_module or shape.Browse()
    intervention_browse = derived.intervention_browse_module or shape.Browse()
    expanded = s.expanded_access_info or shape.ExpandedAccess()
    aliases = tuple(a for a in texts(i.nct_id_aliases) if a != nct)
    arms, interventions = arms_of(p.arms_interventions_module or shape.ArmsInterventions(), unknown)
    enrollment = g.enrollment_info or shape.Enrollment()
    return Trial(
        id=nct,
        registry="ctgov",
        aliases=aliases,
        identifiers=parts.identifiers(i, aliases),
        brief_title=plain(i.brief_title),
        official_title=plain(i.official_title),
        acronym=plain(i.acronym),
        brief_summary=prose(about.brief_summary),
        detailed_description=prose(about.detailed_description),
        keywords=texts(words.keywords),
        conditions=texts(words.conditions),
        study_type=one_of(terms.STUDY_TYPES, g.study_type, "studyType", unknown),
        phases=all_of(terms.PHASES, g.phases, "phases", unknown),
        allocation=one_of(terms.ALLOCATIONS, info.allocation, "allocation", unknown),
        intervention_model=one_of(terms.MODELS, info.intervention_model, "interventionModel", unknown),
        intervention_model_description=prose(info.intervention_model_description),
        primary_purpose=one_of(terms.PURPOSES, info.primary_purpose, "primaryPurpose", unknown),
        masking=one_of(terms.MASKINGS, masking.masking, "masking", unknown),
        who_masked=all_of(terms.MASKED, masking.who_masked, "whoMasked", unknown),
        masking_description=prose(masking.masking_description),
        observational_model=one_of(terms.OBSERVATIONAL_MODELS, info.observational_model, "observationalModel", unknown),
        time_perspective=one_of(terms.PERSPECTIVES, info.time_perspective, "timePerspective", unknown),
        patient_registry=g.patient_registry,
        target_duration=plain(g.target_duration),
        biospec_retention=one_of(terms.RETENTIONS, biospec.retention, "bioSpec.retention", unknown),
        biospec_description=prose(biospec.description),
        enrollment=participants(enrollment.count, unknown),
        enrollment_type=one_of(terms.DATE_KINDS, enrollment.type, "enrollmentInfo.type", unknown),
        arms=arms,
        interventions=interventions,
        outcomes=parts.outcomes(p.outcomes_module or shape.Outcomes(), unknown),
        overall_status=one_of(terms.STATUSES, s.overall_status, "overallStatus", unknown),
        last_known_status=one_of(terms.STATUSES, s.last_known_status, "lastKnownStatus", unknown),
        why_stopped=prose(s.why_stopped),
        status_verified=date_of(s.status_verified_date, "statusVerifiedDate", unknown),
        start_date=parts.dated(s.start_date_struct, "startDateStruct", unknown),
        primary_completion_date=parts.dated(s.primary_completion_date_struct, "primaryCompletionDateStruct", unknown),
        completion_date=parts.dated(s.completion_date_struct, "completionDateStruct", unknown),
        first_submit_date=date_of(s.study_first_submit_date, "studyFirstSubmitDate", unknown),
        first_post_date=parts.dated(s.study_first_post_date_struct, "studyFirstPostDateStruct", unknown),
        last_update_submit_date=date_of(s.last_update_submit_date, "lastUpdateSubmitDate", unknown),
        last_update_post_date=parts.dated(s.last_update_post_date_struct, "lastUpdatePostDateStruct", unknown),
        results_first_post_date=parts.dated(s.results_first_post_date_struct, "resultsFirstPostDateStruct", unknown),
        has_results=study.has_results,
        has_expanded_access=expanded.has_expanded_access,
        expanded_access_id=plain(expanded.nct_id),
        expanded_access_types=parts.access_types(g.expanded_access_types),
        eligibility=prose(e.eligibility_criteria),
        sex=one_of(terms.SEXES, e.sex, "sex", unknown),
        minimum_age=plain(e.minimum_age),
        maximum_age=plain(e.maximum_age),
        std_ages=all_of(terms.AGES, e.std_ages, "stdAges", unknown),
        healthy_volunteers=e.healthy_volunteers,
        study_population=prose(e.study_population),
        sampling_method=one_of(terms.SAMPLING, e.sampling_method, "samplingMethod", unknown),
        gender_based=e.gender_based,
        gender_description=prose(e.gender_description),
        organization=parts.organization(i.organization, unknown),
        lead_sponsor=parts.party(sponsors.lead_sponsor, "LEAD_SPONSOR", unknown),
        collaborators=tuple(
            party
            for c in sponsors.collaborators or ()
            if (party := parts.party(c, "COLLABORATOR", unknown)) is not None
        ),
        responsible_party_type=one_of(
            terms.PARTIES,
            sponsors.responsible_party.type if sponsors.responsible_party else None,
            "responsibleParty.type",
            unknown,
        ),
        responsible_party=parts.responsible(sponsors.responsible_party),
        officials=parts.officials(contacts.overall_officials, unknown),
        locations=parts.locations(contacts.locations, unknown),
        oversight_has_dmc=o.oversight_has_dmc,
        is_fda_regulated_drug=o.is_fda_regulated_drug,
        is_fda_regulated_device=o.is_fda_regulated_device,
        is_unapproved_device=o.is_unapproved_device,
        is_us_export=o.is_us_export,
        ipd_sharing=one_of(terms.SHARING, ipd.ipd_sharing, "ipdSharing", unknown),
        ipd_description=prose(ipd.description),
        ipd_info_types=all_of(terms.SHARED_KINDS, ipd.info_types, "infoTypes", unknown),
        ipd_time_frame=prose(ipd.time_frame),
        ipd_access_criteria=prose(ipd.access_criteria),
        ipd_url=plain(ipd.url),
        references=parts.references(refs.references, unknown),
        links=parts.links(refs.see_also_links),
        available_ipd=parts.links(refs.avail_ipds),
        condition_meshes=parts.meshes(condition_browse.meshes),
        condition_ancestors=parts.meshes(condition_browse.ancestors),
        intervention_meshes=parts.meshes(intervention_browse.meshes),
        intervention_ancestors=parts.meshes(intervention_browse.ancestors),
        removed_countries=texts((derived.misc_info_module or shape.Misc()).removed_countries),
        unknown_values=tuple(dict.fromkeys(unknown)),
    )
