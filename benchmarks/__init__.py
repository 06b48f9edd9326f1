"""What `make bench` runs: ratios against a plain alternative in the same run, and how cost grows with size."""
