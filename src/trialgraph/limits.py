"""Every number that somebody chose, with its reason.

One section a room; a new number goes at the end of its room's section.
"""

from __future__ import annotations

from typing import Final

# --- registries: asking politely --------------------------------------------------------------------------------------

MOST_BYTES: Final = 64 << 20  # a whole answer after unpacking: 300 KB of gzip can hold 300 MB
MOST_SECONDS: Final = 120.0  # a whole answer: a read timeout alone lets a slow drip run for ever
CONNECT_SECONDS: Final = 10.0  # a registry that takes longer to accept a connection is down
READ_SECONDS: Final = 30.0  # between two chunks; the slowest page of 1,000 records seen took 12 s
FIRST_WAIT: Final = 1.0  # seconds before the second try; doubled each time
WAIT_JITTER: Final = 1.0  # seconds at most on top of a wait, so that clients do not come back in step
TRIES: Final = 5  # waits of 1, 2, 4 and 8 s between them: a quarter of a minute covers a restart
LONGEST_RETRY_AFTER: Final = 900.0  # seconds; asked to wait longer we stop, and say when to come back
SECONDS_BETWEEN: Final = 1.0  # between two requests, where a registry says nothing else
MOST_REDIRECTS: Final = 5  # an alias takes one; more is a loop
UNKNOWN_ENROLLMENT: Final = 99_999_999  # ClinicalTrials.gov's way to say "unknown"

# --- archive ----------------------------------------------------------------------------------------------------------

PACKING: Final = 6  # zlib level: 1 is a tenth larger and saves 4 s in 23,000 records; 9 gains nothing
BUSY_SECONDS: Final = 10.0  # how long a writer waits for another one's transaction
IMPORT_BATCH: Final = 500  # records a transaction when importing files

# --- reading ----------------------------------------------------------------------------------------------------------

LEAST_SET_ASIDE: Final = (
    10  # records: fewer than these never stop a build, since in a small archive chance explains them
)
MOST_SET_ASIDE: Final = 0.01  # share of records; above it a build fails, since the shape of the source has changed
ALIKE: Final = 0.5  # of the words of two entries, in order: below it one went and another came; above it was reworded
MOST_PAIRS_TO_COMPARE: Final = 10_000  # a hundred entries gone and come: nobody reads which resembles which
LONGEST_CHANGE: Final = 600  # characters of a changed text that an event quotes; the versions hold the rest
MOST_UNPACKED: Final = 200  # times its packed size; records pack 5 to 20 times, the worst page seen 40
READ_BATCH: Final = 500  # records unpacked at once: some 10 MB, and few enough questions to the archive

# --- linking ----------------------------------------------------------------------------------------------------------

MOST_SAME_NUMBER: Final = 6  # registrations that share one number; more is an umbrella or a mistake
LONGEST_NAME: Final = 500  # characters of an organisation, site or person; the longest real one has 254
SHORTEST_MISPRINT: Final = 8  # letters of a general word read with one letter wrong; shorter ones are too near
SHORTEST_REORDERED: Final = 3  # words; with two, "Washington University" would be the University of Washington
SHORTEST_ALIAS: Final = 6  # letters of an organisation's name of one word; a shorter one is an abbreviation
SHORTEST_PERSON: Final = 2  # words of a person's name; one alone is a word

MOST_EDIT_LETTERS: Final = 30  # no name of one word is longer; the work grows with the square
EDIT_LETTERS: Final = 8  # a shorter word has too many real neighbours one letter away
MOST_DESCRIPTION: Final = 400  # characters of a description that tell what is given; later ones tell how
MOST_DESCRIBED: Final = 4  # drugs a description may add to a silent label: more are a choice, not a regimen
MOST_LABEL_WORDS: Final = 16  # a longer label is a sentence: its rare words are no product names
MOST_DOSE_TEXT: Final = 200  # characters of a description: later sentences tell of other arms and of escalation
SHALLOW_CLASS: Final = 2  # steps in the tree: above it stand "Organic Chemicals" and "Physiological Effects of Drugs"

# --- similarity -------------------------------------------------------------------------------------------------------

