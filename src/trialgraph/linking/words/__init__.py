"""What every kind of linking needs: normal forms of words, abbreviations that a trial explains."""
