"""Files and folders written so that a reader sees the old content or the new one, whole."""