NEIGHBOURS: Final = 10  # a page of results; evaluation measures the same ten
SHARED_TERMS: Final = 6  # more than six words do not fit in a line a person reads
FEWEST_DOCUMENTS: Final = 2  # a word of one document connects nothing
TEXT_SATURATION: Final = 2.5  # BM25's k1: the fifth mention of a word still adds a little
TEXT_LENGTH: Final = 0.5  # BM25's b: half of a document's length counts against it
TEXT_PAIRS: Final = 0.3  # of a word pair beside a word in all text: pairs sharpen, alone they are too strict
TOPIC_PAIRS: Final = 0.6  # the same in the few words that say what a trial asks
TEXT_COMMONEST: Final = 0.5  # what a word of every trial weighs: the tone of a text tells something too
WEIGHT_TEXT: Final = (
    0.465  # the greatest parts of a score, 1 together; docs/similarity.md has the figures they were chosen by
)
WEIGHT_TOPIC: Final = 0.23
WEIGHT_CONDITION: Final = 0.047
WEIGHT_AREA: Final = 0.1
WEIGHT_DRUG: Final = 0.055
WEIGHT_CLASS: Final = 0.028
WEIGHT_PROCEDURE: Final = 0.02
WEIGHT_SETTING: Final = 0.02
WEIGHT_TOGETHER: Final = 0.035  # drugs or procedures and the condition both shared: more than each by itself
EXACT_UP_TO: Final = 40_000  # trials; beyond it what every pair shares in common words takes minutes
COMMON: Final = 0.1  # words of more than this share of trials are bounded, not indexed: nine tenths of the work
COMMON_STEP: Final = 2.0  # common words are bounded in groups, each of words so many times as common as the last ...
COMMON_GROUPS: Final = 3  # ... so many groups a block: more make the bound closer and slower
FEW_COLUMNS: Final = 1000  # in a block of fewer columns the common ones are all there is: no bound would be close
RARE: Final = 64  # trials; what is in no more is always indexed, since it costs nothing
KEPT_SHARE: Final = 0.88  # of a trial's squared length, in its heaviest words: misses as little as .85 asked for in .95
CANDIDATES: Final = 120  # compared whole where neighbours need not be exact: recall .9995 to .9999 on 116,323 texts
SUBJECT_FEW: Final = 20  # trials that share a word before it is taken for a subject to ask for them together by ...
SUBJECT_MANY: Final = 0.02  # ... and the share of all trials that it may be in at most
SCORED_FIRST: Final = 16  # trials scored beside the first ten, to know how good the tenth is at least
CHILDREN_UP_TO: Final = 21.0  # years; paediatric trials often take patients up to 21
OLDER_FROM: Final = 55.0  # years; a trial that starts there asks about older people
FROM_LIST: Final = 1.0  # what a condition counts by where it stands: in the list of conditions,
FROM_TITLE: Final = 0.8  # in a title,
FROM_KEYWORDS: Final = 0.6  # among the keywords,
FROM_LABELS: Final = 0.8  # a device or procedure that an intervention's label mentions beside what it links to
FROM_SUMMARY: Final = 0.3  # in the summary, where conditions are also named that the trial is not about
LIST_UNCLEAR: Final = 2.0  # the places besides the list count double where no entry of it is exactly a known name
FROM_CODES: Final = 0.7  # the registry's own codes, believed where the list itself does not link surely
SURELY: Final = 0.9  # a link of at least this confidence is an exact name
DRUG_NOT_IN_TITLE: Final = 0.6  # where the title names a drug, the others are background or comparators
STEP_UP: Final = 0.5  # each step up the hierarchy halves what a concept counts
LEAST_WEIGHT: Final = 0.1  # below it a broader concept is left out: three steps up from a listed condition
CLASS_OF_DRUG: Final = 0.5  # a drug's class beside the drug: one step up
DRUG_IN_TITLE: Final = 0.6  # a drug that only the title names, in a trial that lists none: it is about it all the same
WIDER_AREA: Final = 0.45  # cancers at large beside the cancers of one organ
BLOCK_ROWS: Final = 512  # asked at once: progress moves every second, memory stays bounded
REASONS_READ: Final = 40  # shared words and concepts looked at for the few that are shown
RECIPROCAL_DEPTH: Final = 20  # reciprocal ranks look no further
BOOTSTRAPS: Final = 5000  # draws of queries for a 95 % interval: its ends then move by less than .002
CODED_QUERIES: Final = 2000  # random queries with codes: the interval of nDCG is then .01 wide
RECALL_SAMPLE: Final = 300  # random trials on which a pruned search is compared with the exact one

# --- graph ------------------------------------------------------------------------------------------------------------

