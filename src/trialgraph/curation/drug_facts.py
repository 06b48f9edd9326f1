"""Facts about how substances are named and listed, by which our file of drug names is made."""

from __future__ import annotations

from typing import Final

# Counter-ions, esters used as salts, and states of hydration: with or without them it is the same drug.
SALTS: Final = frozenset(
    """salt hydrochloride dihydrochloride trihydrochloride tetrahydrochloride octahydrochloride monohydrochloride hcl
        sodium disodium trisodium tetrasodium monosodium potassium dipotassium monopotassium calcium
        hemicalcium magnesium hemimagnesium zinc lithium ammonium sulfate hemisulfate bisulfate
        hydrogensulfate disulfate acetate diacetate triacetate maleate dimaleate hydrogenmaleate fumarate
        hemifumarate difumarate tartrate bitartrate hemitartrate citrate dicitrate mesylate mesilate
        dimesylate methanesulfonate besylate besilate camsylate esylate edisylate edisilate isethionate
        napsylate tosylate tosilate ditosylate phosphate diphosphate monophosphate hemiphosphate succinate
        hemisuccinate hydrogensuccinate bromide hydrobromide dihydrobromide iodide nitrate dinitrate
        mononitrate chloride monohydrate dihydrate trihydrate tetrahydrate pentahydrate hemihydrate
        sesquihydrate hemipentahydrate hydrate anhydrous hydrous solvate ethanolate propionate dipropionate
        valerate divalerate furoate xinafoate pamoate embonate lactate malate malonate meglumine olamine
        diolamine trolamine tromethamine trometamol lysine arginine epolamine erbumine arginate benzathine
        enanthate decanoate cypionate undecanoate undecylenate palmitate stearate laurate butyrate isobutyrate
        caproate hexanoate buteprate aceponate acetonide hexacetonide benzoate nicotinate gluconate
        lactobionate ethylsuccinate estolate glucoheptonate orotate oxalate hydroxynaphthoate naphthoate
        salicylate teoclate resinate polistirex mucate saccharate gluceptate pivalate tebutate caprate
        dipivoxil proxetil axetil pivoxil mofetil medoxomil cilexetil etexilate disoproxil alafenamide
        alafenamid soproxil marboxil fosamil kamedoxomil enacarbil dimeglumine monoethanolamine ethyl
        hydroxide oxide carbonate bicarbonate trifluoroacetate triflutate adipate ascorbate aspartate aspart
        glutamate pidolate sesquioleate formate thiocyanate methylsulfate methylbromide methobromide
        metilsulfate monosuccinate sulfosalicylate tannate cyclamate hippurate mandelate hemitartarate
        trihydroxybenzoate etabonate propanediol diaspartate sulfoxide camphorate dimethylformamide isetionate
        diisethionate diisetionate hyclate hemiethanolate trifenatate phenylcinnamate diethylamine
        dipalmitate phenylpropionate isocaproate cipionate diolamine hexahydrate heptahydrate
        nonahydrate decahydrate hemitrihydrate sesquihydrochloride hemihydrochloride pentahydrochloride
        hexahydrochloride dihydrobromide hydroiodide perchlorate dimethanesulfonate tosylate ditosilate
        bismesylate trimesylate ethanesulfonate benzenesulfonate toluenesulfonate camsilate
        ethanedisulfonate naphthalenedisulfonate sulphate hydrogenphosphate dihydrogenphosphate
        hemiadipate hemioxalate hydrogenoxalate hemimalate dimalate hemimalonate hemitosylate sesquifumarate
        hydrogenfumarate monofumarate monotartrate hydrogentartrate dibesylate monoacetate tetraacetate
        glycolate mandelate gentisate xinofoate sorbitex fendizoate hybenzate tetraxetate stinoprate
        cyclohexylamine benzylamine tertbutylamine
        pyroglutamate octanoate heptanoate tidecanoate theoclate cromesilate closilate
        levulinate acefurate""".split()  # noqa: SIM905
) - {"aspart"}  # fmt: skip

# One counter-ion in several spellings: the one under which salts are compared.
SALT_SPELLINGS: Final = {
    "hcl": "hydrochloride", "monohydrochloride": "hydrochloride", "mesilate": "mesylate",
    "methanesulfonate": "mesylate", "besilate": "besylate", "benzenesulfonate": "besylate", "tosilate": "tosylate",
    "toluenesulfonate": "tosylate", "isetionate": "isethionate", "diisetionate": "isethionate",
    "diisethionate": "isethionate", "camsilate": "camsylate", "edisilate": "edisylate", "embonate": "pamoate",
    "trometamol": "tromethamine", "cipionate": "cypionate", "sulphate": "sulfate", "hydrogensulfate": "bisulfate",
    "hydrogenmaleate": "maleate", "hydrogenfumarate": "fumarate", "hydrogensuccinate": "succinate",
    "bitartrate": "tartrate", "hydrogentartrate": "tartrate", "theoclate": "teoclate", "closilate": "closylate",
}  # fmt: skip
# States of a crystal: a salt with or without them is the same salt.
STATES: Final = frozenset(
    """monohydrate dihydrate trihydrate tetrahydrate pentahydrate hexahydrate heptahydrate hemihydrate sesquihydrate
    hemipentahydrate hemitrihydrate hydrate anhydrous hydrous solvate ethanolate hemiethanolate""".split()  # noqa: SIM905
)

