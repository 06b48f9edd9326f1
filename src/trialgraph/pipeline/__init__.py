"""One function per run over a home: crawl, build, load, update, doctor."""