MOST_UNKNOWN_WORDS: Final = 0.02  # share of words that a fitted model may not know: rare names alone are about 1 %
MOST_STALE: Final = 0.5  # share of trials; where more changed, to make all anew is as quick
SHOWN_SET_ASIDE: Final = 3  # reasons named when a build fails: the commonest tell what changed
LEAST_FREE_BYTES: Final = 500 << 20  # a build of 23,000 studies writes about this much beside what is there
SHOWN_DAMAGED: Final = 5  # damaged records that doctor names; more do not help to decide
TRIALS_A_BATCH: Final = 250  # that a process reads and links at once: some megabytes to hand over
TRIALS_FOR_PROCESSES: Final = 1000  # fewer are linked in less time than processes take to start
CHUNK_ROWS: Final = 20_000  # rows that wait as Python values before they are packed: about 20 MB of the widest table
MOST_FILL_LOST: Final = (
    0.5  # of a property's fill rate, against the snapshot before: more means that a field was renamed
)
MOST_ROWS_LOST: Final = (
    0.5  # of a table's rows, against the snapshot before: more means that a source or a reader broke
)
LEAST_ROWS_TO_COMPARE: Final = 200  # a table that had fewer rows may lose most of them when one trial changes
LEAST_ROWS_TO_COMPARE_FILL: Final = 200  # with fewer values a fill rate may halve by chance
EMBEDDED_ROWS_A_COMMIT: Final = 5_000  # nodes a transaction while the embedded graph is written; more gains nothing
EMBEDDED_CHANGES_A_COMMIT: Final = 500  # changed rows a transaction: each is looked up, and held until the commit
EMBEDDED_MOST_CHANGED: Final = 0.05  # share of all rows; a whole load writes fifteen while one is changed
EMBEDDED_OPENINGS: Final = 20  # of a graph that is replaced while it is opened; each load takes longer than an opening
EMBEDDED_FAILURES: Final = 3  # openings that fail on one graph: replaced and put back meanwhile, one looks damaged
EMBEDDED_EDGES_HELD: Final = 100_000  # relationships the engine holds before it writes them; all at once need gigabytes
EMBEDDED_MEGABYTES: Final = 1024  # the engine's heap; its own default is half of the machine's memory
NEO4J_BATCH_ROWS: Final = 5_000  # rows a transaction; beyond some thousand throughput no longer grows
NEO4J_BATCH_BYTES: Final = 4 << 20  # of a transaction's rows: far below the smallest server's transaction memory
NEO4J_CONNECT_SECONDS: Final = 10.0  # a server that takes longer to accept a connection is down
NEO4J_RETRY_SECONDS: Final = 60.0  # the driver repeats a transaction so long: a restart of the server takes less
NEO4J_FETCH_ROWS: Final = 10_000  # asked for at a time when we read what is there: millions, a few words each
NEO4J_RETRY_FIRST: Final = (
    0.1  # seconds until it first repeats one, doubled each time; its own second is long for a load
)
NEO4J_TRIES: Final = 5  # of a transaction whose commit may or may not have happened

# --- asking -----------------------------------------------------------------------------------------------------------

QUERY_SECONDS: Final = 10.0  # a question a person waits for; --timeout asks for more
QUERY_ROWS: Final = 1000  # what a person may still scroll through; --rows asks for more
QUERY_BYTES: Final = 10 << 20  # of values in one answer; --bytes asks for more
LONG_WORD: Final = 23  # characters of ENROLLING_BY_INVITATION: a longer word, such as an address, may be broken
SHORT_CELL: Final = 12  # characters; an NCT number or a date, which nobody wants broken over two lines
MEMBERS_NAMED: Final = 8  # drugs of a class named beside an answer: one line of a terminal
SUGGESTIONS: Final = 5  # nearest names to offer; more is a list to read, not a hint
QUESTION_SECONDS: Final = 60.0  # our own questions; the heaviest takes seconds, and a machine may be busy
QUESTION_ROWS: Final = 1_000_000  # our own questions cut themselves by $most; this only bounds memory
QUERY_TEXT: Final = 100_000  # characters of a query; a longer one holds data, which belongs into parameters
QUERY_NESTING: Final = 100  # brackets within each other; a parser that recurses runs out of stack at some thousands
SEARCH_CANDIDATES: Final = 500  # best by full text, and looked up at a time; nobody reads so far down
SNIPPET: Final = 160  # characters of a summary around a word found: two lines of a terminal
MCP_ROWS: Final = 200  # an assistant reads all it is given; two hundred rows are a long answer
MCP_CHARACTERS: Final = 60_000  # about 15,000 tokens: a tenth of a common context window
IDS_A_QUERY: Final = 1000  # trials looked up at a time: one message of some 20 KB, one answer of a few MB
NEIGHBOURS_DRAWN: Final = 30  # around one trial: more names than that cannot be read in one picture
MOST_DRAWN: Final = 2000  # trials in the drawn map, the newest: beyond it a browser is no longer fluid
BARS: Final = 20  # of a chart; the frames hold the rest
CLUSTERS: Final = 10  # of a map; more colours than that cannot be told apart
FEW_DRAWN: Final = (
    30  # trials up to which drugs and conditions are drawn from the start; with more they hide each other
)
TEXT_READ: Final = 50_000  # characters of a text that trials are compared with: a long protocol's synopsis and criteria
THING_PULL: Final = 0.12  # of a drug or condition on the trials that name it: less than that of most likenesses
LISTED_PULL: Final = 0.08  # as much as a faint likeness draws two trials together in a picture
