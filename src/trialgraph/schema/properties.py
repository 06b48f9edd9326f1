"""What a label, a relationship type and a property are, and the properties that several of them have."""

from __future__ import annotations

import msgspec

STRING, INT, FLOAT, BOOL, LIST = "string", "int", "float", "bool", "list of string"
FLOATS = "list of float"


class Property(msgspec.Struct, frozen=True):
    """One property of a node or relationship; `source` is the record's field it is read from."""

    name: str
    type: str
    doc: str
    unit: str | None = None
    source: str | None = None


class Gathering(msgspec.Struct, frozen=True, kw_only=True):
    """How a node that several trials mention is made of all mentions: each fact is the first that is not null.

    `words` names the list property of the words used, the most frequent first; `most_frequent` the property that takes
    the most frequent of the values which the mentions carry beside their facts.
    """

    facts: tuple[str, ...]
    words: str | None = None
    most_frequent: str | None = None


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of node.  The key is its first property; `indexes` are looked up by questions, `full_text` is searched.

    A node belongs to one trial, or several trials share it.  Of the first kind, `owner` is the column that names the
    trial (what follows a # there is a place in it), or `owner_edge` the relationship type that leads to it from its
    trial; an update replaces its rows with the trial's.  Of the second kind, `gathering` says how it is made of
    mentions.  `of_versions`: the rows tell of all versions of a record, and not of the newest alone.
    """

    name: str
    doc: str
    properties: tuple[Property, ...]
    indexes: tuple[str, ...] = ()
    full_text: tuple[str, ...] = ()
    owner: str | None = None
    owner_edge: str | None = None
    of_versions: bool = False
    gathering: Gathering | None = None

    @property
    def key(self) -> str:
        """Return the name of the key property."""
        return self.properties[0].name


class Relationship(msgspec.Struct, frozen=True, kw_only=True):
    """A type of relationship.

    Two of one type between the same two nodes differ in `key`, whose properties are never null and never change
    without being another relationship.  A derived one is our understanding, not the registry's word.  `owner` and
    `of_versions` are as of a label; one without an owner is made of the mentions of several trials.
    """

    type: str
    source: str
    target: str
    doc: str
    properties: tuple[Property, ...] = ()
    key: tuple[str, ...] = ()
    derived: bool = False
    owner: str | None = None
    of_versions: bool = False


METHOD = Property("method", STRING, "The rule that made this relationship")
FIELD = Property("source_field", STRING, "Where in the record the evidence stands")
CONFIDENCE = Property("confidence", FLOAT, "How sure the rule is; 1.0 only for an exact, unambiguous name", "0..1")
DERIVED = (METHOD, FIELD, CONFIDENCE)
ALIAS = Property("matched_alias", STRING, "The vocabulary's own alias that matched")
VOCABULARY = Property("vocabulary", STRING, "Which vocabulary knew it: mesh, unii, hand, record, user, ...")
POSITION = Property("position", INT, "Place in the record's list, from 0")
SYNONYMS = Property("synonyms", LIST, "The words records use for it, as written")
MESH_ID = Property("mesh_id", STRING, "MeSH unique id")
RAW_NAME = Property("raw_name", STRING, "The name as the record writes it")
DOSE = (
    Property("dose_value", FLOAT, "Dose as written; of a range the first", "dose_unit"),
    Property("dose_unit", STRING, "Unit of the dose in one spelling: mg, g, µg, mL, IU, U, mmol, ..."),
    Property("dose_per", STRING, "Per what: m², kg, kg/day, day, hour, week, ...; null where the words say nothing"),
    Property("dose_text", STRING, "The words that say the dose, as written"),
    Property("dose_normal_value", FLOAT, "The dose in dose_normal_unit, for comparing", "dose_normal_unit"),
    Property("dose_normal_unit", STRING, "mg for mass, mL, IU, U, mmol, MBq; else dose_unit"),
    Property("strength_value", FLOAT, "Concentration of the product, which is no dose", "strength_unit"),
    Property("strength_unit", STRING, "%, mg/mL, ..."),
    Property("form", STRING, "tablet, ointment, ..."),
    Property("route", STRING, "oral, intravenous, ..."),
    Property("frequency", STRING, "daily, every 3 weeks, ..."),
)
LINK = (
    Property("raw_span", STRING, "The words that name it, as written"),
    Property("span_in", STRING, "What the words stand in: label, other_name, description, abbreviation, ..."),
    Property("component", INT, "This is part i ..."),
    Property("components", INT, "... of n that the words name"),
    ALIAS,
    VOCABULARY,
    *DERIVED,
)