# Esters and nucleotides that are drugs of their own though a word for a salt ends their names (folded): they act
# otherwise, are dosed otherwise, or are chosen between.
OWN_DRUGS: Final = frozenset(
    (
        "isosorbide mononitrate", "isosorbide 5 mononitrate", "isosorbide dinitrate", "fluticasone furoate",
        "fluticasone propionate", "tenofovir disoproxil", "tenofovir alafenamide", "tenofovir amibufenamide",
        "citicoline", "cytidine diphosphate choline", "adenosine monophosphate", "adenosine phosphate",
        "adenosine diphosphate", "adenosine triphosphate", "uridine diphosphate", "uridine triphosphate",
        "uridine monophosphate", "cytidine monophosphate", "cytidine triphosphate", "guanosine triphosphate",
        "guanosine diphosphate", "guanosine monophosphate", "inosine monophosphate", "thiamine triphosphate",
        "inositol nicotinate", "inositol niacinate", "erythrityl tetranitrate", "pentaerythritol tetranitrate",
        "propylene glycol dinitrate", "fructose diphosphate", "creatine phosphate", "glycerol phosphate",
        "alpha tocopherol succinate",
        "deoxycytidine monophosphate", "inosine diphosphate", "thymidine monophosphate", "dihydroxyacetone phosphate",
        "mannitol phosphate", "antimony potassium tartrate", "antimony sodium gluconate", "sodium stibogluconate",
    )
)  # fmt: skip

# Headings that are groups of substances though one substance bears their name in the singular.
GROUPS: Final = frozenset(("D000438",))  # Alcohols; alcohol is Ethanol

# The other half of a crystal in two words: "siponimod fumaric acid".
ACIDS_OF_CRYSTALS: Final = frozenset(
    "fumaric maleic tartaric citric succinic malic oxalic adipic gentisic pyroglutamic glutaric".split()  # noqa: SIM905
)

# Counter-ions that are never given by themselves: as a name alone they are a piece of another name.
PIECES: Final = frozenset(
    """acetate propionate fumarate maleate tartrate mesylate besylate tosylate gluconate chloride bromide sulfate oxide
    hydroxide carbonate benzoate valerate furoate succinate nitrate decanoate palmitate stearate pamoate""".split()  # noqa: SIM905
)

# Words that are a salt's other half at the front: "sodium valproate", "calcium folinate".
ELEMENTS: Final = frozenset(
    """sodium potassium calcium magnesium zinc lithium ammonium disodium dipotassium monosodium trisodium barium
        strontium bismuth""".split()  # noqa: SIM905
)

