"""One kind a file: find its mentions in a trial and resolve them."""
