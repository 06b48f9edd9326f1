"""One file a registry: addresses, paging, and its words turned into our Trial."""
