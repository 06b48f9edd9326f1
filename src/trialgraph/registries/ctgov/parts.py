"""The lists of a ClinicalTrials.gov record turned into ours; empty entries are dropped, odd values noted."""

from __future__ import annotations

from trialgraph.model import Identifier, Location, MeshTerm, Official, Outcome, PartialDate, Party, Reference, WebLink
from trialgraph.registries.ctgov import shape
from trialgraph.registries.reading import terms
from trialgraph.registries.reading.identifiers import identifier
from trialgraph.registries.reading.values import date_of, one_of, texts
from trialgraph.text import plain, prose


def dated(struct: shape.DateStruct | None, field: str, unknown: list[str]) -> PartialDate | None:
    """Return a date with its kind."""
    if struct is None:
        return None
    return date_of(struct.date, field, unknown, one_of(terms.DATE_KINDS, struct.type, f"{field}.type", unknown))


def access_types(kinds: shape.ExpandedAccessTypes | None) -> tuple[str, ...]:
    """Return the kinds of expanded access on offer."""
    if kinds is None:
        return ()
    named = (("INDIVIDUAL", kinds.individual), ("INTERMEDIATE", kinds.intermediate), ("TREATMENT", kinds.treatment))
    return tuple(name for name, is_so in named if is_so)


def identifiers(i: shape.Identification, aliases: tuple[str, ...]) -> tuple[Identifier, ...]:
    """Return the other numbers of the study."""
    found = [Identifier(scheme="NCT_ALIAS", value=alias) for alias in aliases]
    own = i.org_study_id_info
    if own is not None and (value := plain(own.id)) is not None:
        found.append(Identifier(scheme="ORG_STUDY_ID", value=value, domain=plain(own.type)))
    found += [
        identifier(value, plain(other.type) or "SECONDARY_ID", plain(other.domain))
        for other in i.secondary_id_infos or ()
        if other is not None and (value := plain(other.id)) is not None
    ]
    return tuple(dict.fromkeys(found))


def party(named: shape.Named | None, role: str, unknown: list[str]) -> Party | None:
    """Return an organisation in a role, or None where it has no name."""
    if named is None or (name := plain(named.name)) is None:
        return None
    return Party(name=name, role=role, agency_class=one_of(terms.AGENCIES, named.agency_class, "class", unknown))


def organization(named: shape.Organization | None, unknown: list[str]) -> Party | None:
    """Return the body that registered the study."""
    if named is None or (name := plain(named.full_name)) is None:
        return None
    kind = one_of(terms.AGENCIES, named.agency_class, "class", unknown)
    return Party(name=name, role="ORGANIZATION", agency_class=kind)


def responsible(party: shape.ResponsibleParty | None) -> Official | None:
    """Return the person who is responsible, where it is a person."""
    if party is None or (name := plain(party.investigator_full_name) or plain(party.old_name_title)) is None:
        return None
    return Official(
        name=name,
        role="RESPONSIBLE_PARTY",
        affiliation=plain(party.investigator_affiliation) or plain(party.old_organization),
        title=plain(party.investigator_title),
    )


def officials(listed: list[shape.Official | None] | None, unknown: list[str]) -> tuple[Official, ...]:
    """Return the officials."""
    return tuple(
        Official(
            name=name,
            role=one_of(terms.ROLES, o.role, "overallOfficials.role", unknown),
            affiliation=plain(o.affiliation),
        )
        for o in listed or ()
        if o is not None and (name := plain(o.name)) is not None
    )


def outcomes(module: shape.Outcomes, unknown: list[str]) -> tuple[Outcome, ...]:
    """Return what is measured: primary, secondary, other."""
    found = []
    for kind, listed in (
        ("PRIMARY", module.primary_outcomes),
        ("SECONDARY", module.secondary_outcomes),
        ("OTHER", module.other_outcomes),
    ):
        for o in listed or ():
            if o is None:
                continue
            description = prose(o.description)
            measure = plain(o.measure) or description  # a few old records hold the measure in the other field
            if measure is not None:
                found.append(
                    Outcome(type=kind, measure=measure, description=description, time_frame=prose(o.time_frame))
                )
            elif o.time_frame:
                unknown.append(f"{kind.lower()}Outcomes.measure=")
    return tuple(found)


def locations(listed: list[shape.Location | None] | None, unknown: list[str]) -> tuple[Location, ...]:
    """Return the places, each with its city's coordinates where they are on the globe."""
    found = []
    for l in listed or ():  # noqa: E741
        if l is None:
            continue
        lat = lon = None
        if (point := l.geo_point) is not None and point.lat is not None and point.lon is not None:
            if -90 <= point.lat <= 90 and -180 <= point.lon <= 180:
                lat, lon = point.lat, point.lon
            else:
                unknown.append(f"geoPoint={point.lat},{point.lon}")
        place = (plain(l.facility), plain(l.city), plain(l.state), plain(l.zip), plain(l.country))
        if any(place):
            status = one_of(terms.STATUSES, l.status, "locations.status", unknown)
            facility, city, state, code, country = place
            found.append(
                Location(
                    facility=facility,
                    status=status,
                    city=city,
                    state=state,
                    zip=code,
                    country=country,
                    lat=lat,
                    lon=lon,
                )
            )
    return tuple(found)


def references(listed: list[shape.Reference | None] | None, unknown: list[str]) -> tuple[Reference, ...]:
    """Return the publications."""
    found = []
    for r in listed or ():
        if r is None:
            continue
        citation, pmid = plain(r.citation), plain(r.pmid)
        if citation is None and pmid is None:
            continue
        retractions = texts([x.pmid for x in r.retractions if x is not None]) if r.retractions else ()
        kind = one_of(terms.REFERENCE_TYPES, r.type, "references.type", unknown)
        found.append(Reference(citation=citation, pmid=pmid, type=kind, retractions=retractions))
    return tuple(found)


def links(listed: list[shape.Link | None] | None) -> tuple[WebLink, ...]:
    """Return the links that have an address."""
    return tuple(
        WebLink(url=url, label=prose(x.label) or plain(x.type) or prose(x.comment))
        for x in listed or ()
        if x is not None and (url := plain(x.url)) is not None
    )


def meshes(listed: list[shape.Mesh | None] | None) -> tuple[MeshTerm, ...]:
    """Return headings with their ids in the form MeSH gives them."""
    found = []
    for m in listed or ():
        if m is None:
            continue
        term = plain(m.term)
        written = plain(m.id)
        if term is not None or written is not None:
            found.append(MeshTerm(id=terms.mesh_id(written) if written else None, term=term or written or ""))
    return tuple(found)
