"""The landscape of many trials: figures and one page."""
