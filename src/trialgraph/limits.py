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
TRIES: Final = 5  # waits of 1, 2, 4 and 8 s between them: a quarter of a minute covers a restart
LONGEST_RETRY_AFTER: Final = 900.0  # seconds; asked to wait longer we stop, and say when to come back
MOST_REDIRECTS: Final = 5  # an alias takes one; more is a loop
CTGOV_SECONDS_BETWEEN: Final = 1.0  # the registry's robots.txt says Crawl-delay: 1
CTGOV_PAGE_SIZE: Final = 1000  # the most the API gives; larger values are coerced to it
MIRROR_SECONDS_BETWEEN: Final = 1.0  # what the mirror's robots.txt asks for; a longer delay there wins
UNKNOWN_ENROLLMENT: Final = 99_999_999  # ClinicalTrials.gov's way to say "unknown"

# --- archive ----------------------------------------------------------------------------------------------------------

# --- reading ----------------------------------------------------------------------------------------------------------

MOST_SET_ASIDE: Final = 0.01  # share of records; above it a build fails, since the shape of the source has changed

# --- entities ---------------------------------------------------------------------------------------------------------

# --- similarity -------------------------------------------------------------------------------------------------------

NEIGHBOURS: Final = 10  # a page of results; evaluation measures the same ten
SHARED_TERMS: Final = 6  # more than six words do not fit in a line a person reads

# --- graph ------------------------------------------------------------------------------------------------------------

# --- asking -----------------------------------------------------------------------------------------------------------

QUERY_SECONDS: Final = 10.0  # a question a person waits for; --timeout asks for more
QUERY_ROWS: Final = 1000  # what a person may still scroll through; --rows asks for more
QUERY_BYTES: Final = 10 << 20  # of values in one answer; --bytes asks for more
SHORT_CELL: Final = 12  # characters; an NCT number or a date, which nobody wants broken over two lines
