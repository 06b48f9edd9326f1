"""Facts about how substances are named and listed, by which our file of drug names is made."""

from __future__ import annotations

from typing import Final

# Counter-ions, esters used as salts, and states of hydration: with or without them it is the same drug.
SALTS: Final = frozenset(
    """hydrochloride dihydrochloride trihydrochloride tetrahydrochloride octahydrochloride monohydrochloride hcl
    sodium disodium trisodium tetrasodium monosodium potassium dipotassium monopotassium calcium hemicalcium magnesium
    hemimagnesium zinc lithium ammonium sulfate hemisulfate bisulfate hydrogensulfate disulfate acetate diacetate
    triacetate maleate dimaleate hydrogenmaleate fumarate hemifumarate difumarate tartrate bitartrate hemitartrate
    citrate dicitrate mesylate mesilate dimesylate methanesulfonate besylate besilate camsylate esylate edisylate
    edisilate isethionate napsylate tosylate tosilate ditosylate phosphate diphosphate monophosphate hemiphosphate
    succinate hemisuccinate hydrogensuccinate bromide hydrobromide dihydrobromide iodide nitrate dinitrate
    mononitrate chloride monohydrate dihydrate trihydrate tetrahydrate pentahydrate hemihydrate sesquihydrate
    hemipentahydrate hydrate anhydrous hydrous solvate ethanolate propionate dipropionate valerate divalerate
    furoate xinafoate pamoate embonate lactate malate malonate meglumine olamine diolamine trolamine tromethamine
    trometamol lysine arginine epolamine erbumine arginate benzathine enanthate decanoate cypionate undecanoate
    undecylenate palmitate stearate laurate butyrate isobutyrate caproate hexanoate buteprate aceponate acetonide
    hexacetonide benzoate nicotinate gluconate lactobionate ethylsuccinate estolate glucoheptonate orotate oxalate
    hydroxynaphthoate naphthoate salicylate teoclate resinate polistirex mucate saccharate gluceptate pivalate
    tebutate caprate dipivoxil proxetil axetil pivoxil mofetil medoxomil cilexetil etexilate disoproxil alafenamide
    alafenamid soproxil marboxil fosamil kamedoxomil enacarbil dimeglumine monoethanolamine ethyl hydroxide oxide
    carbonate bicarbonate trifluoroacetate triflutate adipate ascorbate aspartate aspart glutamate pidolate
    sesquioleate formate thiocyanate methylsulfate methylbromide methobromide metilsulfate monosuccinate
    sulfosalicylate tannate cyclamate hippurate mandelate hemitartarate trihydroxybenzoate etabonate""".split()
) - {"aspart"}  # fmt: skip

# Words that are a salt's other half at the front: "sodium valproate", "calcium folinate".
ELEMENTS: Final = frozenset(
    """sodium potassium calcium magnesium zinc lithium ammonium disodium dipotassium monosodium trisodium barium
    strontium bismuth""".split()
)

# What is left of an inorganic salt is another thing: iron of ferrous sulfate, hydrogen of hydrogen peroxide.
ALONE: Final = frozenset(
    """iron ferrous ferric copper cupric aluminum aluminium silver gold cobalt manganese chromium chromic selenium
    hydrogen peroxide water acid fluoride stannous mercury mercuric lead nickel cesium rubidium thallium thallous
    gallium indium radium lanthanum cerium ammonia chlorine iodine bromine sulfur nitrogen oxygen carbon ethyl methyl
    silicon titanium vitamin alpha beta gamma nitrous nitric alcohol ester amino polymer hydroxy dextran starch
    acetyl choline""".split()
) - {"choline"}  # fmt: skip

# Lists of medicines: a name that they hold is a medicine.
STRONG_MARKERS: Final = frozenset(
    (
        "INN", "USAN", "JAN", "BAN", "WHO-DD", "MART.", "ORANGE BOOK", "PURPLE BOOK CDER", "EMA EPAR", "VANDF",
        "USP MONOGRAPH", "EP MONOGRAPH", "USP-RS", "WHO-IP", "JP", "CHP", "GREEN BOOK", "DSC", "EMA HERBAL SUBSTANCE",
        "USP", "NF", "EP", "BP", "IP", "WHO DD",
    )
)  # fmt: skip
# Lists that hold medicines among other things: their spelling of a name may be used, but they do not make a medicine.
WEAK_MARKERS: Final = frozenset(("MI", "HSDB", "WHO-IP LATIN", "NDI", "NFLIS-DRUG", "INCI", "HOC"))

# MeSH branches that hold no substance by itself: actions and uses, dosage forms, kinds of preparations.
CLASS_BRANCHES: Final = ("D27", "D26.255", "D26.650", "D26.310", "D23.050", "D23.101", "D23.119", "D20.888")
# Branches of the body's own molecules, tools of the laboratory and classes: only those listed as medicines are kept.
PROTEIN_BRANCHES: Final = ("D08", "D12", "D13", "D23", "D05.500", "D05.750", "D25", "D05.875", "D05.916")
