"""`python -m trialgraph` is `trialgraph`."""

from trialgraph.cli.main import main

if __name__ == "__main__":
    main()
