"""Devices and procedures as trials call them: names beside MeSH's, empty words, which heading is what kind."""

from __future__ import annotations

import functools

import msgspec

from trialgraph.linking.mesh import Descriptor, Mesh
from trialgraph.linking.words.medical import read
from trialgraph.linking.words.tables import rows

# Where a heading stands tells what it is; the first branch that holds one of its tree numbers decides.
KINDS: tuple[tuple[str, str, str | None], ...] = (
    ("E07", "Device", None),
    ("F04.711", "Procedure", "DIAGNOSTIC"),
    ("F04.513", "Procedure", "DIAGNOSTIC"),
    ("F04.570", "Procedure", "THERAPY"),
    ("F04.754", "Procedure", "BEHAVIOR"),
    ("F04.408", "Procedure", "BEHAVIOR"),
    ("F04.669", "Procedure", "DIAGNOSTIC"),
    ("I03.350", "Procedure", "BEHAVIOR"),
    ("I03.450", "Procedure", "BEHAVIOR"),
    ("E01", "Procedure", "DIAGNOSTIC"),
    ("E02.331", "Procedure", "THERAPY"),
    ("E04.936", "Procedure", "SURGERY"),
    ("E02", "Procedure", "THERAPY"),
    ("E04", "Procedure", "SURGERY"),
    ("E03", "Procedure", "THERAPY"),
    ("E06", "Procedure", "THERAPY"),
    ("E05", "Procedure", "DIAGNOSTIC"),
    ("G07.203.650", "Procedure", "BEHAVIOR"),
    ("I02", "Procedure", "PROGRAMME"),
    ("N02.421", "Procedure", "PROGRAMME"),
    ("N04", "Procedure", "PROGRAMME"),
    ("L01", "Procedure", "PROGRAMME"),
)
# Branches whose names are looked for; E05 only where it holds what is done to a person or a sample.
BRANCHES = (
    "E01.370", "E02", "E03", "E04", "E06", "E07", "E05.157", "E05.200", "E05.242", "E05.333", "E05.393", "E05.472",
    "E05.478", "E05.497", "E05.601", "E05.629", "E05.642", "E05.680", "E05.723", "E05.920", "E05.927", "E05.980",
    "F04.408", "F04.570", "F04.711", "F04.754", "I02.233", "I02.195", "I02.574", "I03.350", "I03.450.642",
    "I03.450.769", "N02.421.143", "N02.421.461", "N02.421.585", "N02.421.668", "N02.421.726", "N02.421.784",
    "N04.590.233", "N04.590.607", "G07.203.650.240",
)  # fmt: skip
# Inside them: routes and schedules of drugs, food in general, methods of research, words too general to say anything.
NOT_BRANCHES = ("E02.319.267", "E02.319.283", "E05.318", "E01.370.225.998", "E01.789", "E07.206", "E07.720")
_GENERAL = (
    "Association|Length of Stay|Duration of Therapy|Hospitalization|Aftercare|Emergency Room Visits|Operative Time|"
    "Drug Therapy, Combination|Rest|Perfusion|Vaccination Coverage|Time-to-Treatment|Beds|Lenses|Tomography|"
    "Diagnosis|Therapeutics|Methods|Placebos|Standard of Care|Equipment and Supplies|Patient Care|"
    "Drug Therapy|Diet|Clinical Protocols|Weights and Measures|Clinical Laboratory Techniques|"
    "Diagnostic Techniques and Procedures|Symptom Assessment|Patient Acuity|Severity of Illness Index|"
    "Treatment Outcome|Disease-Free Survival|Retreatment|Physical Examination|Medical History Taking|"
    "Vital Signs|Body Weight|Body Height|Body Mass Index|Blood Pressure|Heart Rate|Patient Isolation|"
    "Health Services|Prescriptions|Drug Prescriptions|Device Approval|Equipment Design|"
    "Therapies, Investigational|Conservative Treatment|Remission Induction|Patient Selection|"
    "Contraindications|Psychological Tests|Psychiatric Status Rating Scales|Psychometrics|"
    "Disposable Equipment|Needs Assessment|Tissue Donors|Reproducibility of Results|Health Fairs|"
    "Models, Structural|Punctures|Reagent Kits, Diagnostic|Visual Acuity|Pain Measurement|"
    "Disability Evaluation|Treatment Failure|Withholding Treatment|Recreation|Sports|Clinical Decision-Making|"
    "Personality Tests|Biological Assay|Case-Control Studies|Pregnancy Tests|Holidays|Diving|"
    "Genetic Techniques|Immunologic Techniques|Molecular Probe Techniques|Cytological Techniques|"
    "Technology, Radiologic|Evaluation Studies as Topic|Patient Health Questionnaire|Glasgow Outcome Scale|"
    "Karnofsky Performance Status|Hobbies"
)
GENERAL = frozenset(_GENERAL.split("|"))