# What is left of an inorganic salt is another thing: iron of ferrous sulfate, hydrogen of hydrogen peroxide.
ALONE: Final = frozenset(
    """iron ferrous ferric copper cupric aluminum aluminium silver gold cobalt manganese chromium chromic selenium
        hydrogen peroxide water acid fluoride stannous mercury mercuric lead nickel cesium rubidium thallium
        thallous gallium indium radium lanthanum cerium ammonia chlorine iodine bromine sulfur nitrogen oxygen
        carbon ethyl methyl silicon titanium vitamin alpha beta gamma nitrous nitric alcohol ester amino
        polymer hydroxy dextran starch acetyl choline
        dimethyl diethyl propyl isopropyl butyl ethylene propylene dietary cyanide
        antimony cadmium phenyl benzyl trimethyl glyceryl sorbitan""".split()  # noqa: SIM905
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

# Headings that are given under their own name though a rule would leave them out: they have narrower ones below, are
# the body's own proteins, or are cells, blood products and bacteria.
GIVEN: Final = frozenset(
    (
        "D000431",  # Ethanol
        "D007328",  # Insulin
        "D006493",  # Heparin
        "D006495",  # Heparin, Low-Molecular-Weight
        "D016898",  # Interferon-alpha
        "D016899",  # Interferon-beta
        "D007371",  # Interferon-gamma
        "D007372",  # Interferons
        "D006063",  # Chorionic Gonadotropin
        "D006062",  # Gonadotropins
        "D005640",  # Follicle Stimulating Hormone
        "D007986",  # Luteinizing Hormone
        "D007987",  # Gonadotropin-Releasing Hormone
        "D008596",  # Menotropins
        "D013006",  # Growth Hormone
        "D007136",  # Immunoglobulins
        "D016756",  # Immunoglobulins, Intravenous
        "D000961",  # Antilymphocyte Serum
        "D012709",  # Serum Albumin
        "D004921",  # Erythropoietin
        "D016179",  # Granulocyte Colony-Stimulating Factor
        "D016178",  # Granulocyte-Macrophage Colony-Stimulating Factor
        "D007376",  # Interleukin-2
        "D005169",  # Factor VIII
        "D005164",  # Factor IX
        "D015942",  # Factor VIIa
        "D005340",  # Fibrinogen
        "D005170",  # Factor X
        "D005176",  # Factor XIII
        "D005167",  # Factor VII
        "D014841",  # von Willebrand Factor
        "D011486",  # Protein C
        "D052201",  # Lacticaseibacillus rhamnosus
        "D007778",  # Lactobacillus
        "D001644",  # Bifidobacterium
        "D015525",  # Fatty Acids, Omega-3
        "D019936",  # Probiotics
        "D056692",  # Prebiotics
        "D012462",  # Saline Solution, Hypertonic
        "D053657",  # Platelet-Rich Plasma
        "D059630",  # Mesenchymal Stem Cells
        "D006678",  # HIV antigens of a vaccine are no drug by themselves: kept out below
        "D014914",  # Whey
        "D004967",  # Estrogens: people write the class for conjugated estrogens
        "D011372",  # Progestins
        "D014815",  # Vitamins
        "D000073717",  # Multivitamins: see Vitamins
        "D001792",  # Blood Platelets
        "D010949",  # Plasma
        "D002185",  # Cannabinoids
        "D003474",  # Curcumin
        "D017238",  # Docosahexaenoic acids
        "D005395",  # Fish Oils
        "D019832",  # Soybean Proteins
        "D007336",  # Insulin, Isophane
        "D055396",  # Bone Morphogenetic Protein 2
        "D058951",  # gp100 Melanoma Antigen
        "D010406",  # Penicillins: people write penicillin for one of them
        "D011663",  # Pulmonary Surfactants
        "D005217",  # Fat Emulsions, Intravenous
        "D013601",  # T-Lymphocytes
        "D008214",  # Lymphocytes
        "D003713",  # Dendritic Cells
        "D015979",  # Killer Cells, Lymphokine-Activated
        "D018418",  # Th2 Cells
        "D000090002",  # Stromal Vascular Fraction
        "D007694",  # Killer Cells, Natural
        "D006412",  # Hematopoietic Stem Cells
        "D013234",  # Stem Cells
        "D007962",  # Leukocytes
        "D004912",  # Erythrocytes
        "D005347",  # Fibroblasts
        "D015603",  # Keratinocytes
        "D019902",  # Chondrocytes
        "D007515",  # Islets of Langerhans
        "D005314",  # Fetal Blood (cord blood)
        "D005962",  # Glucosylceramidase
        "D000469",  # Alkaline Phosphatase
        "D005337",  # Fibrin Tissue Adhesive
        "D006100",  # Bone marrow cells are given as a transplant: left out below
        "C477385",  # montanide ISA 51, the oil of peptide vaccines
        "C032808",  # keyhole-limpet hemocyanin
    )
) - {"D006678", "D006100"}

# Messengers between cells are given as drugs too: the narrowest headings of these branches are kept.
MESSENGERS: Final = ("D12.644.276", "D06.472")

# Vaccines by how they are made, or against no disease in particular: no substance.
KINDS_OF_VACCINE: Final = frozenset(
    (
        "D087503", "D000087503", "D000087504", "D000096202", "D000097007", "D001428", "D005657", "D012290", "D013209",
        "D014121", "D014612", "D014613", "D014614", "D014761", "D014765", "D015164", "D016052", "D016882", "D017778",
        "D018074", "D019444", "D019496", "D022223", "D022282", "D022462", "D022581", "D022642", "D022721", "D054991",
        "D058425", "D062690", "D022283",
    )
)  # fmt: skip

# Substances that are one for our purpose, though their names do not show it: the first one keeps the id.
SAME: Final = (
    ("D008094", "D016651"),  # lithium: trials write lithium and give its carbonate
    ("D007136", "66Y330CJHS"),  # immunoglobulins and human immunoglobulin G
    ("D007376", "C082598"),  # interleukin-2 as a drug is aldesleukin
)

# Supplementary concepts that stay apart though UNII lists their names under another substance.
APART: Final = frozenset(("C103998",))  # epoetin beta; UNII has one entry for all epoetins

# Bacteria that are eaten for health; other bacteria, viruses and animals in the lists are sources of antigens.
PROBIOTICS: Final = (
    "B03.353.750.450",  # Lactobacillaceae
    "B03.353.750.737.872.800",  # Streptococcus thermophilus
    "B03.510.024.100",  # Bifidobacterium
    "B03.440.930.500",  # Akkermansia
    "B03.353.625.375.500.180",  # Clostridium butyricum
    "B03.300.390.400.158.218",  # Bacillus
)