class Target(msgspec.Struct, frozen=True):
    """What a name stands for."""

    id: str  # MESH:... or TXT:...
    name: str
    label: str  # Device or Procedure
    kind: str | None


class ProcedureWords(msgspec.Struct, frozen=True):
    """The hand-written files, in the comparable form of `words.read`."""

    same: dict[tuple[str, ...], str]
    nothing: frozenset[str]
    sham: frozenset[str]
    head: frozenset[str]  # words that say that a phrase names a device or a procedure
    plain: frozenset[str]  # names that in running text are ordinary language
    names: tuple[tuple[str, tuple[Target, ...]], ...]  # as written, targets


def label_and_kind(heading: Descriptor) -> tuple[str, str | None]:
    """Return what a heading is: a Device, or a Procedure of some kind."""
    for branch, label, kind in KINDS:
        if heading.is_in(branch):
            return label, kind
    if heading.is_in("D", "J"):
        return "Device", None  # materials: fillers, adhesives, contact lens solutions
    if heading.is_in("F"):
        return "Procedure", "BEHAVIOR"
    return "Procedure", "THERAPY" if heading.is_in("A", "B", "G") else "PROGRAMME"


def target_of(heading: Descriptor) -> Target:
    """Return the target of a name that stands for a heading."""
    return Target(f"MESH:{heading.id}", heading.name, *label_and_kind(heading))


def is_device_or_procedure(heading: Descriptor) -> bool:
    """Tell whether a heading is equipment or a procedure that trials use as an intervention."""
    return (
        heading.name not in GENERAL
        and any(
            any(number == b or number.startswith(b + ".") for b in BRANCHES)
            and not any(number == b or number.startswith(b + ".") for b in NOT_BRANCHES)
            for number in heading.tree_numbers
        )
        and not heading.is_in("C", "D", "B", "A")
        and (not heading.is_in("G") or heading.is_in("G07.203.650", "I03", "E02"))
    )


@functools.lru_cache(maxsize=2)
def load_procedure_words(mesh: Mesh) -> ProcedureWords:
    """Return the hand-written files that ship with the program; names get their headings from `mesh`."""
    forms: dict[str, dict[str, str]] = {}
    for kind, same_as, words, _reason in rows("trialgraph.linking.procedures", "procedure_words.tsv"):
        for form in words.split("|"):
            forms.setdefault(kind, {})[" ".join(read(form).words)] = " ".join(read(same_as).words)
    names: list[tuple[str, tuple[Target, ...]]] = []
    for name, ids, label, kind, names_of_ids, _reason in rows("trialgraph.linking.procedures", "procedure_names.tsv"):
        if ids.startswith("TXT:"):
            names.append((name, (Target(ids, names_of_ids, label, kind or None),)))
        else:
            names.append((name, tuple(target_of(mesh[i]) for i in ids.split("|") if i in mesh)))
    return ProcedureWords(
        same={tuple(form.split()): to for form, to in forms["same"].items()},
        nothing=frozenset(forms["nothing"]),
        sham=frozenset(forms["sham"]),
        head=frozenset(forms["head"]),
        plain=frozenset(forms["plain"]),
        names=tuple(names),
    )
